//! `/operator/audit`: the audit trail for administrators. A function of its own, because its role reads the trail and cannot
//! write it, and functions that write it cannot read it.

mod trail;

use shared::{
    boot::{Error, Function, GATE, Parts, TABLES},
    domain::account::Role,
    service::trail::Trail,
    wire::{Access, Router, Routes, plain::Plain},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub trail: Trail,
}

impl App {
    pub fn new(parts: &Parts) -> Self {
        Self { trail: Trail::new(parts.store.clone()) }
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)))
}

const ADMINS: Access = Access::Roles(&[Role::Admin]);

/// An extension of ours; no document of the five has it.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/operator/audit"]).on(&trail::ENTRIES, trail::entries)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = trail::reference::operations();
    describe::Described::new("audit-reader", describe::Document::Operator, &routes(), operations)
}
