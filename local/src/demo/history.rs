//! The days before the demonstration begins.

use super::drivers::Drivers;
use crate::{Result, clock::Clock, command::clock::settle, doing, paths::StackDir, record};
use jiff::{Span, Timestamp, ToSpan as _};

pub const DAYS: i64 = 7;

/// How many drivers decide in each hour of a day, from six in the morning on.
const CROWD: [usize; 18] = [2, 4, 7, 5, 4, 5, 7, 5, 4, 4, 6, 9, 9, 6, 4, 3, 2, 1];

/// Plays the days hour by hour, until the morning of the last one.
pub fn play(drivers: &mut Drivers, dir: &StackDir) -> Result<()> {
    let start = Clock::read(dir)?.unwrap_or(Clock::Real).at(Timestamp::now());
    for day in 0..DAYS {
        for (hour, crowd) in (0..).zip(CROWD) {
            for _ in 0..crowd {
                drivers.act_once()?;
            }
            go_to(dir, start, day * 24 + hour + 1)?;
        }
    }
    go_to(dir, start, DAYS * 24 + 2)?;
    for _ in 0..40 {
        drivers.act_once()?;
    }
    drivers.fail_a_pile()?;
    move_clock(dir, start, (DAYS * 24 + 2).hours().minutes(20))?;
    for _ in 0..60 {
        drivers.act_once()?;
    }
    Ok(())
}

fn go_to(dir: &StackDir, start: Timestamp, hours: i64) -> Result<()> {
    move_clock(dir, start, hours.hours())
}

fn move_clock(dir: &StackDir, start: Timestamp, by: Span) -> Result<()> {
    let at = start.checked_add(by).map_err(doing("the calendar"))?;
    Clock::read(dir)?.unwrap_or(Clock::Real).turned(at)?.write(dir)?;
    let (_, record) = record::running(dir.path())?;
    settle(&record.api).map(drop)
}
