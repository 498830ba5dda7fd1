//! The session record of an account, which every signed-in request reads.

use super::{Consistency, Item, Key, Store, Transaction, number, read, transaction::Change};
use crate::domain::{
    account::{AccountId, Realm, Role},
    charging::Waiting,
    cloud::Tenant,
    reason::Failure,
    session::{AccountStanding, Caller, LiveCharge, MOST_SESSIONS, SessionId, Sessions, Unfinished},
    staff::SignInStep,
    station_id::StationId,
    vehicle::Plate,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use std::collections::BTreeMap;

/// Attribute names are short, so that the item with all its sessions stays under 1 KB, one read unit.
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
    /// Session id → the second at which it ends.
    live: BTreeMap<String, i64>,
    /// Beside `live`, so that a release which does not know of steps opens nothing for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unfinished: Option<UnfinishedItem>,
}

/// A sign-in of which a step is left.
#[derive(Serialize, Deserialize)]
struct UnfinishedItem {
    id: String,
    ends: i64,
    step: SignInStep,
}

/// Request id and revision are attributes beside the packed car, because conditions compare them.
#[derive(Serialize, Deserialize)]
pub(super) struct ChargeItem {
    station: StationId,
    request: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<u64>,
    car: ByteBuf,
}

impl ChargeItem {
    pub(super) fn new(station: &StationId, car: &Waiting, revision: Option<u64>) -> Self {
        Self { station: station.clone(), request: car.ticket.request.0, revision, car: packed(car) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn packed(car: &Waiting) -> ByteBuf {
    ByteBuf::from(car.pack())
}

impl Store {
    /// AP-06: strongly consistent, so that a sign-out or a lock takes effect with the next request.
    pub(crate) async fn sessions(&self, realm: Realm, account: &AccountId) -> Result<Option<Sessions>, Failure> {
        let item: Option<SessionsItem> = self.get(&Key::sessions(realm, account), Consistency::Strong).await?;
        item.map(Sessions::try_from).transpose()
    }

    /// AP-08: ends one session. Repeating it has no effect.
    pub(crate) async fn end_session(&self, realm: Realm, account: &AccountId, id: &SessionId) -> Result<(), Failure> {
        let change = Change {
            update: "REMOVE #live.#id".into(),
            condition: Some("attribute_exists(#live)".into()),
            names: vec![("#live", "live".into()), ("#id", id.0.clone())],
            values: vec![],
        };
        // A transaction, because only a transaction waits for another one on the same item, such as a sign-in. Without
        // a record there is no session to end.
        self.transaction().update(&Key::sessions(realm, account), change, Some(())).commit().await.map(drop)
    }
}

impl Store {
    /// AP-145: moves the end of a session of staff. A session that ended meanwhile, or was used by another call, stays as
    /// it is, so a repetition changes nothing.
    pub(crate) async fn prolong_session(
        &self,
        (realm, account): (Realm, &AccountId),
        id: &SessionId,
        (before, after): (Timestamp, Timestamp),
    ) -> Result<(), Failure> {
        let change = Change {
            update: "SET #live.#id = :after".into(),
            condition: Some("#enabled = :yes AND #live.#id = :before".into()),
            names: vec![("#live", "live".into()), ("#id", id.0.clone()), ("#enabled", "enabled".into())],
            values: vec![
                (":after", number(after.as_second())),
                (":before", number(before.as_second())),
                (":yes", AttributeValue::Bool(true)),
            ],
        };
        self.transaction().update(&Key::sessions(realm, account), change, Some(())).commit().await.map(drop)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Opens a session for one step of a sign-in, in the place of an earlier one; `alone` ends all other sessions.
    pub(crate) fn open_step(
        self,
        (realm, account): (Realm, &AccountId),
        unfinished: &Unfinished,
        alone: bool,
        refused: R,
    ) -> Self {
        let Unfinished { session, ends, step } = unfinished;
        let item = UnfinishedItem { id: session.0.clone(), ends: ends.as_second(), step: *step };
        let item = serde_dynamo::to_attribute_value(item).unwrap_or(AttributeValue::Null(true));
        let mut change = Change {
            update: "SET #unfinished = :unfinished".into(),
            condition: Some("#enabled = :yes AND attribute_exists(#live)".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into()), ("#unfinished", "unfinished".into())],
            values: vec![(":unfinished", item), (":yes", AttributeValue::Bool(true))],
        };
        if alone {
            change.update.push_str(", #live = :none");
            change.values.push((":none", live_attribute(&BTreeMap::new())));
        }
        self.update(&Key::sessions(realm, account), change, Some(refused))
    }

    /// Creates the session record of an account.
    pub(crate) fn open_sessions(self, realm: Realm, account: &AccountId, sessions: &Sessions, exists: R) -> Self {
        self.put_new(&Key::sessions(realm, account), &SessionsItem::from(sessions), exists)
    }

    /// AP-07: adds a session, as long as there is room and the account is enabled.
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

    /// Ends all sessions except these. Refused when the account is disabled or closed.
    pub(crate) fn end_sessions_except(
        self,
        (realm, account): (Realm, &AccountId),
        live: &BTreeMap<SessionId, Timestamp>,
        refused: R,
    ) -> Self {
        let change = Change {
            update: "SET #live = :new REMOVE #unfinished".into(),
            condition: Some("#enabled = :yes".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into()), ("#unfinished", "unfinished".into())],
            values: vec![(":new", live_attribute(live)), (":yes", AttributeValue::Bool(true))],
        };
        self.update(&Key::sessions(realm, account), change, Some(refused))
    }

    /// AP-10: ends this session, if it is alive and its account is enabled.
    pub(crate) fn end_live_session(self, (realm, account): (Realm, &AccountId), id: &SessionId, over: R) -> Self {
        let change = Change {
            update: "REMOVE #live.#id".into(),
            condition: Some("#enabled = :yes AND attribute_exists(#live.#id)".into()),
            names: vec![("#live", "live".into()), ("#id", id.0.clone()), ("#enabled", "enabled".into())],
            values: vec![(":yes", AttributeValue::Bool(true))],
        };
        self.update(&Key::sessions(realm, account), change, Some(over))
    }

    /// Ends all sessions except these, on the authority of a live session. Refused when that session has ended
    /// meanwhile, so that a call under way does not undo what ended it.
    pub(crate) fn end_other_sessions(self, caller: &Caller, live: &BTreeMap<SessionId, Timestamp>, refused: R) -> Self {
        let change = Change {
            update: "SET #live = :new REMOVE #unfinished".into(),
            condition: Some("#enabled = :yes AND attribute_exists(#live.#own)".into()),
            names: vec![
                ("#live", "live".into()),
                ("#enabled", "enabled".into()),
                ("#own", caller.session.0.clone()),
                ("#unfinished", "unfinished".into()),
            ],
            values: vec![(":new", live_attribute(live)), (":yes", AttributeValue::Bool(true))],
        };
        self.update(&Key::sessions(caller.realm, &caller.account), change, Some(refused))
    }

    /// Ends all sessions of an account and enables or disables it.
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

    /// Deletes the session record of a closed account.
    pub(crate) fn close_sessions(self, realm: Realm, account: &AccountId) -> Self {
        self.delete(&Key::sessions(realm, account))
    }

    /// Adds a session where there was no room: writes all live sessions, if they are still as they were read.
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
    /// AP-11: locks an account, which ends its sessions, or unlocks it. Refused if it already was so, or does not
    /// exist.
    pub(crate) fn set_enabled(self, (realm, account): (Realm, &AccountId), enabled: bool, refused: R) -> Self {
        let change = Change {
            update: "SET #enabled = :now, #live = :none REMOVE #unfinished".into(),
            condition: Some("#enabled = :before".into()),
            names: vec![("#live", "live".into()), ("#enabled", "enabled".into()), ("#unfinished", "unfinished".into())],
            values: vec![
                (":now", AttributeValue::Bool(enabled)),
                (":before", AttributeValue::Bool(!enabled)),
                (":none", live_attribute(&BTreeMap::new())),
            ],
        };
        self.update(&Key::sessions(realm, account), change, Some(refused))
    }

    /// AP-12: ends all sessions. Refused if the account does not exist.
    pub(crate) fn end_all_sessions(self, (realm, account): (Realm, &AccountId), missing: R) -> Self {
        let change = Change {
            update: "SET #live = :none REMOVE #unfinished".into(),
            condition: Some("attribute_exists(#live)".into()),
            names: vec![("#live", "live".into()), ("#unfinished", "unfinished".into())],
            values: vec![(":none", live_attribute(&BTreeMap::new()))],
        };
        self.update(&Key::sessions(realm, account), change, Some(missing))
    }

    /// AP-13: sets another role and other shops, if the role is still the one that was read.
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

    /// Requires that the acting account is still enabled.
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

/// Reads the session record that refused a write.
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
        Ok(Self { station: item.station, car, revision: item.revision })
    }
}

impl TryFrom<SessionsItem> for Sessions {
    type Error = Failure;

    fn try_from(item: SessionsItem) -> Result<Self, Failure> {
        let ends = |second| Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
        let live = item.live.into_iter().map(|(id, second)| (SessionId(id), ends(second))).collect();
        let owed_since = item.owed.and_then(|due| Timestamp::from_millisecond(due).ok());
        let charge = item.charge.map(LiveCharge::try_from).transpose()?;
        let standing = AccountStanding { plates: item.plates, charge, owed_since, bills: item.bills };
        let step =
            |UnfinishedItem { id, ends: second, step }| Unfinished { session: SessionId(id), ends: ends(second), step };
        let (enabled, role, shops, tenant) = (item.enabled, item.role, item.shops, item.tenant);
        let unfinished = item.unfinished.map(step);
        Ok(Self { enabled, role, shops, tenant, standing, live, unfinished })
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
            charge: sessions
                .standing
                .charge
                .as_ref()
                .map(|live| ChargeItem::new(&live.station, &live.car, live.revision)),
            owed: sessions.standing.owed_since.map(Timestamp::as_millisecond),
            bills: sessions.standing.bills,
            live: sessions.live.iter().map(|(id, ends)| (id.0.clone(), ends.as_second())).collect(),
            unfinished: sessions.unfinished.as_ref().map(|Unfinished { session, ends, step }| UnfinishedItem {
                id: session.0.clone(),
                ends: ends.as_second(),
                step: *step,
            }),
        }
    }
}
