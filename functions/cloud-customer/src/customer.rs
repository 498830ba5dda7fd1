//! The customer's own record: basic data, business, and whom to turn to.

use crate::{App, actor, forms, views};
use shared::{
    domain::{
        cloud::{Customer, Member},
        reason::Failure,
    },
    service::actor::Actor,
    wire::{Call, Stated, cloud::Success},
};
use std::sync::Arc;

/// #39
pub async fn show(app: Arc<App>, member: Member, call: Call) -> Result<Success, Failure> {
    let (customer, papers) = app.portal.customer_with_papers(actor(&app, &member, &call)).await?;
    Success::content(&views::Customer::of(&customer, &papers, &member))
}

/// #40
pub async fn change(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::customer_change)?;
    if form.patch.authorization.is_some() || form.mobile.is_some() {
        member.caller.demand_recent_sign_in(call.now().real)?;
    }
    must_match(&app, actor(&app, &member, &call), &form.stated).await?;
    let change = |customer: &mut Customer| form.patch.apply_to(customer);
    match &form.mobile {
        Some((phone, code)) => app.portal.change_mobile(actor(&app, &member, &call), (phone, code), change).await?,
        None => app.portal.change_customer(actor(&app, &member, &call), change).await?,
    }
    Ok(Success::nothing())
}

/// What is sent back of the record and not changed by the call must be what the record says.
async fn must_match(app: &App, actor: Actor<'_, &Member>, stated: &Stated) -> Result<(), Failure> {
    if stated.is_empty() {
        return Ok(());
    }
    let (customer, papers) = app.portal.open_customer(actor).await?;
    stated.must_match(&views::WholeCustomer::of(&customer, &papers, actor.who))
}

/// Extension: what #39 shows of papers is set here.
pub async fn papers(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let (form, stated) = call.read(forms::papers)?;
    must_match(&app, actor(&app, &member, &call), &stated).await?;
    app.portal.change_papers(actor(&app, &member, &call), &form).await?;
    Ok(Success::nothing())
}

/// #41
pub async fn available(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    app.portal.settings.zones.named(call.path("zone"))?;
    let cus_name = call.read(|fields| fields.required("cus_name"))?;
    let name = forms::name_to_look_for(&cus_name)?;
    let is_free = app.portal.is_available(&name, call.origin(), call.now().real).await?;
    Success::content(&views::Available::of(cus_name.trim(), is_free))
}

/// #46
pub async fn manager(app: Arc<App>, member: Member, _: Call) -> Result<Success, Failure> {
    let customer = app.portal.customer(&member).await?;
    Success::content(&views::Manager::of(&customer))
}

/// #52
pub async fn profession(app: Arc<App>, member: Member, _: Call) -> Result<Success, Failure> {
    let customer = app.portal.customer(&member).await?;
    Success::content(&views::Profession::of(&customer))
}

/// #53
pub async fn change_profession(app: Arc<App>, member: Member, mut call: Call) -> Result<Success, Failure> {
    let (form, stated) = call.read(forms::profession_change)?;
    must_match(&app, actor(&app, &member, &call), &stated).await?;
    app.portal.change_customer(actor(&app, &member, &call), |customer| form.apply_to(customer)).await?;
    Ok(Success::nothing())
}
