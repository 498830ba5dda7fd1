//! `charging-app.md`, charging (充电管理) and history (日志管理): a driver's way through the queue.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CHARGING, Error, Function, GATE, PAYMENTS, Parts, TABLES},
    domain::{account::Realm, reason::Failure, session::Caller},
    service::{
        bill::Bills,
        charging::{Charging, Order},
        payment::Payments,
    },
    wire::{
        Access, Call, Router, Routes,
        ev_app::{EvApp, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, CHARGING, PAYMENTS] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub bills: Bills,
    pub payments: Payments,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let (charging, payments) = (parts.charging()?, parts.payments()?);
        Ok(Self { charging, bills: Bills::new(parts.store.clone()), payments })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

const DRIVERS: Access = Access::SignedIn(&[Realm::Ev]);

/// #33 to #37 of the contracts, and what we add: the stations, a driver's bills and their payment.
pub fn routes() -> Routes<EvApp, App> {
    Routes::new(&[
        "/user/charge/{proxy+}",
        "/user/log/{proxy+}",
        "/user/stations",
        "/user/bills",
        "/user/bill/{proxy+}",
    ])
    .guarded("POST", "/user/charge/apply", DRIVERS, apply)
    .guarded("POST", "/user/charge/cancel", DRIVERS, cancel)
    .guarded("POST", "/user/charge/modify", DRIVERS, modify)
    .guarded("GET", "/user/charge/info", DRIVERS, info)
    .guarded("GET", "/user/log/get", DRIVERS, log)
    .guarded("GET", "/user/stations", DRIVERS, stations)
    .guarded("GET", "/user/bills", DRIVERS, bills)
    .guarded("POST", "/user/bill/pay", DRIVERS, pay)
}

async fn apply(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let order = Order { key: call.idempotency_key()?, ..call.read(forms::order)? };
    let number = app.charging.apply(&caller, &order, call.now()).await?;
    Success::data("申请成功", &number.to_string())
}

async fn cancel(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    app.charging.cancel(&caller, call.now()).await?;
    Ok(Success::done("取消成功"))
}

async fn modify(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::Modify::parse)?;
    let number = app.charging.change(&caller, form.mode, form.energy, call.now()).await?;
    Success::data("修改成功", &number.to_string())
}

async fn info(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let seen = app.charging.info(&caller, call.now().station).await?;
    Success::data("查询成功", &views::Info::of(&seen, &caller, call.now().station)?)
}

async fn log(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let most = call.read(forms::most_records)?;
    let records = app.charging.records(&caller, most).await?;
    Success::log("查询成功", &views::Line::all(&records))
}

async fn stations(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let now = call.now().station;
    let offers = app.charging.offers(now).await?;
    Success::data("查询成功", &views::StationNow::all(&offers, now))
}

async fn bills(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let most = call.read(forms::most_records)?;
    let bills = app.bills.of_driver(&caller.account, most, call.now().station).await?;
    Success::data("查询成功", &views::Bill::all(&bills))
}

async fn pay(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let bill = call.read(forms::bill)?;
    let started = app.payments.start(&caller.account, bill, call.now().station).await?;
    Success::data("请完成支付", &views::ToPay::of(&started, bill))
}
