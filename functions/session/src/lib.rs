//! The extension that the five documents lack: getting a credential and giving it back. Also answers every path that
//! no other function has.

#[cfg(feature = "openapi")]
mod describe;
mod forms;

#[cfg(feature = "openapi")]
pub use describe::describe;

use forms::{Proof, Token};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use shared::{
    boot::{CODES, Error, Function, GATE, Need, Parts, SIGN_IN, TABLES, ZONES},
    domain::{
        account::Realm,
        cloud::Zones,
        password::Password,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::{
        code_sign_in::CodeGiven,
        codes::{Ask, Codes},
        sign_in::{Attempt, SignIn},
    },
    wire::{
        Access, Call, Router, Routes,
        plain::{Plain, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function {
    name: env!("CARGO_PKG_NAME"),
    needs: &[TABLES, GATE, SIGN_IN, CODES, ZONES, Need::of(&["CLOUD_PASSWORD_MIN"])],
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
        .public("POST", "/auth/token", token)
        .known("POST", "/auth/code", &[Realm::Ev], code)
        .public("POST", "/auth/password/reset", reset)
        .guarded("POST", "/auth/logout", Access::SignedIn(&Realm::ALL), logout)
}

/// `{}`
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Empty {}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Issued<'a> {
    token: &'a str,
    expires_in: i64,
}

async fn token(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let Token { realm, proof, zone } = call.read(forms::Token::parse)?;
    let (origin, now) = (call.origin(), call.now().real);
    // A zone that does not exist has nobody in it.
    let named = || app.zones.named(&zone).map_err(|_| Failure::from(Reason::WrongCredentials));
    let zone = if realm == Realm::Cloud { Some(named()?) } else { None };
    let issued = match proof {
        Proof::Password { name, password } => {
            app.sign_in.with_password_in(&Attempt { realm, name, password, origin, now }, zone.as_ref()).await?
        }
        Proof::Code { phone, code } => {
            let given = CodeGiven { realm, phone, code, origin, now };
            app.sign_in.with_code_in(&app.codes, &given, zone.as_ref()).await.map_err(as_credentials)?
        }
    };
    let body = Issued { token: issued.token.expose_secret(), expires_in: issued.expires_in.as_secs() };
    Ok(Success::content(&body)?.with_token(issued.token.clone()))
}

/// Here a code takes a password's place, and a wrong one its answer.
fn as_credentials(failure: Failure) -> Failure {
    if failure.reason() == Reason::WrongCode { Reason::WrongCredentials.into() } else { failure }
}

async fn code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let binding = call.read(|fields| forms::code_for(fields, caller.as_ref()))?;
    let ask = Ask {
        // A number that an account is about to get is nobody's yet.
        only_known: binding.purpose.account().is_none(),
        binding,
        addition: None,
        captcha_after: None,
        origin: call.origin(),
        now: call.now().real,
    };
    app.codes.ask(&ask).await?;
    Success::content(&Empty {})
}

async fn reset(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let forms::Reset { realm, phone, code, password } = call.read(forms::Reset::parse)?;
    let shortest = if realm == Realm::Cloud { app.cloud_password_min } else { Password::SHORTEST };
    let given = CodeGiven { realm, phone, code, origin: call.origin(), now: call.now().real };
    app.sign_in.reset_password(&app.codes, &given, (&password, shortest)).await?;
    Success::content(&Empty {})
}

async fn logout(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    app.sign_in.out(&caller).await?;
    Ok(Success::Nothing)
}
