//! `shop-customers.md`: the records that shop staff keep of their customers, and the extensions beside them.

mod entries;
mod lists;
mod records;
mod views;

use shared::{
    boot::{Error, FIELDS, Function, GATE, Parts, SHOP, TABLES},
    domain::{
        account::{Realm, Role},
        session::Caller,
    },
    service::{actor::Actor, shop::Records},
    wire::{Access, Call, Router, Routes, shop::Shop},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, FIELDS, SHOP] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub records: Records,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { records: parts.shop_records().await? })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts).await?))
}

const STAFF: Access = Access::SignedIn(&[Realm::Shop]);
const MANAGERS: Access = Access::Roles(&[Role::ShopManager]);

/// #57 to #62 of the contracts; links, entries and sign-in are ours.
pub fn routes() -> Routes<Shop, App> {
    Routes::new(&["/customer/v1/{proxy+}"])
        .on(&records::CREATE, records::create)
        .on(&lists::LIST, lists::list)
        .on(&lists::LINKED, lists::linked)
        .on(&records::EDIT, records::edit)
        .on(&records::READ, records::read)
        .on(&records::DELETE, records::remove)
        .on(&lists::LINK, lists::link)
        .on(&entries::BOOK, entries::book)
        .on(&entries::SIGN_IN, entries::sign_in)
}

fn actor<'a>(app: &'a App, caller: &'a Caller, call: &'a Call) -> Actor<'a> {
    app.records.actor(caller, call.origin(), call.now())
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations =
        [entries::reference::operations(), lists::reference::operations(), records::reference::operations()];
    describe::Described::new("shop-customer", describe::Document::ShopCustomers, &routes(), operations.concat())
}
