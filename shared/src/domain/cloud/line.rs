//! Free text of one line, as people write names and addresses: kept as written, but bounded.

use crate::domain::{
    reason::Failure,
    text::{composed, is_invisible},
};

/// A line of at most `longest` characters, which may be empty; `label` is what people call the field.
pub fn line(text: &str, longest: usize, label: &str) -> Result<String, Failure> {
    let line = composed(text.trim());
    if line.chars().count() > longest || line.chars().any(is_invisible) {
        return Err(Failure::typed(format!("{label}最多 {longest} 个字符，且不能包含换行等不可见字符")));
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_bounded_in_characters() {
        assert_eq!(line(" 呼兰西路 ", 4, "address").as_deref(), Ok("呼兰西路"));
        assert!(line("呼兰西路1", 4, "address").is_err());
        assert!(line("呼兰\n西路", 9, "address").is_err());
    }
}
