//! How often a driver's app may look at a charge request: 120 times a minute, at once or spread.

use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// An allowance of 120 looks, of which one comes back each half second.
const MOST: i32 = 120;
const EACH: SignedDuration = SignedDuration::from_millis(500);

/// What a driver has left, as the instant at which the allowance is whole again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookAllowance(Timestamp);

impl LookAllowance {
    /// After one more look; if none is left, how long until the next one.
    pub fn after_one(self, now: Timestamp) -> Result<Self, Duration> {
        let whole = self.0.max(now).saturating_add(EACH).unwrap_or(self.0);
        let over = whole.duration_since(now) - EACH * MOST;
        if over > SignedDuration::ZERO { Err(over.unsigned_abs()) } else { Ok(Self(whole)) }
    }

    pub fn is_whole(self, now: Timestamp) -> bool {
        self.0 <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_780_000_000_000 + millis).unwrap()
    }

    /// The looks that are admitted of those at these instants.
    fn admitted(instants: impl IntoIterator<Item = i64>) -> usize {
        let mut allowance = LookAllowance::default();
        let looks = instants.into_iter().filter(|millis| match allowance.after_one(at(*millis)) {
            Ok(after) => {
                allowance = after;
                true
            }
            Err(_) => false,
        });
        looks.count()
    }

    #[test]
    fn a_hundred_and_twenty_a_minute_are_never_refused() {
        assert_eq!(admitted((0..1_200).map(|n| n * 500)), 1_200, "two a second");
        assert_eq!(admitted((0..10).flat_map(|minute| (0..120).map(move |_| minute * 60_000))), 1_200, "all at once");
        assert_eq!(admitted((0..10).flat_map(|minute| (0..120).map(move |n| minute * 60_000 + n * 100))), 1_200);
    }

    #[test]
    fn more_are_refused_until_one_has_come_back() {
        assert_eq!(admitted((0..600).map(|n| n * 100)), 120 + 119, "ten a second for a minute");
        let spent = (0..120).fold(LookAllowance::default(), |left, _| left.after_one(at(0)).unwrap());
        assert_eq!(spent.after_one(at(0)), Err(Duration::from_millis(500)));
        assert_eq!(spent.after_one(at(400)), Err(Duration::from_millis(100)));
        assert!(spent.after_one(at(500)).is_ok() && !spent.is_whole(at(59_999)) && spent.is_whole(at(60_000)));
    }
}
