//! `mall-users.md`, the audit (审核) of papers: a function of its own, which auditors alone reach, and whose role opens
//! neither pictures nor ID numbers.

mod decision;

use shared::{
    boot::{AUDITS, Error, Function, GATE, Parts, TABLES},
    domain::account::Role,
    outside::random::Random,
    service::papers::Audits,
    wire::{Access, Router, Routes, mall::Mall},
};

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
    Routes::new(&["/user/proxy/auditPUser"]).on(&decision::DECIDE, decision::decide)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = decision::reference::operations();
    describe::Described::new("mall-audit", describe::Document::MallAudit, &routes(), operations)
}
