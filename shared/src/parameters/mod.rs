//! A station's settings as JSON, under the parameter names of the charging rules. The operator's API and scenario files
//! both write them so.

mod scalar;

pub use scalar::Scalar;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::domain::charging::{
    Band, DispatchMode, DispatchTarget, Draft, FaultStrategy, MINUTES_OF_DAY, Moment, PriceChange, Settings,
    SettingsChange, Tariff, Zone,
};
use crate::domain::energy::Power;
use crate::domain::money::Price;

/// What is wrong, beginning with the parameter's name.
pub type WrongParameter = String;

const POWER: &str = "kW above zero, at most 1000, down to the watt";
const PRICE: &str = "yuan per kWh, from 0 to 100, with at most four decimals";
const BANDS: &str = "a list of [\"HH:MM\",\"HH:MM\",price]";

/// Settings but for the prices. A name that means nothing is refused, because it would change nothing unnoticed.
pub fn settings_change(raw: &RawValue) -> Result<SettingsChange, WrongParameter> {
    let mut values = NamedValues::read(raw)?;
    let change = values.settings_change()?;
    values.finish()?;
    Ok(change)
}

/// Reads `{"tariff","service_fee","zone"}`, at least one of them.
pub fn price_change(raw: &RawValue, from: Moment) -> Result<PriceChange, WrongParameter> {
    let mut values = NamedValues::read(raw)?;
    let change = PriceChange { from, zone: values.zone()?, bands: values.bands()?, service: values.service()? };
    values.finish()?;
    if (&change.zone, &change.bands, change.service) == (&None, &None, None) {
        return Err("prices: tariff, service_fee or zone is wanted".to_owned());
    }
    // Whether the bands cover the day does not depend on what they are added to.
    change.apply(&Tariff::default()).map_err(|why| format!("prices: impossible tariff: {why}"))?;
    Ok(change)
}

/// The members of an object that have not been read yet.
pub struct NamedValues(BTreeMap<String, Box<RawValue>>);

impl NamedValues {
    pub fn read(raw: &RawValue) -> Result<Self, WrongParameter> {
        let values = serde_json::from_str(raw.get()).map_err(|_| "parameters: expected an object".to_owned())?;
        Ok(Self(values))
    }

    /// The settings of a new station. What is left out has the default of the rules.
    pub fn new_settings(&mut self) -> Result<Settings, WrongParameter> {
        let tariff = Arc::new(self.tariff()?);
        let draft = self.settings_change()?.apply(Draft { tariff, ..Draft::default() });
        draft.and_then(Draft::check).map_err(|why| format!("parameters: impossible settings: {why}"))
    }

    /// The names that are left.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The value of this name, removed; `expected` says in the refusal what it may be.
    pub fn take<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, WrongParameter> {
        let Some(raw) = self.0.remove(name) else { return Ok(None) };
        let value = Scalar::of(&raw).and_then(|scalar| parse(&scalar.0));
        value.map(Some).ok_or_else(|| format!("parameters: {name}: expected {expected}, got {raw}"))
    }

    fn finish(self) -> Result<(), WrongParameter> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(format!("parameters: unknown name {name}")))
    }

    fn settings_change(&mut self) -> Result<SettingsChange, WrongParameter> {
        Ok(SettingsChange {
            fast_piles: self.take("fast_piles", "a whole number", count)?,
            slow_piles: self.take("slow_piles", "a whole number", count)?,
            fast_power: self.take("fast_power_kwh_per_h", POWER, Power::parse_kw)?,
            slow_power: self.take("slow_power_kwh_per_h", POWER, Power::parse_kw)?,
            lane_places: self.take("pile_queue_length_M", "a whole number", count)?,
            waiting_places: self.take("waiting_area_N", "a whole number", count)?,
            fault_strategy: self.take("fault_strategy", "priority or time_order", strategy)?,
            dispatch_target: self.take("dispatch_target", "vacant or best_then_wait", target)?,
            dispatch_mode: self.take("dispatch_mode", "earliest_finish or single_total", mode)?,
            finish_at_new_amount: self.take("modify_in_pile", "reject or allow", modify)?,
            payment_due_hours: self.take("payment_due_hours", "whole hours from 1 to 8784", due_hours)?,
            arrears_may_not_join: self.take("arrears", "reject or allow", |text| modify(text).map(|may| !may))?,
            metered: self.take("metering", "nominal or metered", metering)?,
            no_show: self.take("no_show_minutes", "a whole number", count)?,
            silence: self.take("silence_minutes", "a whole number", count)?,
            bill_above_order: self.take("above_order", "bill or waive", above_order)?,
        })
    }

    fn tariff(&mut self) -> Result<Tariff, WrongParameter> {
        let default = Tariff::default();
        let service = self.service()?.unwrap_or(default.service());
        let bands = self.bands()?.unwrap_or_else(|| default.bands().to_vec());
        Tariff::new(self.zone()?.unwrap_or_default(), &bands, service)
            .map_err(|why| format!("parameters: impossible tariff: {why}"))
    }

    fn service(&mut self) -> Result<Option<Price>, WrongParameter> {
        self.take("service_fee", PRICE, Price::parse_yuan)
    }

    fn zone(&mut self) -> Result<Option<Zone>, WrongParameter> {
        self.take("zone", "a time zone such as Asia/Shanghai", Zone::named)
    }

    fn bands(&mut self) -> Result<Option<Vec<Band>>, WrongParameter> {
        let Some(raw) = self.0.remove("tariff") else { return Ok(None) };
        let bands = bands(&raw).map(Some);
        bands.ok_or_else(|| format!("parameters: tariff: expected {BANDS}; prices are {PRICE}"))
    }
}

fn bands(raw: &RawValue) -> Option<Vec<Band>> {
    let bands: Vec<(String, String, Scalar)> = serde_json::from_str(raw.get()).ok()?;
    let band = |(from, to, price): &(String, String, Scalar)| {
        let (from, to) = (minute_of_day(from)?, minute_of_day(to)?);
        Some(Band { from, to, price: Price::parse_yuan(&price.0)? })
    };
    bands.iter().map(band).collect()
}

/// A time of a tariff in minutes of the day, up to `24:00`.
pub fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| count::<u16>(part).filter(|_| part.len() == 2);
    let minutes = two_digits(hour)? * 60 + two_digits(minute).filter(|minute| *minute < 60)?;
    (minutes <= MINUTES_OF_DAY).then_some(minutes)
}

fn count<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// A leap year at the most.
fn due_hours(text: &str) -> Option<u32> {
    count(text).filter(|hours| (1..=366 * 24).contains(hours))
}

fn strategy(text: &str) -> Option<FaultStrategy> {
    match text {
        "priority" => Some(FaultStrategy::Priority),
        "time_order" => Some(FaultStrategy::TimeOrder),
        _ => None,
    }
}

fn target(text: &str) -> Option<DispatchTarget> {
    match text {
        "vacant" => Some(DispatchTarget::Vacant),
        "best_then_wait" => Some(DispatchTarget::BestThenWait),
        _ => None,
    }
}

fn mode(text: &str) -> Option<DispatchMode> {
    match text {
        "earliest_finish" => Some(DispatchMode::EarliestFinish),
        "single_total" => Some(DispatchMode::SingleTotal),
        _ => None,
    }
}

fn metering(text: &str) -> Option<bool> {
    match text {
        "nominal" => Some(false),
        "metered" => Some(true),
        _ => None,
    }
}

fn above_order(text: &str) -> Option<bool> {
    match text {
        "bill" => Some(true),
        "waive" => Some(false),
        _ => None,
    }
}

fn modify(text: &str) -> Option<bool> {
    match text {
        "reject" => Some(false),
        "allow" => Some(true),
        _ => None,
    }
}
