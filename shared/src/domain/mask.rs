//! Numbers of documents as readers without the right to whole ones see them, and what a mask that comes back means.

use super::{
    reason::{Failure, Reason},
    text::compact,
};

/// How a document hides numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mask {
    /// First six and last four, `110105********002X`; of a shorter number at most its last two.
    Middle,
    /// All but the last two, `****************2X`: the birthday stands beside the number.
    AllButTwo,
}

impl Mask {
    pub fn of(self, number: &str) -> String {
        let chars: Vec<char> = number.chars().collect();
        let (shown, last) = match self {
            Self::Middle if chars.len() >= 15 => (6, 4),
            Self::Middle => (0, 2.min(chars.len() / 3)),
            Self::AllButTwo => (0, if chars.len() > 3 { 2 } else { 0 }),
        };
        let hidden = chars.len() - shown - last;
        let (head, tail) = (chars.iter().take(shown), chars.iter().skip(shown + hidden));
        head.copied().chain(std::iter::repeat_n('*', hidden)).chain(tail.copied()).collect()
    }

    /// Whether a number that was sent is the stored one, whole or as this mask shows it: then nothing changes. Any other
    /// number with a `*` is a mask of something else and is refused. `field` is what the refusal calls it.
    pub fn is_unchanged(self, sent: &str, stored: &str, field: &str) -> Result<bool, Failure> {
        if sent == stored || (!stored.is_empty() && compact(sent) == compact(&self.of(stored))) {
            return Ok(true);
        }
        if is_masked(sent) { Err(unreadable(field)) } else { Ok(false) }
    }
}

/// Whether a number as it was sent is a mask.
pub fn is_masked(sent: &str) -> bool {
    compact(sent).contains('*')
}

fn unreadable(field: &str) -> Failure {
    let text = format!("{field}中带有 *，且与已保存的号码不一致，请填写完整的号码");
    Failure::from(Reason::Malformed).saying(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_the_ends_or_the_last_two() {
        for (number, middle, all_but_two) in [
            ("11010519491231002X", "110105********002X", "****************2X"),
            ("146548796454515614546", "146548***********4546", "*******************46"),
            ("1234567890", "********90", "********90"),
            ("身份证号", "***号", "**证号"),
            ("123", "**3", "***"),
            ("12", "**", "**"),
            ("", "", ""),
        ] {
            assert_eq!((Mask::Middle.of(number).as_str(), Mask::AllButTwo.of(number).as_str()), (middle, all_but_two));
        }
    }

    #[test]
    fn the_stored_number_and_its_mask_change_nothing() {
        let stored = "11010519491231002X";
        for (mask, sent) in [
            (Mask::Middle, "110105********002X"),
            (Mask::Middle, " 110105********002x "),
            (Mask::AllButTwo, "****************2X"),
            (Mask::AllButTwo, "＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊２Ｘ"),
            (Mask::AllButTwo, stored),
        ] {
            assert_eq!(mask.is_unchanged(sent, stored, "证件号"), Ok(true), "{sent}");
        }
        assert_eq!(Mask::Middle.is_unchanged("440308199010157715", stored, "证件号"), Ok(false));
        // What an earlier mistake stored is still what is stored.
        assert_eq!(Mask::AllButTwo.is_unchanged("110105********4717", "110105********4717", "证件号"), Ok(true));
    }

    #[test]
    fn a_mask_of_anything_else_is_refused_by_name() {
        for (mask, sent, stored) in [
            (Mask::Middle, "110105********4717", "11010519491231002X"),
            (Mask::Middle, "****************2X", "11010519491231002X"),
            (Mask::AllButTwo, "110105********002X", "11010519491231002X"),
            (Mask::AllButTwo, "****************2X", ""),
            (Mask::Middle, "＊", ""),
        ] {
            let refused = mask.is_unchanged(sent, stored, "证件号").unwrap_err();
            assert_eq!(refused.reason(), Reason::Malformed, "{sent}");
            assert!(refused.text().starts_with("证件号"), "{}", refused.text());
        }
    }
}
