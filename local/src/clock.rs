//! The station time of a stack, in DIR/clock.json: real, standing still, or running faster. It never goes back, because
//! a charge that was billed cannot be undone.

use crate::{Problem, Result, doing, options::ServeOptions, paths::StackDir, paths::replace};
use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use serde::{Deserialize, Serialize};

pub const FILE: &str = "clock.json";

/// Asia/Shanghai, which has no daylight saving time.
const LOCAL: Offset = Offset::constant(8);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum Clock {
    Real,
    /// With a speed it was running when the stack stopped, and continues from here.
    Standing {
        at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        speed: Option<i32>,
    },
    Running {
        real: Timestamp,
        station: Timestamp,
        speed: i32,
    },
}

impl Clock {
    /// None if there was no stack in this directory.
    pub fn read(dir: &StackDir) -> Result<Option<Self>> {
        let path = dir.join(FILE);
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| {
                Problem(format!("{} is invalid ({error}); cargo local --fresh starts over", path.display()))
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(doing(path.display())(error)),
        }
    }

    pub fn write(&self, dir: &StackDir) -> Result<()> {
        let mut value = serde_json::to_value(self).map_err(doing("the clock could not be written"))?;
        for field in ["at", "real", "station"] {
            if let Some(instant) = value.get(field).and_then(|text| text.as_str()?.parse().ok()) {
                value[field] = show(instant).into();
            }
        }
        replace(&dir.join(FILE), &value.to_string())
    }

    pub fn at(&self, real: Timestamp) -> Timestamp {
        match self {
            Self::Real => real,
            Self::Standing { at, .. } => *at,
            Self::Running { real: since, station, speed } => {
                station.saturating_add(real.duration_since(*since) * *speed).unwrap_or(*station)
            }
        }
    }

    /// The clock of a stack that starts with these options, after its earlier clock. Without options it continues.
    pub fn after(before: Option<&Self>, options: &ServeOptions, now: Timestamp) -> Result<Self> {
        let reached = before.map(|clock| clock.at(now));
        if let (Some(to), Some(reached)) = (options.clock, reached)
            && to < reached
        {
            return Err(going_back(to, reached));
        }
        Ok(match (options.clock, options.speed, before) {
            (Some(at), None, _) => Self::Standing { at, speed: None },
            (None, None, Some(Self::Standing { at, speed: Some(speed) })) => {
                Self::Running { real: now, station: *at, speed: *speed }
            }
            (None, None, Some(before)) => before.clone(),
            (None, None, None) => Self::Real,
            (at, Some(speed), _) => Self::Running { real: now, station: at.or(reached).unwrap_or(now), speed },
        })
    }

    /// The clock of a stack that stops: a fast clock waits for the next start.
    #[must_use]
    pub fn stopped(self, now: Timestamp) -> Self {
        match self {
            Self::Running { speed, .. } => Self::Standing { at: self.at(now), speed: Some(speed) },
            other => other,
        }
    }

    /// Moves a standing clock forward.
    pub fn turned(&self, to: Timestamp) -> Result<Self> {
        match self {
            Self::Standing { at, .. } if to < *at => Err(going_back(to, *at)),
            Self::Standing { .. } => Ok(Self::Standing { at: to, speed: None }),
            _ => Err(Problem(
                "the station clock of this stack is running; only a stack started with --clock can set it".into(),
            )),
        }
    }
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Real => write!(f, "station time is real time"),
            Self::Standing { at, .. } => write!(f, "station time stands still at {}", show(*at)),
            Self::Running { station, speed, .. } => {
                write!(f, "station time runs {speed} times as fast, from {}", show(*station))
            }
        }
    }
}

fn going_back(to: Timestamp, reached: Timestamp) -> Problem {
    let (to, reached) = (show(to), show(reached));
    Problem(format!(
        "station time has reached {reached} and cannot go back to {to}; choose a later time, or start with --fresh"
    ))
}

/// Local time in the format of the documents.
pub fn show(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::fixed(LOCAL)).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// Local time such as 2026-06-01T06:00, or an instant with an offset.
pub fn parse(text: &str) -> Result<Timestamp> {
    let local = |time: DateTime| time.to_zoned(TimeZone::fixed(LOCAL)).ok().map(|zoned| zoned.timestamp());
    let instant = text.parse().ok().or_else(|| text.parse().ok().and_then(local));
    instant.ok_or_else(|| Problem(format!("{text} is not a time; write it as 2026-06-01T06:00")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        parse(text).expect("a time")
    }

    fn options(clock: Option<&str>, speed: Option<i32>) -> ServeOptions {
        ServeOptions {
            port: 0,
            dir: "x".into(),
            fresh: false,
            speed,
            clock: clock.map(at),
            reload: true,
            attached: false,
            light: false,
            metered: false,
        }
    }

    fn standing(text: &str) -> Clock {
        Clock::Standing { at: at(text), speed: None }
    }

    const NOW: &str = "2026-06-01T12:00";

    #[test]
    fn a_time_is_local_unless_it_says_otherwise() {
        assert_eq!(at("2026-06-01T06:00"), at("2026-05-31T22:00:00Z"));
        assert_eq!(show(at("2026-06-01T06:00")), "2026-06-01T06:00:00+08:00");
        assert!(parse("six o'clock").is_err());
    }

    #[test]
    fn a_new_stack_has_real_time_unless_told_otherwise() {
        assert_eq!(Clock::after(None, &options(None, None), at(NOW)), Ok(Clock::Real));
        let early = options(Some("2020-01-01T00:00"), None);
        assert_eq!(Clock::after(None, &early, at(NOW)), Ok(standing("2020-01-01T00:00")));
    }

    #[test]
    fn a_start_that_would_move_it_back_is_refused() {
        let before = standing("2026-06-01T06:00");
        assert!(Clock::after(Some(&before), &options(Some("2026-06-01T05:59"), None), at(NOW)).is_err());
        assert!(Clock::after(Some(&Clock::Real), &options(Some("2026-06-01T11:59"), None), at(NOW)).is_err());
        assert!(Clock::after(Some(&before), &options(Some("2026-06-01T06:00"), None), at(NOW)).is_ok());
    }

    #[test]
    fn a_plain_start_goes_on_as_before() {
        let before = standing("2026-06-01T06:00");
        assert_eq!(Clock::after(Some(&before), &options(None, None), at(NOW)), Ok(before));
    }

    #[test]
    fn a_fast_clock_waits_while_the_stack_is_stopped() {
        let running = Clock::after(None, &options(Some("2026-06-01T06:00"), Some(60)), at(NOW)).expect("it starts");
        assert_eq!(running.at(at("2026-06-01T12:01")), at("2026-06-01T07:00"));
        let stopped = running.stopped(at("2026-06-01T12:01"));
        let again = Clock::after(Some(&stopped), &options(None, None), at("2026-06-02T00:00")).expect("it starts");
        assert_eq!(again.at(at("2026-06-02T00:01")), at("2026-06-01T08:00"));
    }

    #[test]
    fn only_a_standing_clock_is_turned_and_only_forward() {
        let clock = standing("2026-06-01T06:00");
        assert_eq!(clock.turned(at("2026-06-01T08:25")), Ok(standing("2026-06-01T08:25")));
        assert!(clock.turned(at("2026-06-01T05:00")).is_err());
        assert!(Clock::Real.turned(at("2030-01-01T00:00")).is_err());
    }
}
