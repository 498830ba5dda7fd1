//! Decisions: what a command does to a station whose due events have happened, and who may join the queue.

use super::command::{Command, Outcome, Rejection, Standing};
use super::fact::{Bill, What};
use super::faults::FaultSource;
use super::line::Arrival;
use super::number::{DriverId, Mode, RequestId};
use super::station::Station;
use super::turn::Turn;
use crate::domain::money::Fen;

impl Turn {
    pub(super) fn decide(&mut self, command: Command) -> Outcome {
        match command {
            Command::Apply { request, driver, plate, mode, energy, standing } => {
                match self.may_not_join(mode, driver, &standing) {
                    // A request that is refused takes no number.
                    Some(why) => Outcome::Rejected(why),
                    None => self.join(mode, Arrival { request, driver, plate, applied_at: self.at(), asked: energy }),
                }
            }
            Command::Change { request, mode, energy, behind } => self.change(request, mode, energy, behind),
            Command::Cancel { request, behind } => self.cancel(request, behind),
            Command::Remove { request, behind, register } => self.remove(request, behind, register),
            Command::Report { pile, report } => self.report(pile, report),
            Command::Fail { pile, lasting } => self.fail(pile, lasting, FaultSource::Operator),
            Command::Recover { pile } => self.recover(pile),
            Command::Adopt(settings) => self.adopt(settings),
        }
    }

    /// A request gets the next number of its mode.
    fn join(&mut self, mode: Mode, joining: Arrival) -> Outcome {
        let arrival = self.station.arrivals();
        let joined = self.station.side_mut(mode).line.join(joining, arrival);
        self.tell(What::Joined(joined));
        self.station.side_mut(mode).owes_dispatch = true;
        Outcome::Done
    }

    /// One live request per driver, and one per plate; no mode without piles; no driver in arrears, if so set; and N is
    /// checked before the new car is called, so with N cars waiting the request is refused even if a lane is free.
    fn may_not_join(&self, mode: Mode, driver: DriverId, standing: &Standing) -> Option<Rejection> {
        let live = standing.live.iter().any(|request| !self.ended_in_this_turn(*request));
        if live {
            return Some(Rejection::LiveRequest);
        }
        if let Some(absent) = self.mode_without_piles(mode) {
            return Some(absent);
        }
        let in_arrears = standing.in_arrears || self.fell_into_arrears(driver);
        if in_arrears && self.station.settings.arrears_may_not_join {
            return Some(Rejection::InArrears);
        }
        (self.station.waiting() >= self.station.settings.waiting_places).then_some(Rejection::Full)
    }

    /// A car of a mode for which the station has no piles would wait for ever.
    pub(super) fn mode_without_piles(&self, mode: Mode) -> Option<Rejection> {
        (self.station.settings.piles(mode) == 0).then_some(Rejection::NoPiles(mode))
    }

    /// A bill of this very turn may be overdue already, when the station was not brought up to now for so long.
    fn fell_into_arrears(&self, driver: DriverId) -> bool {
        let overdue = |bill: &Bill| bill.total > Fen(0) && bill.due < self.at();
        self.facts.iter().any(|fact| match &fact.what {
            What::Ended { ticket, bill: Some(bill), .. } => ticket.driver == driver && overdue(bill),
            _ => false,
        })
    }

    fn ended_in_this_turn(&self, request: RequestId) -> bool {
        self.facts.iter().any(|fact| matches!(&fact.what, What::Ended { ticket, .. } if ticket.request == request))
    }
}

impl Station {
    /// Every number that was ever taken is an arrival.
    pub(super) fn arrivals(&self) -> u32 {
        self.fast.line.numbers_given() + self.slow.line.numbers_given()
    }
}
