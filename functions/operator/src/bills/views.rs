//! Bills as operators read them. Amounts are yuan with two decimals.

use serde::Serialize;
use shared::{
    domain::{account::AccountId, charging::Moment, money::Fen},
    service::{bill, ledger::LedgerEntry},
    wire::ev_app::{time, time_of},
};

/// A page of bills; `next` is what to send as `after` for the next one.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Page<'a> {
    bills: Vec<Line<'a>>,
    next: Option<String>,
}

/// A bill with everything that was booked beside it, in that order.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Whole<'a> {
    #[serde(flatten)]
    bill: Line<'a>,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Line<'a> {
    /// The request that was billed: one request, one bill.
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    bill_id: u64,
    driver_id: &'a str,
    /// Empty of a driver who charged without one.
    plate: &'a str,
    station_id: &'a str,
    issued_at: String,
    due_at: String,
    /// Detail records.
    records: u16,
    kwh: String,
    charging_fee: String,
    service_fee: String,
    total_fee: String,
    /// What came in less what went back.
    paid: String,
    credited: String,
    /// What is owed.
    outstanding: String,
    /// What the driver has to get back.
    overpaid: String,
    /// `current` (待支付), `arrears` (待补缴) or `paid`.
    state: &'static str,
    /// Since when nothing is owed.
    settled_at: Option<String>,
}

/// One entry. It never changes, and says how the bill stood after it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Entry<'a> {
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    bill_id: u64,
    driver_id: &'a str,
    /// `payment`, `credit` or `refund`.
    kind: &'static str,
    /// Of payments and refunds.
    reference: Option<&'a str>,
    /// Of credits.
    key: Option<&'a str>,
    amount: String,
    reason: Option<&'a str>,
    at: String,
    /// The operator's account; null where the payment provider's word was booked.
    by: Option<&'a str>,
    outstanding: String,
    overpaid: String,
    state: &'static str,
}

impl<'a> Page<'a> {
    pub fn of(page: &'a bill::BillStatements) -> Self {
        let bills = page.bills.iter().map(|found| Line::of(&found.driver, &found.bill)).collect();
        Self { bills, next: page.next.as_ref().map(bill::Cursor::shown) }
    }
}

impl<'a> Whole<'a> {
    pub fn of(driver: &'a AccountId, bill: &'a bill::BillStatement, entries: &'a [LedgerEntry]) -> Self {
        Self { bill: Line::of(driver, bill), entries: entries.iter().map(Entry::of).collect() }
    }
}

impl<'a> Line<'a> {
    fn of(driver: &'a AccountId, bill: &'a bill::BillStatement) -> Self {
        let balance = bill.balance;
        Self {
            bill_id: bill.id,
            driver_id: driver.as_str(),
            plate: &bill.plate,
            station_id: &bill.station,
            issued_at: time(bill.issued),
            due_at: time(bill.due),
            records: bill.records,
            kwh: format!("{}.{:03}", bill.watt_hours / 1000, bill.watt_hours % 1000),
            charging_fee: bill.charging.to_string(),
            service_fee: bill.service.to_string(),
            total_fee: balance.total.to_string(),
            paid: balance.paid.to_string(),
            credited: balance.credited.to_string(),
            outstanding: balance.owed().to_string(),
            overpaid: balance.overpaid().to_string(),
            state: bill.state.as_str(),
            settled_at: bill.closed.map(time),
        }
    }
}

impl<'a> Entry<'a> {
    pub fn of(entry: &'a LedgerEntry) -> Self {
        let (key, is_credit) = (Some(entry.key.as_str()), entry.is_credit());
        Self {
            bill_id: entry.request,
            driver_id: entry.account.as_str(),
            kind: entry.kind.as_str(),
            reference: key.filter(|_| !is_credit),
            key: key.filter(|_| is_credit),
            amount: Fen(entry.amount).to_string(),
            reason: entry.reason.as_deref(),
            at: time_of(Moment::from_millis(entry.at)),
            by: entry.by.as_deref(),
            outstanding: Fen(entry.outstanding.max(0)).to_string(),
            overpaid: Fen((-entry.outstanding).max(0)).to_string(),
            state: entry.state.as_str(),
        }
    }
}
