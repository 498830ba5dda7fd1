//! Organisation codes by GB 11714-1997: eight characters and a check.

use super::{reason::Failure, text::compact};
use serde::{Deserialize, Serialize};

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A code in its printed form, `D2143569-X`: proof that its check is right.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrganisationCode(String);

impl OrganisationCode {
    /// Reads a code with or without its hyphen.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let code = compact(text);
        match code.split_at_checked(8) {
            Some((body, last)) if is_right(&code) => Ok(Self(format!("{body}-{last}"))),
            _ => Err(Failure::malformed("组织机构代码不正确（参照 GB 11714-1997）")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether nine characters without a hyphen are eight with their check.
pub(super) fn is_right(code: &str) -> bool {
    let Some((body, last)) = code.is_ascii().then(|| code.split_at_checked(8)).flatten() else { return false };
    let values: Option<Vec<u32>> = body.chars().map(value).collect();
    let Some(values) = values else { return false };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let check = match 11 - sum % 11 {
        10 => "X".to_owned(),
        11 => "0".to_owned(),
        digit => digit.to_string(),
    };
    last == check
}

fn value(c: char) -> Option<u32> {
    if c.is_ascii_lowercase() { None } else { c.to_digit(36) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_with_the_right_check_are_read_with_or_without_hyphen() {
        for valid in ["D2143569-X", "MA01TESX-2", "12345678-8", "71093123-X", "59128723-3"] {
            for typed in [valid.to_owned(), valid.replace('-', ""), valid.to_lowercase()] {
                assert_eq!(OrganisationCode::parse(&typed).map(|code| code.0), Ok(valid.to_owned()), "{typed}");
            }
        }
    }

    #[test]
    fn others_are_refused() {
        for refused in ["D2143569-0", "12345678-9", "ABC", "456", "D2143569X1", "", "组织机构", "组织机构代码组织机"]
        {
            assert!(OrganisationCode::parse(refused).is_err(), "{refused}");
        }
    }
}
