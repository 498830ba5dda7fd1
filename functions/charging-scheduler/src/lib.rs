//! Calls cars, places them, starts, finishes and bills them, at the instants when these were due. Woken by hints from
//! the queue and by a schedule; both only say «look», what to do is in the station and on the clock.

mod events;

pub use events::{Answer, BatchFailures, Event, Hinted};

use jiff::Timestamp;
use shared::{
    boot::{CHARGING, Error, Function, PICTURES, Parts, TABLES},
    domain::{
        energy::Energy,
        reason::{Failure, Reason},
        station_id::StationId,
    },
    outside::{
        clock::Clock,
        metrics::{Metric, Property, Sink},
        queue::StationHint,
    },
    service::{charging::Charging, pictures::Pictures},
};
use std::collections::BTreeMap;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, CHARGING, PICTURES] };

#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub pictures: Pictures,
    pub clock: Clock,
    pub sink: Sink,
}

/// The sweep as a whole could not be done; Lambda tries it again.
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
        let now = self.clock.now().station;
        match event {
            Event::Batch { records } => Ok(Answer::Batch(self.settle_hinted(records, now).await)),
            Event::Pictures { .. } => {
                let swept = self.pictures.sweep(self.clock.now().real).await?;
                let (settled, unsettled) = (swept.settled, swept.due);
                self.report(Figures { sweep: false, settled, unsettled, quarantined: 0, unbilled: Energy::ZERO });
                Ok(Answer::SweptPictures(swept))
            }
            Event::Sweep {} => {
                let swept = self.charging.sweep(now).await?;
                let (settled, unsettled, unbilled) = (swept.settled, swept.due, swept.unbilled);
                self.report(Figures { sweep: true, settled, unsettled, quarantined: 0, unbilled });
                Ok(Answer::Swept(swept))
            }
        }
    }

    /// Ten messages for one station are one step. Messages that can never be handled are quarantined: told of, counted,
    /// and not tried again.
    async fn settle_hinted(&self, records: Vec<Hinted>, now: Timestamp) -> BatchFailures {
        let mut stations: BTreeMap<StationId, Vec<String>> = BTreeMap::new();
        let mut quarantined = 0;
        for Hinted { message_id, body } in records {
            match serde_json::from_str::<StationHint>(&body) {
                Ok(hint) => stations.entry(hint.station).or_default().push(message_id),
                Err(error) => {
                    quarantined += 1;
                    tracing::error!(message_id, %error, "invalid station hint message");
                }
            }
        }
        let (settled, mut failed, mut unbilled) = (stations.len(), BatchFailures::default(), Energy::ZERO);
        for (station, messages) in stations {
            match self.charging.advance_station(&station, now).await {
                Ok(amiss) => unbilled = unbilled + amiss,
                Err(failure) if failure.reason() == Reason::NoSuchStation => {
                    quarantined += messages.len();
                    tracing::error!(station = station.as_str(), "station hint names an unknown station");
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
        self.report(Figures { sweep: false, settled, unsettled: failed.len(), quarantined, unbilled });
        failed
    }

    fn report(&self, figures: Figures) {
        let metrics = [
            Metric::flag("Sweep", figures.sweep),
            Metric::count("Settled", figures.settled),
            Metric::count("Unsettled", figures.unsettled),
            Metric::count("Quarantined", figures.quarantined),
            Metric::watt_hours("UnbilledEnergy", figures.unbilled),
        ];
        let properties = [("function", Property::Text("charging-scheduler"))];
        self.sink.emit(self.clock.now().real, &metrics, &properties);
    }
}

/// What one invocation did.
#[derive(Clone, Copy)]
struct Figures {
    /// A sweep that came to its end; an alarm waits for each.
    sweep: bool,
    settled: usize,
    unsettled: usize,
    quarantined: usize,
    unbilled: Energy,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self(failure.detail().unwrap_or_else(|| failure.text()).to_owned())
    }
}
