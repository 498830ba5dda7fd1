//! The id that an app gives the device it runs on.

use super::{
    account::{AccountId, Realm},
    reason::Failure,
    rule::{NAME, Rule},
    text::{halfwidth, is_invisible},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an app calls its device. It proves nothing, but counts and bindings depend on it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(String);

impl DeviceId {
    pub const RULE: Rule = Rule::text(1, 128).matching(NAME);

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let id = halfwidth(text);
        let is_plain = |c: char| !is_invisible(c) && !c.is_whitespace() && c != '#';
        if Self::RULE.fits(&id) && id.chars().all(is_plain) {
            Ok(Self(id))
        } else {
            Err(Failure::malformed("设备标识需 1 至 128 个字符，不能包含空格、# 或不可见字符"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A device that has signed in to an account, as a token of ours shows that it sent along (`X-Device-Token`). It opens
/// nothing; it keeps the limits that others use up from closing the account for its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDevice {
    pub realm: Realm,
    pub account: AccountId,
    /// Drawn with the sign-in at which the token was issued.
    pub id: String,
}

impl KnownDevice {
    pub fn is_of(&self, realm: Realm, account: &AccountId) -> bool {
        self.realm == realm && self.account == *account
    }
}

/// A log shows no more than the beginning.
impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({}***)", self.0.chars().next().unwrap_or('?'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_break_a_key_is_refused() {
        assert!(DeviceId::parse("a3f0-77 ").is_ok());
        for refused in ["", " ", "a b", "a#b", "a\u{0}b", &"x".repeat(129)] {
            assert!(DeviceId::parse(refused).is_err(), "{refused:?}");
        }
    }
}
