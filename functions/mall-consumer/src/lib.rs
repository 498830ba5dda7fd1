//! `mall-users.md`, consumers (c端用户): they sign in with a code, and there is nothing else to it.

#[cfg(feature = "openapi")]
mod describe;
mod forms;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CODES, Error, Function, GATE, ISSUING, Parts, TABLES},
    domain::{account::Role, reason::Failure},
    service::mall_user::MallUsers,
    wire::{
        Call, Router, Routes,
        mall::{Mall, Spelling, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, ISSUING, CODES] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub consumers: MallUsers,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { consumers: parts.mall_users(Role::Consumer)? })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

/// #8 and #9 of the contracts. A consumer changes nothing that asks for a code, so a session makes no difference to #8.
pub fn routes() -> Routes<Mall, App> {
    Routes::new(&["/user/custom/{proxy+}"]).public("POST", "/user/custom/sendPhoneNum", send_code).public(
        "POST",
        "/user/custom/verifyPhoneNum",
        verify_code,
    )
}

async fn send_code(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let (open_id, phone) = call.read(forms::send_code)?;
    app.consumers.send_code(None, (&open_id, phone), call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

async fn verify_code(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let given = call.read(forms::verify_code)?;
    let issued = app.consumers.sign_in(given, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text).with_token(issued.token))
}
