//! What people read of where a station is: name, address, opening hours, phone, coordinates.

use super::coordinates::Coordinates;
use crate::domain::{
    patch::Patch,
    reason::Failure,
    rule::{LINE_WITH_TEXT, Rule},
    text::{composed, halfwidth, is_invisible},
};
use serde::{Deserialize, Serialize};

/// The place of a station. Each part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationPlace {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Opening hours as people write them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<Coordinates>,
}

/// A change of some parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StationPlaceChange {
    pub name: Patch<String>,
    pub address: Patch<String>,
    pub hours: Patch<String>,
    pub phone: Patch<String>,
    pub coordinates: Patch<Coordinates>,
}

impl StationPlace {
    pub const NAME: Rule = Rule::text(1, 64).matching(LINE_WITH_TEXT);
    pub const ADDRESS: Rule = Rule::text(1, 200).matching(LINE_WITH_TEXT);
    pub const HOURS: Rule = Rule::text(1, 100).matching(LINE_WITH_TEXT);
    /// Landlines, extensions and service numbers.
    pub const PHONE: Rule = Rule::text(3, 24).matching("^[0-9+][0-9 +()-]{1,22}[0-9]$");

    pub fn name(text: &str) -> Result<String, Failure> {
        line(text, Self::NAME, "充电站名称")
    }

    pub fn address(text: &str) -> Result<String, Failure> {
        line(text, Self::ADDRESS, "充电站地址")
    }

    pub fn hours(text: &str) -> Result<String, Failure> {
        line(text, Self::HOURS, "营业时间")
    }

    pub fn phone(text: &str) -> Result<String, Failure> {
        let phone = halfwidth(text);
        let is_known = |b: u8| b.is_ascii_digit() || matches!(b, b' ' | b'+' | b'(' | b')' | b'-');
        let begins = phone.starts_with(|c: char| c.is_ascii_digit() || c == '+');
        let ends = phone.ends_with(|c: char| c.is_ascii_digit());
        if Self::PHONE.fits(&phone) && begins && ends && phone.bytes().all(is_known) {
            Ok(phone)
        } else {
            Err(Failure::typed("充电站电话应为 3 至 24 位数字，可含空格、+、- 和括号"))
        }
    }

    #[must_use]
    pub fn changed(self, by: StationPlaceChange) -> Self {
        Self {
            name: by.name.over(self.name),
            address: by.address.over(self.address),
            hours: by.hours.over(self.hours),
            phone: by.phone.over(self.phone),
            coordinates: by.coordinates.over(self.coordinates),
        }
    }

    /// What the audit trail says of a change: each part that changed, with the old value and the new one.
    pub fn difference(&self, after: &Self) -> String {
        let point = |at: Option<Coordinates>| at.map(|at| at.to_string());
        let pairs = [
            ("name", self.name.clone(), after.name.clone()),
            ("address", self.address.clone(), after.address.clone()),
            ("hours", self.hours.clone(), after.hours.clone()),
            ("phone", self.phone.clone(), after.phone.clone()),
            ("coordinates", point(self.coordinates), point(after.coordinates)),
        ];
        let text = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
        let changed = changed.map(|(name, before, after)| format!("{name}: {} to {}", text(before), text(after)));
        changed.collect::<Vec<_>>().join("; ")
    }
}

fn line(text: &str, rule: Rule, label: &str) -> Result<String, Failure> {
    let line = composed(text.trim());
    if rule.fits(&line) && !line.chars().any(is_invisible) {
        return Ok(line);
    }
    Err(Failure::typed(format!("{label}应为 1 至 {} 个字符，且不能包含换行等不可见字符", rule.longest)))
}
