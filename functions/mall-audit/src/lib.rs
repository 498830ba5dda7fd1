//! `mall-users.md`, the audit (审核) of papers: a function of its own, which auditors alone reach, and whose role opens
//! neither pictures nor ID numbers.

#[cfg(feature = "openapi")]
mod describe;
mod forms;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{AUDITS, Error, Function, GATE, Parts, TABLES},
    domain::{account::Role, reason::Failure, session::Caller},
    outside::random::Random,
    service::{actor::Actor, papers::Audits},
    wire::{
        Access, Call, Router, Routes,
        mall::{Mall, Spelling, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, AUDITS] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub audits: Audits,
    pub random: Random,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { audits: parts.audits()?, random: parts.random.clone() })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

const AUDITORS: Access = Access::Roles(&[Role::Auditor, Role::Admin]);

/// #17 of the contracts. What else lies under its prefix is the agents' function's.
pub fn routes() -> Routes<Mall, App> {
    Routes::new(&["/user/proxy/auditPUser"]).guarded("POST", "/user/proxy/auditPUser", AUDITORS, decide)
}

async fn decide(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (whose, decision) = call.read(forms::decision)?;
    let actor = Actor { who: &caller, origin: call.origin(), random: &app.random, now: call.now() };
    app.audits.decide((whose.realm, &whose.phone), &decision, &actor).await?;
    Ok(Success::done(Spelling::Text))
}
