//! What really happened at a station, known without asking it: the naive simulator plays the accepted commands, and
//! says what each pile delivered to whom, and when.

use super::reference::{Layout, Order, Reference, Segment, Ticks};
use shared::domain::{
    charging::PileId,
    energy::{Energy, Exact},
};
use std::collections::BTreeMap;

/// A station as the naive simulator has it.
#[derive(Clone)]
pub struct Outside {
    /// As it was after the last accepted command.
    pub reference: Reference,
    /// Which of its cars a request is.
    pub cars: BTreeMap<u64, usize>,
    start: i64,
}

/// A detail record as it should be written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub request: u64,
    pub pile: String,
    pub start: i64,
    pub stop: i64,
    pub watt_hours: i64,
    pub charging: i64,
    pub service: i64,
    pub total: i64,
}

const HOUR: i128 = 3_600_000;
/// By hour of the local day.
const FEN: [i128; 24] =
    [40, 40, 40, 40, 40, 40, 40, 70, 70, 70, 100, 100, 100, 100, 100, 70, 70, 70, 100, 100, 100, 70, 70, 40];
const SERVICE_FEN: i128 = 80;
/// Shanghai.
const OFFSET: i64 = 8 * 3_600_000;

impl Outside {
    pub fn new(layout: Layout, start: i64) -> Self {
        Self { reference: Reference::new(layout), cars: BTreeMap::new(), start }
    }

    /// A request that was accepted becomes a car of its own.
    pub fn enter(&mut self, request: u64) -> usize {
        let next = self.cars.len();
        *self.cars.entry(request).or_insert(next)
    }

    /// The instant from which ticks count.
    pub fn start(&self) -> i64 {
        self.start
    }

    pub fn play(&mut self, millis: i64, order: Order) -> &'static str {
        self.reference.play(i128::from(millis - self.start), Some(order))
    }

    /// The station at some later instant.
    pub fn at(&self, reference: &Reference, millis: i64) -> Reference {
        let mut reference = reference.clone();
        let since = i128::from(millis - self.start).max(reference.now.div_euclid(reference.per_milli()));
        reference.play(since, None);
        reference
    }

    pub fn lines(&self, reference: &Reference) -> Vec<Line> {
        let requests: BTreeMap<usize, u64> = self.cars.iter().map(|(request, car)| (*car, *request)).collect();
        reference.segments.iter().map(|segment| self.line(reference, requests[&segment.0], segment)).collect()
    }

    fn line(&self, reference: &Reference, request: u64, segment: &Segment) -> Line {
        let (_, mode, pile, start, stop) = *segment;
        let [charging, service] = self.fees(reference, mode, start, stop);
        let wh = 3_600_000 * reference.per_milli();
        let watt_ticks = (stop - start) * reference.layout.power[mode];
        Line {
            request,
            pile: pile_name(mode, pile),
            start: self.millis(reference, start),
            stop: self.millis(reference, stop),
            watt_hours: narrow((2 * watt_ticks + wh) / (2 * wh)),
            charging,
            service,
            total: charging + service,
        }
    }

    /// Charging and service fee of a segment, hour by hour, half-up once.
    pub fn fees(&self, reference: &Reference, mode: usize, start: Ticks, stop: Ticks) -> [i64; 2] {
        let per_milli = reference.per_milli();
        let hour = HOUR * per_milli;
        let offset = i128::from((self.start + OFFSET).rem_euclid(24 * 3_600_000)) * per_milli;
        let (mut sum, mut from) = (0, start + offset);
        while from < stop + offset {
            let index = from.div_euclid(hour);
            let to = (stop + offset).min((index + 1) * hour);
            sum += (to - from) * FEN[usize::try_from(index.rem_euclid(24)).unwrap()];
            from = to;
        }
        let power = reference.layout.power[mode];
        let kwh = 1000 * 3_600_000 * per_milli;
        let rounded = |watt_ticks_fen: i128| narrow((2 * watt_ticks_fen + kwh) / (2 * kwh));
        [rounded(sum * power), rounded((stop - start) * power * SERVICE_FEN)]
    }

    pub fn millis(&self, reference: &Reference, ticks: Ticks) -> i64 {
        self.start + narrow(ticks.div_euclid(reference.per_milli()))
    }
}

/// What a meter shows for so many watt-ticks.
pub fn energy(reference: &Reference, watt_ticks: i128) -> Energy {
    Energy::from_millijoules(Exact::mixed(0, watt_ticks.unsigned_abs(), reference.per_milli().unsigned_abs()))
}

pub fn pile_name(mode: usize, pile: usize) -> String {
    format!("{}{}", ["F", "T"][mode], pile + 1)
}

pub fn pile_id(mode: usize, pile: usize) -> PileId {
    PileId::parse(&pile_name(mode, pile)).unwrap()
}

pub fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap()
}
