//! Cancelling (取消): allowed everywhere, free in the waiting area, billed for what has been delivered elsewhere.

use super::command::{Disregard, Outcome};
use super::fact::{End, What};
use super::find::Place;
use super::line::Waiting;
use super::metering::StopCause;
use super::number::{Mode, PileId, RequestId};
use super::station::Car;
use super::turn::Turn;

impl Turn {
    /// A metered pile is asked to stop, and the request ends when it has.
    pub(super) fn cancel(&mut self, request: RequestId, behind: Option<Waiting>) -> Outcome {
        match self.station.find(request, behind) {
            None => Outcome::Ignored(Disregard::NoLiveRequest),
            Some(Place::Charging(pile)) if self.is_metered(pile) => {
                self.want_stop(pile, StopCause::Cancelled);
                Outcome::Done
            }
            Some(place) => {
                self.leave(place, request, End::Cancelled);
                Outcome::Done
            }
        }
    }

    /// A request ends where it is. It is billed for what it has been delivered.
    pub(super) fn leave(&mut self, place: Place, request: RequestId, end: End) {
        match place {
            Place::Waiting(waiting) => self.leave_waiting(&waiting, end),
            Place::Charging(pile) => self.finish(pile, end),
            Place::Awaited(pile) => self.leave_awaited(pile, end),
            Place::Queued(pile) => self.leave_queued(pile, request, end),
            Place::Displaced(mode) => self.leave_displaced(mode, request, end),
        }
    }

    /// In the waiting area it costs nothing.
    fn leave_waiting(&mut self, waiting: &Waiting, end: End) {
        self.leave_line(waiting);
        let (ticket, own_entry) = (waiting.ticket.clone(), waiting.own_entry);
        self.station.side_mut(ticket.number.mode).owes_dispatch = true;
        self.tell(What::Ended { ticket, end, bill: None, own_entry });
    }

    /// A car that waits in a lane leaves it with the records it has.
    fn leave_queued(&mut self, pile: PileId, request: RequestId, end: End) {
        let Some(lane) = self.station.lane_mut(pile) else { return };
        let car = lane.queued_position(request).and_then(|position| lane.queued.remove(position));
        self.end_taken(car.as_ref(), end);
        self.free_place(pile);
    }

    /// A car that is awaited and will not come leaves with the records it has.
    pub(super) fn leave_awaited(&mut self, pile: PileId, end: End) {
        let awaited = self.station.lane_mut(pile).and_then(|lane| lane.awaited.take());
        self.end_taken(awaited.map(|awaited| awaited.car).as_ref(), end);
        self.free_place(pile);
    }

    /// A displaced car ends its request with the records it has; if it was the last one, calling resumes at once.
    fn leave_displaced(&mut self, mode: Mode, request: RequestId, end: End) {
        let side = self.station.side_mut(mode);
        let position = side.displaced.iter().position(|car| car.ticket.request == request);
        let car = position.map(|position| side.displaced.remove(position));
        side.owes_dispatch = true;
        self.end_taken(car.as_ref(), end);
    }

    fn end_taken(&mut self, car: Option<&Car>, end: End) {
        if let Some(car) = car {
            self.end(car, end);
        }
    }
}
