//! Vehicle identification numbers by ISO 3779: kept leniently, with whether the check digit of GB 16735 is right.

use super::{reason::Failure, rule::Rule, text::compact};
use serde::{Deserialize, Serialize};
use std::fmt;

const LENGTH: usize = 17;
/// Where the check digit stands.
const CHECK_AT: usize = 8;
const WEIGHTS: [u32; LENGTH] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// One to seventeen letters or digits, as capitals. The documents' own sample is `123456`, so more cannot be asked.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Vin(String);

impl Vin {
    pub const RULE: Rule = Rule::text(1, LENGTH).matching("^[0-9A-Za-z]+$");

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let vin = compact(text);
        if Self::RULE.fits(&vin) && vin.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Self(vin));
        }
        Err(Failure::typed("车架号（VIN）应为 1 至 17 位字母或数字"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `vinVerified`: seventeen characters of the standard's alphabet with the right check digit.
    pub fn is_verified(&self) -> bool {
        let values: Option<Vec<u32>> = self.0.bytes().map(value).collect();
        let Some(values) = values.filter(|values| values.len() == LENGTH) else { return false };
        let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        let check = match sum % 11 {
            10 => Some(b'X'),
            digit => u8::try_from(digit).ok().map(|digit| b'0' + digit),
        };
        self.0.as_bytes().get(CHECK_AT).copied() == check
    }
}

/// The value of a character; I, O and Q are not used.
fn value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'H' => byte - b'A' + 1,
        b'J'..=b'N' => byte - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => byte - b'S' + 2,
        _ => return None,
    };
    Some(u32::from(value))
}

/// A log shows the maker, not the car.
impl fmt::Debug for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vin({}***)", self.0.get(..3).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_check_digit_is_verified() {
        for valid in ["1M8GDM9AXKP042788", "11111111111111111", "1HGCM82633A004352", "5YJ3E1EA7HF000337"] {
            assert_eq!(Vin::parse(valid).as_ref().map(Vin::is_verified), Ok(true), "{valid}");
        }
        assert_eq!(Vin::parse(" lsvam4187c2184847 ").map(|vin| vin.is_verified()), Ok(true));
    }

    #[test]
    fn what_is_wrong_is_kept_as_capitals_and_not_verified() {
        for kept in ["5YJ3E1EA1HF000337", "LBV5S3103GSJ12345", "1M8GDM9AIKP042788", "1M8GDM9A1KP042788", "123456"] {
            let vin = Vin::parse(&kept.to_lowercase());
            assert_eq!(vin.map(|vin| (vin.is_verified(), vin.0)), Ok((false, kept.to_owned())));
        }
    }

    #[test]
    fn what_is_no_number_at_all_is_refused() {
        for refused in ["", "1M8GDM9AXKP0427889", "车架号", "1M8/GDM"] {
            assert!(Vin::parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_log_shows_no_whole_number() {
        let vin = Vin::parse("1M8GDM9AXKP042788");
        assert_eq!(vin.map(|vin| format!("{vin:?}")), Ok("Vin(1M8***)".to_owned()));
    }
}
