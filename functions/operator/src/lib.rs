//! The operator's side (`/operator/…`), plain REST and JSON: so far stations and their piles.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    domain::{
        account::Role,
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
    },
    outside::random::Random,
    service::charging::{Charging, Maker},
    wire::{
        Access, Call, Routes,
        plain::{Plain, Success},
    },
};
use std::sync::Arc;

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub random: Random,
}

const ADMINS: Access = Access::Roles(&[Role::Admin]);

/// An extension of ours; no document of the five has it.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/operator/{proxy+}"])
        .guarded("PUT", "/operator/stations/{station}", ADMINS, make_station)
        .guarded("GET", "/operator/stations/{station}", ADMINS, look)
        .guarded("PUT", "/operator/stations/{station}/piles/{pile}", ADMINS, switch_pile)
}

async fn make_station(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, settings) = (StationId::parse(call.path("station"))?, call.read(forms::settings)?);
    let maker = Maker { caller: Some(&caller), origin: call.origin(), random: &app.random, now: call.now() };
    let made = app.charging.make_station(&id, &settings, &maker).await?;
    if made { Success::content(&views::Made::of(&id)) } else { Err(Reason::StationExists.into()) }
}

async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = StationId::parse(call.path("station"))?;
    let view = app.charging.live_view(&id, call.now().station).await?;
    Success::content(&views::Live::of(&view))
}

async fn switch_pile(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, pile) = (StationId::parse(call.path("station"))?, forms::pile(call.path("pile"))?);
    let switch = call.read(forms::switch)?;
    app.charging.switch_pile(&id, pile, switch, call.now().station).await?;
    Ok(Success::Nothing)
}
