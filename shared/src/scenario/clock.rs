//! Scenario times: local `HH:MM`, with `:SS` when it is not 00 and `+1` on the next day.

use crate::domain::charging::{DAY, Moment, Span, Zone};

/// The days of a scenario, counted from a local midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScenarioClock {
    midnight: Moment,
}

impl ScenarioClock {
    /// The day on which scenarios play.
    pub const DAY: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

    pub fn on(day: jiff::civil::Date, zone: &Zone) -> Option<Self> {
        Some(Self { midnight: zone.midnight(day)? })
    }

    /// Reads `HH:MM`, `HH:MM:SS`, and either with `+days`.
    pub fn parse(&self, text: &str) -> Option<Moment> {
        let (time, days) = text.split_once('+').unwrap_or((text, "0"));
        let (hour, rest) = time.split_once(':')?;
        let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
        let two = |part: &str, below: i64| two_digits(part).filter(|value| *value < below);
        let seconds = two(hour, 24)? * 3600 + two(minute, 60)? * 60 + two(second, 60)?;
        let days = digits(days).filter(|days| *days < 10_000)?;
        Some(self.midnight + Span::from_millis(days * DAY + seconds * 1000))
    }

    /// The nearest second, half up.
    pub fn show(&self, at: Moment) -> String {
        let since = at.nearest_second() - self.midnight.nearest_second();
        let (days, second) = (since.div_euclid(DAY / 1000), since.rem_euclid(DAY / 1000));
        let (minute, second) = (second / 60, second % 60);
        let second = if second == 0 { String::new() } else { format!(":{second:02}") };
        let days = if days == 0 { String::new() } else { format!("+{days}") };
        format!("{:02}:{:02}{second}{days}", minute / 60, minute % 60)
    }
}

fn two_digits(text: &str) -> Option<i64> {
    digits(text).filter(|_| text.len() == 2)
}

fn digits(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}
