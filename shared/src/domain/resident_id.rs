//! Resident identity numbers by GB 11643-1999: which are well-formed, the one way each is written, and its mask.

use super::{
    mask::{Mask, is_masked},
    reason::{Failure, Reason},
    rule::Rule,
    text::{compact, is_invisible},
};
use jiff::civil::{Date, date};
use std::fmt;

/// The first two digits of numbers that were ever given out. All six are not looked at: regions are abolished, but the
/// numbers live on.
const REGIONS: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
];
/// Cards of foreigners with permanent residence begin so.
const PERMANENT_RESIDENTS: &str = "91";
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";
/// The longest number that is kept unchecked.
const LONGEST: usize = 32;

/// A number of 18 characters that a person can have: proof of form, not that it was issued.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ResidentId(String);

/// Which numbers count beside those of 18 characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Also {
    /// The form of 15 digits, given out until 1999: patients still bring it.
    pub fifteen_digits: bool,
    /// Any number that begins with 9, as cards of permanent residents have since 2023.
    pub leading_nine: bool,
}

impl ResidentId {
    /// The last character is a check over the others.
    pub const RULE: Rule = Rule::text(18, 18).matching("^[1-9][0-9]{16}[0-9Xx]$");

    /// Reads a number however it was typed. It refuses what cannot be a person's today: the real-name duty.
    pub fn parse(text: &str, today: Date) -> Result<Self, Failure> {
        Self::parse_with(text, today, Also::default())
    }

    pub fn parse_with(text: &str, today: Date, also: Also) -> Result<Self, Failure> {
        let typed = compact(text);
        let number = if also.fifteen_digits { lengthened(&typed).unwrap_or(typed) } else { typed };
        if is_well_formed(&number, today, also.leading_nine) {
            return Ok(Self(number));
        }
        Err(Reason::BadIdNumber.into())
    }

    /// The 18 characters. For sealing and for those who may read it whole; never for a log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn masked(&self) -> String {
        Mask::Middle.of(&self.0)
    }
}

/// A log shows the mask.
impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}

/// The number of papers that are handed in: typed, or the mask under which the account was shown the one it handed in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmittedId {
    Typed(ResidentId),
    Masked(String),
}

impl SubmittedId {
    pub fn parse(text: &str, today: Date) -> Result<Self, Failure> {
        if is_masked(text) {
            Ok(Self::Masked(text.to_owned()))
        } else {
            ResidentId::parse(text, today).map(Self::Typed)
        }
    }
}

/// A number as it was given, kept even when it cannot be right: contacts and patients have odd papers.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenId {
    number: String,
    valid: bool,
}

impl GivenId {
    pub const RULE: Rule = Rule::line(LONGEST);

    /// Of a contact: 18 characters or flagged.
    pub fn of_contact(text: &str, today: Date) -> Result<Self, Failure> {
        Self::read(text, today, Also { leading_nine: true, ..Also::default() })
    }

    /// Of a patient: the form of 15 digits counts too, and is kept in its form of 18.
    pub fn of_patient(text: &str, today: Date) -> Result<Self, Failure> {
        Self::read(text, today, Also { fifteen_digits: true, leading_nine: true })
    }

    fn read(text: &str, today: Date, also: Also) -> Result<Self, Failure> {
        if let Ok(ResidentId(number)) = ResidentId::parse_with(text, today, also) {
            return Ok(Self { number, valid: true });
        }
        let number = compact(text);
        if number.is_empty() || number.chars().count() > LONGEST || number.chars().any(is_invisible) {
            return Err(Failure::typed(format!("证件号码应为 1 至 {LONGEST} 个字符")));
        }
        Ok(Self { number, valid: false })
    }

    /// A number that was read earlier and now comes back from where it is kept.
    pub fn known(number: impl Into<String>, valid: bool) -> Self {
        Self { number: number.into(), valid }
    }

    pub fn as_str(&self) -> &str {
        &self.number
    }

    pub fn masked(&self, mask: Mask) -> String {
        mask.of(&self.number)
    }

    /// The internal flag: whether the number can be a person's.
    pub fn is_valid(&self) -> bool {
        self.valid
    }
}

impl fmt::Debug for GivenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenId({}, valid: {})", self.masked(Mask::AllButTwo), self.valid)
    }
}

/// The form of 15 digits as one of 18: the century after the region, and a check.
fn lengthened(typed: &str) -> Option<String> {
    if typed.len() != 15 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut number = format!("{}19{}", typed.get(..6)?, typed.get(6..)?);
    number.push(check(number.as_bytes())?);
    Some(number)
}

fn is_well_formed(number: &str, today: Date, leading_nine: bool) -> bool {
    let Some((body, last)) = number.is_ascii().then(|| number.split_at_checked(17)).flatten() else { return false };
    let region = body.get(..2).unwrap_or_default();
    let known = REGIONS.contains(&region) || region == PERMANENT_RESIDENTS || leading_nine && region.starts_with('9');
    let born = birth(body).is_some_and(|born| date(1900, 1, 1) <= born && born <= today);
    let check = check(body.as_bytes()).map(String::from);
    known && born && check.as_deref() == Some(last)
}

/// The date in positions 7 to 14, if there is such a day.
fn birth(body: &str) -> Option<Date> {
    let (year, month, day) = (body.get(6..10)?, body.get(10..12)?, body.get(12..14)?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// ISO 7064 MOD 11-2 over the first 17 digits.
fn check(body: &[u8]) -> Option<char> {
    if body.len() != WEIGHTS.len() || !body.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied().map(char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = date(2026, 11, 20);

    fn parsed(text: &str) -> Option<String> {
        ResidentId::parse(text, TODAY).ok().map(|id| id.0)
    }

    #[test]
    fn well_formed_numbers_are_read_into_their_normal_form() {
        for valid in [
            "11010519491231002X",
            "440308199010157715",
            "310115200002291235",
            "340104197707071234",
            "510107199912315672",
        ] {
            assert_eq!(parsed(valid).as_deref(), Some(valid));
        }
        for typed in ["11010519491231002x", " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"]
        {
            assert_eq!(parsed(typed).as_deref(), Some("11010519491231002X"), "{typed}");
        }
    }

    #[test]
    fn numbers_that_cannot_be_anybodys_are_refused() {
        for (refused, why) in [
            ("110105194912310021", "check"),
            ("110105194902310026", "31 February, check right"),
            ("990105194912310023", "province, check right"),
            ("110105209912310029", "future, check right"),
            ("34010419770707123", "17 digits"),
            ("330104598502150915", "year 5985"),
            ("728923198511293151", "province 72"),
            ("146548796454515614546", "21 digits"),
            ("110105491231002", "15 digits"),
            ("11010519+91231002X", "a sign among the digits"),
            ("身份证号码身份证", "24 bytes, no digit"),
            ("身份证号码身", "18 bytes, no digit"),
            ("", "nothing"),
        ] {
            let failure = ResidentId::parse(refused, TODAY).err().map(|failure| failure.reason());
            assert_eq!(failure, Some(Reason::BadIdNumber), "{refused}: {why}");
        }
    }

    #[test]
    fn somebody_born_today_has_a_number_and_somebody_born_tomorrow_has_none() {
        let born_on_31_december_1949 = "11010519491231002X";
        assert!(ResidentId::parse(born_on_31_december_1949, date(1949, 12, 31)).is_ok());
        assert!(ResidentId::parse(born_on_31_december_1949, date(1949, 12, 30)).is_err());
    }

    #[test]
    fn only_patients_bring_the_form_of_fifteen_digits() {
        let patient = GivenId::of_patient("110105491231002", TODAY);
        assert_eq!(patient.map(|id| (id.number, id.valid)), Ok(("11010519491231002X".to_owned(), true)));
        let contact = GivenId::of_contact("110105491231002", TODAY);
        assert_eq!(contact.map(|id| (id.number, id.valid)), Ok(("110105491231002".to_owned(), false)));
    }

    #[test]
    fn a_leading_nine_counts_where_it_is_asked_for() {
        let also = Also { leading_nine: true, ..Also::default() };
        assert!(ResidentId::parse_with("990105194912310023", TODAY, also).is_ok());
    }

    #[test]
    fn contacts_and_patients_keep_what_cannot_be_right_flagged() {
        for text in ["330104598502150915", "728923198511293151", "146548796454515614546", "台胞证 0123"] {
            for given in [GivenId::of_contact(text, TODAY), GivenId::of_patient(text, TODAY)] {
                assert_eq!(given.map(|id| (id.number, id.valid)), Ok((compact(text), false)));
            }
        }
        assert!(GivenId::of_contact("", TODAY).is_err() && GivenId::of_patient(&"1".repeat(33), TODAY).is_err());
    }

    #[test]
    fn others_and_logs_see_a_mask() {
        let id = ResidentId::parse("11010519491231002X", TODAY);
        assert_eq!(id.as_ref().map(ResidentId::masked), Ok("110105********002X".to_owned()));
        assert_eq!(id.map(|id| format!("{id:?}")), Ok("ResidentId(110105********002X)".to_owned()));
        let given = GivenId::of_contact("146548796454515614546", TODAY);
        assert_eq!(given.map(|id| format!("{id:?}")), Ok("GivenId(*******************46, valid: false)".to_owned()));
    }
}
