//! Money and points of a record: entries that are added and never changed, and sums that are always theirs.

use super::ShopRecord;
use crate::domain::{
    account::AccountId,
    money::Fen,
    reason::{Failure, Reason},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which of the two sums an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShopAccount {
    /// 余额, in fen.
    Balance,
    /// 积分.
    Credit,
}

/// What makes an entry itself: the same key is the same entry, however often it comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShopEntryKey(String);

impl ShopEntryKey {
    /// A key that a caller chose.
    pub fn given(key: &str) -> Result<Self, Failure> {
        let is_key = (1..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        is_key
            .then(|| Self(format!("given-{key}")))
            .ok_or_else(|| Failure::malformed("幂等键应为 1 至 64 个可见 ASCII 字符"))
    }

    /// The key of a day's sign-in: there is one a day.
    pub fn of_signin(day: jiff::civil::Date) -> Self {
        Self(format!("signin-{day}"))
    }

    pub fn is_signin(&self) -> bool {
        self.0.starts_with("signin-")
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is to be booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopBooking {
    pub key: ShopEntryKey,
    pub account: ShopAccount,
    /// Fen or points; what goes out is negative.
    pub amount: i64,
    pub reason: String,
}

/// What was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopEntry {
    pub key: ShopEntryKey,
    pub account: ShopAccount,
    pub amount: i64,
    pub reason: String,
    /// The sum after it.
    pub after: i64,
    pub at: Timestamp,
    pub by: AccountId,
}

impl ShopEntry {
    /// Whether the same booking came again.
    pub fn is(&self, booking: &ShopBooking) -> bool {
        (self.account, self.amount, &self.reason) == (booking.account, booking.amount, &booking.reason)
    }
}

impl ShopBooking {
    /// The largest amount of one entry: ten million yuan.
    pub const LARGEST: i64 = 1_000_000_000;
    /// What no sum reaches.
    const MOST: i64 = 1_000_000_000_000;

    /// The record with this booked, and the entry that says so. Neither sum may fall below zero.
    pub fn over(&self, before: &ShopRecord, at: Timestamp, by: &AccountId) -> Result<(ShopRecord, ShopEntry), Failure> {
        let mut after = before.clone();
        let sum = match self.account {
            ShopAccount::Balance => &mut after.balance.0,
            ShopAccount::Credit => &mut after.credit,
        };
        *sum = sum.saturating_add(self.amount);
        if *sum < 0 {
            let text = if self.account == ShopAccount::Balance { "余额不足" } else { "积分不足" };
            return Err(Failure::from(Reason::WrongState).saying(text));
        }
        if *sum > Self::MOST {
            return Err(Failure::malformed("金额过大"));
        }
        let entry = ShopEntry {
            key: self.key.clone(),
            account: self.account,
            amount: self.amount,
            reason: self.reason.clone(),
            after: *sum,
            at,
            by: by.clone(),
        };
        Ok((after, entry))
    }
}

impl ShopRecord {
    /// Whether the record may be deleted: there is no money on it.
    pub fn may_be_deleted(&self) -> Result<(), Failure> {
        if self.balance == Fen(0) { Ok(()) } else { Err(Reason::BalanceLeft.into()) }
    }
}
