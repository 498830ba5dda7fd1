//! How wrong passwords slow down the next try. Tries are counted per name and network, so that one person's guesses make
//! no other person wait, and a device that has signed in before has a series of its own.

use super::account::Realm;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Wrong passwords in a row that cost nothing.
const FREE_FAILURES: u32 = 5;
const LONGEST_DELAY: SignedDuration = SignedDuration::from_secs(900);
/// A series of failures is forgotten when nothing happened for so long.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// So many failures in a row, and the password alone opens nothing any more (NIST SP 800-63B).
pub const MOST_FAILURES: u32 = 100;
/// Such a series ends with a code, not with the next day: a year of silence is for names without an account.
const LONG_SERIES_FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24 * 365);

/// The failures in a row of one name from one network, or from one known device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub count: u32,
    /// No try is looked at before this instant.
    pub closed_until: Timestamp,
}

impl Failures {
    /// How long a try at `now` would still have to wait; `None` when it may be looked at.
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        self.closed_until.duration_since(now).try_into().ok().filter(|wait: &Duration| !wait.is_zero())
    }

    /// When this series is forgotten, if no other try comes.
    pub fn forgotten_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(FORGOTTEN_AFTER).unwrap_or(now)
    }

    /// One more, counted before the password is compared, so that parallel guesses cannot slip through.
    #[must_use]
    pub fn one_more(&self, now: Timestamp) -> Self {
        let count = self.count.saturating_add(1);
        Self { count, closed_until: now.saturating_add(delay_after(count)).unwrap_or(now) }
    }
}

/// The failures in a row of one name, over all networks. They cause no wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllFailures(pub u32);

impl AllFailures {
    /// Whether devices that are not known have to replace the password by a proof of another kind.
    pub fn want_second_proof(self) -> bool {
        self.0 >= MOST_FAILURES
    }

    /// When this series is forgotten after one more failure, if no other comes. Parallel failures are counted without
    /// having read each other, so the second half of a series is kept as long as a whole one.
    pub fn forgotten_at(self, now: Timestamp) -> Timestamp {
        let silence = if self.0 >= MOST_FAILURES / 2 { LONG_SERIES_FORGOTTEN_AFTER } else { FORGOTTEN_AFTER };
        now.saturating_add(silence).unwrap_or(now)
    }
}

/// What replaces a password that was guessed at too often. It is the realm's and not the account's, so that the answer does
/// not tell existing names from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofByCode {
    /// A code by SMS.
    Code,
    /// There is none: every network goes on waiting for itself.
    None,
}

impl ProofByCode {
    pub const fn of(realm: Realm) -> Self {
        match realm {
            Realm::Ev | Realm::MallDealer | Realm::Cloud => Self::Code,
            // Consumers and agents have no password, staff no telephone.
            Realm::MallConsumer | Realm::MallAgent | Realm::Shop | Realm::Platform => Self::None,
        }
    }
}

/// Every series that a try belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Series {
    pub all: AllFailures,
    pub of_network: Failures,
    /// None where the device is not known.
    pub of_device: Option<Failures>,
}

/// The series that a try is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The device's own, and no other.
    Device,
    /// The network's and the name's.
    Network,
}

/// Why a try is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryRefusal {
    Wait(Duration),
    SecondProof,
}

impl Series {
    /// Where a try at `now` is counted. A known device passes every wait but its own, as long as it has not guessed a
    /// hundred times itself; any other device waits with its network.
    pub fn admit(&self, second: ProofByCode, now: Timestamp) -> Result<Counted, TryRefusal> {
        let waits = |failures: Failures| failures.wait(now).map_or(Ok(()), |wait| Err(TryRefusal::Wait(wait)));
        if let Some(device) = self.of_device.filter(|device| device.count < MOST_FAILURES) {
            return waits(device).map(|()| Counted::Device);
        }
        if self.all.want_second_proof() && second != ProofByCode::None {
            return Err(TryRefusal::SecondProof);
        }
        waits(self.of_network).map(|()| Counted::Network)
    }
}

/// After five failures 1, 2, 4 … seconds, 900 at most.
fn delay_after(count: u32) -> SignedDuration {
    match count.checked_sub(FREE_FAILURES) {
        None => SignedDuration::ZERO,
        Some(over) => SignedDuration::from_secs(1 << over.min(10)).min(LONGEST_DELAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn guessed(times: u32) -> Failures {
        (0..times).fold(Failures::default(), |failures, _| failures.one_more(NOW))
    }

    #[test]
    fn five_failures_are_free_then_the_delay_doubles_up_to_a_quarter_of_an_hour() {
        let delays: Vec<_> = [0, 1, 4, 5, 6, 7, 14, 15, 1000].map(|n| delay_after(n).as_secs()).into();
        assert_eq!(delays, [0, 0, 0, 1, 2, 4, 512, 900, 900]);
    }

    #[test]
    fn the_sixth_try_has_to_wait_and_may_come_when_the_wait_is_over() {
        assert_eq!(guessed(5).wait(NOW), Some(Duration::from_secs(1)));
        assert_eq!(guessed(5).wait(NOW + SignedDuration::from_secs(1)), None);
    }

    #[test]
    fn the_second_half_of_a_long_series_is_not_forgotten_with_the_day() {
        assert_eq!(AllFailures(49).forgotten_at(NOW), NOW + SignedDuration::from_hours(24));
        assert_eq!(AllFailures(99).forgotten_at(NOW), NOW + SignedDuration::from_hours(24 * 365));
        assert!(!AllFailures(99).want_second_proof() && AllFailures(100).want_second_proof());
    }

    #[test]
    fn a_known_device_passes_what_others_have_to_wait_for() {
        let attacked = Series { all: AllFailures(100), of_network: guessed(9), of_device: Some(guessed(4)) };
        assert_eq!(attacked.admit(ProofByCode::Code, NOW), Ok(Counted::Device));
        let own = Series { of_device: Some(guessed(5)), ..Series::default() };
        assert_eq!(own.admit(ProofByCode::Code, NOW), Err(TryRefusal::Wait(Duration::from_secs(1))));
        let spent = Series { of_device: Some(guessed(100)), ..attacked };
        assert_eq!(spent.admit(ProofByCode::Code, NOW), Err(TryRefusal::SecondProof), "it is known no more");
    }

    #[test]
    fn other_devices_wait_with_their_network_and_need_a_second_proof_where_the_realm_has_one() {
        let elsewhere = Series { all: AllFailures(99), ..Series::default() };
        assert_eq!(elsewhere.admit(ProofByCode::Code, NOW), Ok(Counted::Network));
        let long = Series { all: AllFailures(100), ..Series::default() };
        assert_eq!(long.admit(ProofByCode::Code, NOW), Err(TryRefusal::SecondProof));
        assert_eq!(long.admit(ProofByCode::None, NOW), Ok(Counted::Network));
        let network = Series { of_network: guessed(6), ..Series::default() };
        assert_eq!(network.admit(ProofByCode::Code, NOW), Err(TryRefusal::Wait(Duration::from_secs(2))));
    }
}
