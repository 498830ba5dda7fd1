//! Days as the business counts them: local days of Asia/Shanghai, and the weeks and months they make up.

use super::{charging::Moment, reason::Failure, text::halfwidth};
use jiff::{
    Timestamp,
    civil::{Date, Weekday, date},
    tz::{Offset, TimeZone},
};
use std::fmt;

const HOUR: i64 = 3_600_000;
const LENGTH: i64 = 24 * HOUR;
/// China has had one offset and no summer time since 1991.
const OFFSET: i64 = 8 * HOUR;

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);

impl Day {
    /// The day in which an instant lies.
    pub fn of(at: Moment) -> Self {
        Self::of_millis(at.floor_millis())
    }

    pub fn of_millis(millis: i64) -> Self {
        Self(i32::try_from((millis + OFFSET).div_euclid(LENGTH)).unwrap_or(i32::MAX))
    }

    /// Its first millisecond.
    pub fn begins(self) -> i64 {
        i64::from(self.0) * LENGTH - OFFSET
    }

    /// Reads `2026-06-01`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let read: Option<Date> = halfwidth(text).parse().ok();
        let read = read.filter(|day| (1970..=9000).contains(&day.year()));
        read.map(Self::from).ok_or_else(|| Failure::malformed("日期应为 YYYY-MM-DD"))
    }

    pub fn number(self) -> i32 {
        self.0
    }

    pub fn numbered(number: i32) -> Self {
        Self(number)
    }

    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    pub fn days_until(self, later: Self) -> i32 {
        later.0.saturating_sub(self.0)
    }

    fn date(self) -> Date {
        let since = jiff::Span::new().try_days(self.0);
        since.and_then(|since| date(1970, 1, 1).checked_add(since)).unwrap_or(Date::MAX)
    }
}

impl From<Date> for Day {
    fn from(day: Date) -> Self {
        let since = date(1970, 1, 1).duration_until(day).as_secs() / (LENGTH / 1000);
        Self(i32::try_from(since).unwrap_or(i32::MAX))
    }
}

/// `2026-06-01`
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

/// The date that it is in Shanghai.
pub fn local_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}

/// What a report adds up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
}

impl Period {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_lowercase().as_str() {
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            "month" => Ok(Self::Month),
            _ => Err(Failure::malformed("period 应为 day、week 或 month")),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The first day of the period in which a day lies.
    pub fn begins(self, day: Day) -> Day {
        let date = day.date();
        match self {
            Self::Day => day,
            Self::Week => day.plus(-i32::from(date.weekday().since(Weekday::Monday))),
            Self::Month => Day::from(date.first_of_month()),
        }
    }

    /// The last one.
    pub fn ends(self, day: Day) -> Day {
        let date = day.date();
        match self {
            Self::Day => day,
            Self::Week => self.begins(day).plus(6),
            Self::Month => Day::from(date.last_of_month()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        let day = Day::parse("2026-06-01").unwrap();
        assert_eq!(day.begins(), 1_780_243_200_000, "2026-05-31T16:00:00Z");
        assert_eq!(Day::of_millis(day.begins()), day);
        assert_eq!(Day::of_millis(day.begins() - 1).to_string(), "2026-05-31");
        assert_eq!(Day::of_millis(0).to_string(), "1970-01-01");
    }

    #[test]
    fn a_date_is_shanghais() {
        let at = |text: &str| local_day(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-06-01T15:59:59Z"), "2026-06-01");
        assert_eq!(at("2026-06-01T16:00:00Z"), "2026-06-02");
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_their_first() {
        let day = Day::parse("2026-02-11").unwrap();
        let around = |period: Period| (period.begins(day).to_string(), period.ends(day).to_string());
        assert_eq!(around(Period::Day), ("2026-02-11".into(), "2026-02-11".into()));
        assert_eq!(around(Period::Week), ("2026-02-09".into(), "2026-02-15".into()));
        assert_eq!(around(Period::Month), ("2026-02-01".into(), "2026-02-28".into()));
    }

    #[test]
    fn anything_else_is_no_day() {
        for odd in ["2026-02-30", "2026-6-1", "yesterday", "", "0000-01-01"] {
            assert!(Day::parse(odd).is_err(), "{odd}");
        }
    }
}
