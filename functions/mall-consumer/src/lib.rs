//! `mall-users.md`, consumers (c端用户): they sign in with a code, and there is nothing else to it.

#[cfg(feature = "openapi")]
mod describe;
mod forms;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{Boot, Error},
    domain::{account::Role, reason::Failure},
    service::mall_user::MallUsers,
    wire::{
        Call, Routes,
        mall::{Mall, Spelling, Success},
    },
};
use std::sync::Arc;

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub consumers: MallUsers,
}

impl App {
    pub fn new(boot: &Boot) -> Result<Self, Error> {
        Ok(Self { consumers: boot.mall_users(Role::Consumer)? })
    }
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
