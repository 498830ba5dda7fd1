//! What metered piles report: no session, but a signature of the pile's own key. A function of its own, because piles are
//! not callers of anything else.

mod report;

use shared::{
    boot::{CHARGING, Error, FIELDS, Function, Parts, TABLES},
    service::charging::PileReports,
    wire::{Router, Routes, plain::Plain},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, CHARGING, FIELDS] };

#[derive(Debug)]
pub struct App {
    pub reports: PileReports,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { reports: parts.pile_reports().await? })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front_without_gate(), App::new(parts).await?))
}

/// An extension of ours; docs/metering.md says what a pile sends.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/piles/{proxy+}"]).on(&report::REPORT, report::report)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    describe::Described::new("pile-reports", describe::Document::Piles, &routes(), report::reference::operations())
}
