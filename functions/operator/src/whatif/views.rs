//! How layouts compare, as operators read it.

use serde::Serialize;
use shared::scenario::{ScenarioClock, Trial};

/// The layouts in the order in which they were sent.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Comparison<'a> {
    layouts: Vec<Layout<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Layout<'a> {
    name: &'a str,
    cars: usize,
    refused: usize,
    completed: usize,
    waiting_seconds: Waits,
    kwh: String,
    charging_fee: String,
    service_fee: String,
    total_fee: String,
    busy_percent: u8,
    /// Of each hour, from the first one on.
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<i32>"))]
    peak_waiting: Vec<u32>,
    finished_at: Option<String>,
}

/// `null` where no car began to charge.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Waits {
    half: Option<i64>,
    ninety_percent: Option<i64>,
    ninety_nine_percent: Option<i64>,
    longest: Option<i64>,
}

impl<'a> Comparison<'a> {
    pub fn of(tried: &[(&'a str, Trial)], clock: &ScenarioClock) -> Self {
        Self { layouts: tried.iter().map(|(name, trial)| Layout::of(name, trial, clock)).collect() }
    }
}

impl<'a> Layout<'a> {
    fn of(name: &'a str, trial: &Trial, clock: &ScenarioClock) -> Self {
        Self {
            name,
            cars: trial.cars,
            refused: trial.refused,
            completed: trial.completed,
            waiting_seconds: Waits {
                half: trial.waits.percentile(50),
                ninety_percent: trial.waits.percentile(90),
                ninety_nine_percent: trial.waits.percentile(99),
                longest: trial.waits.percentile(100),
            },
            kwh: format!("{}.{:03}", trial.watt_hours / 1000, trial.watt_hours % 1000),
            charging_fee: trial.charging.to_string(),
            service_fee: trial.service.to_string(),
            total_fee: (trial.charging + trial.service).to_string(),
            busy_percent: trial.busy_percent,
            peak_waiting: trial.peak_waiting.clone(),
            finished_at: trial.done_at.map(|at| clock.show(at)),
        }
    }
}
