//! What the payment provider says: no session, but a signature over what was sent. A function of its own, because
//! nothing else needs the key that is shared with the provider, and this one nothing else.

mod notice;

use shared::{
    boot::{Error, Function, NOTICES, Parts, TABLES},
    outside::random::Random,
    service::payment::Notices,
    wire::{Router, Routes, plain::Plain},
};

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
    Routes::new(&["/payments/{proxy+}"]).on(&notice::TAKE, notice::take)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = notice::reference::operations();
    describe::Described::new("payment-callback", describe::Document::Payments, &routes(), operations)
}
