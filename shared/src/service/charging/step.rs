//! The scheduler's part: what is due happens, whoever noticed.

use super::{
    Charging,
    turn::{AHEAD, MOST_CALLS, MOST_COMPLETIONS, Written, advance, bring, instant},
};
use crate::{
    domain::{
        charging::{Mode, Progress, Station, Turn},
        reason::{Failure, Reason},
        station_id::StationId,
    },
    store::{DUE_SHARDS, TurnRefused},
};
use jiff::Timestamp;
use serde::Serialize;

/// Lost races in a row before a station is left to the next hint or sweep.
const TRIES: u32 = 5;

/// What a sweep found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Stations that were brought up to now.
    pub settled: usize,
    /// Stations that still have something due; the next sweep takes them.
    pub due: usize,
}

impl Charging {
    /// Brings a station up to now. Twice, late or out of order, it comes out the same: the station and the clock decide,
    /// not the message. Long absences take several transactions, each a correct station at an earlier instant.
    pub async fn settle(&self, station: &StationId, now: Timestamp) -> Result<(), Failure> {
        let mut lost = 0;
        while lost < TRIES {
            let head = self.store.head(station).await?;
            if head.station.due().is_none_or(|due| due > instant(now)) {
                return Ok(());
            }
            let mut turn =
                Turn::new(head.station.clone(), instant(now), None, MOST_COMPLETIONS).calling_at_most(MOST_CALLS);
            // A step always leaves the front of the lines in the station's own item, so that orders need not read it.
            if is_short(&head.station) && !bring(&self.store, station, &mut turn, AHEAD).await? {
                lost += 1;
                continue;
            }
            let Some(progress) = advance(&self.store, station, &mut turn).await? else {
                lost += 1;
                continue;
            };
            match self.write(head, turn, None, now).await? {
                Written::Done(..) if progress == Progress::Stopped => lost = 0,
                Written::Done(..) => return Ok(()),
                Written::Refused(TurnRefused::Raced) => lost += 1,
                Written::Refused(refused) => {
                    return Err(Failure::internal(format!("station {} is stuck: {refused:?}", station.as_str())));
                }
            }
        }
        Err(Reason::Contended.into())
    }

    /// Settles the stations that have something due, one page of each shard; a station that fails does not hold up the
    /// others.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, Failure> {
        let mut swept = Swept::default();
        for shard in 0..DUE_SHARDS {
            for station in self.store.due_stations(shard, instant(now)).await? {
                match self.settle(&station, now).await {
                    Ok(()) => swept.settled += 1,
                    Err(failure) => {
                        swept.due += 1;
                        tracing::error!(
                            station = station.as_str(),
                            detail = failure.detail(),
                            "a station was not settled"
                        );
                    }
                }
            }
        }
        Ok(swept)
    }
}

/// Whether cars wait whom the station does not hold in full.
fn is_short(station: &Station) -> bool {
    Mode::BOTH.into_iter().any(|mode| station.side(mode).line.behind() > 0)
}
