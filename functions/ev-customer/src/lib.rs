//! `charging-customers.md`: a driver's profile, avatar, vehicles and fees.

mod avatar;
mod profile;
mod proof;
mod vehicles;
mod views;

use shared::{
    boot::{CODES, Error, Function, GATE, Need, PICTURES, Parts, SIGN_IN, TABLES},
    domain::{
        account::{AccountId, Realm, Role},
        reason::{Failure, Reason},
        session::Caller,
    },
    service::customer::Customers,
    wire::{
        Access, Router, Routes,
        ev_customer::{EvCustomer, EvVehicle},
    },
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function {
    name: env!("CARGO_PKG_NAME"),
    needs: &[TABLES, GATE, SIGN_IN, CODES, PICTURES, Need::of(&["VEHICLES_PER_DRIVER"])],
};

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub customers: Customers,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { customers: parts.customers()? })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

const DRIVERS: Access = Access::SignedIn(&[Realm::Ev]);
/// #1: the driver, or an administrator.
const DRIVERS_AND_ADMINS: Access = Access::Roles(&[Role::Driver, Role::Admin]);

/// #1 to #7 of the contracts, and what we add: the phone, the password, closing the account.
pub fn routes() -> Routes<EvCustomer, App> {
    let vehicles =
        Routes::<EvVehicle, App>::new(&[]).on(&vehicles::BIND, vehicles::bind).on(&vehicles::UNBIND, vehicles::unbind);
    Routes::new(&["/customer/customers/{proxy+}", "/zuul/{proxy+}"])
        .on(&profile::CHANGE, profile::change)
        .on(&profile::CLOSE, profile::close)
        .on(&profile::MY_INFO, profile::my_info)
        .on(&avatar::UPLOAD_AVATAR, avatar::upload_avatar)
        .on(&avatar::AVATAR, avatar::avatar)
        .on(&vehicles::FEE_STATS, vehicles::fee_stats)
        .on(&proof::CHANGE_PASSWORD, proof::change_password)
        .on(&proof::CHANGE_PHONE, proof::change_phone)
        .with(vehicles)
}

/// The account that a request names, if it is the caller's own; one that it does not name is. Another driver's answers
/// like one that does not exist.
fn own(caller: &Caller, named: Option<&str>) -> Result<AccountId, Failure> {
    match named {
        Some(id) if shared::domain::text::halfwidth(id) != caller.account.as_str() => Err(Reason::NotYours.into()),
        _ => Ok(caller.account.clone()),
    }
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [
        avatar::reference::operations(),
        profile::reference::operations(),
        proof::reference::operations(),
        vehicles::reference::operations(),
    ];
    describe::Described::new("ev-customer", describe::Document::ChargingCustomers, &routes(), operations.concat())
}
