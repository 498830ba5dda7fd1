//! Where a request is: in exactly one place, or not in the station at all.

use super::line::Waiting;
use super::number::{Mode, PileId, RequestId};
use super::station::{Lane, Pile, Station};

/// The one place of a live request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    Waiting(Waiting),
    Charging(PileId),
    /// The head of a metered lane whose pile has not begun.
    Awaited(PileId),
    Queued(PileId),
    Displaced(Mode),
}

impl Station {
    /// Looks through lanes, displaced cars and windows, all of them short. A car behind the window is found by the
    /// entry that the caller brings, if that entry still waits.
    pub fn find(&self, request: RequestId, behind: Option<Waiting>) -> Option<Place> {
        let called = Mode::BOTH.into_iter().find_map(|mode| self.find_called(mode, request));
        let window = || Mode::BOTH.into_iter().find_map(|mode| self.find_in_window(mode, request));
        let brought = || behind.filter(|entry| self.waits_behind(entry, request));
        called.or_else(|| window().or_else(brought).map(Place::Waiting))
    }

    fn find_called(&self, mode: Mode, request: RequestId) -> Option<Place> {
        let side = self.side(mode);
        if side.displaced.iter().any(|car| car.ticket.request == request) {
            return Some(Place::Displaced(mode));
        }
        side.piles.iter().find_map(|pile| pile.find(request))
    }

    fn find_in_window(&self, mode: Mode, request: RequestId) -> Option<Waiting> {
        let line = &self.side(mode).line;
        line.window().find(|waiting| waiting.ticket.request == request).cloned()
    }

    fn waits_behind(&self, entry: &Waiting, request: RequestId) -> bool {
        entry.ticket.request == request && self.side(entry.ticket.number.mode).line.holds_behind(entry)
    }
}

impl Pile {
    fn find(&self, request: RequestId) -> Option<Place> {
        if self.charging().is_some_and(|charging| charging.car.ticket.request == request) {
            return Some(Place::Charging(self.id));
        }
        self.lane()?.find(self.id, request)
    }
}

impl Lane {
    fn find(&self, pile: PileId, request: RequestId) -> Option<Place> {
        if self.awaited.as_ref().is_some_and(|awaited| awaited.car.ticket.request == request) {
            return Some(Place::Awaited(pile));
        }
        self.queued.iter().any(|car| car.ticket.request == request).then_some(Place::Queued(pile))
    }
}
