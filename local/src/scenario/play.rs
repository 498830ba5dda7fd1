//! Playing a scenario on the engine, row by row, and then on until nothing more can happen.

use std::collections::BTreeMap;

use super::event::Event;
use super::read::{Row, Scenario};
use super::station_in_memory::StationInMemory;
use shared::domain::charging::{
    Command, DetailRecord, Disregard, DriverId, Fact, Moment, Outcome, Station, View, What,
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

impl Scenario {
    pub fn play(&self) -> Played {
        let settings = self.parameters.settings.clone();
        let mut station = StationInMemory::new(Station::new(settings, self.parameters.start));
        let mut cars = Cars::default();
        let (mut rows, mut facts) = (Vec::with_capacity(self.rows.len()), Vec::new());
        for row in &self.rows {
            let (outcome, happened) = play_row(&mut station, &mut cars, row);
            facts.extend(happened);
            rows.push(PlayedRow { outcome, view: station.view() });
        }
        facts.extend(station.settle(Moment::NEVER));
        let left = facts.iter().rfind(|fact| matches!(fact.what, What::Ended { .. }));
        let all_done_at = left.filter(|_| station.live().next().is_none()).map(|fact| fact.at);
        Played { rows, facts, all_done_at }
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

/// A car of a scenario is a driver with that plate.
#[derive(Default)]
struct Cars<'a>(BTreeMap<&'a str, DriverId>);

impl<'a> Cars<'a> {
    fn driver(&mut self, car: &'a str) -> DriverId {
        let next = DriverId(self.0.len() as u64 + 1);
        *self.0.entry(car).or_insert(next)
    }
}

fn play_row<'a>(station: &mut StationInMemory, cars: &mut Cars<'a>, row: &'a Row) -> (Outcome, Vec<Fact>) {
    let nothing_live = Outcome::Ignored(Disregard::NoLiveRequest);
    // Bringing the station up to the row first shows who is still live; the event then happens at the same instant.
    let mut facts = station.settle(row.at);
    let (outcome, happened) = match &row.event {
        None => (Outcome::Done, Vec::new()),
        Some(Event::Apply { car, mode, energy }) => station.apply(row.at, cars.driver(car), car, *mode, *energy),
        Some(Event::Cancel { car }) => match station.live_request(cars.driver(car)) {
            Some(request) => station.cancel(row.at, request),
            None => (nothing_live, Vec::new()),
        },
        Some(Event::Change { car, mode, energy }) => match station.live_request(cars.driver(car)) {
            Some(request) => station.change(row.at, request, *mode, *energy),
            None => (nothing_live, Vec::new()),
        },
        Some(Event::Fail { pile, lasting }) => station.handle(row.at, Command::Fail { pile: *pile, lasting: *lasting }),
        Some(Event::Recover { pile }) => station.handle(row.at, Command::Recover { pile: *pile }),
    };
    facts.extend(happened);
    (outcome, facts)
}
