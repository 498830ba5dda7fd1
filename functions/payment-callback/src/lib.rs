//! What the payment provider says: no session, but a signature over what was sent. A function of its own, because
//! nothing else needs the key that is shared with the provider, and this one nothing else.

#[cfg(feature = "openapi")]
mod describe;

#[cfg(feature = "openapi")]
pub use describe::describe;

use serde::Serialize;
use shared::{
    boot::{Error, Function, NOTICES, Parts, TABLES},
    domain::reason::Failure,
    outside::random::Random,
    service::{actor::Actor, ledger::LedgerEntry, payment::Notices},
    wire::{
        Call, Router, Routes,
        plain::{Plain, Success},
    },
};
use std::sync::Arc;

/// What the handler works with.
/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, NOTICES] };

#[derive(Debug)]
pub struct App {
    pub notices: Notices,
    pub random: Random,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { notices: parts.notices()?, random: parts.random.clone() })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front_without_gate(), App::new(parts)?))
}

/// An extension of ours; docs/payments.md says what a provider sends.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/payments/{proxy+}"]).signed("POST", "/payments/callback", take)
}

/// What was booked, the same for every repetition.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Booked<'a> {
    result: &'static str,
    transaction: &'a str,
}

async fn take(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    // There are no fields but what was signed; a query counts as unknown.
    call.read(|_| Ok(()))?;
    let actor = Actor { who: None, origin: call.origin(), random: &app.random, now: call.now() };
    let LedgerEntry { key, .. } = app.notices.take(call.letter(), &actor).await?;
    Success::content(&Booked { result: "success", transaction: &key })
}
