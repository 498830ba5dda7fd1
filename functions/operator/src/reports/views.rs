//! Reports as operators read them.

use crate::stations::Totals;
use serde::Serialize;
use shared::{domain::takings::Stretch, service::reports, wire::plain::Success};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Report<'a> {
    station_id: &'a str,
    period: &'static str,
    rows: Vec<Row>,
}

/// A period, or as much of it as the report covers.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Row {
    from: String,
    to: String,
    peak_waiting: u32,
    #[serde(flatten)]
    totals: Totals,
    piles: Vec<PileRow>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct PileRow {
    id: u64,
    name: String,
    #[serde(flatten)]
    totals: Totals,
}

impl<'a> Report<'a> {
    pub fn of(report: &'a reports::StationReport) -> Self {
        let rows = report.stretches.iter().map(|stretch| Row::of(stretch, report)).collect();
        Self { station_id: report.station.as_str(), period: report.period.as_str(), rows }
    }
}

impl Row {
    fn of(stretch: &Stretch, report: &reports::StationReport) -> Self {
        let piles = stretch.row.piles.iter().map(|(pile, takings)| PileRow {
            id: report.number.pile_id(*pile),
            name: pile.to_string(),
            totals: Totals::of(*takings),
        });
        Self {
            from: stretch.first.to_string(),
            to: stretch.last.to_string(),
            peak_waiting: stretch.row.peak_waiting,
            totals: Totals::of(stretch.row.total()),
            piles: piles.collect(),
        }
    }
}

/// A line for each pile and one for all of them, which has no pile and the peak.
pub fn csv(report: &reports::StationReport) -> Success {
    let mut body = "from,to,pile,sessions,hours,kwh,charging_fee,service_fee,total_fee,peak_waiting\r\n".to_owned();
    for row in Report::of(report).rows {
        let mut line = |pile: &str, it: &Totals, peak: &str| {
            let Totals { sessions, hours, kwh, charging_fee, service_fee, total_fee } = it;
            let fields = [&row.from, &row.to, pile, &sessions.to_string(), hours, kwh, charging_fee, service_fee];
            body.extend([&fields.join(","), ",", total_fee, ",", peak, "\r\n"]);
        };
        row.piles.iter().for_each(|pile| line(&pile.name, &pile.totals, ""));
        line("", &row.totals, &row.peak_waiting.to_string());
    }
    Success::Csv { name: format!("{}-{}", report.station.as_str(), report.period.as_str()), body }
}
