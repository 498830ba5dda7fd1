//! Calls cars, places them, starts, finishes and bills them, at the instants when these were due. Woken by hints from
//! the queue and by a schedule; both only say «look», what to do is in the station and on the clock.

mod events;

pub use events::{Answer, BatchFailures, Event, Hinted};

use jiff::{SignedDuration, Timestamp};
use shared::{
    boot::{CHARGING, Error, Function, PICTURES, Parts, TABLES},
    domain::{
        energy::Energy,
        reason::{Failure, Reason},
        station_id::StationId,
    },
    outside::{
        clock::{Clock, Deadline},
        metrics::{Metric, Property, Sink},
        queue::StationHint,
    },
    service::{
        charging::{Charging, Swept},
        pictures::Pictures,
    },
};
use std::collections::BTreeMap;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, CHARGING, PICTURES] };

/// How long an invocation takes up new work. What it has begun then ends before Lambda ends the invocation.
pub const WORKS_FOR: SignedDuration = SignedDuration::from_secs(20);

#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub pictures: Pictures,
    pub clock: Clock,
    pub sink: Sink,
}

/// The sweep as a whole could not be done; the next one comes within a minute.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self {
            charging: parts.charging()?,
            pictures: parts.pictures()?,
            clock: parts.clock.clone(),
            sink: parts.sink.clone(),
        })
    }

    pub async fn handle(&self, event: Event) -> Result<Answer, Broken> {
        let now = self.clock.now();
        if let Err(failure) = self.clock.check(now, event.stamp()) {
            tracing::error!(detail = failure.detail(), "nothing is done");
            return match event {
                // The index has the stations, and the next sweep a clock of its own.
                Event::Batch { .. } => Ok(Answer::Batch(BatchFailures::default())),
                _ => Err(failure.into()),
            };
        }
        let work = Box::pin(self.handle_at(event, now.station));
        Deadline::after(&self.clock, WORKS_FOR).over(work).await
    }

    async fn handle_at(&self, event: Event, now: Timestamp) -> Result<Answer, Broken> {
        match event {
            Event::Batch { records } => Ok(Answer::Batch(self.settle_hinted(records, now).await)),
            Event::Pictures { .. } => {
                let swept = self.pictures.sweep(self.clock.now().real).await?;
                self.report(&Figures { settled: swept.settled, unsettled: swept.due, ..Figures::default() });
                Ok(Answer::SweptPictures(swept))
            }
            Event::Sweep { .. } => self.sweep(now).await.map(Answer::Swept),
        }
    }

    /// Each minute begins with another shard.
    async fn sweep(&self, now: Timestamp) -> Result<Swept, Broken> {
        let minute = u64::try_from(self.clock.now().real.as_second() / 60).unwrap_or_default();
        let swept = self.charging.sweep(now, minute).await?;
        if !swept.is_whole() {
            let Swept { left, unread, .. } = swept;
            tracing::error!(left, unread, "sweep was cut short: due stations left, shards not read to their end");
        }
        self.report(&Figures {
            sweep: swept.is_whole(),
            settled: swept.settled,
            hinted: swept.hinted,
            unsettled: swept.failed,
            left: swept.left + swept.unread,
            unbilled: swept.unbilled,
            ..Figures::default()
        });
        Ok(swept)
    }

    /// Ten messages for one station are one step. A message that can never be handled is quarantined: logged, counted and
    /// acknowledged. So is, without the counting, one whose step lost to other writers too often: the station is in the
    /// index of what is due, while a failed message would hold back all later ones of its station.
    async fn settle_hinted(&self, records: Vec<Hinted>, now: Timestamp) -> BatchFailures {
        let mut stations: BTreeMap<StationId, Vec<String>> = BTreeMap::new();
        let mut quarantined = 0;
        for Hinted { message_id, body, .. } in records {
            match serde_json::from_str::<StationHint>(&body) {
                Ok(hint) => stations.entry(hint.station).or_default().push(message_id),
                Err(error) => {
                    quarantined += 1;
                    tracing::error!(message_id, %error, "invalid station hint message");
                }
            }
        }
        let (mut settled, mut failed, mut unbilled) = (0, BatchFailures::default(), Energy::ZERO);
        for (station, messages) in stations {
            match self.charging.advance_station(&station, now).await {
                Ok(amiss) => {
                    settled += 1;
                    unbilled = unbilled + amiss;
                }
                Err(failure) if failure.reason() == Reason::NoSuchStation => {
                    quarantined += messages.len();
                    tracing::error!(station = station.as_str(), "station hint names an unknown station");
                }
                Err(failure) if failure.reason() == Reason::Contended => {
                    tracing::warn!(station = station.as_str(), "station is contended; the sweep will find it");
                }
                Err(failure) => {
                    tracing::error!(
                        station = station.as_str(),
                        detail = failure.detail(),
                        "station could not be brought up to date"
                    );
                    failed.extend(messages);
                }
            }
        }
        let unsettled = failed.len();
        self.report(&Figures { settled, unsettled, quarantined, unbilled, ..Figures::default() });
        failed
    }

    fn report(&self, figures: &Figures) {
        let metrics = [
            Metric::flag("Sweep", figures.sweep),
            Metric::count("SweepLeft", figures.left),
            Metric::count("Settled", figures.settled),
            Metric::count("Hinted", figures.hinted),
            Metric::count("Unsettled", figures.unsettled),
            Metric::count("Quarantined", figures.quarantined),
            Metric::watt_hours("UnbilledEnergy", figures.unbilled),
        ];
        let properties = [("function", Property::Text("charging-scheduler"))];
        self.sink.emit(self.clock.now().real, &metrics, &properties);
    }
}

/// What one invocation did.
#[derive(Default)]
struct Figures {
    /// A sweep that came to its end; an alarm waits for each.
    sweep: bool,
    /// What a sweep left: due stations, and shards that it did not read to their end.
    left: usize,
    settled: usize,
    /// Stations that a sweep handed to the queue.
    hinted: usize,
    unsettled: usize,
    quarantined: usize,
    unbilled: Energy,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self(failure.detail().unwrap_or_else(|| failure.text()).to_owned())
    }
}
