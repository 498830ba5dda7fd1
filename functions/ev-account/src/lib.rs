//! `charging-app.md`, user management (用户管理): sign-in, registration and details of a driver's account.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{Error, Function, GATE, Need, Parts, SIGN_IN, TABLES},
    domain::{account::Realm, reason::Failure, session::Caller},
    service::{driver::Drivers, sign_in::Attempt},
    wire::{
        Access, Call, Router, Routes,
        ev_app::{EvApp, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function =
    Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, SIGN_IN, Need::of(&["REGISTER_PER_IP_MINUTE"])] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub drivers: Drivers,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let sign_in = parts.sign_in()?;
        let drivers = Drivers::new(parts.store.clone(), sign_in, parts.variables.limit("REGISTER_PER_IP_MINUTE")?);
        Ok(Self { drivers })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
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
