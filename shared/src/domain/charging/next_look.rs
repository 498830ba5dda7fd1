//! When an app that shows a charge request should look again: soon before something happens to it, else seldom.

use super::expect::Expectation;
use super::moment::Moment;

/// The shortest pause, in seconds: what happens is seen at most so much later.
const SHORTEST: i64 = 5;
/// The longest pause of a car that waits. What comes sooner than expected, because another car left, is seen by then.
const LONGEST_WAITING: i64 = 120;
/// The longest pause of a car that charges, whose energy and fee people watch.
const LONGEST_CHARGING: i64 = 60;
/// The pause of a car of which nothing is known to come, such as one displaced by a fault.
const UNKNOWN: i64 = 30;

/// Whole seconds until the next look: half the time to the next expected event, within bounds. `now` is the instant up to
/// which the station has been computed.
pub fn next_look(expected: Option<&Expectation>, now: Moment) -> u32 {
    let events = |it: &Expectation| [it.called, it.start, it.finish].into_iter().flatten().min();
    let seconds = match expected.map(|expected| (expected, events(expected))) {
        Some((expected, Some(event))) => {
            let left = event.nearest_second() - now.nearest_second();
            let is_charging = expected.called.is_none() && expected.start.is_none();
            let longest = if is_charging { LONGEST_CHARGING } else { LONGEST_WAITING };
            // What happens within two of the shortest pauses is waited for.
            if left < 2 * SHORTEST { (left + 1).max(SHORTEST) } else { (left / 2).min(longest) }
        }
        _ => UNKNOWN,
    };
    u32::try_from(seconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_millis(seconds * 1000)
    }

    const NOTHING: Expectation =
        Expectation { ahead: 0, called: None, start: None, finish: None, pile: None, estimate: false };

    #[test]
    fn half_the_time_to_the_next_event_within_bounds() {
        let now = Moment::from_millis(0);
        let waiting = |seconds| {
            next_look(Some(&Expectation { called: Some(at(seconds)), finish: Some(at(9_999)), ..NOTHING }), now)
        };
        let waits = [3_600, 200, 60, 20, 11, 10, 9, 5, 1, 0, -5].map(waiting);
        assert_eq!(waits, [120, 100, 30, 10, 5, 5, 10, 6, 5, 5, 5]);
        let charging = |seconds| next_look(Some(&Expectation { finish: Some(at(seconds)), ..NOTHING }), now);
        assert_eq!([3_600, 100, 9].map(charging), [60, 50, 10]);
    }

    #[test]
    fn half_a_minute_where_nothing_is_known_to_come() {
        assert_eq!(next_look(None, Moment::from_millis(0)), 30);
        assert_eq!(next_look(Some(&NOTHING), Moment::from_millis(0)), 30);
    }
}
