//! What a field may hold, declared beside the type that reads it: the parser refuses by it and the reference states it, so
//! that they cannot disagree. It describes a value in its usual spelling; the parser also takes other spellings of it, such
//! as full-width digits and outer spaces.

/// What the text of a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub shortest: usize,
    pub longest: usize,
    /// A regular expression that JSON Schema, Rust and Python read alike.
    pub pattern: Option<&'static str>,
}

/// Text of one line: no control character, no format character. Of the format characters above U+FFFF, which the three dialects do not
/// write alike, the parsers alone know.
pub const ONE_LINE: &str = r"^[^\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]*$";
/// The same with something to see.
pub const LINE_WITH_TEXT: &str = r"^[^\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]*[^\s\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb][^\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]*$";
/// Visible ASCII without `#`, which separates parts of keys.
pub const VISIBLE: &str = r#"^[!"$-~]+$"#;

/// [`ONE_LINE`], and no space and no `#`.
pub const NAME: &str = r"^[^\s#\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+$";

impl Rule {
    pub const fn text(shortest: usize, longest: usize) -> Self {
        Self { shortest, longest, pattern: None }
    }

    #[must_use]
    pub const fn matching(self, pattern: &'static str) -> Self {
        Self { pattern: Some(pattern), ..self }
    }

    /// One line of at most so many characters, which may be empty.
    pub const fn line(longest: usize) -> Self {
        Self::text(0, longest).matching(ONE_LINE)
    }

    /// Whether a text has a length that the rule allows, in characters.
    pub fn fits(&self, text: &str) -> bool {
        (self.shortest..=self.longest).contains(&text.chars().count())
    }
}
