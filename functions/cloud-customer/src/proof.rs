//! What a code that goes to a phone proves: joining, new passwords, bound phones.

use crate::{App, actor, forms, views};
use shared::{
    domain::{cloud::Member, reason::Failure},
    wire::{Call, cloud::Success},
};
use std::sync::Arc;

/// #38: the body is the document's; the session travels in the header.
pub async fn join(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let zone = app.portal.settings.zones.named(call.path("zone"))?;
    let shortest = app.portal.settings.password_min;
    let joining = call.read(|fields| forms::joining(fields, shortest))?;
    let issued = app.portal.join(&joining, zone, call.origin(), call.now().real).await?;
    Ok(Success::content(&views::Joined::of(&joining))?.with_token(issued.token))
}

/// #56
pub async fn code(app: Arc<App>, member: Option<Member>, mut call: Call) -> Result<Success, Failure> {
    app.portal.settings.zones.named(call.path("zone"))?;
    let form = call.read(forms::AskForCode::parse)?;
    let caller = member.as_ref().map(|member| &member.caller);
    app.portal.ask_code(caller, form.phone, form.addition, (call.origin(), call.now().real)).await?;
    Success::content(&views::Nothing {})
}

/// #54
pub async fn password(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let wanted = call.read(forms::new_password)?;
    let issued = app.portal.change_password(actor(&app, &member, &call), &wanted).await?;
    Ok(Success::nothing().with_token(issued.token))
}

/// #55
pub async fn phone(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let wanted = call.read(forms::new_phone)?;
    let issued = app.portal.change_phone(actor(&app, &member, &call), &wanted).await?;
    Ok(issued.map_or_else(Success::nothing, |issued| Success::nothing().with_token(issued.token)))
}
