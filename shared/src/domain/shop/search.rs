//! Which records are looked for: one index finds them, the other wishes are applied to what it finds.

use super::{ShopId, ShopRecord, Tag};
use crate::domain::{
    phone::Phone,
    reason::Failure,
    text::{halfwidth, is_invisible},
};

/// The most records of one page.
pub const MOST_LISTED: usize = 100;

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct ShopRecordSearch {
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

/// From its end a phone number is found by so many digits, no more and no fewer.
pub const LAST_DIGITS: usize = 4;
/// As long as a 病历号 is.
const MRN_DIGITS: usize = 8;

/// What is typed into one field: the beginning of a name, or digits.
#[derive(Clone, PartialEq, Eq)]
pub enum Keyword {
    Name(String),
    /// The beginning of a phone number, the last four digits of one, or a whole 病历号.
    Digits(String),
}

/// The order in which records are read. A list reads one; digits that may mean two things read two, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// One number.
    Mobile(String),
    /// Numbers that begin so, in their order.
    MobilePrefix(String),
    /// Numbers that end so.
    LastDigits(String),
    Mrn(String),
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

    /// Whether it is the end of this record's phone number, or its 病历号: what pointers lead to.
    pub fn is_pointed_at(&self, customer: &ShopRecord) -> bool {
        let Self::Digits(digits) = self else { return false };
        let ends = |mobile: &Phone| digits.len() == LAST_DIGITS && mobile.digits().ends_with(digits.as_str());
        customer.mobile.as_ref().is_some_and(ends) || customer.mrn == *digits
    }

    /// What of digits may be looked for, the narrowest first.
    fn of_digits(digits: &str) -> Vec<Index> {
        // Mainland mobiles are 13 to 19 and nine digits more.
        let begins_a_number = digits.starts_with('1') && digits.as_bytes().get(1).is_none_or(|second| *second >= b'3');
        let mut indexes = match digits.len() {
            LAST_DIGITS => vec![Index::LastDigits(digits.to_owned())],
            MRN_DIGITS => vec![Index::Mrn(digits.to_owned())],
            _ => Vec::new(),
        };
        if begins_a_number || indexes.is_empty() {
            indexes.push(Index::MobilePrefix(digits.to_owned()));
        }
        indexes
    }

    /// Digits are the beginning of a number, its end or a 病历号, anything else is the beginning of a name.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let word = halfwidth(text);
        let digits: String =
            word.strip_prefix("+86").unwrap_or(&word).chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !digits.is_empty() && digits.len() <= 11 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Digits(digits));
        }
        let name = folded(&word);
        if name.is_empty() || name.chars().count() > Self::LONGEST || name.chars().any(is_invisible) {
            return Err(Failure::malformed(format!("关键字应为 1 至 {} 个字符", Self::LONGEST)));
        }
        Ok(Self::Name(name))
    }
}

/// A log does not show whom staff looked for.
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
    pub fn indexes(&self) -> Vec<Index> {
        match self {
            Self { mobile: Some(mobile), .. } => vec![Index::Mobile(mobile.digits().to_owned())],
            Self { keyword: Some(Keyword::Digits(digits)), .. } => Keyword::of_digits(digits),
            Self { keyword: Some(Keyword::Name(name)), .. } => vec![Index::NamePrefix(name.clone())],
            Self { tag: Some(tag), .. } => vec![Index::Tag(tag.clone())],
            Self { .. } => vec![Index::Newest],
        }
    }

    /// Whether the index alone answers the question.
    pub fn is_answered_by_index(&self) -> bool {
        [self.mobile.is_some(), self.keyword.is_some(), self.tag.is_some()].into_iter().filter(|named| *named).count()
            <= 1
    }

    pub fn holds(&self, customer: &ShopRecord) -> bool {
        let digits = customer.mobile.as_ref().map_or("", Phone::digits);
        let keyword = match &self.keyword {
            None => true,
            Some(word @ Keyword::Digits(begin)) => digits.starts_with(begin.as_str()) || word.is_pointed_at(customer),
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
        assert_eq!(all.indexes(), [Index::Mobile("13800138000".into())]);
        assert_eq!(Filter { mobile: None, ..all.clone() }.indexes(), [Index::NamePrefix("王".into())]);
        assert_eq!(Filter { mobile: None, keyword: None, ..all.clone() }.indexes(), [Index::Tag(tag.unwrap())]);
        assert_eq!(Filter::default().indexes(), [Index::Newest]);
        assert!(!all.is_answered_by_index() && Filter { keyword, ..Filter::default() }.is_answered_by_index());
    }

    #[test]
    fn digits_are_looked_for_as_whatever_they_may_be() {
        let indexes = |digits: &str| Filter { keyword: Keyword::parse(digits).ok(), ..Filter::default() }.indexes();
        let (last, mrn) = (|d: &str| Index::LastDigits(d.into()), |d: &str| Index::Mrn(d.into()));
        let begin = |d: &str| Index::MobilePrefix(d.into());
        assert_eq!(indexes("8000"), [last("8000")]);
        assert_eq!(indexes("1380"), [last("1380"), begin("1380")], "both may be meant");
        assert_eq!(indexes("1111"), [last("1111")], "no number begins so");
        assert_eq!(indexes("00000123"), [mrn("00000123")]);
        assert_eq!(indexes("13800138"), [mrn("13800138"), begin("13800138")]);
        for only in ["1", "138", "13800", "13800138000", "23"] {
            assert_eq!(indexes(only), [begin(only)], "{only}");
        }
    }
}
