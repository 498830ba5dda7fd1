//! The money invariants of a request: all that was metered is written down and nothing else, and each charging that has
//! ended has exactly one bill, over all its records. The sweep asks this of the stations it visits, the simulation of
//! what is in the tables.

use std::collections::BTreeMap;

use super::billing::LEAST_BILLED;
use super::fact::{Fact, What};
use super::moment::Moment;
use super::number::{PileId, RequestId};
use super::station::Station;
use crate::domain::energy::{Energy, Power};
use crate::domain::money::Fen;

/// What one request was delivered, and what is written of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    pub metered: Energy,
    /// The open segment, which has no record yet.
    pub running: Energy,
    pub recorded: Energy,
    pub records: u16,
    pub recorded_total: Fen,
    pub bills: Vec<Issued>,
    pub ended: bool,
}

/// A bill as far as it is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Issued {
    pub records: u16,
    pub energy: Energy,
    pub total: Fen,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrong {
    /// Metered is not recorded plus running.
    Energy,
    NoBill,
    TwoBills,
    /// A bill although too little was charged, or not all of it yet.
    BillTooMany,
    /// The bill is not the sum of its records.
    BillDiffers,
}

impl Default for Account {
    fn default() -> Self {
        let zero = Energy::ZERO;
        Self {
            metered: zero,
            running: zero,
            recorded: zero,
            records: 0,
            recorded_total: Fen(0),
            bills: Vec::new(),
            ended: false,
        }
    }
}

impl Account {
    /// The first thing that is wrong; `rounding` is what each record may be off because it was written rounded.
    pub fn wrong(&self, rounding: Energy) -> Option<Wrong> {
        let tolerance: Energy = (0..self.records).map(|_| rounding).sum();
        let is_billed = self.ended && self.metered >= LEAST_BILLED;
        // What a request was delivered that is too little to be billed need not be recorded.
        let is_forgiven = self.ended && !is_billed && self.recorded <= self.metered + tolerance;
        if self.unbilled() > tolerance && !is_forgiven {
            return Some(Wrong::Energy);
        }
        match (&self.bills[..], is_billed) {
            ([], true) => Some(Wrong::NoBill),
            ([_, _, ..], _) => Some(Wrong::TwoBills),
            ([_], false) => Some(Wrong::BillTooMany),
            ([bill], true) => {
                let sum = Issued { records: self.records, energy: bill.energy, total: self.recorded_total };
                let off = apart(bill.energy, self.recorded) > tolerance;
                (*bill != sum || off).then_some(Wrong::BillDiffers)
            }
            ([], false) => None,
        }
    }

    /// What is not billed as it should be: the difference, or all of it where the bill itself is wrong.
    pub fn amiss(&self) -> Energy {
        match self.wrong(Energy::ZERO) {
            None => Energy::ZERO,
            Some(Wrong::Energy) => self.unbilled(),
            Some(_) => self.metered + self.recorded,
        }
    }

    /// How far what was metered and what is written are apart, whichever way.
    pub fn unbilled(&self) -> Energy {
        apart(self.metered, self.recorded + self.running)
    }
}

fn apart(one: Energy, other: Energy) -> Energy {
    if one > other { one - other } else { other - one }
}

/// A meter beside a station: it sees only when which pile started and stopped whom.
#[derive(Clone, Debug)]
pub struct Meter {
    flowing: BTreeMap<PileId, (RequestId, Moment, Power)>,
    accounts: BTreeMap<RequestId, Account>,
}

impl Meter {
    /// From here on; what was written before counts as right.
    pub fn from(station: &Station) -> Self {
        let mut meter = Self { flowing: BTreeMap::new(), accounts: BTreeMap::new() };
        for car in super::number::Mode::BOTH.into_iter().flat_map(|mode| station.side(mode).called()) {
            let account = meter.account(car.ticket.request);
            (account.metered, account.recorded) = (car.closed.energy, car.closed.energy);
            (account.records, account.recorded_total) = (car.closed.records, car.closed.charging + car.closed.service);
        }
        for pile in station.piles() {
            if let Some(charging) = pile.charging().filter(|charging| charging.metered().is_none()) {
                meter.flowing.insert(pile.id, (charging.car.ticket.request, charging.since, charging.power));
            }
        }
        meter
    }

    pub fn see(&mut self, facts: &[Fact]) {
        for Fact { at, what } in facts {
            match what {
                What::Started { ticket, pile, power } => {
                    self.flowing.insert(*pile, (ticket.request, *at, *power));
                }
                What::Displaced { ticket, .. } => self.stop(ticket.request, *at),
                What::SegmentClosed(record) => {
                    let account = self.account(record.ticket.request);
                    if record.meter.is_some() {
                        // What the pile's register says of it is checked by [`super::Registers`].
                        account.metered = account.metered + record.energy;
                    }
                    account.recorded = account.recorded + record.energy;
                    account.recorded_total += record.total;
                    account.records += 1;
                }
                What::Ended { ticket, bill, .. } => {
                    self.stop(ticket.request, *at);
                    let account = self.account(ticket.request);
                    account.ended = true;
                    let issued = |bill: &super::fact::Bill| Issued {
                        records: bill.records,
                        energy: bill.energy,
                        total: bill.total,
                    };
                    account.bills.extend(bill.as_ref().map(issued));
                }
                _ => {}
            }
        }
    }

    /// The accounts of all who were in a lane at some time, as the station stands now.
    pub fn accounts(mut self, station: &Station) -> BTreeMap<RequestId, Account> {
        let at = station.settled_at();
        for (request, since, power) in std::mem::take(&mut self.flowing).into_values() {
            let account = self.account(request);
            account.metered = account.metered + (at - since).energy_at(power);
        }
        for charging in station.piles().filter_map(|pile| pile.charging()) {
            let account = self.account(charging.car.ticket.request);
            account.running = charging.flowed(at);
            if charging.metered().is_some() {
                account.metered = account.metered + account.running;
            }
        }
        self.accounts
    }

    fn stop(&mut self, request: RequestId, at: Moment) {
        let pile = self.flowing.iter().find(|(_, flow)| flow.0 == request).map(|(pile, _)| *pile);
        if let Some((_, since, power)) = pile.and_then(|pile| self.flowing.remove(&pile)) {
            let account = self.account(request);
            account.metered = account.metered + (at - since).energy_at(power);
        }
    }

    fn account(&mut self, request: RequestId) -> &mut Account {
        self.accounts.entry(request).or_default()
    }
}
