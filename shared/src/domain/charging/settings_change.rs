//! Changes to the settings of a station in operation: what is not given stays as it is.

use super::metering::{MeteredSettings, Metering};
use super::moment::Moment;
use super::settings::{DispatchMode, DispatchTarget, Draft, FaultStrategy, ImpossibleSettings};
use super::tariff::{Band, ImpossibleTariff, Tariff, Zone};
use crate::domain::energy::Power;
use crate::domain::money::Price;

/// Settings but for the prices, which have a date from which they count.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SettingsChange {
    pub fast_piles: Option<u16>,
    pub slow_piles: Option<u16>,
    pub fast_power: Option<Power>,
    pub slow_power: Option<Power>,
    pub lane_places: Option<u16>,
    pub waiting_places: Option<u32>,
    pub fault_strategy: Option<FaultStrategy>,
    pub dispatch_target: Option<DispatchTarget>,
    pub dispatch_mode: Option<DispatchMode>,
    pub finish_at_new_amount: Option<bool>,
    pub payment_due_hours: Option<u32>,
    pub arrears_may_not_join: Option<bool>,
    /// Whether the station is metered.
    pub metered: Option<bool>,
    pub no_show: Option<u16>,
    pub silence: Option<u16>,
    pub bill_above_order: Option<bool>,
}

impl SettingsChange {
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
            metering: self.metering(to.metering)?,
            ..to
        };
        draft.check().map(|settings| settings.draft())
    }

    /// What only a metered station has is refused for another.
    fn metering(&self, before: Metering) -> Result<Metering, ImpossibleSettings> {
        let is_metered = self.metered.unwrap_or(before.settings().is_some());
        if !is_metered {
            let is_plain = (self.no_show, self.silence, self.bill_above_order) == (None, None, None);
            return if is_plain { Ok(Metering::Nominal) } else { Err(ImpossibleSettings::NotMetered) };
        }
        let to = before.settings().unwrap_or_default();
        Ok(Metering::Metered(MeteredSettings {
            no_show: self.no_show.unwrap_or(to.no_show),
            silence: self.silence.unwrap_or(to.silence),
            bill_above_order: self.bill_above_order.unwrap_or(to.bill_above_order),
        }))
    }
}

/// Prices from some instant on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PriceChange {
    pub from: Moment,
    pub zone: Option<Zone>,
    pub bands: Option<Vec<Band>>,
    pub service: Option<Price>,
}

impl PriceChange {
    pub fn apply(&self, to: &Tariff) -> Result<Tariff, ImpossibleTariff> {
        let zone = self.zone.as_ref().unwrap_or(to.zone()).clone();
        Tariff::new(zone, self.bands.as_deref().unwrap_or(to.bands()), self.service.unwrap_or(to.service()))
    }
}
