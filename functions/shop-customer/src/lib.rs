//! `shop-customers.md`: the records that shop staff keep of their customers, and the extensions beside them.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{Error, FIELDS, Function, GATE, Parts, SHOP, TABLES},
    domain::{
        account::{Realm, Role},
        day::local_day,
        reason::Failure,
        session::Caller,
        shop::{Customer, CustomerId, Search},
    },
    service::{
        actor::Actor,
        shop::{Asked, Records},
    },
    wire::{
        Access, Call, Router, Routes,
        shop::{Shop, Success},
    },
};
use std::sync::Arc;

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
        .guarded("POST", "/customer/v1/customer", STAFF, create)
        .guarded("GET", "/customer/v1/customer", STAFF, list)
        .guarded("GET", "/customer/v1/customer/linked-account", STAFF, linked)
        .guarded("PATCH", "/customer/v1/customer/{id}", STAFF, edit)
        .guarded("GET", "/customer/v1/customer/{id}", STAFF, read)
        .guarded("DELETE", "/customer/v1/customer/{id}", MANAGERS, delete)
        .guarded("POST", "/customer/v1/customer/{id}/links", MANAGERS, link)
        .guarded("POST", "/customer/v1/customer/{id}/entries", MANAGERS, book)
        .guarded("POST", "/customer/v1/customer/{id}/signin", STAFF, sign_in)
}

async fn create(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (key, today) = (call.idempotency_key()?, local_day(call.now().real));
    let (shop, edit) = call.read(|fields| forms::record(fields, today))?;
    let actor = actor(&app, &caller, &call);
    let asked = Asked { shop: caller.shop(Some(shop))?, edit, key };
    views::record(&app.records.create(actor, &asked).await?, false)
}

async fn list(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::List::parse)?;
    let actor = actor(&app, &caller, &call);
    let search = Search { shop: caller.shop(form.shop)?, filter: form.filter, limit: form.limit };
    let page = app.records.list(actor, &search, form.cursor.as_deref()).await?;
    Success::content(&views::Page::of(&page))
}

async fn linked(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::Linked::parse)?;
    let actor = actor(&app, &caller, &call);
    let all = app.records.linked(actor, &form.customer, form.shop.as_ref()).await?;
    Success::content(&views::Accounts::of(&all, form.signin_status.then_some(actor.now.real)))
}

async fn edit(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, version, today) = (id(&call)?, call.if_match()?, local_day(call.now().real));
    let (edit, stated) = call.read(|fields| forms::change(fields, today))?;
    let matches = |before: &Customer| stated.must_match(&views::Record::of(before, false));
    views::record(&app.records.edit(actor(&app, &caller, &call), &id, (&edit, version), matches).await?, false)
}

async fn read(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (customer, whole) = app.records.read(actor(&app, &caller, &call), &id(&call)?).await?;
    views::record(&customer, whole)
}

async fn delete(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    app.records.delete(actor(&app, &caller, &call), &id(&call)?, call.if_match()?).await?;
    Success::content(&views::Nothing {})
}

async fn link(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, other) = (id(&call)?, call.read(forms::other_record)?);
    let all = app.records.link(actor(&app, &caller, &call), &id, &other).await?;
    Success::content(&views::Accounts::of(&all, None))
}

async fn book(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, key) = (id(&call)?, call.idempotency_key()?);
    let booking = call.read(|fields| forms::booking(fields, key))?;
    views::record(&app.records.book(actor(&app, &caller, &call), &id, &booking).await?, false)
}

async fn sign_in(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    views::record(&app.records.sign_in(actor(&app, &caller, &call), &id(&call)?).await?, false)
}

fn id(call: &Call) -> Result<CustomerId, Failure> {
    CustomerId::parse(call.path("id"))
}

fn actor<'a>(app: &'a App, caller: &'a Caller, call: &'a Call) -> Actor<'a> {
    app.records.actor(caller, call.origin(), call.now())
}
