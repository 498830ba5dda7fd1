//! `mall-users.md`, agents (代理商): they sign in with a code, change accounts, hand in papers, and ask how far they
//! are certified.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CODES, Error, FIELDS, Function, GATE, ISSUING, PICTURES, Parts, TABLES},
    domain::{
        account::{Realm, Role},
        day::local_day,
        reason::Failure,
        session::Caller,
    },
    service::{agent::Agents, papers::Submissions},
    wire::{
        Access, Call, Router, Routes,
        mall::{Mall, Spelling, Success},
    },
};
use std::sync::Arc;

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
        .known("POST", "/user/proxy/sendPhoneNum", REALM, send_code)
        .public("POST", "/user/proxy/verifyPhoneNum", verify_code)
        .guarded("POST", "/user/proxy/identifyPUser", AGENTS_AND_STAFF, identify)
        .guarded("POST", "/user/proxy/switchPUser", AGENTS, switch)
        .upload("POST", "/user/proxy/uploadFrontImg", AGENTS, upload_front)
        .upload("POST", "/user/proxy/uploadQualification", AGENTS, upload_qualification)
        .guarded("POST", "/user/proxy/submitPUser", AGENTS, hand_in)
        .guarded("POST", "/user/proxy/info", AGENTS, info)
}

async fn send_code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let (open_id, phone) = call.read(forms::send_code)?;
    app.agents.users.send_code(caller.as_ref(), (&open_id, phone), call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

async fn verify_code(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let given = call.read(forms::code_given)?;
    let issued = app.agents.users.sign_in(given, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text).with_token(issued.token))
}

async fn identify(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let phone = call.read(forms::phone)?;
    let status = app.agents.status(&caller, &phone).await?;
    Success::data(Spelling::Text, &views::Certification { status: status.into() })
}

async fn switch(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(forms::code_given)?;
    let issued = app.agents.switch(&caller, wish, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text).with_token(issued.token))
}

async fn upload_front(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (phone, picture) = call.read(forms::picture_of_papers)?;
    let address = app.papers.upload(&caller, &phone, picture, call.now().real).await?;
    Success::data(Spelling::Text, &views::Front { front_img: &address })
}

async fn upload_qualification(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (phone, picture) = call.read(forms::picture_of_papers)?;
    let address = app.papers.upload(&caller, &phone, picture, call.now().real).await?;
    Success::data(Spelling::Text, &views::Qualification { qualification: &address })
}

async fn hand_in(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let today = local_day(call.now().real);
    let submission = call.read(|fields| forms::submission(fields, today))?;
    let papers = app.papers.hand_in(&caller, &submission, call.origin(), call.now()).await?;
    Success::data(Spelling::Text, &views::Papers::of(&papers))
}

async fn info(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let profile = app.agents.profile(&caller).await?;
    let papers = app.papers.own(&caller, call.now().real).await?;
    Success::data(Spelling::Number, &views::Info::of(&profile, &papers))
}
