//! Reports of stations: per day, week or month, as JSON or for a spreadsheet.

use crate::{App, READERS};
use shared::{
    domain::{
        day::{Day, Period},
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
        text::halfwidth,
    },
    service::reports::Range,
    wire::{Call, Endpoint, Field, Fields, get, plain::Success},
};
use std::sync::Arc;

mod views;

const FROM: Field<Day> = Field::new("from", Day::parse).about("第一天 · The first day").example("2026-06-01");
const TO: Field<Day> = Field::new("to", Day::parse)
    .about("最后一天，默认只一天 · The last day; one day if left out")
    .example("2026-06-30");
const PERIOD: Field<Period> = Field::new("period", Period::parse)
    .about("周期，默认 day · The period, `day` if left out")
    .example("month")
    .one_of(&["day", "week", "month"]);
const FORMAT: Field<Format> = Field::new("format", format)
    .about("格式，默认 json · The format, `json` if left out")
    .example("json")
    .one_of(&["json", "csv"]);

pub const OF_STATION: Endpoint = get("/operator/stations/{station}/reports")
    .title("充电站报表", "What a station has done and taken in")
    .access(READERS)
    .zh(&["按日、周或月统计充电次数、时长、电量和费用，最多 366 天；`format=csv` 返回表格。"])
    .notes(&[
        "A record counts on the day (Asia/Shanghai) on which it was closed, and on the pile on which it charged.",
        "Weeks begin on Monday; periods are cut off where the report begins and ends. At most 366 days.",
    ])
    .in_path(&[("station", "S1")])
    .takes(&[FROM.required(), TO.optional(), PERIOD.optional(), FORMAT.optional()])
    .refuses(&[Reason::NoSuchStation]);

pub async fn of_station(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, form) = (StationId::parse(call.path("station"))?, call.read(Wanted::parse)?);
    let report = app.reports.of_station(&id, form.period, form.range).await?;
    match form.format {
        Format::Json => Success::content(&views::Report::of(&report)),
        Format::Csv => Ok(views::csv(&report)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    Json,
    Csv,
}

/// `?period=week&from=2026-06-01&to=2026-06-30&format=csv`
struct Wanted {
    period: Period,
    range: Range,
    format: Format,
}

impl Wanted {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let (period, from) = (fields.optional(&PERIOD)?.unwrap_or(Period::Day), fields.required(&FROM)?);
        let to = fields.optional(&TO)?.unwrap_or(from);
        let format = fields.optional(&FORMAT)?.unwrap_or(Format::Json);
        Ok(Self { period, range: Range::new(from, to)?, format })
    }
}

fn format(text: &str) -> Result<Format, Failure> {
    match halfwidth(text).to_ascii_lowercase().as_str() {
        "json" => Ok(Format::Json),
        "csv" => Ok(Format::Csv),
        _ => Err(Failure::malformed("format 应为 json 或 csv")),
    }
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::OF_STATION;
    use super::views::Report;
    use crate::stations::reference::totals;
    use describe::{Answer, Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![OF_STATION.answers(plain::content::<Report<'static>>(report())).or_answers(
            "`format=csv`: a line for each pile and one for all, which has no pile and the peak",
            Answer::of_type("text/csv"),
        )]
    }

    fn report() -> Value {
        let mut pile = json!({ "id": 65_537, "name": "F1" });
        let mut row = json!({ "from": "2026-06-01", "to": "2026-06-30", "peak_waiting": 4, "piles": [] });
        if let (Some(pile), Some(row), Value::Object(totals)) = (pile.as_object_mut(), row.as_object_mut(), totals()) {
            pile.extend(totals.clone());
            row.extend(totals);
        }
        row["piles"] = json!([pile]);
        json!({ "station_id": "S1", "period": "month", "rows": [row] })
    }
}
