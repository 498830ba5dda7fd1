//! A station as a value: counts, next numbers, lanes, displaced cars, and the front of each waiting line.

use std::collections::VecDeque;
use std::sync::Arc;

use super::line::{Gap, Line, Waiting, Wanted};
use super::metered::MeteredSegment;
use super::metering::{PileSessionId, Reading};
use super::moment::{Moment, Span};
use super::number::{Mode, PileId, RequestId, Ticket};
use super::settings::Settings;
use super::tariff::Tariff;
use crate::domain::energy::{Energy, Power};
use crate::domain::money::{Fen, Owed};

/// Everything that the rules need to decide, at the instant up to which they have been applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Station {
    pub(super) settings: Settings,
    pub(super) settled_at: Moment,
    pub(super) fast: Side,
    pub(super) slow: Side,
}

/// One mode of a station: its waiting line, its displaced cars and its piles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Side {
    pub line: Line,
    /// Displaced by a fault, in the order in which they are dispatched again.
    pub displaced: Vec<Car>,
    /// By id. One that is beyond the settings' number drains and is then removed.
    pub piles: Vec<Pile>,
    /// Whether something happened at `settled_at` that dispatch has not yet looked at.
    pub(super) owes_dispatch: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pile {
    pub id: PileId,
    pub state: PileState,
    /// None before the first report of a register.
    pub meter: Option<PileMeter>,
}

/// How far the register of a pile is accounted for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PileMeter {
    /// The first register that the pile reported.
    pub commissioned: Energy,
    /// Up to here the register is billed or unassigned; from here an open session goes on.
    pub register: Energy,
    pub stray: Option<StraySession>,
}

/// A session of no car that was called to the pile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StraySession {
    pub session: PileSessionId,
    pub last: Reading,
}

#[expect(clippy::large_enum_variant, reason = "nearly all piles work, and a box would cost them an allocation")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PileState {
    Working(Lane),
    /// A failed pile holds no car but that of a metered session, which it may still deliver. It recovers by itself when
    /// its duration is known.
    Failed {
        until: Option<Moment>,
        /// The pile said so itself, and may take it back.
        by_pile: bool,
        running: Option<Box<RunningSession>>,
    },
}

/// The session that was open when its metered pile failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunningSession {
    pub charging: Charging,
    /// The cars that stood behind it when the pile failed: its own car is dispatched before them.
    pub followers: Vec<RequestId>,
}

/// The lane of a pile (充电桩队列): the head charges, the others wait behind it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lane {
    /// The head of a metered lane until its pile begins. **Invariant:** not with `charging`.
    pub awaited: Option<AwaitedCar>,
    pub charging: Option<Charging>,
    pub queued: VecDeque<Car>,
}

/// A called car whose place at a metered pile is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AwaitedCar {
    pub car: Car,
    pub since: Moment,
    /// From then on it has not come.
    pub until: Moment,
}

/// A car that has been called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Car {
    pub ticket: Ticket,
    pub asked: Energy,
    pub closed: Closed,
    /// The prices its session began with; none before its first start.
    pub prices: Option<Arc<Tariff>>,
}

/// What earlier segments of a request came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Closed {
    pub records: u16,
    pub energy: Energy,
    pub owed: Owed,
    pub charging: Fen,
    pub service: Fen,
}

/// The segment that a pile is delivering.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Charging {
    pub car: Car,
    pub since: Moment,
    /// The nominal power of the pile when it began.
    pub power: Power,
    pub prices: Arc<Tariff>,
    pub source: EnergySource,
}

/// Where the energy of a segment comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EnergySource {
    /// From its power and the clock.
    Nominal,
    /// From the readings of the pile's meter.
    Metered(MeteredSegment),
}

impl Station {
    pub fn new(settings: Settings, at: Moment) -> Self {
        let side = |mode| Side::new(mode, settings.piles(mode));
        Self { fast: side(Mode::Fast), slow: side(Mode::Slow), settled_at: at.ceil(), settings }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The instant up to which everything that was due has happened.
    pub fn settled_at(&self) -> Moment {
        self.settled_at
    }

    pub fn side(&self, mode: Mode) -> &Side {
        match mode {
            Mode::Fast => &self.fast,
            Mode::Slow => &self.slow,
        }
    }

    pub(super) fn side_mut(&mut self, mode: Mode) -> &mut Side {
        match mode {
            Mode::Fast => &mut self.fast,
            Mode::Slow => &mut self.slow,
        }
    }

    /// F1, F2, …, T1, T2, ….
    pub fn piles(&self) -> impl Iterator<Item = &Pile> {
        self.fast.piles.iter().chain(&self.slow.piles)
    }

    /// How many cars are in the waiting area. Displaced cars are not.
    pub fn waiting(&self) -> u32 {
        self.fast.line.count() + self.slow.line.count()
    }

    /// Forgets all but the first cars of each window, to be small where it is kept.
    pub fn keep_windows(&mut self, most: usize) {
        for mode in Mode::BOTH {
            self.side_mut(mode).line.keep(most);
        }
    }

    /// The station as if it had this mode alone. The modes do not touch each other, so for looking at one it is enough.
    #[must_use]
    pub fn only(mut self, mode: Mode) -> Self {
        for other in Mode::BOTH.into_iter().filter(|other| *other != mode) {
            *self.side_mut(other) = Side::new(other, 0);
        }
        self
    }

    /// What a store may read ahead, so that the front of a line is known in full again.
    pub fn wanted(&self, mode: Mode) -> Option<Wanted> {
        self.side(mode).line.wanted(super::line::WINDOW)
    }

    pub fn refill(&mut self, mode: Mode, entries: impl IntoIterator<Item = Waiting>) -> Result<(), Gap> {
        self.side_mut(mode).line.refill(entries, super::line::WINDOW)
    }
}

impl Side {
    fn new(mode: Mode, piles: u16) -> Self {
        let piles = (1..=piles).map(|n| Pile::new(PileId { mode, n })).collect();
        Self { line: Line::new(mode), displaced: Vec::new(), piles, owes_dispatch: false }
    }

    pub(super) fn pile_mut(&mut self, id: PileId) -> Option<&mut Pile> {
        self.piles.iter_mut().find(|pile| pile.id == id)
    }

    pub(super) fn lanes_mut(&mut self) -> impl Iterator<Item = (PileId, &mut Lane)> {
        self.piles.iter_mut().filter_map(|pile| match &mut pile.state {
            PileState::Working(lane) => Some((pile.id, lane)),
            PileState::Failed { .. } => None,
        })
    }

    /// Every car that has been called and not left.
    pub fn called(&self) -> impl Iterator<Item = &Car> {
        let lanes = self.piles.iter().filter_map(Pile::lane);
        let running = self.piles.iter().filter_map(Pile::running).map(|running| &running.charging.car);
        self.displaced.iter().chain(running).chain(lanes.flat_map(Lane::cars))
    }
}

impl Pile {
    pub(super) fn new(id: PileId) -> Self {
        Self { id, state: PileState::Working(Lane::default()), meter: None }
    }

    pub fn lane(&self) -> Option<&Lane> {
        match &self.state {
            PileState::Working(lane) => Some(lane),
            PileState::Failed { .. } => None,
        }
    }

    /// When a failed pile recovers by itself, if it does.
    pub fn recovers_at(&self) -> Option<Moment> {
        match self.state {
            PileState::Failed { until, .. } => until,
            PileState::Working(_) => None,
        }
    }

    /// The open segment; of a failed pile, one that it may still deliver.
    pub fn charging(&self) -> Option<&Charging> {
        match &self.state {
            PileState::Working(lane) => lane.charging.as_ref(),
            PileState::Failed { running, .. } => running.as_ref().map(|running| &running.charging),
        }
    }

    pub(super) fn charging_mut(&mut self) -> Option<&mut Charging> {
        match &mut self.state {
            PileState::Working(lane) => lane.charging.as_mut(),
            PileState::Failed { running, .. } => running.as_mut().map(|running| &mut running.charging),
        }
    }

    pub fn awaited(&self) -> Option<&AwaitedCar> {
        self.lane()?.awaited.as_ref()
    }

    /// Whether a car stands at the pile, awaited or charging, or a stray session runs.
    pub fn is_in_use(&self) -> bool {
        let strays = self.meter.as_ref().is_some_and(|meter| meter.stray.is_some());
        self.charging().is_some() || self.awaited().is_some() || strays
    }

    pub fn running(&self) -> Option<&RunningSession> {
        match &self.state {
            PileState::Failed { running, .. } => running.as_deref(),
            PileState::Working(_) => None,
        }
    }

    pub(super) fn lane_mut(&mut self) -> Option<&mut Lane> {
        match &mut self.state {
            PileState::Working(lane) => Some(lane),
            PileState::Failed { .. } => None,
        }
    }
}

impl Lane {
    pub fn len(&self) -> usize {
        usize::from(self.charging.is_some()) + usize::from(self.awaited.is_some()) + self.queued.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The head first.
    pub fn cars(&self) -> impl Iterator<Item = &Car> {
        let awaited = self.awaited.iter().map(|awaited| &awaited.car);
        awaited.chain(self.charging.iter().map(|charging| &charging.car)).chain(&self.queued)
    }

    pub(super) fn queued_position(&self, request: RequestId) -> Option<usize> {
        self.queued.iter().position(|car| car.ticket.request == request)
    }
}

impl Car {
    pub(super) fn called(waiting: Waiting) -> Self {
        Self { ticket: waiting.ticket, asked: waiting.asked, closed: Closed::NOTHING, prices: None }
    }

    /// What it has still to be delivered.
    pub fn remaining(&self) -> Energy {
        self.asked - self.closed.energy
    }
}

impl Closed {
    pub const NOTHING: Self =
        Self { records: 0, energy: Energy::ZERO, owed: Owed::ZERO, charging: Fen(0), service: Fen(0) };
}

impl Charging {
    /// When the car has all that it asked for: exact, whenever the software gets round to it. Of a metered segment it is
    /// what the last reading promises.
    pub fn due(&self) -> Moment {
        match &self.source {
            EnergySource::Nominal => self.since + Span::to_deliver(self.car.remaining(), self.power),
            EnergySource::Metered(metered) => {
                let left = (self.car.remaining() - metered.flowed()).max(Energy::ZERO);
                metered.last.at + Span::to_deliver(left, metered.last.power.unwrap_or(self.power))
            }
        }
    }

    /// What this segment has delivered, up to the last reading if it is metered; nothing before it began.
    pub fn flowed(&self, at: Moment) -> Energy {
        match &self.source {
            EnergySource::Nominal => (at.max(self.since) - self.since).energy_at(self.power),
            EnergySource::Metered(metered) => metered.flowed(),
        }
    }

    pub fn metered(&self) -> Option<&MeteredSegment> {
        match &self.source {
            EnergySource::Nominal => None,
            EnergySource::Metered(metered) => Some(metered),
        }
    }

    pub(super) fn metered_mut(&mut self) -> Option<&mut MeteredSegment> {
        match &mut self.source {
            EnergySource::Nominal => None,
            EnergySource::Metered(metered) => Some(metered),
        }
    }

    /// What the request has been delivered, earlier segments included.
    pub fn delivered(&self, at: Moment) -> Energy {
        self.car.closed.energy + self.flowed(at)
    }
}
