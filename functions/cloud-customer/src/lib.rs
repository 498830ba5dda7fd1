//! `cloud-customers.md`, the business portal: customers, their contacts and their login accounts.

mod accounts;
mod contacts;
mod customer;
#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod proof;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CODES, Error, FIELDS, Function, GATE, PICTURES, PORTAL, Parts, SIGN_IN, TABLES},
    domain::{
        account::{Realm, Role},
        cloud::Member,
        reason::Failure,
    },
    service::{actor::Actor, cloud::Portal},
    wire::{
        Access, Call, Router, Routes,
        cloud::{Cloud, Success},
    },
};
use std::{future::Future, sync::Arc};

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

/// A path of the document, as its headings and as its samples have it.
macro_rules! zoned {
    ($path:literal) => {
        [$path, concat!("/v2/zone/{zone}", $path)]
    };
}

/// #38 to #56 of the contracts.
pub fn routes() -> Routes<Cloud, App> {
    Routes::new(&["/customer", "/customer/{proxy+}", "/join", "/v2/{proxy+}", "/verification_code"])
        .everybody("POST", zoned!("/join"), proof::join)
        .anybody_known("POST", zoned!("/verification_code"), proof::code)
        .everybody("GET", zoned!("/customer/available"), customer::available)
        .everybody("GET", zoned!("/customer/available:customer_name"), customer::available)
        .members("GET", zoned!("/customer"), MEMBERS, customer::show)
        .members("PUT", zoned!("/customer"), ADMINS, customer::change)
        .uploads("PUT", zoned!("/customer/papers"), ADMINS, customer::papers)
        .members("PUT", zoned!("/customer/account/passwd"), MEMBERS, proof::password)
        .members("PUT", zoned!("/customer/account/phone"), MEMBERS, proof::phone)
        .members("GET", zoned!("/customer/profession"), MEMBERS, customer::profession)
        .members("PUT", zoned!("/customer/profession"), ADMINS, customer::change_profession)
        .members("GET", zoned!("/customer/accountmanager"), MEMBERS, customer::manager)
        .members("GET", zoned!("/customer/contacts"), MEMBERS, contacts::list)
        .members("POST", zoned!("/customer/contacts"), MEMBERS, contacts::add)
        .members("PUT", zoned!("/customer/contacts"), MEMBERS, contacts::change)
        .members("DELETE", zoned!("/customer/contacts"), MEMBERS, contacts::delete)
        .members("DELETE", zoned!("/customer/contacts/{contact_ids}"), MEMBERS, contacts::delete)
        .members("GET", zoned!("/customer/accounts"), ADMINS, accounts::list)
        .members("POST", zoned!("/customer/accounts"), ADMINS, accounts::create)
        .members("DELETE", zoned!("/customer/accounts"), ADMINS, accounts::delete)
        .members("DELETE", zoned!("/customer/accounts/{account_ids}"), ADMINS, accounts::delete)
        .members("PUT", zoned!("/customer/accounts/{account_id}/disabled"), ADMINS, accounts::disable)
        .members("PUT", zoned!("/customer/accounts/{account_id}/undisabled"), ADMINS, accounts::enable)
}

/// Both spellings of a path at once.
trait Zoned: Sized {
    /// A route for anybody.
    fn everybody<F, R>(self, method: &'static str, paths: [&'static str; 2], handler: F) -> Self
    where
        F: Fn(Arc<App>, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static;

    /// A route for anybody, whose handler is told who calls where it is somebody of the zone.
    fn anybody_known<F, R>(self, method: &'static str, paths: [&'static str; 2], handler: F) -> Self
    where
        F: Fn(Arc<App>, Option<Member>, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static;

    /// The same as [`Zoned::members`] for a route that takes pictures.
    fn uploads<F, R>(self, method: &'static str, paths: [&'static str; 2], access: Access, handler: F) -> Self
    where
        F: Fn(Arc<App>, Member, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static;

    /// A route for people of a customer, in the zone that the path names. Its handler always has a member.
    fn members<F, R>(self, method: &'static str, paths: [&'static str; 2], access: Access, handler: F) -> Self
    where
        F: Fn(Arc<App>, Member, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static;
}

impl Zoned for Routes<Cloud, App> {
    fn everybody<F, R>(self, method: &'static str, paths: [&'static str; 2], handler: F) -> Self
    where
        F: Fn(Arc<App>, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static,
    {
        paths.into_iter().fold(self, |routes, path| routes.public(method, path, handler))
    }

    fn anybody_known<F, R>(self, method: &'static str, paths: [&'static str; 2], handler: F) -> Self
    where
        F: Fn(Arc<App>, Option<Member>, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static,
    {
        paths.into_iter().fold(self, |routes, path| {
            routes.known(method, path, &[Realm::Cloud], move |app: Arc<App>, caller, call: Call| async move {
                let admit = |caller| Member::admit(caller, &app.portal.settings.zones, call.path("zone")).ok();
                let member = caller.and_then(admit);
                handler(app, member, call).await
            })
        })
    }

    fn uploads<F, R>(self, method: &'static str, paths: [&'static str; 2], access: Access, handler: F) -> Self
    where
        F: Fn(Arc<App>, Member, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static,
    {
        paths.into_iter().fold(self, |routes, path| {
            routes.upload(method, path, access, move |app: Arc<App>, caller, call: Call| async move {
                let member = Member::admit(caller, &app.portal.settings.zones, call.path("zone"))?;
                handler(app, member, call).await
            })
        })
    }

    fn members<F, R>(self, method: &'static str, paths: [&'static str; 2], access: Access, handler: F) -> Self
    where
        F: Fn(Arc<App>, Member, Call) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = Result<Success, Failure>> + Send + 'static,
    {
        paths.into_iter().fold(self, |routes, path| {
            routes.guarded(method, path, access, move |app: Arc<App>, caller, call: Call| async move {
                let member = Member::admit(caller, &app.portal.settings.zones, call.path("zone"))?;
                handler(app, member, call).await
            })
        })
    }
}

/// Who asks, for the services.
fn actor<'a>(app: &'a App, member: &'a Member, call: &'a Call) -> Actor<'a, &'a Member> {
    app.portal.actor(member, call.origin(), call.now())
}
