//! The operator's side (`/operator/…`), plain REST and JSON: one module for each noun.

#[cfg(feature = "openapi")]
mod describe;
mod reports;
mod stations;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    domain::account::Role,
    outside::random::Random,
    service::{charging::Charging, reports::Reports},
    wire::{Access, Routes, plain::Plain},
};

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub reports: Reports,
    pub random: Random,
}

const ADMINS: Access = Access::Roles(&[Role::Admin]);
/// Who may look at what has been taken in, and change nothing.
const READERS: Access = Access::Roles(&[Role::Admin, Role::Auditor]);

/// An extension of ours; no document of the five has it.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/operator/{proxy+}"])
        .guarded("GET", "/operator/stations", READERS, stations::list)
        .guarded("PUT", "/operator/stations/{station}", ADMINS, stations::make)
        .guarded("GET", "/operator/stations/{station}", ADMINS, stations::look)
        .guarded("PUT", "/operator/stations/{station}/piles/{pile}", ADMINS, stations::switch_pile)
        .guarded("GET", "/operator/stations/{station}/settings", READERS, stations::settings)
        .guarded("PUT", "/operator/stations/{station}/settings", ADMINS, stations::change_settings)
        .guarded("GET", "/operator/stations/{station}/prices", READERS, stations::prices)
        .guarded("PUT", "/operator/stations/{station}/prices", ADMINS, stations::change_prices)
        .guarded("GET", "/operator/stations/{station}/reports", READERS, reports::of_station)
}
