//! The item changes that the facts of a station update cause. A transaction may touch each item only once.

use crate::domain::{
    charging::{Bill, DetailRecord, DriverId, Fact, Mode, Moment, Number, RequestId, Ticket, Waiting, What},
    money::Fen,
};
use std::collections::BTreeMap;

/// One change per item.
#[derive(Clone, Debug, Default)]
pub(super) struct Effects {
    /// The items of waiting cars: the new content, or none for a deletion.
    pub entries: BTreeMap<(Mode, u32), Option<Waiting>>,
    pub drivers: BTreeMap<DriverId, DriverChange>,
    pub plates: BTreeMap<Box<str>, PlateChange>,
    pub records: Vec<DetailRecord>,
    pub bills: Vec<(Ticket, Bill, Moment)>,
}

/// The change to a driver's live charge request.
#[derive(Clone, Debug, Default)]
pub(super) struct DriverChange {
    pub ended: Option<RequestId>,
    pub bill_due: Option<Moment>,
    pub now: Option<RequestWrite>,
}

#[derive(Clone, Debug)]
pub(super) enum RequestWrite {
    Joined(Waiting),
    /// The same request with another amount or another queue number.
    Changed(Waiting),
}

/// The change to a plate's live charge request.
#[derive(Clone, Debug, Default)]
pub(super) struct PlateChange {
    pub freed: bool,
    pub taken: Option<RequestId>,
}

impl Effects {
    pub fn of(facts: &[Fact]) -> Self {
        let mut effects = Self::default();
        for fact in facts {
            effects.add(fact);
        }
        effects
    }

    fn add(&mut self, Fact { at, what }: &Fact) {
        match what {
            What::Joined(waiting) => {
                self.enter(waiting);
                let ticket = &waiting.ticket;
                self.driver(ticket).now = Some(RequestWrite::Joined(waiting.clone()));
                self.plate(ticket, |plate| plate.taken = Some(ticket.request));
            }
            What::QuantityChanged(waiting) => {
                self.enter(waiting);
                self.driver(&waiting.ticket).now = Some(RequestWrite::Changed(waiting.clone()));
            }
            What::ModeChanged { left, left_own_entry, joined } => {
                self.leave(*left, *left_own_entry);
                self.enter(joined);
                self.driver(&joined.ticket).now = Some(RequestWrite::Changed(joined.clone()));
            }
            What::Called { ticket, own_entry, .. } => self.leave(ticket.number, *own_entry),
            What::SegmentClosed(record) => self.records.push(record.clone()),
            What::Ended { ticket, bill, own_entry, .. } => {
                self.leave(ticket.number, *own_entry);
                self.driver(ticket).ended = Some(ticket.request);
                self.plate(ticket, |plate| plate.freed = true);
                if bill.is_none() {
                    // Below the billed minimum, and so not in the driver's history either.
                    self.records.retain(|record| record.ticket.request != ticket.request);
                }
                if let Some(bill) = bill {
                    // A bill of zero is settled from the start.
                    let is_owed = bill.total > Fen(0);
                    self.driver(ticket).bill_due = Some(bill.due).filter(|_| is_owed);
                    self.bills.push((ticket.clone(), bill.clone(), *at));
                }
            }
            // These facts change the station's item, and those of its piles.
            What::Awaited { .. }
            | What::Began { .. }
            | What::StrayBegan { .. }
            | What::SessionClosed { .. }
            | What::StopWanted { .. }
            | What::Commissioned { .. }
            | What::Unassigned { .. }
            // These the station's item only.
            | What::Displaced { .. }
            | What::Placed { .. }
            | What::Started { .. }
            | What::AmountLowered { .. }
            | What::PileFailed { .. }
            | What::PileRecovered { .. }
            | What::PileAdded { .. }
            | What::PileRemoved { .. }
            | What::SettingsChanged => {}
        }
    }

    fn enter(&mut self, waiting: &Waiting) {
        if waiting.own_entry {
            let Number { mode, n } = waiting.ticket.number;
            self.entries.insert((mode, n), Some(waiting.clone()));
        }
    }

    fn leave(&mut self, Number { mode, n }: Number, own_entry: bool) {
        if own_entry {
            self.entries.insert((mode, n), None);
        }
    }

    fn driver(&mut self, ticket: &Ticket) -> &mut DriverChange {
        self.drivers.entry(ticket.driver).or_default()
    }

    fn plate(&mut self, ticket: &Ticket, change: impl FnOnce(&mut PlateChange)) {
        if !ticket.plate.is_empty() {
            change(self.plates.entry(ticket.plate.clone()).or_default());
        }
    }
}
