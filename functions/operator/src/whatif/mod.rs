//! What if: one day of cars on up to three layouts, by the charging rules and with nothing stored.

use crate::{App, READERS};
use serde::Deserialize;
use serde_json::value::RawValue;
use shared::{
    domain::{charging::Settings, reason::Failure, session::Caller},
    parameters::NamedValues,
    scenario::{Amounts, Demand, MOST_CARS, Refusal, Scenario, Trial},
    wire::{Call, Endpoint, Example, Field, Fields, missing, plain::Success, post},
};
use std::sync::Arc;

mod views;

const LAYOUTS: Field<String> = Field::text("layouts")
    .about("一至三个布局：名称和充电站参数，未给的取默认值 · One to three layouts: a name, and settings of a station")
    .shown(Example::Nested(
        r#"[{ "name": "now", "settings": {} }, { "name": "one more", "settings": { "fast_piles": 3 } }]"#,
    ));
const DEMAND: Field<String> = Field::text("demand")
    .about(
        "随机需求：每小时到达车辆数、快充百分比、充电量（kWh：最少、常见、最多）和随机种子 · Cars by chance: arrivals in each hour, \
         the percentage of fast ones, amounts in kWh and a seed",
    )
    .shown(Example::Nested(
        r#"{ "arrivals": [0,0,0,0,0,1,3,6,8,6,5,6,7,6,5,5,7,9,8,6,4,2,1,0], "fast_percent": 60, "fast_kwh": [10, 25, 60], "slow_kwh": [5, 12, 30], "seed": 7 }"#,
    ));
const SCENARIO: Field<String> = Field::text("scenario")
    .about("充电场景文件，代替 demand · A scenario file; it counts instead of `demand`")
    .shown(Example::Nested(r#"{ "parameters": {}, "rows": [{ "time": "08:00", "event": "(A,V1,F,30)" }] }"#));

pub const COMPARE: Endpoint = post("/operator/what-if")
    .title("推演布局", "Try layouts on a day of cars")
    .access(READERS)
    .as_json()
    .zh(&["用同一天的车辆推演最多三个布局：等待时间、拒绝、完成、电量与收入。不读写任何数据。"])
    .notes(&[
        "Nothing is read and nothing is stored: the rules play the day on stations in memory. At most 2,000 cars.",
        "A layout's settings replace those of the scenario. Equal seeds make equal days.",
    ])
    .takes(&[LAYOUTS.required(), DEMAND.optional(), SCENARIO.optional().left_out()]);

pub async fn compare(_: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let Wanted { layouts, day } = call.read(wanted)?;
    let tried = layouts.iter().map(|layout| Ok((layout.name.as_str(), try_out(layout, &day)?)));
    Success::content(&views::Comparison::of(&tried.collect::<Result<Vec<_>, Failure>>()?, &day.parameters.clock))
}

fn try_out(layout: &Layout, day: &Scenario) -> Result<Trial, Failure> {
    let trial = Trial::run(&layout.settings, day.parameters.start, &day.rows);
    trial.map_err(|why| Failure::malformed(format!("推演规模过大：{why}")))
}

struct Layout {
    name: String,
    settings: Settings,
}

/// Layouts, and the day on which they are tried.
struct Wanted {
    layouts: Vec<Layout>,
    day: Scenario,
}

const MOST_LAYOUTS: usize = 3;
const LONGEST_NAME: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentLayout {
    name: String,
    #[serde(default)]
    settings: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentDemand {
    arrivals: [u16; 24],
    fast_percent: u8,
    fast_kwh: [u16; 3],
    slow_kwh: [u16; 3],
    seed: u32,
}

/// `{"layouts":[{"name","settings"}],"demand":{…}}`, or `scenario` instead of `demand`.
fn wanted(fields: &mut Fields) -> Result<Wanted, Failure> {
    let layouts = fields.nested(&LAYOUTS)?.ok_or_else(|| missing(LAYOUTS.name()))?;
    let (demand, scenario) = (fields.nested(&DEMAND)?, fields.nested(&SCENARIO)?);
    let day = match (scenario, demand) {
        (Some(scenario), _) => Scenario::read(scenario.get()).map_err(not_a_scenario)?,
        (None, Some(demand)) => generated(&demand)?,
        (None, None) => return Err(Failure::malformed("请给出 demand 或 scenario")),
    };
    Ok(Wanted { layouts: read_layouts(&layouts, &day)?, day })
}

fn read_layouts(raw: &RawValue, day: &Scenario) -> Result<Vec<Layout>, Failure> {
    let sent: Vec<SentLayout> = serde_json::from_str(raw.get()).map_err(|_| malformed_layouts())?;
    if !(1..=MOST_LAYOUTS).contains(&sent.len()) {
        return Err(malformed_layouts());
    }
    sent.into_iter().map(|layout| layout.read(day)).collect()
}

fn malformed_layouts() -> Failure {
    Failure::malformed("layouts 应为一至三个 {\"name\",\"settings\"}")
}

impl SentLayout {
    fn read(self, day: &Scenario) -> Result<Layout, Failure> {
        if self.name.is_empty() || self.name.chars().count() > LONGEST_NAME {
            return Err(malformed_layouts());
        }
        let Some(raw) = self.settings else {
            return Ok(Layout { name: self.name, settings: day.parameters.settings.clone() });
        };
        let mut values = NamedValues::read(&raw).map_err(Failure::malformed)?;
        let settings = values.new_settings().map_err(Failure::malformed)?;
        match values.names().next() {
            Some(name) => Err(Failure::malformed(format!("settings: unknown name {name}"))),
            None => Ok(Layout { name: self.name, settings }),
        }
    }
}

/// A day without cars, on which generated ones come.
const EMPTY_DAY: &str = r#"{"parameters":{},"rows":[]}"#;

fn generated(raw: &RawValue) -> Result<Scenario, Failure> {
    let SentDemand { arrivals, fast_percent, fast_kwh, slow_kwh, seed } =
        serde_json::from_str(raw.get()).map_err(|why| Failure::malformed(format!("demand: {why}")))?;
    let amounts = |kwh: [u16; 3]| {
        let [least, usual, most] = kwh.map(|kwh| u32::from(kwh) * 1000);
        Amounts { least, usual, most }
    };
    let (fast, slow) = (amounts(fast_kwh), amounts(slow_kwh));
    let demand = Demand { arrivals, fast_percent, fast, slow, seed: u64::from(seed) };
    if demand.cars() > MOST_CARS {
        return Err(Failure::malformed(format!("demand: 最多 {MOST_CARS} 辆车")));
    }
    let empty = Scenario::read(EMPTY_DAY).map_err(not_a_scenario)?;
    let rows = demand.rows(&empty.parameters.clock).map_err(|why| Failure::malformed(format!("demand: {why}")))?;
    Ok(Scenario { rows, ..empty })
}

fn not_a_scenario(why: Refusal) -> Failure {
    Failure::malformed(match why {
        Refusal::NotAScenario(why) | Refusal::Parameters(why) => why,
        Refusal::Row { row, expected, got } => format!("row {row}: expected {expected}, got {got}"),
    })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{COMPARE, views::Comparison};
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![COMPARE.answers(plain::content::<Comparison<'static>>(json!({ "layouts": [{
            "name": "now", "cars": 100, "refused": 3, "completed": 97,
            "waiting_seconds": { "half": 240, "ninety_percent": 1800, "ninety_nine_percent": 3600, "longest": 3900 },
            "kwh": "2500.000", "charging_fee": "1750.00", "service_fee": "2000.00", "total_fee": "3750.00",
            "busy_percent": 71, "peak_waiting": [0, 1, 4], "finished_at": "23:40"
        }] })))]
    }
}
