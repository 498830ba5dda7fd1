//! People: staff and their roles, and locking or signing out any account.

mod forms;
mod views;

pub use forms::account;
#[cfg(feature = "openapi")]
pub use views::{Member, Person, Staff};

use crate::{App, actor};
use shared::{
    domain::{account::Realm, reason::Failure, session::Caller},
    wire::{Call, plain::Success},
};
use std::sync::Arc;

pub async fn appoint(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let appointment = call.read(forms::appointment)?;
    let member = app.people.appoint(&appointment, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Member::of(&member))
}

/// All staff of a realm, or one account of any realm by the name with which it signs in.
pub async fn list(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    match call.read(forms::Wanted::parse)? {
        forms::Wanted::Staff { realm, after, most } => {
            let members = app.people.staff(realm, after.as_ref(), most).await?;
            Success::content(&views::Staff::of(&members, most))
        }
        forms::Wanted::Named { realm, name } => {
            let person = app.people.named(realm, &name, call.now().real).await?;
            Success::content(&views::Person::of(&person))
        }
    }
}

pub async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, forms::account(call.path("account"))?);
    Success::content(&views::Person::of(&app.people.person(realm, &account).await?))
}

pub async fn change(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, forms::account(call.path("account"))?);
    let (role, shops, stated) = call.read(|fields| forms::change(fields, realm))?;
    if !stated.is_empty() {
        stated.must_match(&views::Person::of(&app.people.person(realm, &account).await?))?;
    }
    let member = app.people.change_role(&account, role, shops, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Member::of(&member))
}

pub async fn lock(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, forms::account(call.path("account"))?);
    let form = call.read(forms::Lock::parse)?;
    let actor = actor(&app, &caller, &call);
    let person = app.people.lock((realm, &account), form.locked, &form.reason, &actor).await?;
    Success::content(&views::Person::of(&person))
}

pub async fn sign_out(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let (realm, account) = (Realm::parse(call.path("realm"))?, forms::account(call.path("account"))?);
    app.people.sign_out((realm, &account), &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}
