//! Bills: found, and what is booked beside them. A bill itself never changes.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::operations;

use crate::App;
use shared::{
    domain::{
        ledger::EntryKind,
        reason::{Failure, Reason},
        session::Caller,
    },
    service::ledger::Booking,
    wire::{Call, plain::Success},
};
use std::sync::Arc;

pub async fn find(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (search, now) = (call.read(forms::search)?, call.now());
    let found = app.bills.find(&search, (now.real, now.station)).await?;
    Success::content(&views::Page::of(&found))
}

pub async fn look(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let (driver, bill) = (forms::driver(call.path("driver"))?, forms::bill(call.path("bill"))?);
    let (found, entries) = app.bills.one(&driver, bill, call.now().station).await?;
    Success::content(&views::Whole::of(&driver, &found, &entries))
}

pub async fn settle(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let booking = call.read(|fields| forms::money(fields, EntryKind::Payment))?;
    book(&app, &caller, &call, &booking).await
}

pub async fn credit(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let key = call.idempotency_key()?;
    let booking = call.read(|fields| forms::credit(fields, key))?;
    book(&app, &caller, &call, &booking).await
}

pub async fn refund(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let booking = call.read(|fields| forms::money(fields, EntryKind::Refund))?;
    book(&app, &caller, &call, &booking).await
}

async fn book(app: &App, caller: &Caller, call: &Call, booking: &Booking) -> Result<Success, Failure> {
    let (driver, bill) = (forms::driver(call.path("driver"))?, forms::bill(call.path("bill"))?);
    let actor = crate::actor(app, caller, call);
    Success::content(&views::Entry::of(&app.ledger.book((&driver, bill), booking, &actor).await?))
}

/// What cannot be an id is nobody's.
fn unknown() -> Failure {
    Reason::NotYours.into()
}
