//! Faults (故障) and recovery: segments end, displaced cars are dispatched again, by priority or in time order.

use super::command::{Disregard, Outcome, Rejection};
use super::fact::What;
use super::moment::Span;
use super::number::{Mode, PileId, RequestId};
use super::settings::FaultStrategy;
use super::station::{Car, Lane, Pile, PileState, RunningSession, Side};
use super::turn::Turn;

/// Who says that a pile has failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FaultSource {
    Operator,
    Pile,
}

impl Turn {
    /// A pile fails or is switched off. Failing a failed pile, with a new duration too, changes nothing.
    pub(super) fn fail(&mut self, id: PileId, lasting: Option<Span>, source: FaultSource) -> Outcome {
        let until = lasting.map(|span| self.at() + span);
        let Some(pile) = self.station.side_mut(id.mode).pile_mut(id) else {
            return Outcome::Rejected(Rejection::UnknownPile);
        };
        if let PileState::Failed { .. } = pile.state {
            return Outcome::Ignored(Disregard::AlreadyFailed);
        }
        self.tell(What::PileFailed { pile: id, until });
        let by_pile = source == FaultSource::Pile;
        let (cars, running) = self.empty_lane(id);
        if let Some(pile) = self.station.side_mut(id.mode).pile_mut(id) {
            pile.state = PileState::Failed { until, by_pile, running };
        }
        self.displace(id, cars);
        self.remove_drained_piles(id.mode);
        Outcome::Done
    }

    /// The charging car's segment ends there and then and gets its own detail record; the whole lane is displaced. A metered
    /// segment goes on until its pile says that it has stopped.
    fn empty_lane(&mut self, pile: PileId) -> (Vec<Car>, Option<Box<RunningSession>>) {
        let is_metered = self.is_metered(pile);
        let head = if is_metered { None } else { self.close_segment(pile) };
        let Some(lane) = self.station.lane_mut(pile) else { return (head.into_iter().collect(), None) };
        let lane = std::mem::take(lane);
        let awaited = lane.awaited.map(|awaited| awaited.car);
        let cars: Vec<Car> = head.into_iter().chain(awaited).chain(lane.queued).collect();
        let followers = || cars.iter().map(|car| car.ticket.request).collect();
        let running = lane.charging.map(|charging| Box::new(RunningSession { charging, followers: followers() }));
        (cars, running)
    }

    /// A metered segment has stopped because its pile failed: its car is dispatched before those that stood behind it.
    pub(super) fn displace_stopped(&mut self, pile: PileId, car: Car, followers: &[RequestId]) {
        let side = self.station.side(pile.mode);
        let follows = |car: &Car| followers.contains(&car.ticket.request);
        let position = side.displaced.iter().position(follows).unwrap_or(side.displaced.len());
        self.displace_at(pile, position, vec![car]);
    }

    pub(super) fn displace(&mut self, pile: PileId, cars: Vec<Car>) {
        self.displace_at(pile, self.station.side(pile.mode).displaced.len(), cars);
    }

    fn displace_at(&mut self, pile: PileId, position: usize, cars: Vec<Car>) {
        for car in &cars {
            self.tell(What::Displaced { ticket: car.ticket.clone(), pile });
        }
        let strategy = self.station.settings.fault_strategy;
        let side = self.station.side_mut(pile.mode);
        side.displaced.splice(position..position, cars);
        side.owes_dispatch = true;
        match strategy {
            // Priority: in order of failure, then lane order.
            FaultStrategy::Priority => {}
            FaultStrategy::TimeOrder => self.regroup(pile.mode),
        }
    }

    /// A pile recovers, when told to or when its fault's duration ends. Recovering a working one changes nothing.
    pub(super) fn recover(&mut self, id: PileId) -> Outcome {
        let side = self.station.side_mut(id.mode);
        let Some(pile) = side.pile_mut(id) else {
            return Outcome::Rejected(Rejection::UnknownPile);
        };
        let PileState::Failed { running, .. } = &mut pile.state else {
            return Outcome::Ignored(Disregard::AlreadyWorking);
        };
        let charging = running.take().map(|running| running.charging);
        pile.state = PileState::Working(Lane { charging, ..Lane::default() });
        side.owes_dispatch = true;
        let regrouping = side.has_cars_to_regroup();
        self.tell(What::PileRecovered { pile: id });
        if regrouping {
            self.regroup(id.mode);
        }
        Outcome::Done
    }

    /// The displaced cars and every not-yet-charging car of the lanes of that mode form one group, sorted by number.
    /// Dispatch then takes them one by one; a car that does not fit stays ahead of the waiting area.
    fn regroup(&mut self, mode: Mode) {
        let pulled: Vec<(PileId, Car)> = self
            .station
            .side_mut(mode)
            .lanes_mut()
            .flat_map(|(pile, lane)| std::mem::take(&mut lane.queued).into_iter().map(move |car| (pile, car)))
            .collect();
        for (pile, car) in &pulled {
            self.tell(What::Displaced { ticket: car.ticket.clone(), pile: *pile });
        }
        let side = self.station.side_mut(mode);
        side.displaced.extend(pulled.into_iter().map(|(_, car)| car));
        side.sort_displaced();
    }

    /// A pile beyond the settings' number is removed when it is empty.
    pub(super) fn remove_drained_piles(&mut self, mode: Mode) {
        let wanted = self.station.settings.piles(mode);
        let drained = |pile: &Pile| pile.id.n > wanted && !pile.is_in_use() && pile.lane().is_none_or(Lane::is_empty);
        while let Some(position) = self.station.side(mode).piles.iter().position(drained) {
            let pile = self.station.side_mut(mode).piles.remove(position).id;
            self.tell(What::PileRemoved { pile });
        }
    }
}

impl Side {
    /// By number. Numbers of one mode only: F and T numbers are never compared.
    fn sort_displaced(&mut self) {
        self.displaced.sort_by_key(|car| car.ticket.number.n);
    }

    /// Recovery regroups if other lanes hold not-yet-charging cars, or cars are still displaced.
    fn has_cars_to_regroup(&self) -> bool {
        let queued = self.piles.iter().filter_map(Pile::lane).any(|lane| !lane.queued.is_empty());
        queued || !self.displaced.is_empty()
    }
}
