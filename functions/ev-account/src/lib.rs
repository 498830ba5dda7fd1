//! `charging-app.md`, user management (用户管理): sign-in, registration and details of a driver's account.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{Boot, Error},
    domain::{account::Realm, reason::Failure, session::Caller},
    service::{driver::Drivers, sign_in::Attempt},
    wire::{
        Access, Call, Routes,
        ev_app::{EvApp, Success},
    },
};
use std::sync::Arc;

/// Environment variables that only this function reads.
pub const NEEDS: &[&str] = &["REGISTER_PER_IP_MINUTE"];

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub drivers: Drivers,
}

impl App {
    pub fn new(boot: &Boot) -> Result<Self, Error> {
        let sign_in = boot.sign_in()?;
        let drivers = Drivers::new(boot.store.clone(), sign_in, boot.limit("REGISTER_PER_IP_MINUTE")?);
        Ok(Self { drivers })
    }
}

/// #30 to #32 of the contracts.
pub fn routes() -> Routes<EvApp, App> {
    Routes::new(&["/u/{proxy+}", "/user/{proxy+}"])
        .public("POST", "/u/login", login)
        .public("POST", "/u/register", register)
        .guarded("GET", "/user/detail", Access::SignedIn(&[Realm::Ev]), detail)
}

async fn login(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::Login::parse)?;
    let attempt = Attempt {
        realm: Realm::Ev,
        name: form.name,
        password: form.password,
        origin: call.origin(),
        now: call.now().real,
    };
    let issued = app.drivers.sign_in.with_password(&attempt).await?;
    Ok(Success::token("登录成功", issued.token))
}

async fn register(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let driver = call.read(forms::registration)?;
    let issued = app.drivers.register(&driver, call.origin(), call.now().real).await?;
    Ok(Success::token("注册成功", issued.token))
}

async fn detail(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    let profile = app.drivers.profile(&caller).await?;
    Success::data("获取用户信息成功", &views::Detail::of(&profile)?)
}
