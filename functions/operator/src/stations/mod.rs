//! Stations: made, listed, looked at, changed, their piles switched.

mod forms;
mod live;
mod views;

#[cfg(feature = "openapi")]
pub use live::Live;
pub use live::Totals;
#[cfg(feature = "openapi")]
pub use views::{History, List, Made, Settings};

use crate::{App, actor};
use shared::{
    domain::{
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
    },
    wire::{Call, plain::Success},
};
use std::sync::Arc;

pub async fn list(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let page = call.read(forms::Page::parse)?;
    let stations = app.charging.stations(page.after.as_ref(), page.most).await?;
    Success::content(&views::List::of(&stations, page.most))
}

pub async fn make(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, settings) = (StationId::parse(call.path("station"))?, call.read(forms::settings)?);
    let made = app.charging.create_station(&id, &settings, &actor(&app, &caller, &call)).await?;
    if made { Success::content(&views::Made::of(&id)) } else { Err(Reason::StationExists.into()) }
}

pub async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = StationId::parse(call.path("station"))?;
    let view = app.charging.live_view(&id, call.now().station).await?;
    Success::content(&live::Live::of(&view))
}

pub async fn switch_pile(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, pile) = (StationId::parse(call.path("station"))?, forms::pile(call.path("pile"))?);
    let switch = call.read(forms::switch)?;
    app.charging.switch_pile(&id, pile, switch, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

pub async fn settings(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = StationId::parse(call.path("station"))?;
    let settings = app.charging.settings(&id, call.now().station).await?;
    Success::content(&views::Settings::of(&id, &settings))
}

pub async fn change_settings(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, change) = (StationId::parse(call.path("station"))?, call.read(forms::settings_change)?);
    let settings = app.charging.change_settings(&id, change, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Settings::of(&id, &settings))
}

pub async fn prices(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, page) = (StationId::parse(call.path("station"))?, call.read(forms::HistoryPage::parse)?);
    let history = app.charging.price_history(&id, page.before, page.most).await?;
    Success::content(&views::History::of(&id, &history, page.most))
}

pub async fn change_prices(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, now) = (StationId::parse(call.path("station"))?, call.now().station);
    let change = call.read(|fields| forms::price_change(fields, now))?;
    app.charging.change_prices(&id, change, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}
