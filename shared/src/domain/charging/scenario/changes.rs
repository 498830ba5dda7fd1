//! Changes to a station under way, under the names that scenarios use: what is not given stays as it is.

use serde_json::value::RawValue;

use super::parameters::{Given, Wrong};
use crate::domain::charging::moment::Moment;
use crate::domain::charging::settings::{DispatchMode, DispatchTarget, Draft, FaultStrategy, ImpossibleSettings};
use crate::domain::charging::tariff::{Band, ImpossibleTariff, Tariff, Zone};
use crate::domain::energy::Power;
use crate::domain::money::Price;

/// Settings but for the prices, which have a date from which they count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SettingsChange {
    pub(super) fast_piles: Option<u16>,
    pub(super) slow_piles: Option<u16>,
    pub(super) fast_power: Option<Power>,
    pub(super) slow_power: Option<Power>,
    pub(super) lane_places: Option<u16>,
    pub(super) waiting_places: Option<u32>,
    pub(super) fault_strategy: Option<FaultStrategy>,
    pub(super) dispatch_target: Option<DispatchTarget>,
    pub(super) dispatch_mode: Option<DispatchMode>,
    pub(super) finish_at_new_amount: Option<bool>,
    pub(super) payment_due_hours: Option<u32>,
    pub(super) arrears_may_not_join: Option<bool>,
}

impl SettingsChange {
    /// Reads an object; a name that means nothing is refused, because nobody would notice that it changed nothing.
    pub fn read(raw: &RawValue) -> Result<Self, Wrong> {
        let mut given = Given::read(raw)?;
        let change = given.settings()?;
        given.finish()?;
        Ok(change)
    }

    pub fn apply(&self, to: Draft) -> Result<Draft, ImpossibleSettings> {
        let draft = Draft {
            fast_piles: self.fast_piles.unwrap_or(to.fast_piles),
            slow_piles: self.slow_piles.unwrap_or(to.slow_piles),
            fast_power: self.fast_power.unwrap_or(to.fast_power),
            slow_power: self.slow_power.unwrap_or(to.slow_power),
            lane_places: self.lane_places.unwrap_or(to.lane_places),
            waiting_places: self.waiting_places.unwrap_or(to.waiting_places),
            fault_strategy: self.fault_strategy.unwrap_or(to.fault_strategy),
            dispatch_target: self.dispatch_target.unwrap_or(to.dispatch_target),
            dispatch_mode: self.dispatch_mode.unwrap_or(to.dispatch_mode),
            finish_at_new_amount: self.finish_at_new_amount.unwrap_or(to.finish_at_new_amount),
            payment_due_hours: self.payment_due_hours.unwrap_or(to.payment_due_hours),
            arrears_may_not_join: self.arrears_may_not_join.unwrap_or(to.arrears_may_not_join),
            ..to
        };
        draft.check().map(|settings| settings.draft())
    }
}

/// Prices from some instant on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PriceChange {
    pub from: Moment,
    zone: Option<Zone>,
    bands: Option<Vec<Band>>,
    service: Option<Price>,
}

impl PriceChange {
    /// Reads `{"tariff","service_fee","zone"}`, at least one of them.
    pub fn read(raw: &RawValue, from: Moment) -> Result<Self, Wrong> {
        let mut given = Given::read(raw)?;
        let change = Self { from, zone: given.zone()?, bands: given.bands()?, service: given.service()? };
        given.finish()?;
        if (&change.zone, &change.bands, change.service) == (&None, &None, None) {
            return Err("prices: tariff, service_fee or zone is wanted".to_owned());
        }
        // Whether the bands cover the day does not depend on what they are added to.
        change.apply(&Tariff::default()).map_err(|why| format!("prices: impossible tariff: {why}"))?;
        Ok(change)
    }

    pub fn apply(&self, to: &Tariff) -> Result<Tariff, ImpossibleTariff> {
        let zone = self.zone.as_ref().unwrap_or(to.zone()).clone();
        Tariff::new(zone, self.bands.as_deref().unwrap_or(to.bands()), self.service.unwrap_or(to.service()))
    }
}
