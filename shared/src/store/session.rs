//! The session record of an account, which every signed-in request reads: AP-05 to AP-07.

use super::{Consistency, Item, Key, Store, Transaction, number, read, transaction::Change};
use crate::domain::{
    account::{AccountId, Realm, Role},
    charging::Waiting,
    cloud::Tenant,
    reason::Failure,
    session::{Caller, LiveCharge, MOST_SESSIONS, SessionId, Sessions, Standing},
    station_id::StationId,
    vehicle::Plate,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// Short names: the item stays under 1 KB, one unit, with all the sessions it may hold.
#[derive(Serialize, Deserialize)]
struct SessionsItem {
    enabled: bool,
    role: Role,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shops: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<Tenant>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    plates: Vec<Plate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charge: Option<ChargeItem>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owed: Option<i64>,
    /// How many bills have been issued.
    #[serde(default, skip_serializing_if = "is_zero")]
    bills: u64,
    /// Session → the second at which it ends.
    live: BTreeMap<String, i64>,
}

/// The request's id stands beside the packed car, because conditions look at it.
#[derive(Serialize, Deserialize)]
pub(super) struct ChargeItem {
    station: StationId,
    request: u64,
    car: ByteBuf,
}

impl ChargeItem {
    pub(super) fn new(station: &StationId, car: &Waiting) -> Self {
        Self { station: station.clone(), request: car.ticket.request.0, car: packed(car) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// As it stands in the record, for conditions.
pub(super) fn packed(car: &Waiting) -> ByteBuf {
    ByteBuf::from(car.pack())
}

impl Store {
    /// AP-05: strongly consistent, so that a sign-out or a disable counts from the next request on.
    pub(crate) async fn sessions(&self, realm: Realm, account: &AccountId) -> Result<Option<Sessions>, Failure> {
        let item: Option<SessionsItem> = self.get(&Key::sessions(realm, account), Consistency::Strong).await?;
        item.map(Sessions::try_from).transpose()
    }

    /// AP-07: ends one session. Ending it again changes nothing.
    pub(crate) async fn end_session(&self, realm: Realm, account: &AccountId, id: &SessionId) -> Result<(), Failure> {
        let change = Change {
            update: "REMOVE #live.#id".into(),
            condition: Some("attribute_exists(#live)".into()),
            names: vec![("#live", "live".into()), ("#id", id.0.clone())],
            values: vec![],
        };
        // As a transaction, because only those wait for another one on the same item, such as a sign-in. When there is
        // no record any more there is no session either.
        self.transaction().update(&Key::sessions(realm, account), change, Some(())).commit().await.map(drop)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// The session record of a new account.
    pub(crate) fn open_sessions(self, realm: Realm, account: &AccountId, sessions: &Sessions, exists: R) -> Self {
        self.put_new(&Key::sessions(realm, account), &SessionsItem::from(sessions), exists)
    }

    /// AP-06: one more session, as long as there is room and the account is enabled.
    pub(crate) fn add_session(
        self,
        (realm, account): (Realm, &AccountId),
        id: &SessionId,
        ends: Timestamp,
        refused: R,
    ) -> Self {
        let change = Change {
            update: "SET #live.#id = :ends".into(),
            condition: Some("#enabled = :yes AND size(#live) < :most".into()),
            names: vec![("#live", "live".into()), ("#id", id.0.clone()), ("#enabled", "enabled".into())],
            values: vec![
                (":ends", number(ends.as_second())),
                (":yes", AttributeValue::Bool(true)),
                (":most", number(MOST_SESSIONS)),
            ],
        };
        self.update(&Key::sessions(realm, account), change, Some(refused))
    }

    /// All sessions end but these, whatever was there; an account that is disabled or gone refuses.
    pub(crate) fn end_sessions_but(
        self,
        (realm, account): (Realm, &AccountId),
        live: &BTreeMap<SessionId, Timestamp>,
        refused: R,
    ) -> Self {
        let change = Change {
            update: "SET #live = :new".into(),
            condition: Some("#enabled = :yes".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into())],
            values: vec![(":new", live_attribute(live)), (":yes", AttributeValue::Bool(true))],
        };
        self.update(&Key::sessions(realm, account), change, Some(refused))
    }

    /// AP-207: this session ends, if it is alive and its account enabled.
    pub(crate) fn end_live_session(self, (realm, account): (Realm, &AccountId), id: &SessionId, over: R) -> Self {
        let change = Change {
            update: "REMOVE #live.#id".into(),
            condition: Some("#enabled = :yes AND attribute_exists(#live.#id)".into()),
            names: vec![("#live", "live".into()), ("#id", id.0.clone()), ("#enabled", "enabled".into())],
            values: vec![(":yes", AttributeValue::Bool(true))],
        };
        self.update(&Key::sessions(realm, account), change, Some(over))
    }

    /// The same for whoever asks with a session: one that has been ended meanwhile refuses, so that a request that was
    /// under way undoes nothing of what ended it.
    pub(crate) fn end_other_sessions(self, caller: &Caller, live: &BTreeMap<SessionId, Timestamp>, refused: R) -> Self {
        let change = Change {
            update: "SET #live = :new".into(),
            condition: Some("#enabled = :yes AND attribute_exists(#live.#own)".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into()), ("#own", caller.session.0.clone())],
            values: vec![(":new", live_attribute(live)), (":yes", AttributeValue::Bool(true))],
        };
        self.update(&Key::sessions(caller.realm, &caller.account), change, Some(refused))
    }

    /// Ends all sessions of an account and lets it open new ones, or none.
    pub(crate) fn switch_sessions(self, realm: Realm, account: &AccountId, enabled: bool, gone: R) -> Self {
        let change = Change {
            update: "SET #enabled = :enabled, #live = :none".into(),
            condition: Some("attribute_exists(#live)".into()),
            names: vec![("#enabled", "enabled".into()), ("#live", "live".into())],
            values: vec![
                (":enabled", AttributeValue::Bool(enabled)),
                (":none", AttributeValue::M(std::collections::HashMap::new())),
            ],
        };
        self.update(&Key::sessions(realm, account), change, Some(gone))
    }

    /// The session record of an account that is no more.
    pub(crate) fn close_sessions(self, realm: Realm, account: &AccountId) -> Self {
        self.delete(&Key::sessions(realm, account))
    }

    /// One more session where there was no room: all live ones as they should be now, if they are still as they were.
    pub(crate) fn replace_sessions(
        self,
        (realm, account): (Realm, &AccountId),
        before: &Sessions,
        live: &BTreeMap<SessionId, Timestamp>,
        raced: R,
    ) -> Self {
        let change = Change {
            update: "SET #live = :new".into(),
            condition: Some("#enabled = :yes AND #live = :old".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into())],
            values: vec![
                (":new", live_attribute(live)),
                (":old", live_attribute(&before.live)),
                (":yes", AttributeValue::Bool(true)),
            ],
        };
        self.update(&Key::sessions(realm, account), change, Some(raced))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-183: an account is locked, which ends its sessions, or unlocked; refused if it was so already or is not there.
    pub(crate) fn set_enabled(self, (realm, account): (Realm, &AccountId), enabled: bool, refused: R) -> Self {
        let change = Change {
            update: "SET #enabled = :now, #live = :none".into(),
            condition: Some("#enabled = :before".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into())],
            values: vec![
                (":now", AttributeValue::Bool(enabled)),
                (":before", AttributeValue::Bool(!enabled)),
                (":none", live_attribute(&BTreeMap::new())),
            ],
        };
        self.update(&Key::sessions(realm, account), change, Some(refused))
    }

    /// AP-184: all sessions end; refused if there is no such account.
    pub(crate) fn end_all_sessions(self, (realm, account): (Realm, &AccountId), missing: R) -> Self {
        let change = Change {
            update: "SET #live = :none".into(),
            condition: Some("attribute_exists(#live)".into()),
            names: vec![("#live", "live".into())],
            values: vec![(":none", live_attribute(&BTreeMap::new()))],
        };
        self.update(&Key::sessions(realm, account), change, Some(missing))
    }

    /// AP-185: another role and other shops, if the role is still the one that was read.
    pub(crate) fn change_role(
        self,
        (realm, account): (Realm, &AccountId),
        (before, after): (Role, Role),
        shops: &[String],
        raced: R,
    ) -> Self {
        let shops = shops.iter().map(|shop| AttributeValue::S(shop.clone())).collect();
        let change = Change {
            update: "SET #role = :after, #shops = :shops".into(),
            condition: Some("#role = :before".into()),
            names: vec![("#role", "role".into()), ("#shops", "shops".into())],
            values: vec![
                (":before", AttributeValue::S(before.as_str().into())),
                (":after", AttributeValue::S(after.as_str().into())),
                (":shops", AttributeValue::L(shops)),
            ],
        };
        self.update(&Key::sessions(realm, account), change, Some(raced))
    }

    /// Has everything wait on whoever does it still being enabled.
    pub(crate) fn require_enabled(self, (realm, account): (Realm, &AccountId), refused: R) -> Self {
        let holds = Change {
            update: String::new(),
            condition: Some("#enabled = :yes".into()),
            names: vec![("#enabled", "enabled".into())],
            values: vec![(":yes", AttributeValue::Bool(true))],
        };
        self.check(&Key::sessions(realm, account), holds, refused)
    }
}

/// Reads the record that a refused write brought back.
pub(crate) fn sessions_of(item: Item) -> Result<Option<Sessions>, Failure> {
    if item.is_empty() { Ok(None) } else { read::<SessionsItem>(item)?.try_into().map(Some) }
}

fn live_attribute(live: &BTreeMap<SessionId, Timestamp>) -> AttributeValue {
    AttributeValue::M(live.iter().map(|(id, ends)| (id.0.clone(), number(ends.as_second()))).collect())
}

impl TryFrom<ChargeItem> for LiveCharge {
    type Error = Failure;

    fn try_from(item: ChargeItem) -> Result<Self, Failure> {
        let car = Waiting::unpack(&item.car);
        let car = car.map_err(|error| Failure::internal(format!("stored charge request is invalid: {error}")))?;
        Ok(Self { station: item.station, car })
    }
}

impl TryFrom<SessionsItem> for Sessions {
    type Error = Failure;

    fn try_from(item: SessionsItem) -> Result<Self, Failure> {
        let ends = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        let live = item.live.into_iter().map(|(id, second)| (SessionId(id), ends(second))).collect();
        let owed_since = item.owed.and_then(|due| Timestamp::from_millisecond(due).ok());
        let charge = item.charge.map(LiveCharge::try_from).transpose()?;
        let standing = Standing { plates: item.plates, charge, owed_since, bills: item.bills };
        Ok(Self { enabled: item.enabled, role: item.role, shops: item.shops, tenant: item.tenant, standing, live })
    }
}

impl From<&Sessions> for SessionsItem {
    fn from(sessions: &Sessions) -> Self {
        Self {
            enabled: sessions.enabled,
            role: sessions.role,
            shops: sessions.shops.clone(),
            tenant: sessions.tenant.clone(),
            plates: sessions.standing.plates.clone(),
            charge: sessions.standing.charge.as_ref().map(|live| ChargeItem::new(&live.station, &live.car)),
            owed: sessions.standing.owed_since.map(Timestamp::as_millisecond),
            bills: sessions.standing.bills,
            live: sessions.live.iter().map(|(id, ends)| (id.0.clone(), ends.as_second())).collect(),
        }
    }
}
