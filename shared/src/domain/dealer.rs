//! Dealers of the auto mall: what they call themselves, and how a request names one.

use super::{
    account::AccountId,
    phone::Phone,
    reason::Failure,
    rule::{ONE_LINE, Rule},
    text::{composed, is_invisible},
};
use serde::{Deserialize, Serialize};

/// A name to be shown (昵称).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nickname(String);

impl Nickname {
    pub const RULE: Rule = Rule::text(1, 32).matching(ONE_LINE);

    /// 1 to 32 characters after trimming, composed (NFC), none of them a control character.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let name = composed(text.trim());
        if Self::RULE.fits(&name) && !name.chars().any(is_invisible) {
            Ok(Self(name))
        } else {
            Err(Failure::typed("昵称需 1 至 32 个字符，不能包含不可见字符"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the document calls `username` (账号) and never gives out: the account's current telephone, or its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DealerUsername {
    ByPhone(Phone),
    ById(AccountId),
}

impl DealerUsername {
    /// The longest id that is looked up; ours have 32 characters.
    const LONGEST: usize = 64;

    /// Text that is not a telephone is taken for an id, which exists or does not.
    pub fn read(text: &str) -> Self {
        let id = || text.trim().chars().take(Self::LONGEST).collect::<String>();
        Phone::parse(text).map_or_else(|_| Self::ById(AccountId::known(id())), Self::ByPhone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_have_one_to_thirty_two_characters_and_are_composed() {
        let shown = |text: &str| Nickname::parse(text).map(|name| name.as_str().to_owned());
        assert_eq!(shown("  老王 车行 "), Ok("老王 车行".to_owned()));
        assert_eq!(shown("Cafe\u{301}"), Ok("Café".to_owned()));
        assert!(shown(&"车".repeat(32)).is_ok());
        for refused in ["", "   ", "a\u{7}b", "a\nb", "x\u{85}x", &"车".repeat(33)] {
            assert!(shown(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_dealer_is_named_by_telephone_or_id() {
        let phone = Phone::parse("13800138000").unwrap();
        assert_eq!(DealerUsername::read("+86 138-0013-8000"), DealerUsername::ByPhone(phone));
        assert_eq!(DealerUsername::read(" 00ff "), DealerUsername::ById(AccountId::known("00ff")));
        assert_eq!(
            DealerUsername::read(&"x".repeat(2048)),
            DealerUsername::ById(AccountId::known("x".repeat(64))),
            "no key is longer"
        );
    }
}
