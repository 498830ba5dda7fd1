//! A station as it is shown to people: piles with their cars, the waiting area, displaced cars.

use super::line::Waiting;
use super::moment::Moment;
use super::number::{Mode, PileId, Ticket};
use super::station::{Car, Pile, PileState, Side, Station};
use crate::domain::energy::Energy;
use crate::domain::money::Fen;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// F1, F2, …, T1, T2, ….
    pub piles: Vec<PileView>,
    /// In order of arrival, a mode change counting as a new arrival.
    pub waiting: Vec<Waiting>,
    /// In the order in which they are dispatched again.
    pub displaced: Vec<CarView>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PileView {
    pub id: PileId,
    pub failed: bool,
    /// The head of the lane first.
    pub cars: Vec<CarView>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CarView {
    pub ticket: Ticket,
    pub mode: Mode,
    pub delivered: Energy,
    pub remaining: Energy,
    /// The exact sum of all its segments, rounded once.
    pub fee: Fen,
}

impl Station {
    /// The station at its last whole millisecond; `behind` are the entries behind the windows, as far as they are to be shown.
    pub fn view<'a>(&'a self, behind: impl IntoIterator<Item = &'a Waiting>) -> View {
        let windows = Mode::BOTH.into_iter().flat_map(|mode| self.side(mode).line.window());
        let behind = behind.into_iter().filter(|entry| self.side(entry.ticket.number.mode).line.holds_behind(entry));
        let mut waiting: Vec<Waiting> = windows.chain(behind).cloned().collect();
        waiting.sort_by_key(|waiting| waiting.arrival);
        View {
            piles: self.piles().map(|pile| pile.view(self.settled_at.floor())).collect(),
            waiting,
            displaced: Mode::BOTH.into_iter().flat_map(|mode| self.side(mode).view_displaced()).collect(),
        }
    }
}

impl Side {
    fn view_displaced(&self) -> impl Iterator<Item = CarView> {
        self.displaced.iter().map(Car::view)
    }
}

impl Pile {
    fn view(&self, at: Moment) -> PileView {
        let awaited = self.awaited().map(|awaited| awaited.car.view());
        let head = self.charging().map(|charging| CarView {
            delivered: charging.delivered(at),
            remaining: (charging.car.asked - charging.delivered(at)).max(Energy::ZERO),
            fee: charging.owed(at).rounded(),
            ..charging.car.view()
        });
        let queued = self.lane().into_iter().flat_map(|lane| lane.queued.iter().map(Car::view));
        let failed = matches!(self.state, PileState::Failed { .. });
        PileView { id: self.id, failed, cars: awaited.into_iter().chain(head).chain(queued).collect() }
    }
}

impl Car {
    /// As it stands when it is not charging.
    fn view(&self) -> CarView {
        CarView {
            ticket: self.ticket.clone(),
            mode: self.ticket.number.mode,
            delivered: self.closed.energy,
            remaining: self.remaining(),
            fee: self.closed.owed.rounded(),
        }
    }
}
