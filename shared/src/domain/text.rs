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

/// Whether a character shows nothing or changes how others are shown: a control character, or one of Unicode's format characters
/// (Cf), such as a zero-width space or a mark that turns the direction of writing.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
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
