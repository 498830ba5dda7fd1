//! Changes of a request: what may be changed, and where.

use super::command::{Disregard, Outcome, Rejection};
use super::fact::{End, What};
use super::find::Place;
use super::line::{Arrival, Waiting};
use super::metering::StopCause;
use super::number::{Mode, PileId, RequestId, Ticket};
use super::station::Charging;
use super::turn::Turn;
use crate::domain::energy::Energy;

impl Turn {
    /// In the waiting area both may change. In the charging area (any place of a lane) or displaced by a fault neither
    /// may, save for `finishAtNewAmount`.
    pub(super) fn change(
        &mut self,
        request: RequestId,
        mode: Option<Mode>,
        energy: Option<Energy>,
        behind: Option<Waiting>,
    ) -> Outcome {
        match self.station.find(request, behind) {
            None => Outcome::Ignored(Disregard::NoLiveRequest),
            Some(Place::Waiting(waiting)) => match mode {
                Some(mode) if mode != waiting.ticket.number.mode => self.change_mode(mode, waiting, energy),
                _ => self.change_quantity(waiting, energy),
            },
            Some(Place::Charging(pile)) => self.finish_at_new_amount(pile, mode, energy),
            Some(Place::Awaited(_) | Place::Queued(_) | Place::Displaced(_)) => {
                Outcome::Rejected(Rejection::ChangeNotAllowed)
            }
        }
    }

    /// A new quantity keeps the number. Naming the car's own mode changes only the quantity.
    fn change_quantity(&mut self, waiting: Waiting, energy: Option<Energy>) -> Outcome {
        let mode = waiting.ticket.number.mode;
        let Some(asked) = energy else { return Outcome::Done };
        let side = self.station.side_mut(mode);
        side.line.set_asked(waiting.ticket.number.n, asked);
        side.owes_dispatch = true;
        self.tell(What::QuantityChanged(Waiting { asked, ..waiting }));
        Outcome::Done
    }

    /// A new mode takes a new number at the tail of that mode. The change keeps the place in the waiting area, so it
    /// works when the area is full.
    fn change_mode(&mut self, mode: Mode, waiting: Waiting, energy: Option<Energy>) -> Outcome {
        if let Some(absent) = self.mode_without_piles(mode).filter(|_| mode != waiting.ticket.number.mode) {
            return Outcome::Rejected(absent);
        }
        let arrival = self.station.arrivals();
        self.leave_line(&waiting);
        let Waiting { ticket, asked, own_entry: left_own_entry, .. } = waiting;
        let Ticket { request, driver, plate, number: left, applied_at } = ticket;
        let joining = Arrival { request, driver, plate, applied_at, asked: energy.unwrap_or(asked) };
        let joined = self.station.side_mut(mode).line.join(joining, arrival);
        self.tell(What::ModeChanged { left, left_own_entry, joined });
        for mode in Mode::BOTH {
            self.station.side_mut(mode).owes_dispatch = true;
        }
        Outcome::Done
    }

    /// `finishAtNewAmount`: only the charging car, its own mode, delivered so far ≤ new amount < old amount; anything
    /// else is rejected as a whole. A change to exactly what has been delivered completes the car at once.
    fn finish_at_new_amount(&mut self, pile: PileId, mode: Option<Mode>, energy: Option<Energy>) -> Outcome {
        let (at, allowed) = (self.at(), self.station.settings.finish_at_new_amount);
        let charging = self.station.lane_mut(pile).and_then(|lane| lane.charging.as_mut());
        let (Some(charging), Some(asked)) = (charging.filter(|_| allowed), energy) else {
            return Outcome::Rejected(Rejection::ChangeNotAllowed);
        };
        let delivered = charging.delivered(at);
        if mode.is_some_and(|mode| mode != pile.mode) || !may_become(charging, delivered, asked) {
            return Outcome::Rejected(Rejection::ChangeNotAllowed);
        }
        charging.car.asked = asked;
        let ticket = charging.car.ticket.clone();
        self.tell(What::AmountLowered { ticket, asked });
        if asked == delivered {
            if self.is_metered(pile) {
                // The place is free when the pile has stopped.
                self.want_stop(pile, StopCause::Reached);
                return Outcome::Done;
            }
            self.finish(pile, End::Finished);
        }
        self.station.side_mut(pile.mode).owes_dispatch = true;
        Outcome::Done
    }

    /// Takes a car out of its waiting line, from the window or from behind it.
    pub(super) fn leave_line(&mut self, waiting: &Waiting) {
        let line = &mut self.station.side_mut(waiting.ticket.number.mode).line;
        match line.position(waiting.ticket.request) {
            Some(position) => drop(line.take(position)),
            None => line.drop_behind(waiting),
        }
    }
}

fn may_become(charging: &Charging, delivered: Energy, asked: Energy) -> bool {
    let is_stopping = charging.metered().is_some_and(|metered| metered.stop.is_some());
    delivered <= asked && asked < charging.car.asked && !is_stopping
}
