//! People to reach at a business customer (联系人).

use super::{customer::CredentialKind, line::line};
use crate::domain::{account::Email, mask::Mask, phone::Phone, reason::Failure, rule::Rule, text::halfwidth};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// `con_` and capital letters: nine that tell the millisecond, so that contacts are kept in the order in which they came,
/// and ten drawn at random.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContactId(String);

impl ContactId {
    const TIME: u32 = 9;
    const CHANCE: u32 = 10;

    pub fn new(at: Timestamp, random: u128) -> Self {
        let since = u128::try_from(at.as_millisecond()).unwrap_or_default();
        Self(format!("con_{}{}", letters(since, Self::TIME), letters(random, Self::CHANCE)))
    }

    /// An id that a caller names: it is one of ours or it is not, so nothing is refused here.
    pub fn read(text: &str) -> Self {
        Self(halfwidth(text).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The last `count` digits of a number to the base of 26.
fn letters(number: u128, count: u32) -> String {
    let digit = |place: u32| b'A' + u8::try_from(number / 26_u128.pow(place) % 26).unwrap_or_default();
    (0..count).rev().map(|place| char::from(digit(place))).collect()
}

/// 性别
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Sex {
    M,
    F,
}

/// 联系人类型. The document gives the two words and no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ContactKind {
    SType,
    JType,
}

impl Sex {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::M => "M",
            Self::F => "F",
        }
    }
}

impl ContactKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SType => "STYPE",
            Self::JType => "JTYPE",
        }
    }
}

/// One contact. What is unset is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub con_type: Option<ContactKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_type: Option<CredentialKind>,
    /// Kept apart from the rest, sealed.
    #[serde(skip)]
    pub credentials: String,
}

/// What is to be changed of a contact: what is absent stays, and what is given as nothing is cleared.
#[derive(Clone, Debug, Default)]
pub struct ContactChange {
    pub name: Option<String>,
    pub sex: Option<Option<Sex>>,
    pub tel: Option<String>,
    pub mobile: Option<Option<Phone>>,
    pub email: Option<Option<Email>>,
    pub con_type: Option<Option<ContactKind>>,
    pub cred_type: Option<Option<CredentialKind>>,
    pub credentials: Option<String>,
}

impl ContactChange {
    /// The contact after the change. A number that comes back as it was shown stays.
    pub fn applied_to(&self, contact: Contact) -> Result<Contact, Failure> {
        let ContactChange { name, sex, tel, mobile, email, con_type, cred_type, credentials } = self.clone();
        let is_unchanged = |sent: &str, stored: &str| {
            Mask::Middle.is_unchanged(sent, stored, "证件号码").map_err(|refused| refused.of("credentials"))
        };
        let credentials = match credentials {
            Some(sent) if !is_unchanged(&sent, &contact.credentials)? => sent,
            _ => contact.credentials,
        };
        Ok(Contact {
            name: name.unwrap_or(contact.name),
            sex: sex.unwrap_or(contact.sex),
            tel: tel.unwrap_or(contact.tel),
            mobile: mobile.unwrap_or(contact.mobile),
            email: email.unwrap_or(contact.email),
            con_type: con_type.unwrap_or(contact.con_type),
            cred_type: cred_type.unwrap_or(contact.cred_type),
            credentials,
        })
    }
}

/// How the document's fields are read; each may be empty.
impl Contact {
    pub const NAME: Rule = Rule::line(64);
    pub const TEL: Rule = Rule::line(32);
    pub const CREDENTIALS: Rule = Rule::line(64);

    pub fn name(text: &str) -> Result<String, Failure> {
        line(text, Self::NAME.longest, "姓名")
    }

    pub fn tel(text: &str) -> Result<String, Failure> {
        line(&halfwidth(text), Self::TEL.longest, "固定电话")
    }

    pub fn sex(text: &str) -> Result<Option<Sex>, Failure> {
        match halfwidth(text).to_ascii_uppercase().as_str() {
            "" => Ok(None),
            "M" => Ok(Some(Sex::M)),
            "F" => Ok(Some(Sex::F)),
            _ => Err(Failure::malformed("性别应为 M 或 F")),
        }
    }

    pub fn kind(text: &str) -> Result<Option<ContactKind>, Failure> {
        match halfwidth(text).to_ascii_uppercase().as_str() {
            "" => Ok(None),
            "STYPE" => Ok(Some(ContactKind::SType)),
            "JTYPE" => Ok(Some(ContactKind::JType)),
            _ => Err(Failure::malformed("联系人类型应为 STYPE 或 JTYPE")),
        }
    }

    pub fn mobile(text: &str) -> Result<Option<Phone>, Failure> {
        if halfwidth(text).is_empty() { Ok(None) } else { Phone::parse(text).map(Some) }
    }

    pub fn email(text: &str) -> Result<Option<Email>, Failure> {
        if halfwidth(text).is_empty() { Ok(None) } else { Email::parse(text).map(Some) }
    }

    /// Not checked: the documents' own examples are not real numbers.
    pub fn credentials(text: &str) -> Result<String, Failure> {
        line(&halfwidth(text), Self::CREDENTIALS.longest, "证件号码")
    }

    pub fn credential_kind(text: &str) -> Result<Option<CredentialKind>, Failure> {
        if halfwidth(text).is_empty() { Ok(None) } else { CredentialKind::parse(text).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_letters_in_the_order_of_their_making() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let earlier = ContactId::new(at(1_780_000_000_000), u128::MAX);
        let later = ContactId::new(at(1_780_000_000_001), 0);
        assert!(earlier < later);
        assert_eq!(later.as_str().len(), 23);
        assert!(later.as_str().strip_prefix("con_").unwrap().bytes().all(|b| b.is_ascii_uppercase()));
        assert_eq!(ContactId::read(later.as_str()), later);
        assert_eq!(letters(27, 3), "ABB");
    }

    #[test]
    fn absent_keeps_and_nothing_clears() {
        let before = Contact { name: "小李".into(), sex: Some(Sex::M), tel: "021-1".into(), ..Contact::default() };
        let change = ContactChange { sex: Some(None), tel: Some(String::new()), ..ContactChange::default() };
        assert_eq!(change.applied_to(before), Ok(Contact { name: "小李".into(), ..Contact::default() }));
    }

    #[test]
    fn words_are_the_documents() {
        assert_eq!(Contact::sex(" f"), Ok(Some(Sex::F)));
        assert_eq!(Contact::kind("jtype"), Ok(Some(ContactKind::JType)));
        assert_eq!((Contact::sex(""), Contact::mobile(""), Contact::email("")), (Ok(None), Ok(None), Ok(None)));
        assert!(Contact::sex("男").is_err() && Contact::kind("TYPE").is_err() && Contact::mobile("134123456").is_err());
    }
}
