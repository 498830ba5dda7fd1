//! Playing a scenario on the engine, row by row, and then on until nothing more can happen.

use std::collections::BTreeMap;

use super::event::ScenarioEvent;
use super::ideal_piles::{IdealPiles, SentReport};
use super::read::{Scenario, ScenarioRow};
use super::station_in_memory::StationInMemory;
use crate::domain::charging::{
    Command, DetailRecord, Disregard, Draft, DriverId, Fact, MeteredSettings, Metering, Moment, Outcome, Settings,
    Station, View, What,
};

/// What a scenario came to.
#[derive(Clone, Debug)]
pub struct Played {
    pub rows: Vec<PlayedRow>,
    /// Everything that happened, to the end.
    pub facts: Vec<Fact>,
    /// When the last car leaves; none if no car ever came, or some car can never leave.
    pub all_done_at: Option<Moment>,
}

/// A row's outcome, and the station right after it.
#[derive(Clone, Debug)]
pub struct PlayedRow {
    pub outcome: Outcome,
    pub view: View,
}

/// What ideal piles report up to a row, and what at once after its event.
#[derive(Clone, Debug, Default)]
pub struct RowReports {
    pub before: Vec<SentReport>,
    pub after: Vec<SentReport>,
}

impl Scenario {
    pub fn play(&self) -> Played {
        let station = Station::new(self.parameters.settings.clone(), self.parameters.start);
        self.play_on(StationInMemory::new(station), None).0
    }

    /// The same on a metered station with ideal piles.
    pub fn play_metered(&self) -> Played {
        self.play_with_meters().0
    }

    /// What the ideal piles report, row by row and after the last one.
    pub fn metered_reports(&self) -> Vec<RowReports> {
        self.play_with_meters().1
    }

    fn play_with_meters(&self) -> (Played, Vec<RowReports>) {
        let station = Station::new(metered(&self.parameters.settings), self.parameters.start);
        self.play_on(StationInMemory::new(station).stepwise(), Some(IdealPiles::default()))
    }

    fn play_on(&self, mut station: StationInMemory, mut piles: Option<IdealPiles>) -> (Played, Vec<RowReports>) {
        let (mut cars, mut reports) = (Cars::default(), Vec::new());
        let (mut rows, mut facts) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for row in &self.rows {
            facts.extend(piles.iter_mut().flat_map(|piles| piles.advance(&mut station, row.at)));
            let before = piles.as_mut().map(IdealPiles::take_sent).unwrap_or_default();
            let (outcome, happened) = play_row(&mut station, &mut cars, row);
            facts.extend(happened);
            facts.extend(piles.iter_mut().flat_map(|piles| piles.react(&mut station, row.at)));
            reports.push(RowReports { before, after: piles.as_mut().map(IdealPiles::take_sent).unwrap_or_default() });
            rows.push(PlayedRow { outcome, view: station.view() });
        }
        facts.extend(piles.iter_mut().flat_map(|piles| piles.advance(&mut station, Moment::NEVER)));
        let before = piles.as_mut().map(IdealPiles::take_sent).unwrap_or_default();
        reports.push(RowReports { before, after: Vec::new() });
        facts.extend(station.settle(Moment::NEVER));
        let left = facts.iter().rfind(|fact| matches!(fact.what, What::Ended { .. }));
        let all_done_at = left.filter(|_| station.live().next().is_none()).map(|fact| fact.at);
        (Played { rows, facts, all_done_at }, reports)
    }
}

impl Played {
    /// The detail records in the order in which they were closed.
    pub fn records(&self) -> impl Iterator<Item = &DetailRecord> {
        self.facts.iter().filter_map(|fact| match &fact.what {
            What::SegmentClosed(record) => Some(record),
            _ => None,
        })
    }
}

/// The settings of a station that is metered.
pub fn metered(settings: &Settings) -> Settings {
    let draft = Draft { metering: Metering::Metered(MeteredSettings::default()), ..settings.draft() };
    draft.check().unwrap_or_else(|_| settings.clone())
}

/// A car of a scenario is a driver with that plate.
#[derive(Default)]
pub(super) struct Cars<'a>(BTreeMap<&'a str, DriverId>);

impl<'a> Cars<'a> {
    fn driver(&mut self, car: &'a str) -> DriverId {
        let next = DriverId(self.0.len() as u64 + 1);
        *self.0.entry(car).or_insert(next)
    }
}

pub(super) fn play_row<'a>(
    station: &mut StationInMemory,
    cars: &mut Cars<'a>,
    row: &'a ScenarioRow,
) -> (Outcome, Vec<Fact>) {
    let nothing_live = Outcome::Ignored(Disregard::NoLiveRequest);
    // Bringing the station up to the row first shows who is still live; the event then happens at the same instant.
    let mut facts = station.settle(row.at);
    let (outcome, happened) = match &row.event {
        None => (Outcome::Done, Vec::new()),
        Some(ScenarioEvent::Apply { car, mode, energy }) => {
            station.apply(row.at, cars.driver(car), car, *mode, *energy)
        }
        Some(ScenarioEvent::Cancel { car }) => match station.live_request(cars.driver(car)) {
            Some(request) => station.cancel(row.at, request),
            None => (nothing_live, Vec::new()),
        },
        Some(ScenarioEvent::Change { car, mode, energy }) => match station.live_request(cars.driver(car)) {
            Some(request) => station.change(row.at, request, *mode, *energy),
            None => (nothing_live, Vec::new()),
        },
        Some(ScenarioEvent::Fail { pile, lasting }) => {
            station.handle(row.at, Command::Fail { pile: *pile, lasting: *lasting })
        }
        Some(ScenarioEvent::Recover { pile }) => station.handle(row.at, Command::Recover { pile: *pile }),
    };
    facts.extend(happened);
    (outcome, facts)
}
