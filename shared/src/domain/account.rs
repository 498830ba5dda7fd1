//! Who can sign in: realms, roles, ids, user names and addresses.

use super::{
    phone::Phone,
    reason::Failure,
    rule::{NAME, Rule},
    text::{composed, halfwidth, is_invisible},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One population of accounts with sign-ins of its own. A token of one realm opens nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Realm {
    /// EV drivers: the charging app and the customer pages are two views of one account.
    Ev,
    /// People who look around in the auto mall.
    MallConsumer,
    /// Agents of the auto mall.
    MallAgent,
    /// Dealers of the auto mall.
    MallDealer,
    /// Login accounts of business customers.
    Cloud,
    /// Shop staff.
    Shop,
    /// The platform's own staff.
    Platform,
}

impl Realm {
    pub const ALL: [Self; 7] =
        [Self::Ev, Self::MallConsumer, Self::MallAgent, Self::MallDealer, Self::Cloud, Self::Shop, Self::Platform];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ev => "ev",
            Self::MallConsumer => "mall-consumer",
            Self::MallAgent => "mall-agent",
            Self::MallDealer => "mall-dealer",
            Self::Cloud => "cloud",
            Self::Shop => "shop",
            Self::Platform => "platform",
        }
    }

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let name = halfwidth(text).to_ascii_lowercase();
        Self::ALL.into_iter().find(|realm| realm.as_str() == name).ok_or_else(|| Failure::malformed("用户群不正确"))
    }
}

/// What an account may do, over and above owning its own data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    Driver,
    Consumer,
    Agent,
    Dealer,
    /// A business customer's account that manages the others (账户类型 admin).
    CloudAdmin,
    /// A business customer's other accounts (账户类型 sub).
    CloudSub,
    Admin,
    Auditor,
    ShopManager,
    ShopStaff,
}

impl Role {
    pub const ALL: [Self; 10] = [
        Self::Driver,
        Self::Consumer,
        Self::Agent,
        Self::Dealer,
        Self::CloudAdmin,
        Self::CloudSub,
        Self::Admin,
        Self::Auditor,
        Self::ShopManager,
        Self::ShopStaff,
    ];

    pub const fn realm(self) -> Realm {
        match self {
            Self::Driver => Realm::Ev,
            Self::Consumer => Realm::MallConsumer,
            Self::Agent => Realm::MallAgent,
            Self::Dealer => Realm::MallDealer,
            Self::CloudAdmin | Self::CloudSub => Realm::Cloud,
            Self::Admin | Self::Auditor => Realm::Platform,
            Self::ShopManager | Self::ShopStaff => Realm::Shop,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Consumer => "consumer",
            Self::Agent => "agent",
            Self::Dealer => "dealer",
            Self::CloudAdmin => "cloud-admin",
            Self::CloudSub => "cloud-sub",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
            Self::ShopManager => "shop-manager",
            Self::ShopStaff => "shop-staff",
        }
    }
}

/// The internal id of an account; of a driver's, a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// Ids that documents show as JSON integers: below 2^31, because clients keep them in 32 bits, and drawn at random, so
    /// that no counter is shared and no sequence can be walked. Ten digits keep them apart from the documents' examples.
    /// Earlier releases drew up to 2^53; those ids go on.
    pub fn numeric(random: u64) -> Self {
        const LOWEST: u64 = 1_000_000_000;
        Self((LOWEST + random % ((1 << 31) - LOWEST)).to_string())
    }

    /// An id for realms whose documents show strings.
    pub fn opaque(random: u128) -> Self {
        Self(format!("{random:032x}"))
    }

    /// A driver's id as a caller names it; `None` when no driver can have it.
    pub fn of_driver(text: &str) -> Option<Self> {
        let digits = halfwidth(text);
        let is_number = (1..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(Self(digits))
    }

    /// An id that we gave earlier and now read back.
    pub fn known(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name an account signs in with. Names that differ in case only are the same name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Username(String);

impl Username {
    pub const RULE: Rule = Rule::text(2, 32).matching(NAME);

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let name = halfwidth(text);
        if !Self::RULE.fits(&name) || name.chars().any(|c| is_invisible(c) || c.is_whitespace() || c == '#') {
            return Err(Failure::typed("用户名需 2 至 32 个字符，不能包含空格、# 或不可见字符"));
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which the name is unique.
    pub fn folded(&self) -> String {
        fold(&self.0)
    }
}

/// Shown in logs by its first character.
impl fmt::Debug for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Username({}***)", self.0.chars().next().unwrap_or('?'))
    }
}

/// What a person types to sign in: it names an account or it does not, so nothing is refused here.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginName(String);

impl LoginName {
    /// The longest name that is looked up; nothing longer can exist.
    const LONGEST: usize = 64;

    pub fn read(text: &str) -> Self {
        Self(fold(&halfwidth(text)).chars().take(Self::LONGEST).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where people sign in with their telephone: its eleven digits.
impl From<&Phone> for LoginName {
    fn from(phone: &Phone) -> Self {
        Self(phone.digits().to_owned())
    }
}

impl From<&Username> for LoginName {
    fn from(name: &Username) -> Self {
        Self(name.folded())
    }
}

impl fmt::Debug for LoginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginName({}***)", self.0.chars().next().unwrap_or('?'))
    }
}

fn fold(name: &str) -> String {
    name.to_lowercase()
}

/// A real name or a nickname, as its owner writes it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

impl PersonName {
    pub const REAL: Rule = Rule::text(2, 50).matching(r"^\p{L}(?:\p{L}|[· ])*\p{L}$");
    /// A driver's may be empty.
    pub const NICKNAME: Rule = Rule::line(32);

    /// 真实姓名: letters and ideographs, between which dots and spaces may stand. Input methods have several dots.
    pub fn real(text: &str) -> Result<Self, Failure> {
        let name: String = composed(text.trim()).chars().map(|c| if "•‧・･".contains(c) { '·' } else { c }).collect();
        let is_between = |c: char| c == '·' || c == ' ';
        let is_plain = name.chars().all(|c| c.is_alphabetic() || is_between(c));
        if !is_plain || !Self::REAL.fits(&name) || name.starts_with(is_between) || name.ends_with(is_between) {
            return Err(Failure::typed("真实姓名应为 2 至 50 个汉字或字母，中间可以有“·”和空格"));
        }
        Ok(Self(name))
    }

    /// 昵称 of a driver.
    pub fn nickname(text: &str) -> Result<Self, Failure> {
        let name = composed(text.trim());
        if !Self::NICKNAME.fits(&name) || name.chars().any(is_invisible) {
            return Err(Failure::typed("昵称最多 32 个字符，不能包含不可见字符"));
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shown in logs by its first character.
impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({}***)", self.0.chars().next().unwrap_or('?'))
    }
}

/// An email address that is well-formed; the default is none, which drivers may choose later on (#1).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Its form is that of the `email` format.
    pub const RULE: Rule = Rule::text(3, 254);

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let address = halfwidth(text);
        let plain = email_address::Options::default().with_required_tld().without_display_text();
        if address.len() > Self::RULE.longest
            || address.chars().any(is_invisible)
            || email_address::EmailAddress::parse_with_options(&address, plain).is_err()
        {
            return Err(Failure::typed("邮箱格式不正确"));
        }
        Ok(Self(address))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({}***)", self.0.chars().next().unwrap_or('?'))
    }
}

/// The capacity of a car's battery in thousandths of a kWh; three decimals at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatteryCapacity(u32);

impl BatteryCapacity {
    pub const LARGEST_KWH: u32 = 10_000;

    /// Reads `60`, `60.5` or `６０．５`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let refused = || Failure::typed("电池容量应为 0 至 10000 之间、最多三位小数的数字（kWh）");
        let typed = halfwidth(text);
        let (whole, fraction) = typed.split_once('.').unwrap_or((&typed, ""));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || whole.len() > 5 || fraction.len() > 3 || !digits(whole) || !digits(fraction) {
            return Err(refused());
        }
        let thousandths: u32 = format!("{whole}{fraction:0<3}").parse().map_err(|_| refused())?;
        if thousandths > Self::LARGEST_KWH * 1000 { Err(refused()) } else { Ok(Self(thousandths)) }
    }
}

/// As a JSON number: `60`, `60.5`.
impl fmt::Display for BatteryCapacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        f.write_str(shown.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reason::Reason;

    #[test]
    fn names_that_differ_in_case_or_width_are_one_name() {
        let folded = |text| Username::parse(text).map(|name| name.folded());
        assert_eq!(folded("Wyc2002"), folded("ｗYC2002 "));
        assert_eq!(LoginName::read("WYC2002").as_str(), "wyc2002");
    }

    #[test]
    fn user_names_have_two_to_thirty_two_characters_and_no_spaces() {
        for refused in ["", "a", "a b", "a#b", "a\u{7}b", &"x".repeat(33)] {
            assert!(Username::parse(refused).is_err(), "{refused:?}");
        }
        assert!(Username::parse("王小明").is_ok());
    }

    #[test]
    fn real_names_are_of_letters_with_dots_and_spaces_between() {
        for (typed, name) in [
            ("张三", "张三"),
            (" 王小明 ", "王小明"),
            ("阿卜杜勒·热西提", "阿卜杜勒·热西提"),
            ("阿卜杜勒•热西提", "阿卜杜勒·热西提"),
            ("Anna Müller", "Anna Müller"),
            ("𠮷野", "𠮷野"),
        ] {
            assert_eq!(PersonName::real(typed).map(|name| name.0).as_deref(), Ok(name));
        }
        for refused in [
            "12345",
            "<b>",
            "张",
            "",
            "张3",
            "张三!",
            "·张三",
            "张·",
            "张\n三",
            "张\u{200b}三",
            "😀😀",
            &"长".repeat(51),
        ] {
            let reason = PersonName::real(refused).map_err(|failure| failure.reason());
            assert_eq!(reason, Err(Reason::BadInput), "{refused:?}");
        }
        assert!(PersonName::real(&"长".repeat(50)).is_ok());
    }

    #[test]
    fn email_addresses_are_checked() {
        assert!(Email::parse("wengyuechuan@163.com").is_ok());
        for refused in ["", "wyc", "wyc@", "@163.com", "w yc@163.com", "Wyc <wyc@163.com>", "wyc@localhost"] {
            assert!(Email::parse(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn driver_ids_are_integers_of_32_bits() {
        for random in [0, 1, u64::MAX, 1 << 31, (1 << 31) - 1_000_000_001] {
            let id: u64 = AccountId::numeric(random).as_str().parse().unwrap();
            assert!((1_000_000_000..1 << 31).contains(&id), "{id}");
        }
    }

    #[test]
    fn a_battery_capacity_is_a_decimal_of_at_most_three_places() {
        let shown = |text| BatteryCapacity::parse(text).map(|capacity| capacity.to_string());
        for (typed, out) in
            [("60", "60"), ("60.50", "60.5"), ("0", "0"), ("６０．５", "60.5"), ("9999.999", "9999.999")]
        {
            assert_eq!(shown(typed).as_deref(), Ok(out));
        }
        for refused in ["", ".", "-1", "1e3", "60.1234", "10000.001", "NaN", "电池容量", "99999999999"] {
            assert!(shown(refused).is_err(), "{refused}");
        }
    }
}
