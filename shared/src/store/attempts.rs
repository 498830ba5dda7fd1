//! The one retry policy for a write that rests on a read: after a lost race both are done again.

use crate::{
    domain::reason::{Failure, Reason},
    outside::{clock::Deadline, random::Random},
};
use std::time::Duration;

/// How often a read and the write that rests on it are attempted.
///
/// A race is lost only because another writer won it, so of eight writers that meet at one item each gets through. An
/// attempt takes two or three calls of a few milliseconds, so that eight of them still answer in time. More writers than
/// that at one item are a hot spot that more attempts would feed: the caller is told to come back.
const MOST_ATTEMPTS: u32 = 8;

/// How often a transaction is sent again that DynamoDB cancelled because of another one in flight, which the SDK does not
/// repeat. Nothing is read again, so here it is the pause between attempts that helps.
pub(super) const MOST_RESENDS: u32 = 5;

/// How often a transaction is asked after that is still in progress from its first sending. The deadline of the request
/// comes first.
pub(super) const MOST_QUESTIONS: u32 = 40;

/// The first pause is shorter than this, each further limit is double.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The attempts of one use case. What an attempt reads, draws and decides stands behind `begin` in the loop:
///
/// ```ignore
/// let mut attempts = Attempts::default();
/// loop {
///     attempts.begin()?;
///     // Read, decide, write. Return what came of it, or go round again after a lost race.
/// }
/// ```
///
/// A function that takes the attempt as an async closure would read better, but the compiler cannot show yet that the
/// future of such a closure is `Send`.
#[derive(Debug, Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Begins another attempt; `Reason::Contended` when all of them have lost, or the request's deadline has passed.
    pub(crate) fn begin(&mut self) -> Result<(), Failure> {
        if self.0 == MOST_ATTEMPTS || (self.0 > 0 && Deadline::has_passed()) {
            return Err(Reason::Contended.into());
        }
        self.0 += 1;
        Ok(())
    }
}

/// The pauses between the sendings of one transaction. Each is drawn between nothing and its limit (full jitter), so that
/// writers who met once do not meet again.
#[derive(Debug, Default)]
pub(super) struct Pauses(u32);

impl Pauses {
    /// The next pause; none after `most` of them, or when the request's deadline has passed.
    pub(super) fn next(&mut self, random: &Random, most: u32) -> Option<Duration> {
        if self.0 >= most || Deadline::has_passed() {
            return None;
        }
        let limit = FIRST_PAUSE.saturating_mul(1 << self.0.min(10)).min(LONGEST_PAUSE);
        self.0 += 1;
        let micros = (limit.as_micros() * u128::from(random.u64())) >> 64;
        Some(Duration::from_micros(u64::try_from(micros).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempts, MOST_ATTEMPTS, Pauses};
    use crate::{
        domain::reason::Reason,
        outside::{
            clock::{Clock, Deadline, RequestTime},
            random::Random,
        },
    };
    use jiff::{SignedDuration, Timestamp};
    use std::{
        sync::{
            Arc,
            atomic::{AtomicI64, Ordering::Relaxed},
        },
        time::Duration,
    };

    #[tokio::test]
    async fn no_attempt_begins_after_the_deadline_of_the_request() {
        let second = Arc::new(AtomicI64::new(0));
        let now = Arc::clone(&second);
        let clock = Clock::from_fn(move || {
            let real = Timestamp::from_second(now.load(Relaxed)).unwrap();
            RequestTime { real, station: real }
        });
        let random = Random::from_fn(|bytes| bytes.fill(0));
        let work = async {
            let (mut attempts, mut pauses) = (Attempts::default(), Pauses::default());
            assert_eq!((attempts.begin(), attempts.begin()), (Ok(()), Ok(())));
            assert!(pauses.next(&random, 9).is_some());
            second.store(3, Relaxed);
            assert_eq!(attempts.begin().map_err(|failure| failure.reason()), Err(Reason::Contended));
            assert_eq!(pauses.next(&random, 9), None);
            assert_eq!(Attempts::default().begin(), Ok(()), "work that was let in is begun");
        };
        Deadline::after(&clock, SignedDuration::from_secs(3)).over(work).await;
        assert!(!Deadline::has_passed(), "outside a request there is no deadline");
    }

    #[test]
    fn pauses_are_drawn_up_to_a_limit_that_doubles() {
        let half = Random::from_fn(|bytes| bytes.copy_from_slice(&(1_u64 << 63).to_le_bytes()));
        assert_eq!(Pauses::default().next(&half, 1), Some(Duration::from_millis(10)));
        let nothing = Random::from_fn(|bytes| bytes.fill(0));
        assert_eq!(Pauses::default().next(&nothing, 1), Some(Duration::ZERO));
        let (random, mut pauses, mut limits) = (Random::system(), Pauses::default(), vec![20, 40, 80, 160, 320]);
        limits.resize(40, 500);
        for limit in limits {
            assert!(pauses.next(&random, 40).unwrap() <= Duration::from_millis(limit));
        }
        assert_eq!(pauses.next(&random, 40), None);
    }

    #[test]
    fn when_all_attempts_have_lost_the_caller_is_told_to_come_back() {
        let mut attempts = Attempts::default();
        for _ in 0..MOST_ATTEMPTS {
            assert_eq!(attempts.begin(), Ok(()));
        }
        assert_eq!(attempts.begin().map_err(|failure| failure.reason()), Err(Reason::Contended));
    }
}
