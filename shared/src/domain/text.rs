//! How text from people is brought into one form before a rule looks at it.

use unicode_normalization::UnicodeNormalization as _;

/// Full-width digits and letters as Chinese input methods produce them become ordinary ones; outer space goes.
pub fn halfwidth(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

/// [`halfwidth`], and without the separators people write into numbers and plates; letters become capitals.
pub fn compact(text: &str) -> String {
    halfwidth(text).chars().filter(|c| !matches!(c, ' ' | '-' | '·' | '•')).flat_map(char::to_uppercase).collect()
}

/// Composed, and otherwise as it was written: for what only its owner reads.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_letters_and_digits_become_ordinary_ones() {
        assert_eq!(halfwidth("　１３３１２３４５８６４ "), "13312345864");
        assert_eq!(compact("粤b·d12345"), "粤BD12345");
    }
}
