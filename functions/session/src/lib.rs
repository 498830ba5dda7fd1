//! The extension that the five documents lack: getting a credential and giving it back. Also answers every path that
//! no other function has.

#[cfg(feature = "openapi")]
mod describe;
mod forms;

#[cfg(feature = "openapi")]
pub use describe::describe;

use secrecy::ExposeSecret as _;
use serde::Serialize;
use shared::{
    boot::{Boot, Error},
    domain::{account::Realm, reason::Failure, session::Caller},
    service::sign_in::{Attempt, SignIn},
    wire::{
        Access, Call, Routes,
        plain::{Plain, Success},
    },
};
use std::sync::Arc;

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub sign_in: SignIn,
}

impl App {
    pub async fn new(boot: &Boot) -> Result<Self, Error> {
        Ok(Self { sign_in: boot.sign_in().await? })
    }
}

/// Rule 11 of the decisions; what needs SMS codes is still to come.
pub fn routes() -> Routes<Plain, App> {
    Routes::new(&["/auth/{proxy+}", "$default"]).public("POST", "/auth/token", token).guarded(
        "POST",
        "/auth/logout",
        Access::SignedIn(&Realm::ALL),
        logout,
    )
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Token<'a> {
    token: &'a str,
    expires_in: i64,
}

async fn token(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::Token::parse)?;
    let attempt = Attempt {
        realm: form.realm,
        name: form.name,
        password: form.password,
        origin: call.origin(),
        now: call.now().real,
    };
    let issued = app.sign_in.with_password(&attempt).await?;
    let body = Token { token: issued.token.expose_secret(), expires_in: issued.expires_in.as_secs() };
    Ok(Success::content(&body)?.with_token(issued.token.clone()))
}

async fn logout(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    app.sign_in.out(&caller).await?;
    Ok(Success::Nothing)
}
