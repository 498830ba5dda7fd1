//! The scheduler's sweep: it finds every station with something due and hands it to the consumers of the queue.

use super::write_station::{Charging, instant};
use crate::{
    domain::{
        energy::Energy,
        reason::{Failure, Reason},
        station_id::StationId,
    },
    outside::{
        clock::Deadline,
        queue::{LARGEST_BATCH, StationHint},
    },
    store::{DUE_SHARDS, DuePage},
};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

/// Up to so many due stations the sweep settles itself: a trip through the queue would take longer, and a small plaza
/// goes on without its queue.
const FEW: usize = 10;
/// How long the sweep waits for the queue to take a batch.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);

/// What a sweep found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Stations that the sweep itself brought up to now.
    pub settled: usize,
    /// Stations that were handed to the queue.
    pub hinted: usize,
    /// Stations that still had something due when the sweep ended, as far as it knows; those handed over among them.
    pub due: usize,
    /// Due stations that cannot be read or written; the log names them.
    #[serde(skip)]
    pub failed: usize,
    /// Due stations that were found and not handled, because time was up.
    #[serde(skip)]
    pub left: usize,
    /// Shards of the index that were not read to their end.
    #[serde(skip)]
    pub unread: usize,
    /// What a meter found not billed as it should be.
    #[serde(skip)]
    pub unbilled: Energy,
}

/// One run of the sweep.
#[derive(Clone, Copy)]
struct Run {
    now: Timestamp,
    /// Whether the sweep settles the stations itself.
    alone: bool,
}

impl Charging {
    /// Reads all shards of the due index at the same time, the longest due stations first, and sends a hint for each
    /// station. It stops at the deadline, with as much left in each shard; `turn` makes another shard the first one. A
    /// station that fails does not hold up the others, and neither does a shard.
    pub async fn sweep(&self, now: Timestamp, turn: u64) -> Result<Swept, Failure> {
        let shards = u64::from(DUE_SHARDS);
        let shards: Vec<u8> = (0..shards).filter_map(|n| u8::try_from((turn + n) % shards).ok()).collect();
        let first = shards.iter().map(|shard| self.store.due_stations(*shard, instant(now), None));
        let first = join_all(first).await;
        if let [Err(failure), ..] = &first[..]
            && first.iter().all(Result::is_err)
        {
            return Err(failure.clone());
        }
        let pages = || first.iter().filter_map(|page| page.as_ref().ok());
        let found: usize = pages().map(|page| page.stations.len()).sum();
        let alone = found <= FEW && pages().all(|page| page.next.is_none());
        let run = Run { now, alone };
        let swept = shards.iter().zip(first).map(|(shard, page)| self.sweep_shard(*shard, page, run));
        Ok(join_all(swept).await.into_iter().fold(Swept::default(), Swept::plus))
    }

    async fn sweep_shard(&self, shard: u8, first: Result<DuePage, Failure>, run: Run) -> Swept {
        let (mut swept, mut page) = (Swept::default(), first);
        loop {
            let DuePage { stations, next } = match page {
                Ok(page) => page,
                Err(failure) => {
                    tracing::error!(shard, detail = failure.detail(), "due stations could not be read");
                    swept.unread = 1;
                    return swept;
                }
            };
            for batch in stations.chunks(LARGEST_BATCH) {
                self.sweep_batch(batch, run, &mut swept).await;
            }
            if next.is_none() {
                return swept;
            }
            if Deadline::has_passed() {
                swept.unread = 1;
                return swept;
            }
            page = self.store.due_stations(shard, instant(run.now), next).await;
        }
    }

    /// A batch that the queue does not take is settled here: the queue makes it quick, the sweep makes it sure.
    async fn sweep_batch(&self, batch: &[StationId], run: Run, swept: &mut Swept) {
        if !run.alone && !Deadline::has_passed() && self.hand_over(batch, run.now).await {
            swept.hinted += batch.len();
            swept.due += batch.len();
            return;
        }
        for station in batch {
            if Deadline::has_passed() {
                swept.left += 1;
                swept.due += 1;
            } else {
                self.settle(station, run.now, swept).await;
            }
        }
    }

    async fn hand_over(&self, batch: &[StationId], now: Timestamp) -> bool {
        let version = u64::try_from(now.as_second()).unwrap_or_default();
        let hints = batch.iter().map(|station| StationHint { station: station.clone(), version });
        match tokio::time::timeout(QUEUE_PATIENCE, self.queue.send(hints.collect())).await {
            Ok(Ok(())) => true,
            Ok(Err(failure)) => {
                tracing::warn!(
                    detail = failure.detail(),
                    "station hints were not sent; the sweep settles the stations"
                );
                false
            }
            Err(_) => {
                tracing::warn!("station queue timed out; the sweep settles the stations");
                false
            }
        }
    }

    async fn settle(&self, station: &StationId, now: Timestamp, swept: &mut Swept) {
        match self.advance_station(station, now).await {
            Ok(unbilled) => {
                swept.settled += 1;
                swept.unbilled = swept.unbilled + unbilled;
            }
            Err(failure) => {
                swept.due += 1;
                // Another writer is at work, and brings the station up to date.
                if failure.reason() == Reason::Contended {
                    return;
                }
                swept.failed += 1;
                tracing::error!(
                    station = station.as_str(),
                    detail = failure.detail(),
                    "station could not be brought up to date"
                );
            }
        }
    }
}

impl Swept {
    /// Whether every shard was read and every station in it handled.
    pub fn is_whole(&self) -> bool {
        self.left == 0 && self.unread == 0
    }

    fn plus(self, other: Self) -> Self {
        Self {
            settled: self.settled + other.settled,
            hinted: self.hinted + other.hinted,
            due: self.due + other.due,
            failed: self.failed + other.failed,
            left: self.left + other.left,
            unread: self.unread + other.unread,
            unbilled: self.unbilled + other.unbilled,
        }
    }
}
