//! One turn of a station: everything due up to now happens at its own instant, then the command, then dispatch.

use super::command::{Command, Outcome};
use super::dispatch::Halt;
use super::fact::{End, Fact, What};
use super::line::{Gap, Waiting, Wanted};
use super::moment::Moment;
use super::number::{Mode, PileId};
use super::station::{PileState, Station};

/// A station on its way from one instant to the next. The caller advances it until it is done, brings more of a line
/// when asked, and then writes the station and the facts in one go. A turn that stops early is a correct station at
/// an earlier instant.
#[derive(Clone, Debug)]
pub struct Turn {
    pub(super) station: Station,
    pub(super) facts: Vec<Fact>,
    now: Moment,
    command: Option<Command>,
    outcome: Option<Outcome>,
    may_happen: usize,
    /// Calls that this turn may still make, and those it might make when it began.
    pub(super) may_call: usize,
    pub(super) most_calls: usize,
}

/// A completion leaves as much behind as several calls do; so many of them are taken off what a turn may still call.
const CALLS_FOR_A_COMPLETION: usize = 2;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The next car to call stands behind the window: bring it with [`Turn::refill`] and advance again.
    NeedsLine(Wanted),
    /// As much has happened as was allowed. The station stands at an earlier instant; the command was not looked at.
    Stopped,
    /// The command has been decided. Dispatch may follow now, or in a later turn with the same result.
    Decided(Outcome),
    /// Nothing is left to do at this instant.
    Done,
}

impl Turn {
    /// A turn up to `now`, never before the station's last instant, in which at most `may_happen` completions and
    /// ends of faults happen.
    pub fn new(mut station: Station, now: Moment, command: Option<Command>, may_happen: usize) -> Self {
        let now = now.max(station.settled_at).ceil();
        station.settings.reach(station.earliest_start());
        let (facts, most_calls) = (Vec::new(), usize::MAX);
        Self { station, facts, now, command, outcome: None, may_happen, may_call: most_calls, most_calls }
    }

    /// The same, in which at most so many cars are called, and fewer the more completions there are.
    #[must_use]
    pub fn calling_at_most(self, most_calls: usize) -> Self {
        Self { may_call: most_calls, most_calls, ..self }
    }

    /// The same, up to an instant that need not be a whole millisecond.
    #[must_use]
    pub fn up_to(self, now: Moment) -> Self {
        Self { now: now.max(self.station.settled_at), ..self }
    }

    pub fn advance(&mut self) -> Progress {
        // At one instant, what piles report comes before what is due by the clock, as completions do, and before dispatch.
        if self.is_report() && self.station.settled_at == self.now {
            return self.decide_command();
        }
        loop {
            match self.dispatch() {
                Ok(()) => {}
                Err(Halt::NeedsLine(wanted)) => return Progress::NeedsLine(wanted),
                Err(Halt::Enough) => return Progress::Stopped,
            }
            match self.station.next_due() {
                Some(due) if self.is_reached(due) => {
                    if self.may_happen == 0 {
                        return Progress::Stopped;
                    }
                    self.may_happen -= 1;
                    self.may_call = self.may_call.saturating_sub(CALLS_FOR_A_COMPLETION);
                    self.happen(due);
                }
                _ => {
                    self.station.settled_at = self.now;
                    return self.decide_command();
                }
            }
        }
    }

    fn decide_command(&mut self) -> Progress {
        let Some(command) = self.command.take() else { return Progress::Done };
        let outcome = self.decide(command);
        self.outcome = Some(outcome);
        Progress::Decided(outcome)
    }

    fn is_report(&self) -> bool {
        matches!(self.command, Some(Command::Report { .. }))
    }

    pub fn refill(&mut self, wanted: Wanted, entries: impl IntoIterator<Item = Waiting>) -> Result<(), Gap> {
        self.station.side_mut(wanted.mode).line.refill(entries, wanted.at_least)
    }

    pub fn station(&self) -> &Station {
        &self.station
    }

    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    pub fn into_parts(self) -> (Station, Vec<Fact>) {
        (self.station, self.facts)
    }

    /// The instant at which things are happening.
    pub(super) fn at(&self) -> Moment {
        self.station.settled_at
    }

    pub(super) fn tell(&mut self, what: What) {
        self.facts.push(Fact { at: self.at(), what });
    }

    /// At one instant, what is due comes before the command, unless that is a report.
    fn is_reached(&self, due: Due) -> bool {
        if self.is_report() { due.at < self.now } else { due.at <= self.now }
    }

    fn happen(&mut self, due: Due) {
        self.station.settled_at = self.now.min(due.at);
        match due.what {
            DueWhat::Completion => self.finish(due.pile, End::Finished),
            DueWhat::FaultEnds => drop(self.recover(due.pile)),
            DueWhat::NoShow => self.leave_awaited(due.pile, End::NoShow),
        }
    }
}

/// What is due by itself. The order of the fields is the order at one instant: completions in pile order, then fault
/// durations that end, then called cars that have not come, in pile order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Due {
    at: Moment,
    what: DueWhat,
    pile: PileId,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum DueWhat {
    Completion,
    FaultEnds,
    NoShow,
}

impl Station {
    /// The next instant at which a station has something to do without a command. The sweep finds stations by it.
    pub fn due(&self) -> Option<Moment> {
        if Mode::BOTH.iter().any(|mode| self.side(*mode).owes_dispatch) {
            return Some(self.settled_at);
        }
        self.next_due().map(|due| due.at)
    }

    /// No session begins before this instant any more: a metered pile may report that it began before now.
    fn earliest_start(&self) -> Moment {
        self.piles().filter_map(|pile| Some(pile.awaited()?.since)).fold(self.settled_at, Moment::min)
    }

    fn next_due(&self) -> Option<Due> {
        self.piles().filter_map(|pile| Due::of(&pile.state, pile.id)).min()
    }
}

impl Due {
    fn of(state: &PileState, pile: PileId) -> Option<Self> {
        match state {
            PileState::Working(lane) => {
                if let Some(awaited) = &lane.awaited {
                    return Some(Self { at: awaited.until, what: DueWhat::NoShow, pile });
                }
                // A metered session never ends by the clock.
                let charging = lane.charging.as_ref().filter(|charging| charging.metered().is_none())?;
                Some(Self { at: charging.due(), what: DueWhat::Completion, pile })
            }
            PileState::Failed { until, .. } => Some(Self { at: (*until)?, what: DueWhat::FaultEnds, pile }),
        }
    }
}
