//! The `openId` that `WeChat` gives a person for one app, and whose it is.

use super::{
    account::AccountId,
    otp::Device,
    reason::Failure,
    rule::{Rule, VISIBLE},
    text::halfwidth,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// As an app says it: it proves nothing, but a code is good for the openId that asked for it, and each belongs to one
/// account of a realm at most.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpenId(String);

impl OpenId {
    pub const RULE: Rule = Rule::text(1, 128).matching(VISIBLE);

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let id = halfwidth(text);
        if Self::RULE.fits(&id) && id.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
            Ok(Self(id))
        } else {
            Err(Failure::malformed("微信用户标识应为 1 至 128 个可见 ASCII 字符，不能包含 #"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a code is bound to.
impl From<&OpenId> for Device {
    fn from(id: &OpenId) -> Self {
        Self::known(id.as_str())
    }
}

/// It names a person to others, so a log shows that there is one.
impl fmt::Debug for OpenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenId(***)")
    }
}

/// What has to change so that an openId is the account's whose phone was proved. The phone wins: another account
/// with the openId loses it, and the account gives up the one that it had.
#[derive(Debug, PartialEq, Eq)]
pub struct Rebinding<'a> {
    pub loser: Option<&'a AccountId>,
    pub given_up: Option<&'a OpenId>,
}

impl<'a> Rebinding<'a> {
    /// None where the account has the openId already.
    pub fn of(
        open_id: &OpenId,
        holder: Option<&'a AccountId>,
        (account, its_own): (&AccountId, Option<&'a OpenId>),
    ) -> Option<Self> {
        if holder == Some(account) {
            return None;
        }
        Some(Self { loser: holder, given_up: its_own.filter(|own| *own != open_id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OpenId {
        OpenId::parse(text).unwrap()
    }

    #[test]
    fn open_ids_are_short_visible_texts() {
        assert_eq!(id(" oGZUI0egBJY1zhBYw2KhdUfwVJJE ").as_str(), "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
        for refused in ["", " ", "a b", "a#b", "微信", &"x".repeat(129)] {
            assert!(OpenId::parse(refused).is_err(), "{refused}");
        }
        assert!(!format!("{:?}", id("oGZUI0eg")).contains("oGZ"));
    }

    #[test]
    fn an_open_id_goes_to_the_account_of_the_phone_and_leaves_whoever_had_it() {
        let (a, b) = (AccountId::known("a"), AccountId::known("b"));
        let (x, y) = (id("x"), id("y"));
        assert_eq!(Rebinding::of(&x, Some(&a), (&a, Some(&x))), None, "it is there");
        assert_eq!(Rebinding::of(&x, None, (&a, None)), Some(Rebinding { loser: None, given_up: None }));
        let moved = Rebinding { loser: Some(&b), given_up: Some(&y) };
        assert_eq!(Rebinding::of(&x, Some(&b), (&a, Some(&y))), Some(moved));
    }
}
