//! Calling (叫号) and dispatch (调度): which car goes to which lane, and when a head starts.

use super::fact::What;
use super::line::Wanted;
use super::metering::Metering;
use super::moment::{MINUTE, Moment, Span};
use super::number::{Mode, PileId};
use super::placing::{LaneOffer, place};
use super::settings::{DispatchMode, DispatchTarget, Settings};
use super::station::{AwaitedCar, Car, Charging, EnergySource, Lane, PileState, Side, Station};
use super::turn::Turn;
use crate::domain::energy::Energy;

/// Why dispatch stopped with something left to do.
pub(super) enum Halt {
    /// The next car stands behind the window.
    NeedsLine(Wanted),
    /// As many cars have been called as one turn may call.
    Enough,
}

impl Turn {
    /// Dispatches all cars that can be dispatched at this instant, in the modes where something has happened.
    pub(super) fn dispatch(&mut self) -> Result<(), Halt> {
        for mode in Mode::BOTH {
            if self.station.side(mode).owes_dispatch {
                self.place_displaced(mode);
                self.call(mode)?;
                self.station.side_mut(mode).owes_dispatch = false;
            }
        }
        Ok(())
    }

    /// Displaced cars are dispatched first, in their order, by the normal rule, as places of their mode free up.
    fn place_displaced(&mut self, mode: Mode) {
        while let Some(next) = self.station.side(mode).displaced.first() {
            let Some(pile) = self.station.lane_for(mode, next.remaining(), self.at()) else { return };
            let car = self.station.side_mut(mode).displaced.remove(0);
            self.tell(What::Placed { ticket: car.ticket.clone(), pile });
            self.put(pile, car);
        }
    }

    /// As soon as a lane of a mode has a free place, the waiting car with the lowest number of that mode is called.
    /// While cars of the mode are displaced, calling pauses.
    fn call(&mut self, mode: Mode) -> Result<(), Halt> {
        if !self.station.side(mode).displaced.is_empty() {
            return Ok(());
        }
        if self.station.settings.dispatch_mode == DispatchMode::SingleTotal {
            self.call_together(mode)?;
        }
        while self.call_next(mode)? {}
        Ok(())
    }

    /// Calls the lowest number. If it cannot be placed, no later number is called.
    fn call_next(&mut self, mode: Mode) -> Result<bool, Halt> {
        let side = self.station.side(mode);
        if side.line.count() == 0 || side.free_places(&self.station.settings) == 0 {
            return Ok(false);
        }
        let Some(front) = side.line.front() else {
            return side.line.wanted(1).map_or(Ok(false), |wanted| Err(Halt::NeedsLine(wanted)));
        };
        let Some(pile) = self.station.lane_for(mode, front.asked, self.at()) else { return Ok(false) };
        if self.may_call == 0 {
            return Err(Halt::Enough);
        }
        self.call_front(mode, pile);
        Ok(true)
    }

    /// `single_total`: when several lanes have free places, as many cars as there are places are called at once, by
    /// number, and placed so that the sum of their (waiting + charging) times is minimal.
    fn call_together(&mut self, mode: Mode) -> Result<(), Halt> {
        let (side, settings) = (self.station.side(mode), &self.station.settings);
        let free: Vec<_> = side.open_lanes(settings).filter(|(_, lane)| settings.free_places(lane) > 0).collect();
        if free.len() < 2 {
            return Ok(());
        }
        let wanted = side.free_places(settings).min(side.line.count() as usize);
        // Fewer together than a turn of its own would call would be another placing.
        if wanted > self.may_call && self.may_call < self.most_calls {
            return Err(Halt::Enough);
        }
        let called = wanted.min(self.may_call);
        if let Some(wanted) = side.line.wanted(called) {
            return Err(Halt::NeedsLine(wanted));
        }
        let power = settings.power(mode);
        let offers: Vec<LaneOffer> = free
            .iter()
            .map(|(_, lane)| LaneOffer {
                busy: lane.backlog(settings, mode, self.at()),
                power,
                places: settings.free_places(lane),
            })
            .collect();
        let piles: Vec<PileId> = free.iter().map(|(pile, _)| *pile).collect();
        let asked: Vec<Energy> = side.line.window().take(called).map(|waiting| waiting.asked).collect();
        let lanes = place(&asked, &offers).lanes;
        self.call_into(mode, &piles, &lanes);
        Ok(())
    }

    /// Calls the cars at these positions of the window, lane by lane, in the order in which they are to charge.
    fn call_into(&mut self, mode: Mode, piles: &[PileId], lanes: &[Vec<usize>]) {
        let mut taken: Vec<usize> = Vec::new();
        for (pile, positions) in piles.iter().zip(lanes) {
            for position in positions {
                let gone = taken.iter().filter(|earlier| *earlier < position).count();
                taken.push(*position);
                self.call_at(mode, position - gone, *pile);
            }
        }
    }

    fn call_front(&mut self, mode: Mode, pile: PileId) {
        self.call_at(mode, 0, pile);
    }

    fn call_at(&mut self, mode: Mode, position: usize, pile: PileId) {
        let Some(waiting) = self.station.side_mut(mode).line.take(position) else { return };
        self.may_call = self.may_call.saturating_sub(1);
        self.tell(What::Called { ticket: waiting.ticket.clone(), pile, own_entry: waiting.own_entry });
        self.put(pile, Car::called(waiting));
    }

    /// Puts a car at the end of a lane. The head of a lane starts at once.
    fn put(&mut self, pile: PileId, car: Car) {
        if let Some(lane) = self.station.lane_mut(pile) {
            lane.queued.push_back(car);
        }
        self.start_head(pile);
    }

    /// The next car starts at the very instant the head leaves. It charges at the power that the station has now; its
    /// prices are those that its session began with. A metered pile awaits it.
    pub(super) fn start_head(&mut self, pile: PileId) {
        if let Metering::Metered(metered) = self.station.settings.metering {
            return self.await_head(pile, i64::from(metered.no_show) * MINUTE);
        }
        let (since, power) = (self.at(), self.station.settings.power(pile.mode));
        let current = self.station.settings.tariff_at(since).clone();
        let Some(lane) = self.station.lane_mut(pile).filter(|lane| lane.charging.is_none()) else { return };
        let Some(car) = lane.queued.pop_front() else { return };
        let ticket = car.ticket.clone();
        let prices = car.prices.clone().unwrap_or(current);
        lane.charging = Some(Charging { car, since, power, prices, source: EnergySource::Nominal });
        self.tell(What::Started { ticket, pile, power });
    }

    fn await_head(&mut self, pile: PileId, kept: i64) {
        let since = self.at();
        let is_free = |lane: &&mut Lane| lane.charging.is_none() && lane.awaited.is_none();
        let Some(lane) = self.station.lane_mut(pile).filter(is_free) else { return };
        let Some(car) = lane.queued.pop_front() else { return };
        let (ticket, until) = (car.ticket.clone(), since.ceil() + Span::from_millis(kept));
        lane.awaited = Some(AwaitedCar { car, since, until });
        self.tell(What::Awaited { ticket, pile, until });
    }
}

impl Station {
    /// The lane where a car would finish first: remaining charging time of every car already in the lane + its own
    /// energy / power. Among lanes with a free place, or with `bestThenWait` among all: then none, if the best is full.
    /// Ties: lowest pile id.
    fn lane_for(&self, mode: Mode, energy: Energy, at: Moment) -> Option<PileId> {
        let settings = &self.settings;
        let all = settings.dispatch_target == DispatchTarget::BestThenWait;
        let own = Span::to_deliver(energy, settings.power(mode));
        let finish = |lane: &Lane| lane.backlog(settings, mode, at) + own;
        let lanes = self.side(mode).open_lanes(settings).filter(|(_, lane)| all || settings.free_places(lane) > 0);
        let best = lanes.min_by_key(|(pile, lane)| (finish(lane), *pile));
        best.filter(|(_, lane)| settings.free_places(lane) > 0).map(|(pile, _)| pile)
    }

    pub(super) fn lane_mut(&mut self, pile: PileId) -> Option<&mut Lane> {
        self.side_mut(pile.mode).pile_mut(pile)?.lane_mut()
    }
}

impl Side {
    /// The lanes that cars may be dispatched to: of working piles that are not to be removed.
    fn open_lanes<'a>(&'a self, settings: &'a Settings) -> impl Iterator<Item = (PileId, &'a Lane)> {
        self.piles.iter().filter(|pile| pile.id.n <= settings.piles(pile.id.mode)).filter_map(|pile| {
            match &pile.state {
                PileState::Working(lane) => Some((pile.id, lane)),
                PileState::Failed { .. } => None,
            }
        })
    }

    fn free_places(&self, settings: &Settings) -> usize {
        self.open_lanes(settings).map(|(_, lane)| settings.free_places(lane)).sum()
    }
}

impl Settings {
    /// A lane that is over its size has no free place until it has drained.
    fn free_places(&self, lane: &Lane) -> usize {
        usize::from(self.lane_places).saturating_sub(lane.len())
    }
}

impl Lane {
    /// The remaining charging time of every car in the lane.
    pub(super) fn backlog(&self, settings: &Settings, mode: Mode, at: Moment) -> Span {
        let left = |charging: &Charging| (charging.due() - at).max(Span::ZERO);
        let head: Span = self.charging.iter().map(left).sum();
        let awaited = self.awaited.iter().map(|awaited| &awaited.car);
        let queued = awaited.chain(&self.queued).map(|car| Span::to_deliver(car.remaining(), settings.power(mode)));
        head + queued.sum()
    }
}
