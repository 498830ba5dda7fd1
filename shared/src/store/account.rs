//! A driver's profile and the lock on a plate: AP-08 to AP-11 and AP-37.

use super::{Consistency, Key, Store, Transaction, keys::PK, text, transaction::Change};
use crate::domain::{
    account::{AccountId, BatteryCapacity, Email, Username},
    image::PictureKey,
    reason::Failure,
    vehicle::Plate,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A driver as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Driver {
    pub username: Username,
    pub email: Email,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<Plate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery: Option<BatteryCapacity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<PictureKey>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Serialize)]
struct PlateHolder<'a> {
    account: &'a AccountId,
    since: Timestamp,
}

impl Store {
    /// AP-08: one driver's profile.
    pub(crate) async fn driver(&self, account: &AccountId) -> Result<Option<Driver>, Failure> {
        self.get(&Key::driver(account), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-09: the profile of a new driver.
    pub(crate) fn create_driver(self, account: &AccountId, driver: &Driver, exists: R) -> Self {
        self.put_new(&Key::driver(account), driver, exists)
    }

    /// AP-10: a plate that nobody holds.
    pub(crate) fn claim_plate(self, plate: &Plate, account: &AccountId, since: Timestamp, taken: R) -> Self {
        self.put_new(&Key::plate(plate), &PlateHolder { account, since }, taken)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-37: another avatar, or none, in the place of the one that was read.
    pub(crate) fn change_avatar(
        self,
        account: &AccountId,
        before: Option<&PictureKey>,
        after: Option<&PictureKey>,
        raced: R,
    ) -> Self {
        let mut change = Change {
            update: "REMOVE #avatar".into(),
            condition: Some("attribute_exists(#pk) AND attribute_not_exists(#avatar)".into()),
            names: vec![("#avatar", "avatar".into())],
            values: vec![],
        };
        match before {
            Some(before) => {
                change.condition = Some("#avatar = :before".into());
                change.values.push((":before", text(before.as_str())));
            }
            None => change.names.push(("#pk", PK.into())),
        }
        if let Some(after) = after {
            change.update = "SET #avatar = :after".into();
            change.values.push((":after", text(after.as_str())));
        }
        self.update(&Key::driver(account), change, Some(raced))
    }
}

#[derive(Serialize)]
struct FirstAdmin<'a> {
    account: &'a AccountId,
    at: Timestamp,
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-11: the marker that keeps the first administrator the first.
    pub(crate) fn claim_first_admin(self, account: &AccountId, at: Timestamp, taken: R) -> Self {
        self.put_new(&Key::first_admin(), &FirstAdmin { account, at }, taken)
    }
}
