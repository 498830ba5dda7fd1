//! When a session is alive, judged from what the account's session record says now.

use super::{
    account::{AccountId, Realm, Role},
    charging::{Number, RequestId, Waiting},
    cloud::Tenant,
    reason::{Failure, Reason},
    staff::{STEP_LASTS, SignInStep, is_staff},
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

/// A session of staff ends when it was not used for so long.
const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A use is written at most this often, so that it costs little.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// When a session that begins now ends unless it is used. Only staff have an idle timeout.
pub fn first_end(realm: Realm, now: Timestamp) -> Timestamp {
    now + if is_staff(realm) { IDLE } else { life(realm) }
}

/// The later end that a use gives a session of staff; `None` when the stored one is late enough. The idle timeout needs no
/// attribute of its own: the stored end moves on with use, and never past the absolute life.
pub fn later_end(realm: Realm, began: Timestamp, ends: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let later = (now + IDLE).min(began + life(realm));
    (is_staff(realm) && later.duration_since(ends) >= NOTED_EVERY).then_some(later)
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
    /// What is left of the sign-in. **Invariant:** such a session opens that step and nothing else.
    pub step: Option<SignInStep>,
}

impl Caller {
    /// For changes that a phone left lying about must not make: the sign-in is not older than ten minutes.
    pub fn demand_recent_sign_in(&self, now: Timestamp) -> Result<(), Failure> {
        if now.duration_since(self.signed_in_at) <= RECENT { Ok(()) } else { Err(Reason::RecentSignInWanted.into()) }
    }
}

/// The name of one session of an account. Of staff it begins with the second in which the session began, in eight
/// hexadecimal digits: their stored end moves, so it does not tell.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SessionId(pub String);

impl SessionId {
    /// Characters of the random part.
    const RANDOM: usize = 16;
    const TIME: usize = 8;

    pub fn new(realm: Realm, random: &str, now: Timestamp) -> Self {
        Self(if is_staff(realm) { format!("{:08x}{random}", now.as_second()) } else { random.to_owned() })
    }

    /// When the session began, where the id tells.
    fn began(&self) -> Option<Timestamp> {
        let time = self.0.get(..Self::TIME).filter(|_| self.0.len() == Self::TIME + Self::RANDOM)?;
        Timestamp::from_second(i64::from_str_radix(time, 16).ok()?).ok()
    }
}

/// A live session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSession {
    pub id: SessionId,
    pub created: Timestamp,
    /// To within five minutes; known of staff alone.
    pub last_used: Option<Timestamp>,
    pub ends: Timestamp,
}

/// A sign-in of which a step is left. An account has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub session: SessionId,
    pub ends: Timestamp,
    pub step: SignInStep,
}

impl Unfinished {
    pub fn new(session: SessionId, step: SignInStep, now: Timestamp) -> Self {
        Self { session, ends: now + STEP_LASTS, step }
    }
}

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
    pub unfinished: Option<Unfinished>,
}

impl Sessions {
    /// The record of an account that is made now.
    pub fn of_new(role: Role, shops: Vec<String>) -> Self {
        let (standing, live) = (AccountStanding::default(), BTreeMap::new());
        Self { enabled: true, role, shops, tenant: None, standing, live, unfinished: None }
    }

    /// Whether a token for `session` still opens anything at `now`.
    pub fn admit(&self, session: &SessionId, now: Timestamp) -> bool {
        self.enabled && self.live.get(session).is_some_and(|ends| now < *ends)
    }

    /// The step that a token for `session` opens, where the sign-in is not finished.
    pub fn step(&self, session: &SessionId, now: Timestamp) -> Option<SignInStep> {
        let unfinished = self.unfinished.as_ref().filter(|_| self.enabled)?;
        (unfinished.session == *session && now < unfinished.ends).then_some(unfinished.step)
    }

    /// The live sessions, the newest first.
    pub fn list(&self, realm: Realm, now: Timestamp) -> Vec<LiveSession> {
        let one = |(id, ends): (&SessionId, &Timestamp)| {
            let created = id.began().unwrap_or(*ends - life(realm));
            let last_used = (is_staff(realm) && *ends < created + life(realm)).then(|| (*ends - IDLE).max(created));
            LiveSession { id: id.clone(), created, last_used, ends: *ends }
        };
        let mut list: Vec<_> = self.live.iter().filter(|(_, ends)| now < **ends).map(one).collect();
        list.sort_by_key(|session| std::cmp::Reverse(session.created));
        list
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
            step: None,
        };
        assert!(caller.demand_recent_sign_in(at(700)).is_ok());
        let refused = caller.demand_recent_sign_in(at(701)).unwrap_err();
        assert_eq!(refused.reason(), Reason::RecentSignInWanted);
    }

    #[test]
    fn a_session_of_staff_ends_after_half_an_hour_without_use_and_at_last_after_twelve_hours() {
        let (began, minutes) = (at(0), |minutes: i64| at(minutes * 60));
        let later = |ends, now| later_end(Realm::Platform, began, minutes(ends), minutes(now));
        assert_eq!(first_end(Realm::Shop, began), minutes(30));
        assert_eq!(later(30, 4), None, "used within five minutes of the last note");
        assert_eq!(later(30, 5), Some(minutes(35)));
        assert_eq!(later(30, 29), Some(minutes(59)));
        assert_eq!(later(710, 709), Some(minutes(720)), "never past the absolute life");
        assert_eq!(later(720, 719), None);
        assert_eq!(later_end(Realm::Cloud, began, minutes(30), minutes(29)), None);
        assert_eq!(first_end(Realm::Ev, began), began + life(Realm::Ev));
    }

    #[test]
    fn an_unfinished_sign_in_opens_its_step_until_it_ends_or_the_account_is_disabled() {
        let unfinished = Some(Unfinished::new(id(1), SignInStep::Password, at(0)));
        let sessions = Sessions { unfinished, ..Sessions::of_new(Role::Admin, vec![]) };
        assert_eq!(sessions.step(&id(1), at(899)), Some(SignInStep::Password));
        assert!(!sessions.admit(&id(1), at(0)));
        assert_eq!(sessions.step(&id(1), at(900)), None, "over");
        assert_eq!(sessions.step(&id(2), at(0)), None, "another session");
        assert_eq!(Sessions { enabled: false, ..sessions }.step(&id(1), at(0)), None, "disabled");
    }

    #[test]
    fn the_list_tells_when_a_session_began_and_of_staff_when_it_was_used() {
        let id = SessionId::new(Realm::Shop, &"r".repeat(16), at(1_800_000_000));
        let ends = at(1_800_000_000 + 45 * 60);
        let listed = with_one(id, ends).list(Realm::Shop, at(1_800_000_000));
        assert_eq!((listed[0].created, listed[0].last_used), (at(1_800_000_000), Some(ends - IDLE)));

        let drivers = SessionId::new(Realm::Ev, &"r".repeat(16), at(7));
        let listed = with_one(drivers, at(7) + life(Realm::Ev)).list(Realm::Ev, at(8));
        assert_eq!((listed[0].created, listed[0].last_used), (at(7), None));
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
