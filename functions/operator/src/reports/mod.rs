//! Reports of stations: per day, week or month, as JSON or for a spreadsheet.

mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use views::Report;

use crate::App;
use forms::Format;
use shared::{
    domain::{reason::Failure, session::Caller, station_id::StationId},
    wire::{Call, plain::Success},
};
use std::sync::Arc;

pub async fn of_station(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, form) = (StationId::parse(call.path("station"))?, call.read(forms::Wanted::parse)?);
    let report = app.reports.of_station(&id, form.period, form.range).await?;
    match form.format {
        Format::Json => Success::content(&views::Report::of(&report)),
        Format::Csv => Ok(views::csv(&report)),
    }
}
