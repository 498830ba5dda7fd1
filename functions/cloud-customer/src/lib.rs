//! `cloud-customers.md`, the business portal: customers, their contacts and their login accounts.

/// A path in a zone: headings have none, samples have one, and every path answers with and without.
macro_rules! zoned {
    ($path:literal) => {
        concat!("/v2/zone/{zone}", $path)
    };
}

mod accounts;
mod contacts;
mod customer;
mod ids;
mod joining;
mod page;
mod papers;
mod profession;
mod proof;
mod views;

use shared::{
    boot::{CODES, Error, FIELDS, Function, GATE, PICTURES, PORTAL, Parts, SIGN_IN, TABLES},
    domain::{
        account::{Realm, Role},
        cloud::PortalMember,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::{actor::Actor, cloud::Portal},
    wire::{Access, Call, FromCaller, Router, Routes, cloud::Cloud},
};

/// What the function needs from its environment.
pub const FUNCTION: Function =
    Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, SIGN_IN, CODES, FIELDS, PICTURES, PORTAL] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub portal: Portal,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { portal: parts.portal().await? })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts).await?))
}

const ADMINS: Access = Access::Roles(&[Role::CloudAdmin]);
const MEMBERS: Access = Access::SignedIn(&[Realm::Cloud]);

/// #38 to #56 of the contracts.
pub fn routes() -> Routes<Cloud, App> {
    Routes::new(&["/customer", "/customer/{proxy+}", "/join", "/v2/{proxy+}", "/verification_code"])
        .on(&joining::JOIN, joining::join)
        .on(&joining::SEND_CODE, joining::send_code)
        .on(&joining::AVAILABLE, joining::available)
        .on(&customer::SHOW, customer::show)
        .on(&customer::CHANGE, customer::change)
        .on(&papers::PAPERS, papers::papers)
        .on(&proof::PASSWORD, proof::password)
        .on(&proof::PHONE, proof::phone)
        .on(&profession::PROFESSION, profession::profession)
        .on(&profession::CHANGE_PROFESSION, profession::change_profession)
        .on(&customer::MANAGER, customer::manager)
        .on(&contacts::LIST, contacts::list)
        .on(&contacts::ADD, contacts::add)
        .on(&contacts::CHANGE, contacts::change)
        .on(&contacts::DELETE, contacts::remove)
        .on(&accounts::LIST, accounts::list)
        .on(&accounts::CREATE, accounts::create)
        .on(&accounts::DELETE, accounts::remove)
        .on(&accounts::DISABLE, accounts::disable)
        .on(&accounts::ENABLE, accounts::enable)
}

/// A caller is a member of a customer, in the zone that the path names.
impl FromCaller<App> for PortalMember {
    fn from_caller(app: &App, caller: Option<Caller>, call: &Call) -> Result<Self, Failure> {
        let caller = caller.ok_or(Reason::Unauthorized)?;
        Self::admit(caller, &app.portal.settings.zones, call.path("zone"))
    }
}

/// A session of another zone counts as none.
impl FromCaller<App> for Option<PortalMember> {
    fn from_caller(app: &App, caller: Option<Caller>, call: &Call) -> Result<Self, Failure> {
        let zones = &app.portal.settings.zones;
        Ok(caller.and_then(|caller| PortalMember::admit(caller, zones, call.path("zone")).ok()))
    }
}

/// Who asks, for the services.
fn actor<'a>(app: &'a App, member: &'a PortalMember, call: &'a Call) -> Actor<'a, &'a PortalMember> {
    app.portal.actor(member, call.origin(), call.now())
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [
        joining::reference::operations(),
        customer::reference::operations(),
        papers::reference::operations(),
        profession::reference::operations(),
        contacts::reference::operations(),
        accounts::reference::operations(),
        proof::reference::operations(),
    ];
    describe::Described::new("cloud-customer", describe::Document::CloudCustomers, &routes(), operations.concat())
}
