//! Reports of what stations have done and taken in, added up from the days that are kept as records are made.

use crate::{
    domain::{
        day::{Day, Period},
        reason::Failure,
        station_id::{StationId, StationNumber},
        takings::{Stretch, add_up},
    },
    store::Store,
};

/// Reports read day rows, so they cost what the days cost and not what the bills would.
#[derive(Clone, Debug)]
pub struct Reports {
    store: Store,
}

/// A report of one station.
#[derive(Clone, Debug)]
pub struct StationReport {
    pub station: StationId,
    pub number: StationNumber,
    pub period: Period,
    pub stretches: Vec<Stretch>,
}

/// From one day to another, both included.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    pub from: Day,
    pub to: Day,
}

impl Range {
    /// A leap year.
    const LONGEST: i32 = 366;

    pub fn new(from: Day, to: Day) -> Result<Self, Failure> {
        if to < from || from.days_until(to) >= Self::LONGEST {
            return Err(Failure::malformed("to 不能早于 from，最多 366 天"));
        }
        Ok(Self { from, to })
    }
}

impl Reports {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The station's item, which knows the crowd of the day it has reached, and its days.
    pub async fn of_station(
        &self,
        station: &StationId,
        period: Period,
        range: Range,
    ) -> Result<StationReport, Failure> {
        let head = self.store.head(station).await?;
        let mut days = self.store.station_days(station, (range.from, range.to)).await?;
        let crowd = head.crowd;
        if crowd.peak > 0 && (range.from..=range.to).contains(&crowd.day) {
            let today = days.entry(crowd.day).or_default();
            today.peak_waiting = today.peak_waiting.max(crowd.peak);
        }
        let stretches = add_up(period, (range.from, range.to), &days);
        Ok(StationReport { station: station.clone(), number: head.number, period, stretches })
    }
}
