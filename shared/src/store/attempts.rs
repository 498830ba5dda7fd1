//! The one retry policy for a write that rests on a read: after a lost race both are done again.

use crate::domain::reason::{Failure, Reason};

/// How often a read and the write that rests on it are attempted.
///
/// A race is lost only because another writer won it, so of eight writers that meet at one item each gets through. An
/// attempt takes two or three calls of a few milliseconds, so that eight of them still answer in time. More writers than
/// that at one item are a hot spot that more attempts would feed: the caller is told to come back.
const MOST_ATTEMPTS: u32 = 8;

/// How often a transaction is sent again that DynamoDB cancelled because of another one in flight, which the SDK does not
/// repeat. Nothing is read again, so here it is the pause between attempts that helps: 10 ms, doubled each time.
pub(super) const MOST_RESENDS: u32 = 5;

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
    /// Begins another attempt; `Reason::Contended` when all of them have lost.
    pub(crate) fn begin(&mut self) -> Result<(), Failure> {
        if self.0 == MOST_ATTEMPTS {
            return Err(Reason::Contended.into());
        }
        self.0 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempts, MOST_ATTEMPTS};
    use crate::domain::reason::Reason;

    #[test]
    fn when_all_attempts_have_lost_the_caller_is_told_to_come_back() {
        let mut attempts = Attempts::default();
        for _ in 0..MOST_ATTEMPTS {
            assert_eq!(attempts.begin(), Ok(()));
        }
        assert_eq!(attempts.begin().map_err(|failure| failure.reason()), Err(Reason::Contended));
    }
}
