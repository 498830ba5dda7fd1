//! The parameters of a scenario: a station's settings, how faults are written, and when it starts.

use serde_json::value::RawValue;

use super::clock::ScenarioClock;
use crate::domain::charging::{Moment, Settings};
use crate::parameters::{NamedValues, WrongParameter};

#[derive(Clone, Debug)]
pub struct Parameters {
    pub settings: Settings,
    pub faults_have_durations: bool,
    pub clock: ScenarioClock,
    pub start: Moment,
    /// Names that change nothing. The person who runs the scenario is warned of them.
    pub unknown: Vec<String>,
}

impl Parameters {
    /// What is left out has the default of the rules.
    pub fn read(raw: &RawValue) -> Result<Self, WrongParameter> {
        let mut values = NamedValues::read(raw)?;
        let settings = values.new_settings()?;
        let faults = "\"0=fault,1=recover\" or \"fault duration in minutes\"";
        let faults_have_durations = values.take("B_value", faults, faults_have_durations)?.unwrap_or(false);
        let clock = ScenarioClock::on(ScenarioClock::DAY, settings.tariff.zone())
            .ok_or("parameters: the zone has no such day")?;
        let start = values.take("start", "a time as HH:MM", |text| clock.parse(text))?;
        let start = start.or_else(|| clock.parse("00:00")).unwrap_or(Moment::from_millis(0));
        Ok(Self { settings, faults_have_durations, clock, start, unknown: values.names().map(str::to_owned).collect() })
    }
}

fn faults_have_durations(text: &str) -> Option<bool> {
    match text {
        "0=fault,1=recover" => Some(false),
        "fault duration in minutes" => Some(true),
        _ => None,
    }
}
