//! What the payment provider says: no session, but a signature over what was sent. A function of its own, because
//! nothing else needs the key that is shared with the provider, and this one nothing else.

#[cfg(feature = "openapi")]
mod describe;

#[cfg(feature = "openapi")]
pub use describe::describe;

use serde::Serialize;
use shared::{
    domain::reason::Failure,
    outside::random::Random,
    service::{actor::Actor, ledger::LedgerEntry, payment::Notices},
    wire::{
        Call, Routes,
        plain::{Plain, Success},
    },
};
use std::sync::Arc;

/// What the handler works with.
#[derive(Debug)]
pub struct App {
    pub notices: Notices,
    pub random: Random,
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
