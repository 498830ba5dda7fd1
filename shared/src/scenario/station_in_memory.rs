//! A station in memory, driven as the store drives it, with what the store would keep beside it: the entries behind the
//! windows and the live requests. Scenarios and tests run on it.

use std::collections::BTreeMap;

use crate::domain::charging::{
    Command, DriverId, Fact, Mode, Moment, Number, Outcome, PileId, PileReport, Progress, RequestId, Standing, Station,
    Ticket, Turn, View, WINDOW, Waiting, Wanted, What,
};
use crate::domain::energy::Energy;

/// Drives turns just as the store does: load, advance, bring what is asked for, write from the facts.
#[derive(Clone, Debug)]
pub struct StationInMemory {
    station: Station,
    behind: BTreeMap<(Mode, u32), Waiting>,
    live: BTreeMap<RequestId, Ticket>,
    requests: u64,
    is_stepwise: bool,
}

/// More than ever happens: a turn that is not to stop early.
const NO_LIMIT: usize = usize::MAX;

impl StationInMemory {
    pub fn new(station: Station) -> Self {
        Self { station, behind: BTreeMap::new(), live: BTreeMap::new(), requests: 0, is_stepwise: false }
    }

    /// The same, but a command leaves dispatch to the next turn, so that piles can act before it.
    #[must_use]
    pub fn stepwise(self) -> Self {
        Self { is_stepwise: true, ..self }
    }

    pub fn station(&self) -> &Station {
        &self.station
    }

    pub fn live(&self) -> impl Iterator<Item = &Ticket> {
        self.live.values()
    }

    /// The live request of a driver.
    pub fn live_request(&self, driver: DriverId) -> Option<RequestId> {
        self.live.values().find(|ticket| ticket.driver == driver).map(|ticket| ticket.request)
    }

    pub fn apply(
        &mut self,
        now: Moment,
        driver: DriverId,
        plate: &str,
        mode: Mode,
        energy: Energy,
    ) -> (Outcome, Vec<Fact>) {
        self.requests += 1;
        let same = |ticket: &&Ticket| ticket.driver == driver || (!plate.is_empty() && *ticket.plate == *plate);
        let live = self.live.values().filter(same).map(|ticket| ticket.request).collect();
        let standing = Standing { live, in_arrears: false };
        let request = RequestId(self.requests);
        self.handle(now, Command::Apply { request, driver, plate: plate.into(), mode, energy, standing })
    }

    pub fn change(
        &mut self,
        now: Moment,
        request: RequestId,
        mode: Option<Mode>,
        energy: Option<Energy>,
    ) -> (Outcome, Vec<Fact>) {
        let behind = self.entry_of(request);
        self.handle(now, Command::Change { request, mode, energy, behind })
    }

    pub fn cancel(&mut self, now: Moment, request: RequestId) -> (Outcome, Vec<Fact>) {
        let behind = self.entry_of(request);
        self.handle(now, Command::Cancel { request, behind })
    }

    /// A command, and dispatch after it.
    pub fn handle(&mut self, now: Moment, command: Command) -> (Outcome, Vec<Fact>) {
        let (outcome, facts) = self.turn(now, Some(command), NO_LIMIT);
        (outcome.unwrap_or(Outcome::Done), facts)
    }

    /// Time passes.
    pub fn settle(&mut self, now: Moment) -> Vec<Fact> {
        self.turn(now, None, NO_LIMIT).1
    }

    /// Time passes, up to an instant that need not be a whole millisecond.
    pub fn settle_at(&mut self, now: Moment) -> Vec<Fact> {
        self.run(Turn::new(self.station.clone(), now, None, NO_LIMIT).up_to(now), false).1
    }

    /// A pile reports something at an instant that need not be a whole millisecond.
    pub fn report(&mut self, now: Moment, pile: PileId, report: PileReport) -> (Outcome, Vec<Fact>) {
        let turn = Turn::new(self.station.clone(), now, Some(Command::Report { pile, report }), NO_LIMIT).up_to(now);
        let (outcome, facts) = self.run(turn, false);
        (outcome.unwrap_or(Outcome::Done), facts)
    }

    /// A turn in which at most so much happens; then the command, if there is one, has not been looked at.
    pub fn turn(&mut self, now: Moment, command: Option<Command>, may_happen: usize) -> (Option<Outcome>, Vec<Fact>) {
        self.run(Turn::new(self.station.clone(), now, command, may_happen), self.is_stepwise)
    }

    fn run(&mut self, mut turn: Turn, stops_when_decided: bool) -> (Option<Outcome>, Vec<Fact>) {
        loop {
            match turn.advance() {
                Progress::NeedsLine(wanted) => {
                    if turn.refill(wanted, self.entries(wanted)).is_err() {
                        break;
                    }
                }
                Progress::Decided(_) if stops_when_decided => break,
                Progress::Decided(_) => {}
                Progress::Stopped | Progress::Done => break,
            }
        }
        let outcome = turn.outcome();
        let (station, facts) = turn.into_parts();
        self.station = station;
        for fact in &facts {
            self.write(&fact.what);
        }
        (outcome, facts)
    }

    /// The station as it is shown, its whole waiting line included.
    pub fn view(&self) -> View {
        self.station.view(self.behind.values())
    }

    fn entries(&self, wanted: Wanted) -> Vec<Waiting> {
        let mode = wanted.mode;
        let from = (mode, wanted.after + 1)..=(mode, u32::MAX);
        self.behind.range(from).take(wanted.at_least.max(WINDOW)).map(|(_, entry)| entry.clone()).collect()
    }

    fn entry_of(&self, request: RequestId) -> Option<Waiting> {
        let number = self.live.get(&request)?.number;
        self.behind.get(&key(number)).cloned()
    }

    fn write(&mut self, what: &What) {
        match what {
            What::Joined(waiting) => self.write_joined(waiting),
            What::QuantityChanged(waiting) if waiting.own_entry => {
                self.behind.insert(key(waiting.ticket.number), waiting.clone());
            }
            What::ModeChanged { left, joined, .. } => {
                self.behind.remove(&key(*left));
                self.write_joined(joined);
            }
            What::Called { ticket, .. } => drop(self.behind.remove(&key(ticket.number))),
            What::Ended { ticket, .. } => {
                self.behind.remove(&key(ticket.number));
                self.live.remove(&ticket.request);
            }
            _ => {}
        }
    }

    fn write_joined(&mut self, waiting: &Waiting) {
        self.live.insert(waiting.ticket.request, waiting.ticket.clone());
        if waiting.own_entry {
            self.behind.insert(key(waiting.ticket.number), waiting.clone());
        }
    }
}

fn key(number: Number) -> (Mode, u32) {
    (number.mode, number.n)
}
