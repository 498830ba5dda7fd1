//! Business customers: found by name, and given an account manager (客户经理), whom #46 shows them.

#[cfg(feature = "openapi")]
mod describe;

#[cfg(feature = "openapi")]
pub use describe::operations;

use crate::{App, actor};
use serde::Serialize;
use shared::{
    domain::{
        account::{Email, LoginName},
        cloud::{Customer, CustomerId, Manager, Tenant, Zone, line::line},
        reason::{Failure, Reason},
        session::Caller,
    },
    wire::{Call, Fields, label, missing, plain::Success},
};
use std::sync::Arc;

/// A business customer, as far as finding it and naming its manager goes.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CustomerView<'a> {
    zone: &'a str,
    customer_id: &'a str,
    cus_name: &'a str,
    cus_type: &'static str,
    manager: Option<ManagerView<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct ManagerView<'a> {
    name: &'a str,
    mobile: &'a str,
    email: &'a str,
    qq: &'a str,
}

impl<'a> CustomerView<'a> {
    fn of(Tenant { zone, customer: id }: &'a Tenant, customer: &'a Customer) -> Self {
        let manager = |manager: &'a Manager| ManagerView {
            name: &manager.name,
            mobile: &manager.mobile,
            email: &manager.email,
            qq: &manager.qq,
        };
        Self {
            zone: zone.as_str(),
            customer_id: id.as_str(),
            cus_name: &customer.cus_name,
            cus_type: customer.cus_type.as_str(),
            manager: customer.manager.as_ref().map(manager),
        }
    }
}

/// By `cus_name`, which is one customer's over all zones.
pub async fn find(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let name = call.read(|fields| Ok(LoginName::read(&fields.required("cus_name")?)))?;
    let (tenant, customer) = app.business.named(&name).await?;
    Success::content(&CustomerView::of(&tenant, &customer))
}

pub async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let tenant = tenant(&call)?;
    Success::content(&CustomerView::of(&tenant, &app.business.customer(&tenant).await?))
}

pub async fn assign(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (tenant, manager) = (tenant(&call)?, call.read(manager)?);
    let customer = app.business.assign(&tenant, Some(&manager), &actor(&app, &caller, &call)).await?;
    Success::content(&CustomerView::of(&tenant, &customer))
}

pub async fn clear(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    app.business.assign(&tenant(&call)?, None, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// What cannot be a customer's is nobody's.
fn tenant(call: &Call) -> Result<Tenant, Failure> {
    let zone = Zone::parse(call.path("zone")).map_err(|_| Reason::NotYours)?;
    Ok(Tenant { zone, customer: CustomerId::parse(call.path("customer"))? })
}

/// `{"name","mobile","email","qq"}`; all but the name may be left out. The mobile is shown as it is given, because it may
/// be an extension or a landline.
fn manager(fields: &mut Fields) -> Result<Manager, Failure> {
    let mut text = |name: &str, longest| {
        line(&fields.optional(name)?.unwrap_or_default(), longest, label(name)).map_err(|no| no.of(name))
    };
    let (name, mobile, qq) = (text("name", 64)?, text("mobile", 32)?, text("qq", 20)?);
    if name.is_empty() {
        return Err(missing("name"));
    }
    let email = fields.optional("email")?.map(|email| Email::parse(&email)).transpose()?;
    Ok(Manager { name, mobile, email: email.map_or_else(String::new, |email| email.as_str().to_owned()), qq })
}
