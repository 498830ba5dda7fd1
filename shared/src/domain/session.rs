//! When a session is alive, judged from what the account's session record says now.

use super::{
    account::{AccountId, Realm, Role},
    charging::{Number, RequestId, Waiting},
    cloud::Tenant,
    reason::{Failure, Reason},
    station_id::StationId,
    vehicle::Plate,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Live sessions an account may have; one more ends the oldest.
pub const MOST_SESSIONS: usize = 20;

/// A sign-in that is not older proves who is there now.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// How long a sign-in of a realm lasts.
pub fn life(realm: Realm) -> SignedDuration {
    match realm {
        Realm::Ev | Realm::MallConsumer | Realm::MallAgent | Realm::MallDealer => SignedDuration::from_hours(30 * 24),
        Realm::Cloud | Realm::Shop | Realm::Platform => SignedDuration::from_hours(12),
    }
}

/// What a driver's session record says beside the session, so that the queue needs no read of its own for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountStanding {
    /// The plates of the driver's vehicles; the first charges when an order names none.
    pub plates: Vec<Plate>,
    /// The live request, wherever it stands.
    pub charge: Option<LiveCharge>,
    /// When the oldest unpaid bill falls due.
    pub owed_since: Option<Timestamp>,
    /// How many bills have been issued: what rests on the open bills rests on this, too.
    pub bills: u64,
}

impl AccountStanding {
    /// Whether a bill is overdue (待补缴).
    pub fn is_in_arrears(&self, now: Timestamp) -> bool {
        self.owed_since.is_some_and(|due| due < now)
    }
}

/// A driver's live request: at which station, and how it stands in its line as long as it waits there. Whether it still
/// does, the station says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCharge {
    pub station: StationId,
    pub car: Waiting,
    /// The version of the station that wrote it as it is; none where a release without revisions wrote it.
    pub revision: Option<u64>,
}

impl LiveCharge {
    pub fn request(&self) -> RequestId {
        self.car.ticket.request
    }

    pub fn number(&self) -> Number {
        self.car.ticket.number
    }
}

/// Who is calling, as far as the token and the session record agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub realm: Realm,
    pub account: AccountId,
    pub role: Role,
    pub shops: Vec<String>,
    /// The business customer for which an account of the portal signs in.
    pub tenant: Option<Tenant>,
    pub session: SessionId,
    pub signed_in_at: Timestamp,
    pub standing: AccountStanding,
}

impl Caller {
    /// For changes that a phone left lying about must not make: the sign-in is not older than ten minutes.
    pub fn demand_recent_sign_in(&self, now: Timestamp) -> Result<(), Failure> {
        if now.duration_since(self.signed_in_at) <= RECENT { Ok(()) } else { Err(Reason::RecentSignInWanted.into()) }
    }
}

/// The name of one session of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(pub String);

/// What the store holds of an account's sessions. Ids are drawn at random and never used again, so removing one from
/// `live` ends it for good, and emptying `live` ends them all: no version number is needed beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sessions {
    pub enabled: bool,
    pub role: Role,
    pub shops: Vec<String>,
    pub tenant: Option<Tenant>,
    pub standing: AccountStanding,
    /// Each live session with the instant at which it ends.
    pub live: BTreeMap<SessionId, Timestamp>,
}

impl Sessions {
    /// The record of an account that is made now.
    pub fn of_new(role: Role, shops: Vec<String>) -> Self {
        Self { enabled: true, role, shops, tenant: None, standing: AccountStanding::default(), live: BTreeMap::new() }
    }

    /// Whether a token for `session` still opens anything at `now`.
    pub fn admit(&self, session: &SessionId, now: Timestamp) -> bool {
        self.enabled && self.live.get(session).is_some_and(|ends| now < *ends)
    }

    /// The live sessions with one more: those over at `now` go, and of too many the oldest.
    pub fn with(&self, session: SessionId, ends: Timestamp, now: Timestamp) -> BTreeMap<SessionId, Timestamp> {
        let mut live: Vec<_> = self.live.iter().filter(|(_, ends)| now < **ends).collect();
        live.sort_by_key(|(_, ends)| **ends);
        let surplus = (live.len() + 1).saturating_sub(MOST_SESSIONS);
        let kept = live.into_iter().skip(surplus).map(|(id, ends)| (id.clone(), *ends));
        kept.chain([(session, ends)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> SessionId {
        SessionId(format!("s{n:02}"))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn with_one(id: SessionId, ends: Timestamp) -> Sessions {
        Sessions { live: BTreeMap::from([(id, ends)]), ..Sessions::of_new(Role::Driver, vec![]) }
    }

    #[test]
    fn a_session_opens_something_until_it_ends_or_the_account_is_disabled() {
        let sessions = with_one(id(1), at(100));
        assert!(sessions.admit(&id(1), at(99)));
        assert!(!sessions.admit(&id(1), at(100)), "over");
        assert!(!sessions.admit(&id(2), at(99)), "signed out");
        assert!(!Sessions { enabled: false, ..sessions }.admit(&id(1), at(99)), "disabled");
    }

    #[test]
    fn a_sign_in_is_recent_for_ten_minutes() {
        let caller = Caller {
            realm: Realm::Ev,
            account: AccountId::known("1004"),
            role: Role::Driver,
            shops: vec![],
            tenant: None,
            session: id(1),
            signed_in_at: at(100),
            standing: AccountStanding::default(),
        };
        assert!(caller.demand_recent_sign_in(at(700)).is_ok());
        let refused = caller.demand_recent_sign_in(at(701)).unwrap_err();
        assert_eq!(refused.reason(), Reason::RecentSignInWanted);
    }

    #[test]
    fn the_twenty_first_session_ends_the_oldest() {
        let mut sessions = with_one(id(0), at(1000));
        for n in 1..=20_u8 {
            sessions.live = sessions.with(id(n.into()), at(1000 + i64::from(n)), at(0));
        }
        assert_eq!(sessions.live.len(), MOST_SESSIONS);
        assert!(!sessions.live.contains_key(&id(0)) && sessions.live.contains_key(&id(20)));
    }

    #[test]
    fn sessions_that_are_over_make_room() {
        let sessions = with_one(id(0), at(10));
        assert_eq!(sessions.with(id(1), at(20), at(10)), BTreeMap::from([(id(1), at(20))]));
    }
}
