//! `charging-customers.md`: a driver's profile, avatar, vehicles and fees.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CODES, Error, Function, GATE, Need, PICTURES, Parts, SIGN_IN, TABLES},
    domain::{
        account::{AccountId, Realm, Role},
        reason::{Failure, Reason},
        session::Caller,
        vehicle::Plate,
    },
    service::customer::Customers,
    wire::{
        Access, Call, Router, Routes,
        envelope::Picture,
        ev_customer::{EvCustomer, EvVehicle, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function {
    name: env!("CARGO_PKG_NAME"),
    needs: &[TABLES, GATE, SIGN_IN, CODES, PICTURES, Need::of(&["VEHICLES_PER_DRIVER"])],
};

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub customers: Customers,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { customers: parts.customers()? })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

const DRIVERS: Access = Access::SignedIn(&[Realm::Ev]);
/// #1: the driver, or an administrator.
const DRIVERS_AND_ADMINS: Access = Access::Roles(&[Role::Driver, Role::Admin]);

/// #1 to #7 of the contracts, and what we add: the phone, the password, closing the account.
pub fn routes() -> Routes<EvCustomer, App> {
    let vehicles = Routes::<EvVehicle, App>::new(&[])
        .guarded("PUT", "/customer/customers/vehicleBinding", DRIVERS, bind)
        .guarded("PUT", "/customer/customers/vehicleUnbinding", DRIVERS, unbind);
    // The document prints it with a trailing slash and without, and behind the prefix of an earlier gateway.
    Routes::new(&["/customer/customers/{proxy+}", "/zuul/{proxy+}"])
        .guarded("PUT", "/customer/customers/{id}", DRIVERS_AND_ADMINS, change)
        .guarded("DELETE", "/customer/customers/{id}", DRIVERS, close)
        .guarded("GET", "/customer/customers/myInfo", DRIVERS, my_info)
        .upload("PUT", "/zuul/customer/customers/uploadAvatar/", DRIVERS, upload_avatar)
        .upload("POST", "/zuul/customer/customers/uploadAvatar/", DRIVERS, upload_avatar)
        .upload("PUT", "/zuul/customer/customers/uploadAvatar", DRIVERS, upload_avatar)
        .upload("POST", "/zuul/customer/customers/uploadAvatar", DRIVERS, upload_avatar)
        .upload("PUT", "/customer/customers/uploadAvatar/", DRIVERS, upload_avatar)
        .upload("POST", "/customer/customers/uploadAvatar/", DRIVERS, upload_avatar)
        .upload("PUT", "/customer/customers/uploadAvatar", DRIVERS, upload_avatar)
        .upload("POST", "/customer/customers/uploadAvatar", DRIVERS, upload_avatar)
        .guarded("GET", "/customer/customers/{id}/avatar", DRIVERS, avatar)
        .guarded("GET", "/customer/customers/getVehicleFeeStats", DRIVERS, fee_stats)
        .guarded("PUT", "/customer/customers/password", DRIVERS, change_password)
        .guarded("PUT", "/customer/customers/phone", DRIVERS, change_phone)
        .with(vehicles)
}

async fn change(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let account = if caller.role == Role::Admin {
        AccountId::of_driver(call.path("id")).ok_or(Reason::NotYours)?
    } else {
        own(&caller, Some(call.path("id")))?
    };
    let (change, stated) = call.read(forms::profile)?;
    if !stated.is_empty() {
        stated.must_match(&views::MyInfo::of(&app.customers.info(&account).await?)?)?;
    }
    app.customers.change(&account, &change, call.now().real).await?;
    Ok(Success::Done)
}

async fn my_info(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    let info = app.customers.info(&caller.account).await?;
    Success::data(&views::MyInfo::of(&info)?)
}

async fn upload_avatar(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let upload = call.read(forms::Upload::parse)?;
    own(&caller, upload.id.as_deref())?;
    app.customers.set_avatar(&caller, upload.picture, call.now().real).await?;
    Ok(Success::Done)
}

async fn avatar(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let account = AccountId::of_driver(call.path("id")).ok_or(Reason::NotYours)?;
    let key = app.customers.avatar(&account).await?;
    if call.has(&key.tag()) {
        return Ok(Success::Picture(Picture { tag: key.tag(), content: None, keep: Picture::PRIVATE }));
    }
    let (key, content) = app.customers.avatar_content(&account, key).await?;
    Ok(Success::Picture(Picture { tag: key.tag(), content: Some(content), keep: Picture::PRIVATE }))
}

async fn bind(app: Arc<App>, caller: Caller, mut call: Call) -> Result<&'static str, Failure> {
    let form = call.read(forms::Binding::parse)?;
    own(&caller, form.customer.as_deref())?;
    app.customers.bind(&caller, &form.vehicle, call.now().real).await?;
    Ok("车辆绑定成功")
}

async fn unbind(app: Arc<App>, caller: Caller, mut call: Call) -> Result<&'static str, Failure> {
    let form = call.read(forms::Unbinding::parse)?;
    own(&caller, form.customer.as_deref())?;
    let vehicle = form.vehicle.ok_or(Reason::NotYours)?;
    app.customers.unbind(&caller, vehicle, call.now().real).await?;
    Ok("车辆解绑成功")
}

async fn fee_stats(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let plates = caller.standing.plates.iter().map(Plate::as_str);
    let fees = app.customers.bills.fees(&caller.account, plates, call.now().station).await?;
    Success::data(&views::Fees::all(&fees))
}

async fn change_password(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let known = app.customers.sign_in_names(&caller).await?;
    let form = call.read(|fields| forms::Passwords::parse(fields, &known))?;
    let change = form.change(&caller, &known, call.origin(), call.now().real);
    let issued = app.customers.sign_in.change_password(&change).await?;
    Success::renewed(&views::Renewed::of(&issued), issued.token)
}

async fn change_phone(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(forms::new_phone)?;
    let issued = app.customers.change_phone(&caller, wish, call.origin(), call.now().real).await?;
    issued.map_or(Ok(Success::Done), |issued| Success::renewed(&views::Renewed::of(&issued), issued.token))
}

async fn close(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    own(&caller, Some(call.path("id")))?;
    app.customers.close(&caller, call.origin(), call.now().real).await?;
    Ok(Success::Done)
}

/// The account that a request names, if it is the caller's own; one that it does not name is. Another driver's answers
/// like one that does not exist.
fn own(caller: &Caller, named: Option<&str>) -> Result<AccountId, Failure> {
    match named {
        Some(id) if shared::domain::text::halfwidth(id) != caller.account.as_str() => Err(Reason::NotYours.into()),
        _ => Ok(caller.account.clone()),
    }
}
