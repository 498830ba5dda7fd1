//! `charging-app.md`, user management (用户管理): sign-in, registration and details of a driver's account.

mod account;
mod vehicles;
mod views;

use shared::{
    boot::{Error, Function, GATE, Need, Parts, SIGN_IN, TABLES},
    domain::account::Realm,
    service::driver::Drivers,
    wire::{Access, Router, Routes, ev_app::EvApp},
};

/// What the function needs from its environment.
pub const FUNCTION: Function =
    Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, SIGN_IN, Need::of(&["REGISTER_PER_IP_MINUTE"])] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub drivers: Drivers,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let sign_in = parts.sign_in()?;
        let drivers = Drivers::new(parts.store.clone(), sign_in, parts.variables.limit("REGISTER_PER_IP_MINUTE")?);
        Ok(Self { drivers })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

const DRIVERS: Access = Access::SignedIn(&[Realm::Ev]);

/// #30 to #32 of the contracts, and what we add: the list of vehicles.
pub fn routes() -> Routes<EvApp, App> {
    Routes::new(&["/u/{proxy+}", "/user/{proxy+}"])
        .on(&account::LOGIN, account::login)
        .on(&account::REGISTER, account::register)
        .on(&account::DETAIL, account::detail)
        .on(&vehicles::LIST, vehicles::list)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [account::reference::operations(), vehicles::reference::operations()].concat();
    describe::Described::new("ev-account", describe::Document::ChargingApp, &routes(), operations)
}
