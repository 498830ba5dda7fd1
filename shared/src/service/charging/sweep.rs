//! The scheduler's sweep: every station with something due is brought up to now.

use super::write_station::{Charging, instant};
use crate::{
    domain::{energy::Energy, reason::Failure, station_id::StationId},
    store::DUE_SHARDS,
};
use jiff::Timestamp;
use serde::Serialize;

/// What a sweep found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Stations that were brought up to now.
    pub settled: usize,
    /// Stations that still have something due; the next sweep takes them.
    pub due: usize,
    /// What a meter found not billed as it should be.
    #[serde(skip)]
    pub unbilled: Energy,
}

impl Charging {
    /// Advances the stations that have something due; a station that fails does not hold up the others.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, Failure> {
        let mut swept = Swept { settled: 0, due: 0, unbilled: Energy::ZERO };
        for shard in 0..DUE_SHARDS {
            let mut from = None;
            loop {
                let (stations, next) = self.store.due_stations(shard, instant(now), from).await?;
                for station in stations {
                    self.sweep_one(&station, now, &mut swept).await;
                }
                from = next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(swept)
    }

    async fn sweep_one(&self, station: &StationId, now: Timestamp, swept: &mut Swept) {
        match self.advance_station(station, now).await {
            Ok(unbilled) => {
                swept.settled += 1;
                swept.unbilled = swept.unbilled + unbilled;
            }
            Err(failure) => {
                swept.due += 1;
                tracing::error!(
                    station = station.as_str(),
                    detail = failure.detail(),
                    "station could not be brought up to date"
                );
            }
        }
    }
}
