//! Papers of agents and dealers, for auditors to look at; what they decide is #17's.

mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use views::{One, Waiting};

use crate::{App, actor, people};
use shared::{
    domain::{account::Realm, reason::Failure, session::Caller},
    wire::{Call, plain::Success},
};
use std::sync::Arc;

pub async fn waiting(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let page = call.read(forms::Page::parse)?;
    let papers = app.papers.waiting(page.after.as_deref(), page.most, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Waiting::of(&papers, page.most))
}

pub async fn look(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, people::account(call.path("account"))?);
    let (papers, history) = app.papers.of_account(realm, &account, &actor(&app, &caller, &call)).await?;
    Success::content(&views::One::of(&papers, &history))
}
