//! The queue and money invariants of a station, checked from its facts and its state; the energy meter stands outside.

use std::collections::{BTreeMap, BTreeSet};

use local::scenario::StationInMemory;
use shared::domain::charging::{
    DetailRecord, DriverId, Fact, LEAST_BILLED, Mode, Moment, Number, PileId, PileState, Registers, RequestId, Station,
    Ticket, What,
};
use shared::domain::energy::{Energy, Power};
use shared::domain::money::Fen;

/// What an onlooker knows who sees only what piles do and what is written down.
pub struct Watch {
    pub records: Vec<DetailRecord>,
    pub left: Vec<(DriverId, Moment)>,
    /// The meter: since when which power flows to whom, and what has flowed.
    flowing: BTreeMap<PileId, (RequestId, Moment, Power)>,
    metered: BTreeMap<RequestId, Energy>,
    numbers: BTreeSet<(Mode, u32)>,
    last_number: BTreeMap<Mode, u32>,
    last_called: BTreeMap<Mode, u32>,
    accepted: BTreeSet<RequestId>,
    ended: BTreeSet<RequestId>,
    last_at: Option<Moment>,
    /// What the registers of metered piles are accounted for.
    pub registers: Registers,
}

impl Watch {
    pub fn new() -> Self {
        Self {
            records: vec![],
            left: vec![],
            flowing: BTreeMap::new(),
            metered: BTreeMap::new(),
            numbers: BTreeSet::new(),
            last_number: BTreeMap::new(),
            last_called: BTreeMap::new(),
            accepted: BTreeSet::new(),
            ended: BTreeSet::new(),
            last_at: None,
            registers: Registers::default(),
        }
    }

    pub fn see(&mut self, facts: &[Fact]) {
        self.registers.see(facts).unwrap();
        for fact in facts {
            assert!(self.last_at.is_none_or(|last| last <= fact.at), "facts never go back in time");
            self.last_at = Some(fact.at);
            match &fact.what {
                What::Joined(waiting) => {
                    self.number_given(waiting.ticket.number);
                    assert!(self.accepted.insert(waiting.ticket.request));
                }
                What::ModeChanged { left, joined, .. } => {
                    assert_ne!(left.mode, joined.ticket.number.mode, "a mode change changes the number's letter");
                    self.number_given(joined.ticket.number);
                }
                What::Called { ticket, pile, .. } => self.called(ticket, *pile),
                What::Started { ticket, pile, power } => {
                    assert_eq!(ticket.number.mode, pile.mode);
                    let before = self.flowing.insert(*pile, (ticket.request, fact.at, *power));
                    assert!(before.is_none(), "a pile charges at most one car");
                }
                What::SegmentClosed(record) => {
                    assert_eq!(record.total, record.charging + record.service);
                    if let Some(stretch) = &record.meter {
                        let split: Energy = stretch.split.iter().map(|(_, energy)| *energy).sum();
                        assert_eq!((stretch.to - stretch.from, record.energy), (split, split));
                        let sum = self.metered.entry(record.ticket.request).or_insert(Energy::ZERO);
                        *sum = *sum + split;
                    }
                    self.records.push(record.clone());
                }
                What::Ended { ticket, bill, .. } => {
                    self.stop(ticket.request, fact.at);
                    assert!(self.ended.insert(ticket.request), "a request ends once");
                    self.left.push((ticket.driver, fact.at));
                    self.check_bill(ticket, bill.as_ref());
                }
                What::Displaced { ticket, .. } => self.stop(ticket.request, fact.at),
                _ => {}
            }
        }
    }

    /// Numbers are unique for ever and rise by one within their mode.
    fn number_given(&mut self, number: Number) {
        assert!(self.numbers.insert((number.mode, number.n)), "{number} is given once");
        let last = self.last_number.insert(number.mode, number.n).unwrap_or(0);
        assert_eq!(number.n, last + 1);
    }

    /// The lower number is called first. Cars that are called together come in any order among themselves.
    fn called(&mut self, ticket: &Ticket, pile: PileId) {
        assert_eq!(ticket.number.mode, pile.mode);
        let last = self.last_called.entry(pile.mode).or_insert(0);
        *last = (*last).max(ticket.number.n);
    }

    fn stop(&mut self, request: RequestId, at: Moment) {
        let pile = self.flowing.iter().find(|(_, flow)| flow.0 == request).map(|(pile, _)| *pile);
        if let Some((_, since, power)) = pile.and_then(|pile| self.flowing.remove(&pile)) {
            let flowed = (at - since).energy_at(power);
            let sum = self.metered.entry(request).or_insert(Energy::ZERO);
            *sum = *sum + flowed;
        }
    }

    /// Each ended charging has exactly one bill, over all its records and all that was metered; none below 0.005 kWh.
    fn check_bill(&self, ticket: &Ticket, bill: Option<&shared::domain::charging::Bill>) {
        let records: Vec<_> = self.records.iter().filter(|record| record.ticket.request == ticket.request).collect();
        let metered = self.metered.get(&ticket.request).copied().unwrap_or(Energy::ZERO);
        assert_eq!(bill.is_some(), metered >= LEAST_BILLED, "a bill if and only if there is enough to bill");
        let total: Fen = records.iter().map(|record| record.total).sum();
        let energy: Energy = records.iter().map(|record| record.energy).sum();
        if let Some(bill) = bill {
            assert_eq!((bill.total, bill.energy, bill.energy), (total, energy, metered));
            assert_eq!(usize::from(bill.records), records.len());
            assert_eq!(bill.total, bill.charging + bill.service);
        }
    }

    pub fn check(&self, memory: &StationInMemory) {
        let station = memory.station();
        assert_eq!(&Station::unpack(&station.pack()).unwrap(), station, "packing loses nothing");
        self.check_places(memory);
        self.check_piles(station);
        self.check_energy(station);
    }

    /// A request is in exactly one place or ended; none is lost; a driver has at most one.
    fn check_places(&self, memory: &StationInMemory) {
        let view = memory.view();
        let called = view.piles.iter().flat_map(|pile| &pile.cars).chain(&view.displaced).map(|car| &car.ticket);
        let all: Vec<&Ticket> = called.chain(view.waiting.iter().map(|waiting| &waiting.ticket)).collect();
        let requests: BTreeSet<RequestId> = all.iter().map(|ticket| ticket.request).collect();
        assert_eq!(requests.len(), all.len(), "in one place only");
        let drivers: BTreeSet<DriverId> = all.iter().map(|ticket| ticket.driver).collect();
        assert_eq!(drivers.len(), all.len(), "one live request per driver");
        let live: BTreeSet<RequestId> = self.accepted.difference(&self.ended).copied().collect();
        assert_eq!(requests, live, "none is lost");
        assert_eq!(view.waiting.len(), memory.station().waiting() as usize);
        for waiting in &view.waiting {
            let Number { mode, n } = waiting.ticket.number;
            assert!(self.last_called.get(&mode).is_none_or(|last| *last < n), "a lower number is called first");
        }
    }

    /// A failed pile holds no car; a lane begins with a charging car; no car waits for a lane with a free place.
    fn check_piles(&self, station: &Station) {
        for pile in station.piles() {
            match &pile.state {
                PileState::Failed { .. } => assert!(!self.flowing.contains_key(&pile.id)),
                PileState::Working(lane) => {
                    assert_eq!(lane.charging.is_some(), !lane.is_empty());
                    let charging = lane.charging.as_ref().map(|charging| charging.car.ticket.request);
                    assert_eq!(charging, self.flowing.get(&pile.id).map(|flow| flow.0));
                    assert!(lane.charging.as_ref().is_none_or(|charging| charging.due() > station.settled_at()));
                }
            }
        }
    }

    /// Energy in records and running = what the meter saw, to the last millijoule.
    fn check_energy(&self, station: &Station) {
        let at = station.settled_at();
        let running: Energy = station.piles().filter_map(|pile| pile.charging()).map(|c| c.flowed(at)).sum();
        let flowing: Energy = self.flowing.values().map(|(_, since, power)| (at - *since).energy_at(*power)).sum();
        let recorded: Energy = self.records.iter().map(|record| record.energy).sum();
        let metered: Energy = self.metered.values().copied().sum();
        assert_eq!(recorded + running, metered + flowing);
    }
}
