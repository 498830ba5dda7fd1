//! `mall-users.md`, consumers (c端用户): they sign in with a code, and there is nothing else to it.

mod sign_in;

use shared::{
    boot::{CODES, Error, Function, GATE, ISSUING, Parts, TABLES},
    domain::account::Role,
    service::mall_user::MallUsers,
    wire::{Router, Routes, mall::Mall},
};

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
    Routes::new(&["/user/custom/{proxy+}"])
        .on(&sign_in::SEND_CODE, sign_in::send_code)
        .on(&sign_in::SIGN_IN, sign_in::sign_in)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = sign_in::reference::operations();
    describe::Described::new("mall-consumer", describe::Document::MallConsumers, &routes(), operations)
}
