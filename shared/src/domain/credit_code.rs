//! Unified social credit codes by GB 32100-2015: eighteen characters, the last a check.

use super::{organisation_code, reason::Failure, text::compact};
use serde::{Deserialize, Serialize};

/// Digits and capitals without I, O, S, V and Z; a character's place is its value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of three modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A code whose checks are right: its own, and that of the organisation code within.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CreditCode(String);

impl CreditCode {
    /// Where a field also carries numbers of older kinds, a failure is a flag and not a refusal.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let code = compact(text);
        if is_right(&code) {
            return Ok(Self(code));
        }
        Err(Failure::malformed("统一社会信用代码不正确（参照 GB 32100-2015）"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_right(code: &str) -> bool {
    let values: Option<Vec<usize>> = code.chars().map(|c| ALPHABET.find(c)).collect();
    let Some([body @ .., check]) = values.as_deref() else { return false };
    let has_form = body.len() == WEIGHTS.len() && body.iter().skip(2).take(6).all(|value| *value < 10);
    let sum: usize = body.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    has_form && *check == (31 - sum % 31) % 31 && code.get(8..17).is_some_and(organisation_code::is_right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_with_the_right_checks_are_read() {
        for valid in [
            "91350100M000100Y43",
            "91440300708461136T",
            "91310000775785552L",
            "911101085912872336",
            "12340100485001238X",
        ] {
            assert_eq!(CreditCode::parse(valid).map(|code| code.0), Ok(valid.to_owned()));
        }
        assert!(CreditCode::parse(" 91350100m000100y43 ").is_ok());
    }

    #[test]
    fn others_are_refused() {
        for refused in [
            "91350100M000100Y44",
            "9135O100M000100Y43",
            "91350100M000100Y4",
            "91350100M000100I43",
            "123",
            "",
            "信用代码",
            "330104598502150",
        ] {
            assert!(CreditCode::parse(refused).is_err(), "{refused}");
        }
    }
}
