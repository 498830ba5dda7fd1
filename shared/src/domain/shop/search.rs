//! Which records are looked for: one index finds them, the other wishes are applied to what it finds.

use super::{Customer, ShopId, Tag};
use crate::domain::{phone::Phone, reason::Failure, text::halfwidth};

/// The most records of one page.
pub const MOST_LISTED: usize = 100;

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct Search {
    pub shop: ShopId,
    pub filter: Filter,
    /// From 1 to [`MOST_LISTED`].
    pub limit: usize,
}

/// All that is named must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub mobile: Option<Phone>,
    pub keyword: Option<Keyword>,
    pub tag: Option<Tag>,
}

/// What a name or a phone number begins with.
#[derive(Clone, PartialEq, Eq)]
pub enum Keyword {
    Name(String),
    Digits(String),
}

/// The order in which records are read; one per list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// One number.
    Mobile(String),
    /// Numbers that begin so, in their order.
    MobilePrefix(String),
    /// Folded names that begin so, in their order.
    NamePrefix(String),
    /// Of one tag the newest first.
    Tag(Tag),
    /// The newest first.
    Newest,
}

impl Keyword {
    const LONGEST: usize = 64;

    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(text) | Self::Digits(text) => text,
        }
    }

    /// Digits are the beginning of a number, anything else is that of a name.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let word = halfwidth(text);
        let digits: String =
            word.strip_prefix("+86").unwrap_or(&word).chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !digits.is_empty() && digits.len() <= 11 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Digits(digits));
        }
        let name = folded(&word);
        if name.is_empty() || name.chars().count() > Self::LONGEST || name.chars().any(char::is_control) {
            return Err(Failure::malformed(format!("关键字应为 1 至 {} 个字符", Self::LONGEST)));
        }
        Ok(Self::Name(name))
    }
}

/// A log does not show whom somebody looked for.
impl std::fmt::Debug for Keyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyword")
    }
}

/// The form of a name in which it is sorted and found.
pub fn folded(name: &str) -> String {
    halfwidth(name).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect()
}

impl Filter {
    /// The index that reads least: mobile, else keyword, else tag, else newest.
    pub fn index(&self) -> Index {
        match self {
            Self { mobile: Some(mobile), .. } => Index::Mobile(mobile.digits().to_owned()),
            Self { keyword: Some(Keyword::Digits(digits)), .. } => Index::MobilePrefix(digits.clone()),
            Self { keyword: Some(Keyword::Name(name)), .. } => Index::NamePrefix(name.clone()),
            Self { tag: Some(tag), .. } => Index::Tag(tag.clone()),
            Self { .. } => Index::Newest,
        }
    }

    /// Whether the index alone answers the question.
    pub fn is_answered_by_index(&self) -> bool {
        [self.mobile.is_some(), self.keyword.is_some(), self.tag.is_some()].into_iter().filter(|named| *named).count()
            <= 1
    }

    pub fn holds(&self, customer: &Customer) -> bool {
        let digits = customer.mobile.as_ref().map_or("", Phone::digits);
        let keyword = match &self.keyword {
            None => true,
            Some(Keyword::Digits(begin)) => digits.starts_with(begin.as_str()),
            Some(Keyword::Name(begin)) => folded(&customer.name).starts_with(begin.as_str()),
        };
        let mobile = self.mobile.as_ref().is_none_or(|mobile| customer.mobile.as_ref() == Some(mobile));
        keyword && mobile && self.tag.as_ref().is_none_or(|tag| customer.tags.contains(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_anything_else_is_a_name() {
        for digits in ["138", "+86 138", "１３８", "138-0013-8000"] {
            assert!(
                matches!(Keyword::parse(digits), Ok(Keyword::Digits(found)) if found.starts_with("138")),
                "{digits}"
            );
        }
        assert_eq!(Keyword::parse(" Wang Xm "), Ok(Keyword::Name("wangxm".into())));
        assert!(Keyword::parse("138001380001").is_ok_and(|word| matches!(word, Keyword::Name(_))));
        assert!(Keyword::parse(" ").is_err());
    }

    #[test]
    fn the_index_that_reads_least_is_taken() {
        let (mobile, tag) = (Phone::parse("13800138000").ok(), Tag::parse("VIP").ok());
        let keyword = Keyword::parse("王").ok();
        let all = Filter { mobile, keyword: keyword.clone(), tag: tag.clone() };
        assert_eq!(all.index(), Index::Mobile("13800138000".into()));
        assert_eq!(Filter { mobile: None, ..all.clone() }.index(), Index::NamePrefix("王".into()));
        assert_eq!(Filter { mobile: None, keyword: None, ..all.clone() }.index(), Index::Tag(tag.unwrap()));
        assert_eq!(Filter::default().index(), Index::Newest);
        assert!(!all.is_answered_by_index() && Filter { keyword, ..Filter::default() }.is_answered_by_index());
    }
}
