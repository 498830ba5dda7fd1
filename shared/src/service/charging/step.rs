//! The scheduler's part: what is due happens, whoever noticed.

use super::{
    Charging,
    turn::{AHEAD, MOST_CALLS, MOST_COMPLETIONS, Written, advance, bring, instant},
};
use crate::{
    domain::{
        charging::{Mode, Progress, Station, Turn, books::Meter},
        energy::Energy,
        reason::{Failure, Reason},
        station_id::StationId,
    },
    store::{DUE_SHARDS, StationHead, StationWriteRefusal},
};
use jiff::Timestamp;
use serde::Serialize;

/// Lost races in a row before a station is left to the next hint or sweep.
const TRIES: u32 = 5;

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
    /// Brings a station up to now. Twice, late or out of order, it comes out the same: the station and the clock decide,
    /// not the message. Long absences take several transactions, each a correct station at an earlier instant.
    ///
    /// The answer is what a meter beside the station finds not billed as it should be.
    pub async fn settle(&self, station: &StationId, now: Timestamp) -> Result<Energy, Failure> {
        let (mut lost, mut unbilled) = (0, Energy::ZERO);
        while lost < TRIES {
            let head = self.store.head(station).await?;
            if head.station.due().is_none_or(|due| due > instant(now)) {
                return Ok(unbilled);
            }
            let mut meter = Meter::from(&head.station);
            let mut turn =
                Turn::new(head.station.clone(), instant(now), None, MOST_COMPLETIONS).calling_at_most(MOST_CALLS);
            // A step always leaves the front of the lines in the station's own item, so that orders need not read it.
            if is_short(&head.station) && !bring(&self.store, station, &mut turn, AHEAD).await? {
                lost += 1;
                continue;
            }
            let Some((progress, _)) = advance(&self.store, station, &mut turn, AHEAD).await? else {
                lost += 1;
                continue;
            };
            match self.write(head, turn, None, now).await? {
                Written::Done(head, facts) => {
                    meter.see(&facts);
                    unbilled = unbilled + amiss(&head, meter);
                    if progress != Progress::Stopped {
                        return Ok(unbilled);
                    }
                    lost = 0;
                }
                Written::Refused(StationWriteRefusal::Raced) => lost += 1,
                Written::Refused(refused) => {
                    return Err(Failure::internal(format!(
                        "station {} cannot be written: {refused:?}",
                        station.as_str()
                    )));
                }
            }
        }
        Err(Reason::Contended.into())
    }

    /// Settles the stations that have something due; a station that fails does not hold up the others.
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
        match self.settle(station, now).await {
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

/// The money invariants of everybody who was in a lane meanwhile. It reads nothing, so it is asked of every step.
fn amiss(head: &StationHead, meter: Meter) -> Energy {
    let accounts = meter.accounts(&head.station).into_iter();
    let wrong =
        accounts.filter_map(|(request, account)| Some((request, account.wrong(Energy::ZERO)?, account.amiss())));
    wrong
        .map(|(request, wrong, amiss)| {
            tracing::error!(
                station = head.id.as_str(),
                request = request.0,
                ?wrong,
                "bill of a charge request does not match the meter"
            );
            amiss
        })
        .sum()
}

/// Whether cars wait whom the station does not hold in full.
fn is_short(station: &Station) -> bool {
    Mode::BOTH.into_iter().any(|mode| station.side(mode).line.behind() > 0)
}
