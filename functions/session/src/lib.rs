//! The extension that the five documents lack: getting a credential and giving it back. Also answers every path that
//! no other function has.

mod credentials;
mod own_sessions;
mod staff;

use shared::{
    boot::{CODES, Error, Function, GATE, Need, Parts, SECOND_FACTOR, SIGN_IN, TABLES, ZONES},
    domain::cloud::Zones,
    service::{codes::Codes, sign_in::SignIn},
    wire::{Router, Routes, plain::Plain},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function {
    name: env!("CARGO_PKG_NAME"),
    needs: &[TABLES, GATE, SIGN_IN, SECOND_FACTOR, CODES, ZONES, Need::of(&["CLOUD_PASSWORD_MIN"])],
};

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub sign_in: SignIn,
    pub codes: Codes,
    pub zones: Zones,
    /// The portal's accounts may have shorter passwords than others, or have to have longer ones.
    pub cloud_password_min: usize,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let cloud_password_min = usize::try_from(parts.variables.limit("CLOUD_PASSWORD_MIN")?).unwrap_or(usize::MAX);
        let (sign_in, codes) = (parts.sign_in()?, parts.codes()?);
        Ok(Self { sign_in, codes, zones: parts.zones()?, cloud_password_min })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

/// Rule 11 of the decisions. Only drivers ask here for a code that changes their account: the other documents have a way
/// of their own.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/auth/{proxy+}", "$default"])
        .on(&credentials::SIGN_IN, credentials::token)
        .on(&credentials::SEND_CODE, credentials::code)
        .on(&credentials::RESET_PASSWORD, credentials::reset)
        .on(&own_sessions::LIST, own_sessions::list)
        .on(&own_sessions::SIGN_OUT, own_sessions::logout)
        .on(&staff::CHANGE_PASSWORD, staff::change_password)
        .on(&staff::OFFER_SECOND_FACTOR, staff::offer)
        .on(&staff::CONFIRM_SECOND_FACTOR, staff::confirm)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations =
        [credentials::reference::operations(), own_sessions::reference::operations(), staff::reference::operations()]
            .concat();
    describe::Described::new("session", describe::Document::Sessions, &routes(), operations)
}
