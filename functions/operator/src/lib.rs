//! The operator's side (`/operator/…`), plain REST and JSON: one module for each noun.

mod bills;
mod customers;
#[cfg(feature = "openapi")]
mod describe;
mod papers;
mod people;
mod reports;
mod shops;
mod stations;
mod trail;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CHARGING, Error, FIELDS, Function, GATE, PASSWORDS, PICTURES, Parts, TABLES},
    domain::{account::Role, reason::Failure, session::Caller, text::halfwidth},
    outside::random::Random,
    service::{
        actor::Actor, bill::Bills, business::Business, charging::Charging, ledger::Ledger, papers::Desk,
        people::People, reports::Reports, shop::Directory, trail::Trail,
    },
    wire::{Access, Call, Fields, Router, Routes, plain::Plain},
};

/// What the function needs from its environment.
pub const FUNCTION: Function =
    Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, CHARGING, PASSWORDS, FIELDS, PICTURES] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub reports: Reports,
    pub bills: Bills,
    pub ledger: Ledger,
    pub people: People,
    pub papers: Desk,
    pub trail: Trail,
    pub shops: Directory,
    pub business: Business,
    pub random: Random,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self {
            charging: parts.charging()?,
            reports: Reports::new(parts.store.clone()),
            bills: Bills::new(parts.store.clone()),
            ledger: Ledger::new(parts.store.clone()),
            people: People::new(parts.store.clone(), parts.passwords()?, parts.random.clone()),
            papers: parts.desk().await?,
            trail: Trail::new(parts.store.clone()),
            shops: Directory::new(parts.store.clone()),
            business: Business::new(parts.store.clone()),
            random: parts.random.clone(),
        })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts).await?))
}

const ADMINS: Access = Access::Roles(&[Role::Admin]);
/// Who may look at what has been taken in, and at papers, and change nothing here.
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
        .guarded("GET", "/operator/bills", READERS, bills::find)
        .guarded("GET", "/operator/bills/{driver}/{bill}", READERS, bills::look)
        .guarded("POST", "/operator/bills/{driver}/{bill}/payments", ADMINS, bills::settle)
        .guarded("POST", "/operator/bills/{driver}/{bill}/credits", ADMINS, bills::credit)
        .guarded("POST", "/operator/bills/{driver}/{bill}/refunds", ADMINS, bills::refund)
        .guarded("POST", "/operator/people", ADMINS, people::appoint)
        .guarded("GET", "/operator/people", ADMINS, people::list)
        .guarded("GET", "/operator/people/{realm}/{account}", ADMINS, people::look)
        .guarded("PUT", "/operator/people/{realm}/{account}", ADMINS, people::change)
        .guarded("PUT", "/operator/people/{realm}/{account}/lock", ADMINS, people::lock)
        .guarded("DELETE", "/operator/people/{realm}/{account}/sessions", ADMINS, people::sign_out)
        .guarded("GET", "/operator/papers", READERS, papers::waiting)
        .guarded("GET", "/operator/papers/{realm}/{account}", READERS, papers::look)
        .guarded("GET", "/operator/customers", ADMINS, customers::find)
        .guarded("GET", "/operator/customers/{zone}/{customer}", ADMINS, customers::look)
        .guarded("PUT", "/operator/customers/{zone}/{customer}/manager", ADMINS, customers::assign)
        .guarded("DELETE", "/operator/customers/{zone}/{customer}/manager", ADMINS, customers::clear)
        .guarded("GET", "/operator/shops", ADMINS, shops::list)
        .guarded("PUT", "/operator/shops/{shop}", ADMINS, shops::save)
        .guarded("GET", "/operator/shops/{shop}", ADMINS, shops::look)
        .guarded("PUT", "/operator/shop-groups/{group}", ADMINS, shops::name_group)
        .guarded("GET", "/operator/shop-groups/{group}", ADMINS, shops::look_at_group)
        .guarded("GET", "/operator/audit", ADMINS, trail::entries)
}

/// Who does it, for services that tell the audit trail.
fn actor<'a>(app: &'a App, caller: &'a Caller, call: &'a Call) -> Actor<'a> {
    Actor { who: caller, origin: call.origin(), random: &app.random, now: call.now() }
}

/// How many to a page: 50 unless asked otherwise.
fn most(fields: &mut Fields) -> Result<u8, Failure> {
    let Some(text) = fields.optional("limit")? else { return Ok(50) };
    let limit = halfwidth(&text).parse().ok().filter(|limit| (1..=100).contains(limit));
    limit.ok_or_else(|| Failure::malformed("limit 应为 1 至 100 的整数"))
}
