//! Mainland mobile numbers (手机号): which are well-formed, and the one way each is written.

use super::{reason::Failure, rule::Rule, text::compact};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A mobile number in E.164, which is how it is stored; shown by its eleven digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    pub const RULE: Rule = Rule::text(11, 11).matching("^1[3-9][0-9]{9}$");

    /// Reads a number however it was typed: with `+86` or `0086`, spaces, hyphens, full-width digits. Segments of carriers
    /// are not listed, because they change.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let typed = compact(text);
        let digits = typed.strip_prefix("+86").or_else(|| typed.strip_prefix("0086")).unwrap_or(&typed);
        match digits.as_bytes() {
            [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) => {
                Ok(Self(format!("+86{digits}")))
            }
            _ => Err(Failure::typed("手机号格式不正确：应为 11 位大陆手机号")),
        }
    }

    /// As it is stored and sent to: `+86…`.
    pub fn as_e164(&self) -> &str {
        &self.0
    }

    /// As documents show it: eleven digits.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix("+86").unwrap_or(&self.0)
    }

    /// As others than its owner see it: `138****8000`.
    pub fn masked(&self) -> String {
        let digits = self.digits();
        format!("{}****{}", digits.get(..3).unwrap_or_default(), digits.get(7..).unwrap_or_default())
    }
}

/// A log shows the mask.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_one_number_however_it_was_typed() {
        for typed in
            ["13800138000", "+86 138-0013-8000", "0086 13800138000", "１３８００１３８０００", " 138 0013 8000 "]
        {
            assert_eq!(Phone::parse(typed).map(|phone| phone.0), Ok("+8613800138000".to_owned()), "{typed}");
        }
        for valid in ["13312345864", "15721460942", "13751247782", "19912345678"] {
            assert_eq!(Phone::parse(valid).as_ref().map(Phone::digits), Ok(valid));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for refused in ["", "12345678910", "134123456", "1331234586", "23312345864", "11012345678", "+8513800138000"] {
            assert!(Phone::parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn others_see_a_mask() {
        let phone = Phone::parse("13800138000");
        assert_eq!(phone.as_ref().map(Phone::masked), Ok("138****8000".to_owned()));
        assert_eq!(phone.map(|phone| format!("{phone:?}")), Ok("Phone(138****8000)".to_owned()));
    }
}
