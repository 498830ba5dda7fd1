//! Shops, the records they keep of their customers, and the money and points on them.

mod customer;
mod customer_id;
mod edit;
mod ledger;
mod search;
mod signin;

pub use customer::{IdAndName, NORMAL, Residence, ShopGender, ShopRecord, Tag, line_of_text, medical_record_number};
pub use customer_id::{Serial, ShopRecordId};
pub use edit::{Edit, changed_fields};
pub use ledger::{ShopAccount, ShopBooking, ShopEntry, ShopEntryKey};
pub use search::{Filter, Index, Keyword, LAST_DIGITS, MOST_LISTED, ShopRecordSearch, folded};
pub use signin::{SIGNIN_REASON, has_signed_in, sign_in};

use super::{
    mask::Mask,
    reason::{Failure, Reason},
    rule::Rule,
    session::Caller,
};
use serde::{Deserialize, Serialize};

/// How records show ID numbers to staff without the right to whole ones.
pub const SHOWN: Mask = Mask::AllButTwo;

/// A shop's name in keys: the tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShopId(String);

impl ShopId {
    pub const RULE: Rule = Rule::text(1, 32).matching("^[0-9A-Za-z_-]+$");

    pub fn parse(text: &str) -> Result<Self, Failure> {
        name(text).map(Self).ok_or_else(|| Failure::malformed("门店编号应为 1 至 32 位字母、数字、_ 或 -"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a group of shops that know the same people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GroupId(String);

impl GroupId {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        name(text).map(Self).ok_or_else(|| Failure::malformed("门店组编号应为 1 至 32 位字母、数字、_ 或 -"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Caller {
    /// The records of a shop that the session does not name answer as if they were not there.
    pub fn must_see(&self, shop: &ShopId) -> Result<(), Failure> {
        if self.shops.iter().any(|seen| seen == shop.as_str()) { Ok(()) } else { Err(Reason::NotYours.into()) }
    }

    /// The shop that is meant when none is named, for staff of one shop.
    pub fn shop(&self, named: Option<ShopId>) -> Result<ShopId, Failure> {
        match (named, self.shops.as_slice()) {
            (Some(shop), _) => self.must_see(&shop).map(|()| shop),
            (None, [only]) => ShopId::parse(only),
            (None, _) => Err(Failure::malformed("缺少门店编号").of("shopId")),
        }
    }
}

fn name(text: &str) -> Option<String> {
    let is_name = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
    ((1..=32).contains(&text.len()) && text.bytes().all(is_name)).then(|| text.to_owned())
}

/// A shop as the operator sets it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// What a sign-in adds to `credit`; the system's default where the shop has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signin_points: Option<u32>,
    /// Rises with every change.
    pub version: u64,
}
