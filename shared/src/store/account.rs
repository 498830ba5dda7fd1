//! A driver's profile and the lock on a plate.

use super::{Consistency, Key, Store, Transaction, keys::PK, number, text, transaction::Change};
use crate::domain::{
    account::{AccountId, BatteryCapacity, Email, LoginName, PersonName, Realm, Username},
    garage::{Garage, VehicleId},
    gender::Gender,
    image::PictureKey,
    phone::Phone,
    reason::Failure,
    session::AccountStanding,
    vehicle::Plate,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A driver as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Driver {
    pub username: Username,
    pub email: Email,
    #[serde(default)]
    pub vehicles: Garage,
    /// Vehicles that were unbound lately, the last one last: a repeated unbinding call is recognised by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unbound: Vec<VehicleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery: Option<BatteryCapacity>,
    #[serde(default)]
    pub real_name: PersonName,
    #[serde(default)]
    pub nickname: PersonName,
    #[serde(default)]
    pub gender: Gender,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<PictureKey>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The additional conditions of a garage change that unbinds a vehicle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unbinding<'a> {
    /// The record as it was read. Unbinding requires that no bill was issued since.
    pub standing: &'a AccountStanding,
    /// The vehicles that have been unbound, this one included.
    pub unbound: &'a [VehicleId],
}

#[derive(Serialize)]
struct PlateHolder<'a> {
    account: &'a AccountId,
    since: Timestamp,
}

impl Store {
    /// AP-37: one driver's profile.
    pub(crate) async fn driver(&self, account: &AccountId) -> Result<Option<Driver>, Failure> {
        self.get(&Key::driver(account), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-38: the profile of a new driver.
    pub(crate) fn create_driver(self, account: &AccountId, driver: &Driver, exists: R) -> Self {
        self.put_new(&Key::driver(account), driver, exists)
    }

    /// AP-39: claims a plate that no account holds.
    pub(crate) fn claim_plate(self, plate: &Plate, account: &AccountId, since: Timestamp, taken: R) -> Self {
        self.put_new(&Key::plate(plate), &PlateHolder { account, since }, taken)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-44: replaces or removes the avatar, if it is still the one that was read.
    pub(crate) fn change_avatar(
        self,
        account: &AccountId,
        before: Option<&PictureKey>,
        after: Option<&PictureKey>,
        raced: R,
    ) -> Self {
        let mut change = Change { update: "REMOVE #avatar".into(), ..Change::of_profile() };
        change.require(("#avatar", "avatar"), ":before", before.map(PictureKey::as_str));
        if let Some(after) = after {
            change.update = "SET #avatar = :after".into();
            change.values.push((":after", text(after.as_str())));
        }
        self.update(&Key::driver(account), change, Some(raced))
    }

    /// AP-45: replaces the phone, if it is still the one that was read, or absent as it was read.
    pub(crate) fn change_drivers_phone(
        self,
        account: &AccountId,
        (before, after): (Option<&Phone>, &Phone),
        now: Timestamp,
        raced: R,
    ) -> Self {
        let mut change = Change { update: "SET #phone = :after, #updated = :now".into(), ..Change::of_profile() };
        change.require(("#phone", "phone"), ":before", before.map(Phone::as_e164));
        change.names.push(("#updated", "updated_at".into()));
        change.values.extend([(":after", text(after.as_e164())), (":now", text(now.to_string()))]);
        self.update(&Key::driver(account), change, Some(raced))
    }
}

/// The profile fields that a driver may change. An absent field stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    pub real_name: Option<PersonName>,
    pub nickname: Option<PersonName>,
    pub gender: Option<Gender>,
    pub email: Option<Email>,
}

impl ProfileChange {
    /// The names of the fields that are not as they were.
    pub(crate) fn differing_from(&self, before: &Driver) -> Vec<&'static str> {
        let Self { real_name, nickname, gender, email } = self;
        let fields = [
            ("real_name", real_name.as_ref().is_some_and(|name| *name != before.real_name)),
            ("nickname", nickname.as_ref().is_some_and(|name| *name != before.nickname)),
            ("gender", gender.is_some_and(|gender| gender != before.gender)),
            ("email", email.as_ref().is_some_and(|email| *email != before.email)),
        ];
        fields.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-40: changes some fields of an existing profile.
    pub(crate) fn change_profile(
        self,
        account: &AccountId,
        change: &ProfileChange,
        now: Timestamp,
        missing: R,
    ) -> Self {
        let name = |name: &Option<PersonName>| name.as_ref().map(|name| text(name.as_str()));
        let fields = [
            ("#real", ":real", "real_name", name(&change.real_name)),
            ("#nick", ":nick", "nickname", name(&change.nickname)),
            ("#gender", ":gender", "gender", change.gender.map(|gender| number(u8::from(gender)))),
            ("#email", ":email", "email", change.email.as_ref().map(|email| text(email.as_str()))),
            ("#updated", ":updated", "updated_at", Some(text(now.to_string()))),
        ];
        let (mut sets, mut names, mut values) = (Vec::new(), vec![("#pk", PK.to_owned())], Vec::new());
        for (name, placeholder, attribute, value) in fields {
            let Some(value) = value else { continue };
            sets.push(format!("{name} = {placeholder}"));
            names.push((name, attribute.to_owned()));
            values.push((placeholder, value));
        }
        let update = format!("SET {}", sets.join(", "));
        let condition = Some("attribute_exists(#pk)".into());
        self.update(&Key::driver(account), Change { update, condition, names, values }, Some(missing))
    }

    /// AP-41: replaces the vehicles that were read, in the profile and in the session record.
    pub(crate) fn change_garage(
        self,
        account: &AccountId,
        (before, after): (&Garage, &Garage),
        unbinding: Option<Unbinding<'_>>,
        now: Timestamp,
        raced: R,
    ) -> Self {
        let mut profile = Change {
            update: "SET #vehicles = :after, #updated = :now".into(),
            condition: Some("#vehicles = :before".into()),
            names: vec![("#vehicles", "vehicles".into()), ("#updated", "updated_at".into())],
            values: vec![(":before", attribute(before)), (":after", attribute(after)), (":now", text(now.to_string()))],
        };
        if let Some(Unbinding { unbound, .. }) = unbinding {
            profile.update.push_str(", #unbound = :unbound");
            profile.names.push(("#unbound", "unbound".into()));
            profile.values.push((":unbound", attribute(unbound)));
        }
        let writes = self.update(&Key::driver(account), profile, Some(raced));
        if before.plates() == after.plates() {
            return writes;
        }
        let mut sessions = Change {
            update: "SET #plates = :plates".into(),
            condition: Some("#enabled = :yes".into()),
            names: vec![("#plates", "plates".into()), ("#enabled", "enabled".into())],
            values: vec![(":plates", attribute(after.plates())), (":yes", AttributeValue::Bool(true))],
        };
        if let Some(Unbinding { standing, .. }) = unbinding {
            sessions.require_bills(standing);
        }
        writes.update(&Key::sessions(Realm::Ev, account), sessions, Some(raced))
    }

    /// AP-42: releases the lock on a plate that this account holds.
    pub(crate) fn release_plate(self, plate: &Plate, account: &AccountId, raced: R) -> Self {
        let held = Change {
            condition: Some("#account = :account".into()),
            names: vec![("#account", "account".into())],
            values: vec![(":account", text(account.as_str()))],
            ..Change::default()
        };
        self.delete_if(&Key::plate(plate), held, raced)
    }

    /// AP-43: requires that a plate has no live charge request.
    pub(crate) fn require_idle(self, plate: &Plate, in_use: R) -> Self {
        self.require_absent(&Key::plate_charge(plate.as_str()), in_use)
    }

    /// AP-46: closes an account: it cannot sign in, has no sessions, and its personal data are deleted. Its detail
    /// records and bills stay. Refused when it has a live charge request, or a bill since the record was read.
    pub(crate) fn close_driver(
        self,
        account: &AccountId,
        (driver, read): (&Driver, &AccountStanding),
        raced: R,
    ) -> Self {
        let mut sessions = Change {
            update: "SET #enabled = :no, #live = :none REMOVE #plates".into(),
            condition: Some("#enabled = :yes AND attribute_not_exists(#charge)".into()),
            names: vec![
                ("#enabled", "enabled".into()),
                ("#live", "live".into()),
                ("#plates", "plates".into()),
                ("#charge", "charge".into()),
            ],
            values: vec![
                (":no", AttributeValue::Bool(false)),
                (":yes", AttributeValue::Bool(true)),
                (":none", AttributeValue::M(HashMap::new())),
            ],
        };
        sessions.require_bills(read);
        // Requires the profile as it was read. A plate, phone or picture that was added since would otherwise stay for
        // ever.
        let mut unchanged = Change {
            condition: Some("#vehicles = :vehicles".into()),
            names: vec![("#vehicles", "vehicles".into())],
            values: vec![(":vehicles", attribute(&driver.vehicles))],
            ..Change::default()
        };
        unchanged.require(("#phone", "phone"), ":phone", driver.phone.as_ref().map(Phone::as_e164));
        unchanged.require(("#avatar", "avatar"), ":avatar", driver.avatar.as_ref().map(PictureKey::as_str));
        let own = Change {
            condition: Some("#account = :account".into()),
            names: vec![("#account", "account".into())],
            values: vec![(":account", text(account.as_str()))],
            ..Change::default()
        };
        let name = LoginName::from(&driver.username);
        let mut writes = self
            .update(&Key::sessions(Realm::Ev, account), sessions, Some(raced))
            .delete_if(&Key::driver(account), unchanged, raced)
            .delete_if(&Key::credential(Realm::Ev, &name), own, raced);
        for plate in driver.vehicles.plates() {
            writes = writes.release_plate(&plate, account, raced);
        }
        if let Some(phone) = &driver.phone {
            writes = writes.release_phone(Realm::Ev, phone, account, raced);
        }
        writes
    }
}

impl Change {
    /// Requires that the profile exists.
    fn of_profile() -> Self {
        let condition = Some("attribute_exists(#pk)".into());
        Self { condition, names: vec![("#pk", PK.into())], ..Self::default() }
    }

    /// Also requires that a field is as it was read.
    fn require(&mut self, (name, field): (&'static str, &str), placeholder: &'static str, read: Option<&str>) {
        let same = match read {
            Some(_) => format!("{name} = {placeholder}"),
            None => format!("attribute_not_exists({name})"),
        };
        self.and(&same);
        self.names.push((name, field.to_owned()));
        self.values.extend(read.map(|read| (placeholder, text(read))));
    }

    fn and(&mut self, condition: &str) {
        let all = self.condition.iter().map(String::as_str).chain([condition]);
        self.condition = Some(all.collect::<Vec<_>>().join(" AND "));
    }

    /// Requires that no bill was issued since the record was read. An absent count is zero.
    fn require_bills(&mut self, read: &AccountStanding) {
        let same = if read.bills == 0 { "attribute_not_exists(#bills)" } else { "#bills = :bills" };
        self.and(same);
        self.names.push(("#bills", "bills".into()));
        if read.bills > 0 {
            self.values.push((":bills", number(read.bills)));
        }
    }
}

fn attribute(value: impl Serialize) -> AttributeValue {
    serde_dynamo::to_attribute_value(value).unwrap_or(AttributeValue::Null(true))
}

#[derive(Serialize)]
struct FirstAdmin<'a> {
    account: &'a AccountId,
    at: Timestamp,
}

#[derive(Deserialize)]
struct StoredFirstAdmin {
    account: AccountId,
    #[serde(default)]
    second: Option<AccountId>,
}

impl Store {
    /// AP-150: whether this account is the first administrator and has appointed no second one yet.
    pub(crate) async fn is_lone_first_admin(&self, account: &AccountId) -> Result<bool, Failure> {
        let first: Option<StoredFirstAdmin> = self.get(&Key::first_admin(), Consistency::Strong).await?;
        Ok(first.is_some_and(|first| first.account == *account && first.second.is_none()))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-32: the marker that makes the first administrator unique.
    pub(crate) fn claim_first_admin(self, account: &AccountId, at: Timestamp, taken: R) -> Self {
        self.put_new(&Key::first_admin(), &FirstAdmin { account, at }, taken)
    }

    /// AP-150: notes the second administrator, whom the first one appoints alone, once.
    pub(crate) fn note_second_admin(self, first: &AccountId, second: &AccountId, raced: R) -> Self {
        let change = Change {
            update: "SET #second = :second".into(),
            condition: Some("#account = :first AND attribute_not_exists(#second)".into()),
            names: vec![("#second", "second".into()), ("#account", "account".into())],
            values: vec![(":second", text(second.as_str())), (":first", text(first.as_str()))],
        };
        self.update(&Key::first_admin(), change, Some(raced))
    }
}
