//! Signing a customer in (签到): once in a day of the shop's, for points.

use super::{Account, Booking, Customer, EntryKey};
use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

pub const SIGNIN_REASON: &str = "签到";

/// All shops keep the time of Shanghai.
const SHOP_TIME: Offset = Offset::constant(8);

/// The shop's day.
pub fn local_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(SHOP_TIME)).date()
}

pub fn has_signed_in(customer: &Customer, now: Timestamp) -> bool {
    customer.last_signin_at.is_some_and(|at| local_day(at) == local_day(now))
}

/// What a sign-in books. Its key is the day, so a second one of a day is the same entry.
pub fn sign_in(now: Timestamp, points: u32) -> Booking {
    let key = EntryKey::of_signin(local_day(now));
    Booking { key, account: Account::Credit, amount: points.into(), reason: SIGNIN_REASON.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_day_begins_at_midnight_in_shanghai() {
        let at = |text: &str| local_day(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-06-01T15:59:59Z"), "2026-06-01");
        assert_eq!(at("2026-06-01T16:00:00Z"), "2026-06-02");
    }
}
