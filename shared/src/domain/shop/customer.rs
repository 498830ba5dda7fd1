//! A customer's record, field by field as the document's table has it.

use super::ShopRecordId;
use crate::domain::{
    money::Fen,
    phone::Phone,
    reason::Failure,
    resident_id::GivenId,
    rule::{ONE_LINE, Rule},
    text::{composed, halfwidth, is_invisible},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::fmt;

/// 状态 of a record that is in use; the document's list of states is lost.
pub const NORMAL: &str = "normal";

#[derive(Clone, PartialEq, Eq)]
pub struct ShopRecord {
    pub id: ShopRecordId,
    /// Rises with every change of the record.
    pub version: u64,
    pub name: String,
    /// 病历号, the shop's own rising number.
    pub mrn: String,
    pub mobile: Option<Phone>,
    pub gender: ShopGender,
    pub birthday: Option<Date>,
    pub idcard: Option<GivenId>,
    pub residence: Residence,
    pub balance: Fen,
    pub credit: i64,
    pub wechat_nickname: Option<String>,
    pub wechat_picture: Option<String>,
    pub last_signin_at: Option<Timestamp>,
    pub tags: Vec<Tag>,
    pub channel: Option<String>,
    pub referrer: Option<IdAndName>,
    pub activity: Option<IdAndName>,
    pub status: String,
}

/// A log shows which record it is and nothing that is in it.
impl fmt::Debug for ShopRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Customer({}, version {})", self.id, self.version)
    }
}

/// Where a customer lives, as far as it is known.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residence {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl fmt::Debug for Residence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Residence")
    }
}

/// As this document spells it, unlike those that number it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShopGender {
    Male,
    Female,
    Unknown,
}

impl ShopGender {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_lowercase().as_str() {
            "male" => Ok(Self::Male),
            "female" => Ok(Self::Female),
            "unknown" => Ok(Self::Unknown),
            _ => Err(Failure::malformed("性别应为 male、female 或 unknown")),
        }
    }
}

/// `IdAndName` of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdAndName {
    pub id: String,
    pub name: String,
}

/// A label; it may be about a customer's health.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(String);

impl Tag {
    pub const RULE: Rule = Rule::text(1, 20).matching(ONE_LINE);
    /// Each costs a write at every change of the record.
    const MOST: usize = 10;

    pub fn parse(text: &str) -> Result<Self, Failure> {
        line_of_text("标签", text, Self::RULE.longest).map(Self)
    }

    /// All tags of a record, each once, in the order in which they came.
    pub fn all(texts: &[String]) -> Result<Vec<Self>, Failure> {
        let mut tags = Vec::new();
        for text in texts {
            let tag = Self::parse(text)?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.len() > Self::MOST {
            return Err(Failure::malformed(format!("标签最多 {} 个", Self::MOST)));
        }
        Ok(tags)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag")
    }
}

/// One line that people read: composed, trimmed, not empty, without control characters. `label` is what people call it.
pub fn line_of_text(label: &str, text: &str, longest: usize) -> Result<String, Failure> {
    let line = composed(text.trim());
    if line.is_empty() || line.chars().count() > longest || line.chars().any(is_invisible) {
        return Err(Failure::typed(format!("{label}应为 1 至 {longest} 个字符，不含不可见字符")));
    }
    Ok(line)
}

/// 病历号 as it is shown.
pub fn medical_record_number(n: u64) -> String {
    format!("{n:08}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_once_and_are_at_most_ten() {
        let tags = |texts: &[&str]| Tag::all(&texts.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(tags(&["糖尿病", " 糖尿病 ", "VIP"]).map(|tags| tags.len()), Ok(2));
        assert!(tags(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]).is_err());
        assert!(tags(&[""]).is_err() && tags(&["\u{7}"]).is_err() && tags(&[&"长".repeat(21)]).is_err());
    }

    #[test]
    fn genders_are_spelt() {
        assert_eq!(ShopGender::parse(" Male "), Ok(ShopGender::Male));
        for refused in ["", "1", "third", "男"] {
            assert!(ShopGender::parse(refused).is_err(), "{refused}");
        }
    }
}
