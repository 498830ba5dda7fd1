//! Signing a customer in (签到): once in a day of the shop's, for points.

use super::{ShopAccount, ShopBooking, ShopEntryKey, ShopRecord};
use crate::domain::day::local_day;
use jiff::Timestamp;

pub const SIGNIN_REASON: &str = "签到";

pub fn has_signed_in(customer: &ShopRecord, now: Timestamp) -> bool {
    customer.last_signin_at.is_some_and(|at| local_day(at) == local_day(now))
}

/// What a sign-in books. Its key is the day, so a second one of a day is the same entry.
pub fn sign_in(now: Timestamp, points: u32) -> ShopBooking {
    let key = ShopEntryKey::of_signin(local_day(now));
    ShopBooking { key, account: ShopAccount::Credit, amount: points.into(), reason: SIGNIN_REASON.to_owned() }
}
