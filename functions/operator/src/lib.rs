//! The operator's side (`/operator/…`), plain REST and JSON: one module for each noun.

mod bills;
mod customers;
mod papers;
mod people;
mod reports;
mod shops;
mod stations;
mod whatif;

use shared::{
    auth::sealing::Sealer,
    boot::{CHARGING, Error, FIELDS, Function, GATE, PICTURES, PILE_LINKS, Parts, STAFF, TABLES},
    domain::{account::Role, place::PileLinks, session::Caller},
    outside::random::Random,
    service::{
        actor::Actor, bill::Bills, business::Business, charging::Charging, ledger::Ledger, papers::Desk,
        people::People, reports::Reports, shop::Directory,
    },
    wire::{Access, Call, Router, Routes, plain::Plain},
};

/// What the function needs from its environment.
pub const FUNCTION: Function =
    Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, CHARGING, PILE_LINKS, STAFF, FIELDS, PICTURES] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub pile_links: PileLinks,
    pub sealer: Sealer,
    pub reports: Reports,
    pub bills: Bills,
    pub ledger: Ledger,
    pub people: People,
    pub papers: Desk,
    pub shops: Directory,
    pub business: Business,
    pub random: Random,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        // Opening its keys is a call of the key service.
        let sealer = parts.sealer().await?;
        Ok(Self {
            charging: parts.charging()?,
            pile_links: parts.pile_links()?,
            reports: Reports::new(parts.store.clone()),
            bills: Bills::new(parts.store.clone()),
            ledger: Ledger::new(parts.store.clone()),
            people: parts.people()?,
            papers: parts.desk(sealer.clone())?,
            sealer,
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
        .on(&stations::LIST, stations::list)
        .on(&stations::MAKE, stations::make)
        .on(&stations::LIVE, stations::live)
        .on(&stations::SWITCH_PILE, stations::switch_pile)
        .on(&stations::place::SHOW_PLACE, stations::place::show_place)
        .on(&stations::place::CHANGE_PLACE, stations::place::change_place)
        .on(&stations::piles::ISSUE_KEY, stations::piles::issue_key)
        .on(&stations::piles::REGISTER, stations::piles::register)
        .on(&stations::settings::SETTINGS, stations::settings::settings)
        .on(&stations::settings::CHANGE_SETTINGS, stations::settings::change_settings)
        .on(&stations::settings::PRICES, stations::settings::prices)
        .on(&stations::settings::CHANGE_PRICES, stations::settings::change_prices)
        .on(&reports::OF_STATION, reports::of_station)
        .on(&whatif::COMPARE, whatif::compare)
        .on(&bills::FIND, bills::find)
        .on(&bills::ONE, bills::one)
        .on(&bills::SETTLE, bills::settle)
        .on(&bills::CREDIT, bills::credit)
        .on(&bills::REFUND, bills::refund)
        .on(&people::APPOINT, people::appoint)
        .on(&people::LIST, people::list)
        .on(&people::ONE, people::one)
        .on(&people::CHANGE, people::change)
        .on(&people::LOCK, people::lock)
        .on(&people::GIVE_PASSWORD, people::give_password)
        .on(&people::CONFIRM, people::confirm)
        .on(&people::SIGN_OUT, people::sign_out)
        .on(&papers::WAITING, papers::waiting)
        .on(&papers::ONE, papers::one)
        .on(&customers::FIND, customers::find)
        .on(&customers::ONE, customers::one)
        .on(&customers::ASSIGN, customers::assign)
        .on(&customers::CLEAR, customers::clear)
        .on(&shops::LIST, shops::list)
        .on(&shops::SAVE, shops::save)
        .on(&shops::ONE, shops::one)
        .on(&shops::NAME_GROUP, shops::name_group)
        .on(&shops::GROUP, shops::group)
}

/// Who does it, for services that tell the audit trail.
fn actor<'a>(app: &'a App, caller: &'a Caller, call: &'a Call) -> Actor<'a> {
    Actor { who: caller, origin: call.origin(), random: &app.random, now: call.now() }
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [
        stations::reference::operations(),
        stations::place::reference::operations(),
        stations::piles::reference::operations(),
        stations::settings::reference::operations(),
        reports::reference::operations(),
        whatif::reference::operations(),
        bills::reference::operations(),
        customers::reference::operations(),
        people::reference::operations(),
        papers::reference::operations(),
        shops::reference::operations(),
    ];
    describe::Described::new("operator", describe::Document::Operator, &routes(), operations.concat())
}
