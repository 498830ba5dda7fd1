//! Login accounts (登录帐号), for the admins among them.

use crate::{App, actor, forms, views};
use shared::{
    domain::{
        account::LoginName,
        cloud::{AccountStatus, Member},
        reason::Failure,
    },
    wire::{Call, cloud::Success},
};
use std::sync::Arc;

/// #47
pub async fn list(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let (filter, page) = call.read(forms::account_list)?;
    let listing = app.portal.accounts(&member, &filter, page).await?;
    Success::content(&views::Accounts::of(&listing))
}

/// #48
pub async fn create(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let shortest = app.portal.settings.password_min;
    let new = call.read(|fields| forms::account(fields, shortest))?;
    app.portal.create_account(actor(&app, &member, &call), &new).await?;
    Success::content(&views::NewAccount::of(&new))
}

/// #49
pub async fn delete(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let in_path = call.path("account_ids").to_owned();
    let names = call.read(|fields| forms::list(fields, &in_path, "account_ids", LoginName::read))?;
    let deleted = app.portal.delete_accounts(actor(&app, &member, &call), &names).await?;
    Success::content(&views::DeletedAccounts::of(&deleted))
}

/// #50
pub async fn disable(app: Arc<App>, member: Member, call: Call) -> Result<Success, Failure> {
    switch(&app, &member, call, AccountStatus::Disabled).await
}

/// #51
pub async fn enable(app: Arc<App>, member: Member, call: Call) -> Result<Success, Failure> {
    switch(&app, &member, call, AccountStatus::Activity).await
}

async fn switch(app: &App, member: &Member, mut call: Call, to: AccountStatus) -> Result<Success, Failure> {
    let name = LoginName::read(call.path("account_id"));
    let reason = call.read(|fields| forms::switch(fields, &name))?;
    let login_id = app.portal.switch_account(actor(app, member, &call), &name, to, &reason).await?;
    Success::content(&views::Switched::of(&login_id, to))
}
