//! Looking ahead (预计): when a car will be called, start and finish if nothing else happens.

use std::collections::BTreeMap;

use super::fact::{Fact, What};
use super::find::Place;
use super::line::Waiting;
use super::metering::Metering;
use super::moment::{Moment, Span};
use super::number::{Mode, PileId, RequestId};
use super::settings::Draft;
use super::station::{AwaitedCar, Charging, EnergySource, Pile, Side, Station};
use super::turn::Turn;
use crate::domain::energy::{Energy, Exact};

/// What a car may expect. An instant that never comes, or has passed, is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// How many cars of its mode come before it; in a lane, how many stand before it there. Always exact.
    pub ahead: u32,
    pub called: Option<Moment>,
    pub start: Option<Moment>,
    pub finish: Option<Moment>,
    pub pile: Option<PileId>,
    /// Set for a car behind the window: its instants are an estimate.
    pub estimate: bool,
}

/// The station run forward by its own rules, with the cars that are known in full. It is exact for cars in lanes,
/// displaced cars and the first 32 waiting of each mode, because a car that is called later never comes before them.
#[derive(Clone, Debug)]
pub struct Forecast<'a> {
    station: &'a Station,
    cars: BTreeMap<RequestId, Coming>,
}

#[derive(Clone, Copy, Default, Debug)]
struct Coming {
    called: Option<Moment>,
    start: Option<Moment>,
    finish: Option<Moment>,
    pile: Option<PileId>,
}

impl Station {
    pub fn forecast(&self) -> Forecast<'_> {
        let mut known = self.as_if_nominal();
        for mode in Mode::BOTH {
            known.side_mut(mode).line.cut_behind_window();
        }
        let mut turn = Turn::new(known, Moment::NEVER, None, usize::MAX);
        turn.advance();
        let mut cars: BTreeMap<RequestId, Coming> = BTreeMap::new();
        for fact in turn.into_parts().1 {
            note(&mut cars, &fact);
        }
        Forecast { station: self, cars }
    }
}

fn note(cars: &mut BTreeMap<RequestId, Coming>, fact: &Fact) {
    let at = Some(fact.at);
    match &fact.what {
        What::Called { ticket, pile, .. } => {
            let coming = cars.entry(ticket.request).or_default();
            (coming.called, coming.pile) = (at, Some(*pile));
        }
        What::Placed { ticket, pile } => cars.entry(ticket.request).or_default().pile = Some(*pile),
        What::Started { ticket, .. } => cars.entry(ticket.request).or_default().start = at,
        What::Ended { ticket, .. } => cars.entry(ticket.request).or_default().finish = at,
        _ => {}
    }
}

impl Forecast<'_> {
    /// What a live request may expect; `behind` is its own entry, for a car behind the window.
    pub fn of(&self, request: RequestId, behind: Option<Waiting>) -> Option<Expectation> {
        let coming = self.cars.get(&request).copied().unwrap_or_default();
        let place = self.station.find(request, behind)?;
        let ahead = self.station.ahead(&place, request);
        let expectation = Expectation {
            ahead,
            called: coming.called,
            start: coming.start,
            finish: coming.finish,
            pile: coming.pile,
            estimate: false,
        };
        Some(match place {
            Place::Charging(pile) | Place::Awaited(pile) => Expectation { pile: Some(pile), ..expectation },
            Place::Queued(pile) => Expectation { pile: coming.pile.or(Some(pile)), ..expectation },
            Place::Waiting(waiting) if self.is_behind_window(&waiting) => self.estimate(&waiting, ahead),
            Place::Waiting(_) | Place::Displaced(_) => expectation,
        })
    }

    fn is_behind_window(&self, waiting: &Waiting) -> bool {
        let side = self.station.side(waiting.ticket.number.mode);
        side.line.position(waiting.ticket.request).is_none()
    }

    /// After the last known car is called, one is called each time the working piles together have delivered what a
    /// known car asks for on average.
    fn estimate(&self, waiting: &Waiting, ahead: u32) -> Expectation {
        let mode = waiting.ticket.number.mode;
        let side = self.station.side(mode);
        let power = self.station.settings().power(mode);
        let last = side.line.window().next_back().and_then(|last| self.cars.get(&last.ticket.request));
        let known = side.line.window().len() as u64 + side.displaced.len() as u64;
        let later = (u64::from(ahead) + 1).saturating_sub(known);
        let each = Span::to_deliver(side.mean_asked(), power).exact().over(side.working_piles());
        let each = Exact::whole(each.floor());
        let called = last.and_then(|last| Some(last.called? + Span::from_exact(each.times(later))));
        let in_lane = last.and_then(|last| Some(last.start? - last.called?));
        let start = called.zip(in_lane).map(|(called, in_lane)| called + in_lane);
        let finish = start.map(|start| start + Span::to_deliver(waiting.asked, power));
        let whole = |at: Option<Moment>| at.map(Moment::ceil);
        let (called, start, finish) = (whole(called), whole(start), whole(finish));
        Expectation { ahead, called, start, finish, pile: None, estimate: true }
    }
}

impl Station {
    /// The station as its last readings promise that it goes on: awaited cars begin now, and a metered segment ends
    /// when its measured power has delivered the rest. Ends are whole milliseconds, because a measured power has no
    /// part in the unit of exact instants.
    fn as_if_nominal(&self) -> Self {
        let mut station = self.clone();
        let Ok(settings) = Draft { metering: Metering::Nominal, ..self.settings.draft() }.check() else {
            return station;
        };
        let at = self.settled_at;
        for mode in Mode::BOTH {
            let (power, current) = (settings.power(mode), settings.tariff_at(at).clone());
            for (_, lane) in station.side_mut(mode).lanes_mut() {
                if let Some(AwaitedCar { car, .. }) = lane.awaited.take() {
                    let prices = car.prices.clone().unwrap_or(current.clone());
                    lane.charging = Some(Charging { car, since: at, power, prices, source: EnergySource::Nominal });
                } else if let Some(charging) = lane.charging.as_mut().filter(|charging| charging.metered().is_some()) {
                    let end = charging.due().ceil().max(at);
                    let whole = Span::to_deliver(charging.car.remaining(), charging.power);
                    charging.since = Moment::from_exact(end.exact() - whole.exact());
                    charging.source = EnergySource::Nominal;
                }
            }
        }
        station.settings = settings;
        station
    }

    fn ahead(&self, place: &Place, request: RequestId) -> u32 {
        let count = |position: Option<usize>| position.and_then(|position| u32::try_from(position).ok()).unwrap_or(0);
        match place {
            Place::Waiting(waiting) => {
                let number = waiting.ticket.number;
                let side = self.side(number.mode);
                count(Some(side.displaced.len())) + side.line.ahead_of(number.n)
            }
            Place::Displaced(mode) => {
                count(self.side(*mode).displaced.iter().position(|car| car.ticket.request == request))
            }
            Place::Charging(_) | Place::Awaited(_) => 0,
            Place::Queued(pile) => {
                let lane = self.side(pile.mode).piles.iter().find(|known| known.id == *pile).and_then(Pile::lane);
                count(lane.and_then(|lane| lane.cars().position(|car| car.ticket.request == request)))
            }
        }
    }
}

impl Side {
    fn mean_asked(&self) -> Energy {
        let cars = self.line.window().len() as u64;
        let sum: Energy = self.line.window().map(|waiting| waiting.asked).sum();
        if cars == 0 { sum } else { Energy::from_millijoules(sum.millijoules().over(cars)) }
    }

    fn working_piles(&self) -> u64 {
        (self.piles.iter().filter_map(Pile::lane).count() as u64).max(1)
    }
}
