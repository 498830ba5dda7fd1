//! How wrong passwords slow down the next try: never a lock, because a guesser could then lock the owner out.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Wrong passwords in a row that cost nothing.
const FREE_FAILURES: u32 = 5;
const LONGEST_DELAY: SignedDuration = SignedDuration::from_secs(900);
/// A series of failures is forgotten when nothing happened for so long.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// So many failures in a row, and the password alone opens nothing any more (NIST SP 800-63B).
const MOST_FAILURES: u32 = 100;
/// Such a series ends with a code, not with the next day: a year of silence is for names without an account.
const LONG_SERIES_FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24 * 365);

/// What is known of one name's failures in a row.
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

    /// Whether the password has to be replaced by a proof of another kind, where there is one.
    pub fn want_second_proof(&self) -> bool {
        self.count >= MOST_FAILURES
    }

    /// When this series is forgotten, if no other try comes.
    pub fn forgotten_at(&self, now: Timestamp) -> Timestamp {
        let silence = if self.want_second_proof() { LONG_SERIES_FORGOTTEN_AFTER } else { FORGOTTEN_AFTER };
        now.saturating_add(silence).unwrap_or(now)
    }

    /// One more, counted before the password is compared, so that parallel guesses cannot slip through.
    #[must_use]
    pub fn one_more(&self, now: Timestamp) -> Self {
        let count = self.count.saturating_add(1);
        Self { count, closed_until: now.saturating_add(delay_after(count)).unwrap_or(now) }
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

    #[test]
    fn five_failures_are_free_then_the_delay_doubles_up_to_a_quarter_of_an_hour() {
        let delays: Vec<_> = [0, 1, 4, 5, 6, 7, 14, 15, 1000].map(|n| delay_after(n).as_secs()).into();
        assert_eq!(delays, [0, 0, 0, 1, 2, 4, 512, 900, 900]);
    }

    #[test]
    fn a_hundred_failures_want_another_proof_and_are_not_forgotten_with_the_day() {
        let now = Timestamp::UNIX_EPOCH;
        let before = (0..99).fold(Failures::default(), |failures, _| failures.one_more(now));
        assert!(!before.want_second_proof());
        assert_eq!(before.forgotten_at(now), now + SignedDuration::from_hours(24));
        let last = before.one_more(now);
        assert!(last.want_second_proof());
        assert_eq!(last.forgotten_at(now), now + SignedDuration::from_hours(24 * 365));
    }

    #[test]
    fn the_sixth_try_has_to_wait_and_may_come_when_the_wait_is_over() {
        let now = Timestamp::UNIX_EPOCH;
        let failures = (0..5).fold(Failures::default(), |failures, _| failures.one_more(now));
        assert_eq!(failures.wait(now), Some(Duration::from_secs(1)));
        assert_eq!(failures.wait(now + SignedDuration::from_secs(1)), None);
    }
}
