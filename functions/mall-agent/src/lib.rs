//! `mall-users.md`, agents (代理商): they sign in with a code, change accounts, hand in papers, and ask how far they
//! are certified.

mod account;
mod papers;
mod views;

use shared::{
    boot::{CODES, Error, FIELDS, Function, GATE, ISSUING, PICTURES, Parts, TABLES},
    domain::account::{Realm, Role},
    service::{agent::Agents, papers::Submissions},
    wire::{Access, Router, Routes, mall::Mall},
};

/// What the function needs from its environment.
pub const FUNCTION: Function =
    Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, ISSUING, CODES, PICTURES, FIELDS] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub agents: Agents,
    pub papers: Submissions,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        let (agents, papers) = (Agents::new(parts.mall_users(Role::Agent)?), parts.submissions().await?);
        Ok(Self { agents, papers })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts).await?))
}

const REALM: &[Realm] = &[Realm::MallAgent];
const AGENTS: Access = Access::SignedIn(REALM);
const AGENTS_AND_STAFF: Access = Access::SignedIn(&[Realm::MallAgent, Realm::Platform]);

/// #10 to #16 of the contracts; #17 is a function of its own. The last one is ours.
pub fn routes() -> Routes<Mall, App> {
    Routes::new(&["/user/proxy/{proxy+}"])
        .on(&account::SEND_CODE, account::send_code)
        .on(&account::SIGN_IN, account::sign_in)
        .on(&account::IDENTIFY, account::identify)
        .on(&account::SWITCH, account::switch)
        .on(&papers::UPLOAD_FRONT, papers::upload_front)
        .on(&papers::UPLOAD_QUALIFICATION, papers::upload_qualification)
        .on(&papers::SUBMIT, papers::submit)
        .on(&papers::INFO, papers::info)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [account::reference::operations(), papers::reference::operations()];
    describe::Described::new("mall-agent", describe::Document::MallAgents, &routes(), operations.concat())
}
