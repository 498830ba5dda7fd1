//! `charging-app.md`, charging (充电管理) and history (日志管理): a driver's way through the queue.

mod bills;
mod board;
mod queue;
mod records;
mod stations;
mod views;

use shared::{
    boot::{CHARGING, Error, Function, GATE, PAYMENTS, Parts, TABLES},
    domain::account::Realm,
    service::{bill::Bills, charging::Charging, payment::Payments},
    wire::{Access, Router, Routes, ev_app::EvApp},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, GATE, CHARGING, PAYMENTS] };

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub charging: Charging,
    pub bills: Bills,
    pub payments: Payments,
    pub boards: board::Boards,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        let (charging, payments) = (parts.charging()?, parts.payments()?);
        Ok(Self { charging, bills: Bills::new(parts.store.clone()), payments, boards: board::Boards::default() })
    }
}

/// The function as it answers HTTP.
pub fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts)?))
}

const DRIVERS: Access = Access::SignedIn(&[Realm::Ev]);

/// #33 to #37 of the contracts, and what we add: the stations, a driver's bills and their payment, and the
/// public board of a station.
pub fn routes() -> Routes<EvApp, App> {
    Routes::new(&[
        "/user/charge/{proxy+}",
        "/user/log/{proxy+}",
        "/user/stations",
        "/user/bills",
        "/user/bill/{proxy+}",
        "/boards/{proxy+}",
    ])
    .on(&queue::APPLY, queue::apply)
    .on(&queue::CANCEL, queue::cancel)
    .on(&queue::MODIFY, queue::modify)
    .on(&queue::INFO, queue::info)
    .on(&records::LOG, records::log)
    .on(&stations::STATIONS, stations::stations)
    .on(&bills::BILLS, bills::bills)
    .on(&bills::PAY, bills::pay)
    .on(&board::BOARD, board::board)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = [
        queue::reference::operations(),
        records::reference::operations(),
        stations::reference::operations(),
        bills::reference::operations(),
        board::reference::operations(),
    ];
    describe::Described::new("ev-charging", describe::Document::ChargingApp, &routes(), operations.concat())
}
