//! The answer to a scenario: the same file with outcomes, exactly as charging-rules.md prints it.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use shared::domain::charging::{CarView, DetailRecord, Mode, PileView, View, Waiting};
use shared::scenario::{Played, Scenario, ScenarioClock as Clock};

/// Amounts are strings with two decimals, half-up; the keys stand in the order of the document.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Answer {
    pub parameters: Box<RawValue>,
    pub rows: Vec<RowAnswer>,
    pub detail_records: Vec<RecordAnswer>,
    pub all_done_at: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RowAnswer {
    pub time: String,
    pub event: Option<String>,
    pub outcome: String,
    pub state: StateAnswer,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct StateAnswer {
    #[serde(serialize_with = "in_this_order")]
    pub piles: Vec<(String, PileAnswer)>,
    pub waiting: Vec<WaitingAnswer>,
    pub fault_queue: FaultQueueAnswer,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct PileAnswer {
    /// `OK` or `FAULT`.
    pub state: &'static str,
    pub cars: Vec<CarAnswer>,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct CarAnswer {
    pub car: String,
    pub kwh: String,
    pub fee: String,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct WaitingAnswer {
    pub car: String,
    pub mode: String,
    pub kwh: String,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct FaultQueueAnswer {
    #[serde(rename = "F")]
    pub fast: Vec<DisplacedAnswer>,
    #[serde(rename = "T")]
    pub slow: Vec<DisplacedAnswer>,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct DisplacedAnswer {
    pub car: String,
    pub remaining_kwh: String,
}

#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct RecordAnswer {
    pub car: String,
    pub pile: String,
    pub start: String,
    pub stop: String,
    pub kwh: String,
    pub charge_fee: String,
    pub service_fee: String,
    pub total_fee: String,
}

impl Answer {
    pub fn of(scenario: &Scenario, played: &Played) -> Self {
        let clock = &scenario.parameters.clock;
        let rows = scenario.rows.iter().zip(&played.rows).map(|(row, after)| RowAnswer {
            time: row.time.clone(),
            event: row.text.clone(),
            outcome: after.outcome.to_string(),
            state: StateAnswer::of(&after.view),
        });
        Self {
            parameters: scenario.raw_parameters.clone(),
            rows: rows.collect(),
            detail_records: played.records().map(|record| RecordAnswer::of(record, clock)).collect(),
            all_done_at: played.all_done_at.map(|at| clock.show(at)),
        }
    }

    /// JSON with a line for each row and each detail record.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let parameters = self.parameters.get();
        let (rows, records) = (lines(&self.rows)?, lines(&self.detail_records)?);
        let done = serde_json::to_string(&self.all_done_at)?;
        Ok(format!(
            "{{ \"parameters\": {parameters},\n  \"rows\": [{rows}],\n  \"detail_records\": [{records}],\n  \"all_done_at\": {done} }}\n"
        ))
    }
}

fn lines<T: serde::Serialize>(items: &[T]) -> serde_json::Result<String> {
    let lines: Vec<String> = items.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok(if lines.is_empty() { String::new() } else { format!("\n    {}", lines.join(",\n    ")) })
}

impl StateAnswer {
    pub fn of(view: &View) -> Self {
        let displaced = |mode| {
            let cars = view.displaced.iter().filter(|car| car.mode == mode);
            cars.map(DisplacedAnswer::of).collect()
        };
        Self {
            piles: view.piles.iter().map(|pile| (pile.id.to_string(), PileAnswer::of(pile))).collect(),
            waiting: view.waiting.iter().map(WaitingAnswer::of).collect(),
            fault_queue: FaultQueueAnswer { fast: displaced(Mode::Fast), slow: displaced(Mode::Slow) },
        }
    }
}

impl PileAnswer {
    fn of(pile: &PileView) -> Self {
        let car = |car: &CarView| CarAnswer {
            car: car.ticket.plate.to_string(),
            kwh: car.delivered.to_string(),
            fee: car.fee.to_string(),
        };
        Self { state: if pile.failed { "FAULT" } else { "OK" }, cars: pile.cars.iter().map(car).collect() }
    }
}

impl WaitingAnswer {
    fn of(waiting: &Waiting) -> Self {
        let Waiting { ticket, asked, .. } = waiting;
        Self { car: ticket.plate.to_string(), mode: ticket.number.mode.to_string(), kwh: asked.to_string() }
    }
}

impl DisplacedAnswer {
    fn of(car: &CarView) -> Self {
        Self { car: car.ticket.plate.to_string(), remaining_kwh: car.remaining.to_string() }
    }
}

impl RecordAnswer {
    fn of(record: &DetailRecord, clock: &Clock) -> Self {
        Self {
            car: record.ticket.plate.to_string(),
            pile: record.pile.to_string(),
            start: clock.show(record.start),
            stop: clock.show(record.stop),
            kwh: record.energy.to_string(),
            charge_fee: record.charging.to_string(),
            service_fee: record.service.to_string(),
            total_fee: record.total.to_string(),
        }
    }
}

fn in_this_order<S: Serializer, T: Serialize>(pairs: &[(String, T)], to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
