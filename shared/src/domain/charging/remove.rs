//! An operator takes a request out of the station, wherever it is.

use super::command::{Disregard, Outcome, Rejection};
use super::fact::End;
use super::find::Place;
use super::line::Waiting;
use super::metering::Violation;
use super::number::{PileId, RequestId};
use super::turn::Turn;
use crate::domain::energy::Energy;

impl Turn {
    /// A metered session is closed at the register that the operator states, or else at that of its last reading; what
    /// the pile delivers afterwards is unassigned.
    pub(super) fn remove(&mut self, request: RequestId, behind: Option<Waiting>, register: Option<Energy>) -> Outcome {
        match self.station.find(request, behind) {
            None => Outcome::Ignored(Disregard::NoLiveRequest),
            Some(Place::Charging(pile)) if self.is_metered(pile) => self.close_stated(pile, register),
            Some(place) => {
                self.leave(place, request, End::Removed);
                Outcome::Done
            }
        }
    }

    fn close_stated(&mut self, pile: PileId, register: Option<Energy>) -> Outcome {
        let Some(last) = self.open_session(pile).map(|metered| metered.last) else {
            return Outcome::Ignored(Disregard::NoSuchSession);
        };
        if let Some(register) = register.filter(|register| *register != last.register) {
            if register < last.register {
                return Outcome::Rejected(Rejection::Impossible(Violation::RegisterFell));
            }
            let stated = super::metering::Reading { seq: last.seq + 1, at: self.at(), register, power: None };
            if let Err(outcome) = self.take_reading(pile, stated) {
                return outcome;
            }
        }
        self.end_session(pile, End::Removed);
        Outcome::Done
    }
}
