//! Segments, detail records (详单) and bills (账单): exact inside, rounded once when a record is written.

use super::fact::{Bill, DetailRecord, End, What};
use super::metered::{MeterStretch, owed_for};
use super::moment::{MINUTE, Moment, Span};
use super::number::PileId;
use super::station::{Car, Charging, Closed, EnergySource, PileState};
use super::turn::Turn;
use crate::domain::energy::{Energy, Exact};
use crate::domain::money::{Fen, Owed};

/// What a request must have been delivered in all to be billed: 0.005 kWh, the least that is shown as more than nothing.
pub const LEAST_BILLED: Energy = Energy::from_millijoules(Exact::whole(5 * 3_600_000));

impl Turn {
    /// The charging car leaves: its segment ends, its bill is written, the next head starts.
    pub(super) fn finish(&mut self, pile: PileId, end: End) {
        if let Some(car) = self.close_segment(pile) {
            self.end(&car, end);
        }
        self.free_place(pile);
    }

    /// Takes the charging car out of its lane and writes the detail record of what this segment delivered.
    /// A segment that delivered nothing leaves none.
    pub(super) fn close_segment(&mut self, pile: PileId) -> Option<Car> {
        let at = self.at();
        let charging = self.take_charging(pile)?;
        let record = charging.record(pile, at);
        let car = charging.closed(&record);
        if record.energy > Energy::ZERO {
            self.tell(What::SegmentClosed(record));
        }
        Some(car)
    }

    fn take_charging(&mut self, id: PileId) -> Option<Charging> {
        match &mut self.station.side_mut(id.mode).pile_mut(id)?.state {
            PileState::Working(lane) => lane.charging.take(),
            PileState::Failed { running, .. } => running.take().map(|running| running.charging),
        }
    }

    /// A request ends: with a bill over its detail records, unless it was delivered too little to be billed.
    pub(super) fn end(&mut self, car: &Car, end: End) {
        let bill = (car.closed.energy >= LEAST_BILLED).then(|| self.bill(car));
        self.tell(What::Ended { ticket: car.ticket.clone(), end, bill, own_entry: false });
    }

    fn bill(&self, car: &Car) -> Bill {
        let Closed { records, energy, charging, service, .. } = car.closed;
        let grace = i64::from(self.station.settings.payment_due_hours) * 60 * MINUTE;
        let due = self.at().ceil() + Span::from_millis(grace);
        Bill { request: car.ticket.request, records, energy, charging, service, total: charging + service, due }
    }

    /// A place of a lane is free: the next head starts at this very instant, and dispatch is due.
    pub(super) fn free_place(&mut self, pile: PileId) {
        self.start_head(pile);
        self.station.side_mut(pile.mode).owes_dispatch = true;
        self.remove_drained_piles(pile.mode);
    }
}

impl Charging {
    /// Exact, then half-up to the fen once; the total is the rounded charging fee plus the rounded service fee.
    fn record(&self, pile: PileId, stop: Moment) -> DetailRecord {
        let (charging, service) = self.segment_owed(stop);
        let (charging, service) = (charging.rounded(), service.rounded());
        let energy = self.billed(stop);
        DetailRecord {
            ticket: self.car.ticket.clone(),
            part: self.car.closed.records + 1,
            pile,
            start: self.since,
            stop: self.metered().map_or(stop, |metered| metered.last.at),
            energy,
            delivered: self.car.closed.energy + energy,
            charging,
            service,
            total: charging + service,
            meter: self.metered().map(|metered| MeterStretch {
                session: metered.session.clone(),
                from: metered.from,
                to: metered.from + energy,
                split: metered.split_of(energy),
            }),
        }
    }

    /// What the open segment has delivered as far as it is billed.
    pub fn billed(&self, at: Moment) -> Energy {
        match &self.source {
            EnergySource::Nominal => self.flowed(at),
            EnergySource::Metered(metered) => metered.billed(self.car.remaining()),
        }
    }

    /// Charging and service fee of the open segment, exact.
    fn segment_owed(&self, at: Moment) -> (Owed, Owed) {
        match &self.source {
            EnergySource::Nominal => self.prices.owed(self.since, at, self.power),
            EnergySource::Metered(metered) => {
                let billed = self.billed(at);
                (owed_for(&metered.split_of(billed)), Owed::for_energy(billed, self.prices.service()))
            }
        }
    }

    /// The car with this segment added to what it has been delivered and owes.
    fn closed(self, record: &DetailRecord) -> Car {
        if record.energy == Energy::ZERO {
            return Car { prices: Some(self.prices), ..self.car };
        }
        let before = self.car.closed;
        let closed = Closed {
            records: record.part,
            energy: before.energy + record.energy,
            owed: self.owed(record.stop),
            charging: before.charging + record.charging,
            service: before.service + record.service,
        };
        Car { closed, prices: Some(self.prices), ..self.car }
    }

    /// What the request owes so far, exact: the sum of all its segments.
    pub fn owed(&self, at: Moment) -> Owed {
        let (charging, service) = self.segment_owed(at);
        self.car.closed.owed + charging + service
    }

    /// What is shown while it charges: closed records as written, the open segment rounded like a record.
    pub fn shown_so_far(&self, at: Moment) -> (Fen, Fen) {
        let (charging, service) = self.segment_owed(at);
        (self.car.closed.charging + charging.rounded(), self.car.closed.service + service.rounded())
    }
}
