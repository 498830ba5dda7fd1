//! Cancelling (取消): allowed everywhere, free in the waiting area, billed for what has been delivered elsewhere.

use super::command::{Disregard, Outcome};
use super::fact::{End, What};
use super::find::Place;
use super::line::Waiting;
use super::number::{Mode, PileId, RequestId};
use super::station::Car;
use super::turn::Turn;

impl Turn {
    pub(super) fn cancel(&mut self, request: RequestId, behind: Option<Waiting>) -> Outcome {
        match self.station.find(request, behind) {
            None => return Outcome::Ignored(Disregard::NoLiveRequest),
            Some(Place::Waiting(waiting)) => self.cancel_waiting(&waiting),
            Some(Place::Charging(pile)) => self.finish(pile, End::Cancelled),
            Some(Place::Queued(pile)) => self.cancel_queued(pile, request),
            Some(Place::Displaced(mode)) => self.cancel_displaced(mode, request),
        }
        Outcome::Done
    }

    /// In the waiting area it costs nothing.
    fn cancel_waiting(&mut self, waiting: &Waiting) {
        self.leave_line(waiting);
        let (ticket, own_entry) = (waiting.ticket.clone(), waiting.own_entry);
        self.station.side_mut(ticket.number.mode).owes_dispatch = true;
        self.tell(What::Ended { ticket, end: End::Cancelled, bill: None, own_entry });
    }

    /// A car that waits in a lane leaves it with the records it has.
    fn cancel_queued(&mut self, pile: PileId, request: RequestId) {
        let Some(lane) = self.station.lane_mut(pile) else { return };
        let car = lane.queued_position(request).and_then(|position| lane.queued.remove(position));
        self.end_cancelled(car.as_ref());
        self.free_place(pile);
    }

    /// A displaced car ends its request with the records it has; if it was the last one, calling resumes at once.
    fn cancel_displaced(&mut self, mode: Mode, request: RequestId) {
        let side = self.station.side_mut(mode);
        let position = side.displaced.iter().position(|car| car.ticket.request == request);
        let car = position.map(|position| side.displaced.remove(position));
        side.owes_dispatch = true;
        self.end_cancelled(car.as_ref());
    }

    fn end_cancelled(&mut self, car: Option<&Car>) {
        if let Some(car) = car {
            self.end(car, End::Cancelled);
        }
    }
}
