//! The parameters of a scenario: a station's settings, how faults are written, and when it starts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::changes::SettingsChange;
use super::clock::Clock;
use super::scalar::Scalar;
use crate::domain::charging::moment::Moment;
use crate::domain::charging::settings::{DispatchMode, DispatchTarget, Draft, FaultStrategy, Settings};
use crate::domain::charging::tariff::{Band, Tariff, Zone};
use crate::domain::energy::Power;
use crate::domain::money::Price;

#[derive(Clone, Debug)]
pub struct Parameters {
    pub settings: Settings,
    pub faults_have_durations: bool,
    pub clock: Clock,
    pub start: Moment,
    /// Names that mean nothing here; whoever runs the scenario should hear of them.
    pub unknown: Vec<String>,
}

/// What is wrong, beginning with the parameter's name.
pub type Wrong = String;

impl Parameters {
    /// Whatever is left out has the default of the rules.
    pub fn read(raw: &RawValue) -> Result<Self, Wrong> {
        let mut given = Given::read(raw)?;
        let tariff = Arc::new(given.tariff()?);
        let draft = given.settings()?.apply(Draft { tariff, ..Draft::default() });
        let draft = draft.map_err(|why| format!("parameters: impossible settings: {why}"))?;
        let faults = "\"0=fault,1=recover\" or \"fault duration in minutes\"";
        let faults_have_durations = given.parse("B_value", faults, b_value)?.unwrap_or(false);
        let clock = Clock::on(Clock::DAY, draft.tariff.zone()).ok_or("parameters: the zone has no such day")?;
        let start = given.parse("start", "a time as HH:MM", |text| clock.parse(text))?;
        let start = start.or_else(|| clock.parse("00:00")).unwrap_or(Moment::from_millis(0));
        let settings = draft.check().map_err(|why| format!("parameters: impossible settings: {why}"))?;
        Ok(Self { settings, faults_have_durations, clock, start, unknown: given.0.into_keys().collect() })
    }
}

const POWER: &str = "kW above zero, at most 1000, down to the watt";
const PRICE: &str = "yuan per kWh, from 0 to 100, with at most four decimals";
const BANDS: &str = "a list of [\"HH:MM\",\"HH:MM\",price]";

pub(super) struct Given(BTreeMap<String, Box<RawValue>>);

impl Given {
    pub fn read(raw: &RawValue) -> Result<Self, Wrong> {
        let given = serde_json::from_str(raw.get()).map_err(|_| "parameters: expected an object".to_owned())?;
        Ok(Self(given))
    }

    /// Whatever has not been asked for means nothing.
    pub fn finish(self) -> Result<(), Wrong> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(format!("parameters: unknown name {name}")))
    }

    pub fn settings(&mut self) -> Result<SettingsChange, Wrong> {
        Ok(SettingsChange {
            fast_piles: self.parse("fast_piles", "a whole number", count)?,
            slow_piles: self.parse("slow_piles", "a whole number", count)?,
            fast_power: self.parse("fast_power_kwh_per_h", POWER, Power::parse_kw)?,
            slow_power: self.parse("slow_power_kwh_per_h", POWER, Power::parse_kw)?,
            lane_places: self.parse("pile_queue_length_M", "a whole number", count)?,
            waiting_places: self.parse("waiting_area_N", "a whole number", count)?,
            fault_strategy: self.parse("fault_strategy", "priority or time_order", strategy)?,
            dispatch_target: self.parse("dispatch_target", "vacant or best_then_wait", target)?,
            dispatch_mode: self.parse("dispatch_mode", "earliest_finish or single_total", mode)?,
            finish_at_new_amount: self.parse("modify_in_pile", "reject or allow", modify)?,
            payment_due_hours: self.parse("payment_due_hours", "whole hours from 1 to 8784", due_hours)?,
            arrears_may_not_join: self.parse("arrears", "reject or allow", |text| modify(text).map(|may| !may))?,
        })
    }

    fn parse<T>(&mut self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Wrong> {
        let Some(raw) = self.0.remove(name) else { return Ok(None) };
        let value = Scalar::of(&raw).and_then(|scalar| parse(&scalar.0));
        value.map(Some).ok_or_else(|| format!("parameters: {name}: expected {expected}, got {raw}"))
    }

    fn tariff(&mut self) -> Result<Tariff, Wrong> {
        let default = Tariff::default();
        let service = self.service()?.unwrap_or(default.service());
        let bands = self.bands()?.unwrap_or_else(|| default.bands().to_vec());
        Tariff::new(self.zone()?.unwrap_or_default(), &bands, service)
            .map_err(|why| format!("parameters: impossible tariff: {why}"))
    }

    pub fn service(&mut self) -> Result<Option<Price>, Wrong> {
        self.parse("service_fee", PRICE, Price::parse_yuan)
    }

    pub fn zone(&mut self) -> Result<Option<Zone>, Wrong> {
        self.parse("zone", "a time zone such as Asia/Shanghai", Zone::named)
    }

    pub fn bands(&mut self) -> Result<Option<Vec<Band>>, Wrong> {
        let Some(raw) = self.0.remove("tariff") else { return Ok(None) };
        let bands = bands(&raw).map(Some);
        bands.ok_or_else(|| format!("parameters: tariff: expected {BANDS}; prices are {PRICE}"))
    }
}

fn bands(raw: &RawValue) -> Option<Vec<Band>> {
    let bands: Vec<(String, String, Scalar)> = serde_json::from_str(raw.get()).ok()?;
    let band = |(from, to, price): &(String, String, Scalar)| {
        let (from, to) = (Clock::minute_of_day(from)?, Clock::minute_of_day(to)?);
        Some(Band { from, to, price: Price::parse_yuan(&price.0)? })
    };
    bands.iter().map(band).collect()
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

fn modify(text: &str) -> Option<bool> {
    match text {
        "reject" => Some(false),
        "allow" => Some(true),
        _ => None,
    }
}

fn b_value(text: &str) -> Option<bool> {
    match text {
        "0=fault,1=recover" => Some(false),
        "fault duration in minutes" => Some(true),
        _ => None,
    }
}
