//! Licence plates by GA 36-2018: which are well-formed, and the one way each is written.

use super::{reason::Failure, rule::Rule, text::compact};
use serde::{Deserialize, Serialize};
use std::fmt;

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// Ordinary plates end in one of these when the car is a police, learner's, trailer or consular one.
const SPECIAL_ENDS: &str = "警学挂领";

/// A plate in its normal form: proof that it is one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Plate(String);

impl Plate {
    /// GA 36-2018: ordinary, new-energy, special, of Hong Kong and Macao, of embassies.
    pub const RULE: Rule = Rule::text(7, 8).matching(concat!(
        "^(?:[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]",
        "(?:(?=.{5}$)[0-9]*[A-HJ-NP-Z]?[0-9]*[A-HJ-NP-Z]?[0-9]*|[A-HJK][0-9A-HJ-NP-Z][0-9]{4}|[0-9]{5}[A-HJK]",
        "|[0-9A-HJ-NP-Z]{4}[警学挂领])|粤Z[0-9A-HJ-NP-Z]{4}[港澳]|使[0-9]{6}|[0-9]{6}使)$"
    ));

    /// Reads a plate however it was typed: full-width, lower case, with a dot or spaces.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let plate = compact(text);
        if is_plate(&plate.chars().collect::<Vec<_>>()) {
            return Ok(Self(plate));
        }
        Err(Failure::typed("车牌号格式不正确（参照 GA 36-2018，例如 皖A12345 或 皖AD12345）"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The plate as a log may show it: the region and the last character.
impl fmt::Debug for Plate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        let (region, last) = (chars.next(), chars.next_back());
        write!(f, "Plate({}***{})", region.unwrap_or('?'), last.unwrap_or('?'))
    }
}

fn is_plate(plate: &[char]) -> bool {
    match plate {
        ['使', digits @ ..] | [digits @ .., '使'] => digits.len() == 6 && digits.iter().all(char::is_ascii_digit),
        ['粤', 'Z', middle @ .., '港' | '澳'] => middle.len() == 4 && middle.iter().copied().all(is_serial),
        [province, office, serial @ ..] if PROVINCES.contains(*province) && is_letter(*office) => {
            is_ordinary(serial) || is_small_new_energy(serial) || is_large_new_energy(serial) || is_special(serial)
        }
        _ => false,
    }
}

/// Five letters or digits, at most two of them letters.
fn is_ordinary(serial: &[char]) -> bool {
    serial.len() == 5
        && serial.iter().copied().all(is_serial)
        && serial.iter().filter(|c| c.is_ascii_alphabetic()).count() <= 2
}

/// Small new-energy cars: A–K, a letter or digit, four digits.
fn is_small_new_energy(serial: &[char]) -> bool {
    matches!(serial, [kind, second, digits @ ..]
        if is_new_energy_kind(*kind) && is_serial(*second) && digits.len() == 4 && digits.iter().all(char::is_ascii_digit))
}

/// Large new-energy cars: five digits, then A–K.
fn is_large_new_energy(serial: &[char]) -> bool {
    matches!(serial, [digits @ .., kind]
        if is_new_energy_kind(*kind) && digits.len() == 5 && digits.iter().all(char::is_ascii_digit))
}

fn is_special(serial: &[char]) -> bool {
    matches!(serial, [middle @ .., end]
        if SPECIAL_ENDS.contains(*end) && middle.len() == 4 && middle.iter().copied().all(is_serial))
}

/// A–Z without I and O, which look like digits.
fn is_letter(c: char) -> bool {
    c.is_ascii_uppercase() && !matches!(c, 'I' | 'O')
}

fn is_serial(c: char) -> bool {
    c.is_ascii_digit() || is_letter(c)
}

fn is_new_energy_kind(c: char) -> bool {
    matches!(c, 'A'..='H' | 'J' | 'K')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_plates_are_read_into_their_normal_form() {
        for (typed, normal) in [
            ("皖A12345", "皖A12345"),
            ("皖AYN056", "皖AYN056"),
            ("皖AD12345", "皖AD12345"),
            ("皖A12345D", "皖A12345D"),
            ("粤B·D12345", "粤BD12345"),
            ("沪ADR1234", "沪ADR1234"),
            ("粤Z1234港", "粤Z1234港"),
            ("京A1234警", "京A1234警"),
            ("使123456", "使123456"),
            ("123456使", "123456使"),
            (" 皖ａ１２３４５ ", "皖A12345"),
        ] {
            assert_eq!(Plate::parse(typed).map(|p| p.0), Ok(normal.to_owned()), "{typed}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for typed in [
            "皖AI1234",
            "皖AO12345",
            "皖A1234",
            "皖ABCD12",
            "皖A123456",
            "台A12345",
            "车牌号",
            "",
            "皖",
            "使12345",
            "粤Z123港",
        ] {
            assert!(Plate::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_log_shows_no_whole_plate() {
        assert_eq!(Plate::parse("皖A12345").map(|p| format!("{p:?}")), Ok("Plate(皖***5)".to_owned()));
    }
}
