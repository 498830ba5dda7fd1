//! The settings of a station, every ⚙ of the rules with its default, checked once before a station may use them.

use std::ops::Deref;
use std::sync::Arc;

use super::metering::{MeteredSettings, Metering};
use super::moment::Moment;
use super::number::Mode;
use super::tariff::Tariff;
use crate::domain::energy::Power;

/// What an operator asks for. It becomes [`Settings`] when nothing in it is impossible.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    pub fast_piles: u16,
    pub slow_piles: u16,
    pub fast_power: Power,
    pub slow_power: Power,
    /// M, the places of a lane, the charging car's included.
    pub lane_places: u16,
    /// N, the places of the waiting area, shared by both modes.
    pub waiting_places: u32,
    /// Zone, bands and service fee.
    pub tariff: Arc<Tariff>,
    pub fault_strategy: FaultStrategy,
    pub dispatch_target: DispatchTarget,
    pub dispatch_mode: DispatchMode,
    /// `finishAtNewAmount`: the charging car may ask for less.
    pub finish_at_new_amount: bool,
    /// How long a bill may stay unpaid before it is in arrears.
    pub payment_due_hours: u32,
    /// A driver in arrears may not join the queue.
    pub arrears_may_not_join: bool,
    /// Where the energy of segments comes from.
    pub metering: Metering,
    /// Prices that are to count later, the earliest first.
    pub coming: Vec<ComingPrices>,
}

/// Prices of sessions that begin at `from` or later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ComingPrices {
    pub from: Moment,
    pub tariff: Arc<Tariff>,
}

/// Which displaced cars come first after a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FaultStrategy {
    #[default]
    Priority,
    TimeOrder,
}

/// Which lanes a called car may choose from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DispatchTarget {
    /// Those with a free place.
    #[default]
    Vacant,
    /// All; the car stays where it is if the best one is full.
    BestThenWait,
}

/// How cars are placed when several lanes have free places.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DispatchMode {
    /// One by one, each where it finishes first.
    #[default]
    EarliestFinish,
    /// All at once, with the smallest total of waiting and charging times.
    SingleTotal,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            fast_piles: 2,
            slow_piles: 3,
            fast_power: FAST_POWER,
            slow_power: SLOW_POWER,
            lane_places: 2,
            waiting_places: 6,
            tariff: Arc::default(),
            fault_strategy: FaultStrategy::default(),
            dispatch_target: DispatchTarget::default(),
            dispatch_mode: DispatchMode::default(),
            finish_at_new_amount: false,
            payment_due_hours: 7 * 24,
            arrears_may_not_join: true,
            metering: Metering::default(),
            coming: Vec::new(),
        }
    }
}

const FAST_POWER: Power = match Power::from_watts(30_000) {
    Some(power) => power,
    None => Power::LARGEST,
};
const SLOW_POWER: Power = match Power::from_watts(7_000) {
    Some(power) => power,
    None => Power::LARGEST,
};

/// Why settings are refused, by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImpossibleSettings {
    #[error("a station needs at least one pile")]
    NoPile,
    #[error("at most {MOST_PILES} piles of a mode")]
    TooManyPiles,
    #[error("M, the places of a lane, is from 1 to {MOST_LANE_PLACES}")]
    LanePlaces,
    #[error("N, the places of the waiting area, is at most {MOST_WAITING_PLACES}")]
    WaitingPlaces,
    #[error("at most {MOST_COMING_PRICES} price changes may lie ahead, each at its own time")]
    ComingPrices,
    #[error("no_show_minutes and silence_minutes are from 1 to {MOST_METERED_MINUTES}")]
    MeteredMinutes,
    #[error("no_show_minutes, silence_minutes and bill_above_order are for metered stations")]
    NotMetered,
}

pub const MOST_METERED_MINUTES: u16 = 240;
pub const MOST_PILES: u16 = 999;
pub const MOST_LANE_PLACES: u16 = 999;
pub const MOST_WAITING_PLACES: u32 = 100_000;
/// Each takes some thirty bytes of every write of the station.
pub const MOST_COMING_PRICES: usize = 10;

/// Settings that a station can run with.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings(Draft);

impl Draft {
    /// Impossible settings are refused by name. Powers and tariffs cannot be impossible once they are values.
    pub fn check(self) -> Result<Settings, ImpossibleSettings> {
        if self.fast_piles == 0 && self.slow_piles == 0 {
            return Err(ImpossibleSettings::NoPile);
        }
        if self.fast_piles > MOST_PILES || self.slow_piles > MOST_PILES {
            return Err(ImpossibleSettings::TooManyPiles);
        }
        if !(1..=MOST_LANE_PLACES).contains(&self.lane_places) {
            return Err(ImpossibleSettings::LanePlaces);
        }
        if self.waiting_places > MOST_WAITING_PLACES {
            return Err(ImpossibleSettings::WaitingPlaces);
        }
        if self.coming.len() > MOST_COMING_PRICES || !self.coming.is_sorted_by(|a, b| a.from < b.from) {
            return Err(ImpossibleSettings::ComingPrices);
        }
        let minutes = 1..=MOST_METERED_MINUTES;
        let fit = |metered: MeteredSettings| minutes.contains(&metered.no_show) && minutes.contains(&metered.silence);
        if !self.metering.settings().is_none_or(fit) {
            return Err(ImpossibleSettings::MeteredMinutes);
        }
        Ok(Settings(self))
    }

    /// The prices of a session that begins at this instant.
    pub fn tariff_at(&self, at: Moment) -> &Arc<Tariff> {
        let latest = self.coming.iter().rfind(|coming| coming.from <= at);
        latest.map_or(&self.tariff, |coming| &coming.tariff)
    }

    /// Other prices from an instant on; those that were to count from later on still do.
    #[must_use]
    pub fn with_prices(mut self, from: Moment, tariff: Tariff) -> Self {
        let tariff = Arc::new(tariff);
        match self.coming.binary_search_by(|coming| coming.from.cmp(&from)) {
            Ok(position) => self.coming[position].tariff = tariff,
            Err(position) => self.coming.insert(position, ComingPrices { from, tariff }),
        }
        self
    }

    pub fn piles(&self, mode: Mode) -> u16 {
        match mode {
            Mode::Fast => self.fast_piles,
            Mode::Slow => self.slow_piles,
        }
    }

    pub fn power(&self, mode: Mode) -> Power {
        match mode {
            Mode::Fast => self.fast_power,
            Mode::Slow => self.slow_power,
        }
    }
}

impl Settings {
    /// Prices whose time has come are the current ones. No session begins before `at` any more.
    pub(super) fn reach(&mut self, at: Moment) {
        while self.0.coming.first().is_some_and(|coming| coming.from <= at) {
            self.0.tariff = self.0.coming.remove(0).tariff;
        }
    }

    /// A draft to change and check again.
    pub fn draft(&self) -> Draft {
        self.0.clone()
    }
}

impl Deref for Settings {
    type Target = Draft;
    fn deref(&self) -> &Draft {
        &self.0
    }
}
