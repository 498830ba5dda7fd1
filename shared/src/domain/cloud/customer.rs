//! A business customer's own record: what it is called, where it is, what it does (用户信息、业务信息).

use super::line::line;
use crate::domain::{
    credit_code::CreditCode,
    image::PictureKey,
    organisation_code::OrganisationCode,
    phone::Phone,
    reason::Failure,
    resident_id::GivenId,
    rule::Rule,
    sealed::Sealed,
    text::{composed, halfwidth, is_invisible},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// 用户类型
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CustomerKind {
    /// 企业
    Firm,
    /// 个人. The document calls it SELF.
    #[serde(rename = "SELF")]
    Person,
}

impl CustomerKind {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_uppercase().as_str() {
            "FIRM" => Ok(Self::Firm),
            "SELF" => Ok(Self::Person),
            _ => Err(Failure::malformed("用户类型应为 FIRM 或 SELF")),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firm => "FIRM",
            Self::Person => "SELF",
        }
    }
}

/// 证件类型
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CredentialKind {
    /// 身份证
    Identity,
    /// 军官证
    Military,
    /// 驾照
    Driver,
}

impl CredentialKind {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_uppercase().as_str() {
            "IDENTITY" => Ok(Self::Identity),
            "MILITARY" => Ok(Self::Military),
            "DRIVER" => Ok(Self::Driver),
            _ => Err(Failure::malformed("证件类型应为 IDENTITY、MILITARY 或 DRIVER")),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "IDENTITY",
            Self::Military => "MILITARY",
            Self::Driver => "DRIVER",
        }
    }
}

/// An address on the web, `http` or `https`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Website(String);

impl Website {
    /// Empty means none.
    pub fn parse(text: &str) -> Result<Option<Self>, Failure> {
        let address = composed(text.trim());
        if address.is_empty() {
            return Ok(None);
        }
        let scheme = address.get(..8).unwrap_or(&address).to_ascii_lowercase();
        let rest = match (scheme.starts_with("https://"), scheme.starts_with("http://")) {
            (true, _) => address.get(8..),
            (_, true) => address.get(7..),
            _ => None,
        };
        let has_host = rest.is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
        let is_plain = address.chars().all(|c| !is_invisible(c) && !c.is_whitespace() && !"<>\"'`\\".contains(c));
        if !has_host || !is_plain || address.chars().count() > 200 {
            return Err(Failure::typed("用户网址应为 http:// 或 https:// 开头的网址，最多 200 个字符"));
        }
        Ok(Some(Self(address)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whom a customer turns to at ours (客户经理). The operator names one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manager {
    pub name: String,
    pub mobile: String,
    pub email: String,
    pub qq: String,
}

/// A document's number as it is kept: sealed, and flagged when it cannot be right. It is never refused for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentNumber {
    pub sealed: Sealed,
    pub valid: bool,
}

/// Which document a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    Credentials(Option<CredentialKind>),
    /// 营业执照: today the unified social credit code. Older registration numbers are flagged.
    Permit,
    /// 组织机构代码证
    Organization,
}

impl NumberKind {
    /// Whether a number can be one of such a document; of military and driver's papers nothing is known.
    pub fn may_be(self, number: &str, today: Date) -> bool {
        match self {
            Self::Credentials(Some(CredentialKind::Identity)) => {
                GivenId::of_contact(number, today).is_ok_and(|id| id.is_valid())
            }
            Self::Credentials(_) => true,
            Self::Permit => CreditCode::parse(number).is_ok(),
            Self::Organization => OrganisationCode::parse(number).is_ok(),
        }
    }
}

/// What a customer shows of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalPapers {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_type: Option<CredentialKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<DocumentNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit_number: Option<DocumentNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit_picture: Option<PictureKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organizationcode: Option<DocumentNumber>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_picture: Option<PictureKey>,
}

/// A business customer as it is kept. What is unset is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Goes up with every change.
    pub version: u64,
    pub cus_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub short_name: String,
    pub cus_type: CustomerKind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tel: String,
    pub mobile: Phone,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub postcode: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fax: String,
    /// 服务授权码
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub authorization: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub industry_application: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub main_business: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<Website>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Manager>,
    #[serde(default)]
    pub papers: PortalPapers,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What is to be changed of the basic data: what is absent stays, what is empty is cleared.
#[derive(Clone, Debug, Default)]
pub struct CustomerPatch {
    pub tel: Option<String>,
    pub address: Option<String>,
    pub postcode: Option<String>,
    pub fax: Option<String>,
    pub authorization: Option<String>,
}

/// The same of the business (业务信息).
#[derive(Clone, Debug, Default)]
pub struct ProfessionPatch {
    pub industry_application: Option<String>,
    pub main_business: Option<String>,
    pub website: Option<Option<Website>>,
}

impl CustomerPatch {
    pub fn apply_to(&self, customer: &mut Customer) {
        set(&mut customer.tel, self.tel.as_ref());
        set(&mut customer.address, self.address.as_ref());
        set(&mut customer.postcode, self.postcode.as_ref());
        set(&mut customer.fax, self.fax.as_ref());
        set(&mut customer.authorization, self.authorization.as_ref());
    }
}

impl ProfessionPatch {
    pub fn apply_to(&self, customer: &mut Customer) {
        set(&mut customer.industry_application, self.industry_application.as_ref());
        set(&mut customer.main_business, self.main_business.as_ref());
        set(&mut customer.website, self.website.as_ref());
    }
}

fn set<T: Clone>(field: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

/// How the document's fields are read; each may be empty.
impl Customer {
    pub const SHORT_NAME: Rule = Rule::line(64);
    pub const TEL: Rule = Rule::line(32);
    pub const ADDRESS: Rule = Rule::line(200);
    pub const POSTCODE: Rule = Rule::text(0, 6).matching("^(?:[0-9]{6})?$");
    pub const AUTHORIZATION: Rule = Rule::line(64);
    pub const NUMBER: Rule = Rule::line(64);
    pub const BUSINESS: Rule = Rule::line(500);

    pub fn short_name(text: &str) -> Result<String, Failure> {
        line(text, Self::SHORT_NAME.longest, "昵称")
    }

    pub fn tel(text: &str) -> Result<String, Failure> {
        line(&halfwidth(text), Self::TEL.longest, "固定电话")
    }

    pub fn fax(text: &str) -> Result<String, Failure> {
        line(&halfwidth(text), Self::TEL.longest, "传真")
    }

    pub fn address(text: &str) -> Result<String, Failure> {
        line(text, Self::ADDRESS.longest, "地址")
    }

    pub fn postcode(text: &str) -> Result<String, Failure> {
        let postcode = halfwidth(text);
        if postcode.is_empty() || postcode.len() == 6 && postcode.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(postcode);
        }
        Err(Failure::typed("邮编应为 6 位数字"))
    }

    pub fn authorization(text: &str) -> Result<String, Failure> {
        line(text, Self::AUTHORIZATION.longest, "授权码")
    }

    /// Of any document; what it can be is only flagged.
    pub fn number(text: &str, label: &str) -> Result<String, Failure> {
        line(&halfwidth(text), Self::NUMBER.longest, label)
    }

    pub fn business(text: &str, label: &str) -> Result<String, Failure> {
        line(text, Self::BUSINESS.longest, label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postcode_has_six_digits_where_there_is_one() {
        assert_eq!(Customer::postcode(" ２０１９００ ").as_deref(), Ok("201900"));
        assert_eq!(Customer::postcode("").as_deref(), Ok(""));
        for refused in ["abc", "20190", "2019000", "20 1900", "-20190"] {
            assert!(Customer::postcode(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_website_is_http_or_nothing() {
        for valid in ["http://www.51idc.com", "HTTPS://例子.中国/a?b=c"] {
            assert!(Website::parse(valid).unwrap().is_some(), "{valid}");
        }
        assert_eq!(Website::parse(" "), Ok(None));
        for refused in ["www.51idc.com", "javascript:alert(1)", "http://", "https:// a", "ftp://a", "http://a/\"><b>"] {
            assert!(Website::parse(refused).is_err(), "{refused}");
        }
    }
}
