//! Login accounts of a business customer (登录帐号): admins, who manage the others, and subs.

use super::line::line;
use crate::domain::{
    account::{AccountId, LoginName, Role},
    phone::Phone,
    reason::{Failure, Reason},
    rule::Rule,
    text::{halfwidth, is_invisible},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, net::IpAddr};

/// The name an account signs in with, unique on the whole platform without regard to case; often an email address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LoginId(String);

impl LoginId {
    pub const RULE: Rule = Rule::text(2, 64).matching(r"^[^\s#,/\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+$");

    /// `,` separates names in a list and `/` parts of a path, so no name has them.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let name = halfwidth(text);
        let length = name.to_lowercase().chars().count();
        let is_refused = |c: char| is_invisible(c) || c.is_whitespace() || matches!(c, '#' | ',' | '/' | '，');
        if !(Self::RULE.shortest..=Self::RULE.longest).contains(&length) || name.contains(is_refused) {
            return Err(Failure::typed("登录帐号需 2 至 64 个字符，不能包含空格、逗号、#、/ 或不可见字符"));
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which it is unique, and looked up.
    pub fn name(&self) -> LoginName {
        LoginName::read(&self.0)
    }
}

/// Shown in logs by its first character.
impl fmt::Debug for LoginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginId({}***)", self.0.chars().next().unwrap_or('?'))
    }
}

/// 账户类型
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountType {
    /// 主帐号
    Admin,
    /// 子帐号
    Sub,
}

impl AccountType {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_lowercase().as_str() {
            "admin" => Ok(Self::Admin),
            "sub" => Ok(Self::Sub),
            _ => Err(Failure::malformed("账户类型应为 admin 或 sub")),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Sub => "sub",
        }
    }

    pub const fn role(self) -> Role {
        match self {
            Self::Admin => Role::CloudAdmin,
            Self::Sub => Role::CloudSub,
        }
    }
}

/// Spelt as the document spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccountStatus {
    Activity,
    Disabled,
}

impl AccountStatus {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        match halfwidth(text).to_ascii_uppercase().as_str() {
            "ACTIVITY" => Ok(Self::Activity),
            "DISABLED" => Ok(Self::Disabled),
            _ => Err(Failure::malformed("状态应为 ACTIVITY、DISABLED 或空")),
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Activity => "ACTIVITY",
            Self::Disabled => "DISABLED",
        }
    }
}

/// A login account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginAccount {
    pub login_id: LoginId,
    /// Under which id its sessions are kept.
    pub account: AccountId,
    pub account_type: AccountType,
    pub status: AccountStatus,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact_name: String,
    /// The phone that is bound to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_address: Option<IpAddr>,
    /// Why it was disabled or enabled the last time.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    pub created_at: Timestamp,
}

impl LoginAccount {
    pub fn is_enabled_admin(&self) -> bool {
        self.account_type == AccountType::Admin && self.status == AccountStatus::Activity
    }

    /// The name of the person behind it.
    pub fn contact_name(text: &str) -> Result<String, Failure> {
        line(text, 64, "联系人")
    }

    pub fn reason(text: &str) -> Result<String, Failure> {
        line(text, 200, "理由")
    }
}

/// Which accounts a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginAccountFilter {
    /// Part of the login id, in any case or width (模糊查询).
    pub login_id: Option<String>,
    pub status: Option<AccountStatus>,
}

impl LoginAccountFilter {
    pub fn shows_all(&self) -> bool {
        *self == Self::default()
    }

    pub fn shows(&self, account: &LoginAccount) -> bool {
        let part = self.login_id.as_deref().map(LoginName::read);
        let has_part = part.is_none_or(|part| account.login_id.name().as_str().contains(part.as_str()));
        has_part && self.status.is_none_or(|status| account.status == status)
    }
}

/// No account deletes or disables itself, and one that manages the others always stays. That this also holds when two
/// requests race, a counter that is written with them sees to.
pub fn may_remove(by: &AccountId, chosen: &[&LoginAccount], all: &[LoginAccount]) -> Result<(), Failure> {
    let ids: BTreeSet<_> = chosen.iter().map(|account| &account.account).collect();
    let admin_stays = all.iter().any(|account| account.is_enabled_admin() && !ids.contains(&account.account));
    let takes_admin = chosen.iter().any(|account| account.is_enabled_admin());
    if ids.contains(by) || (takes_admin && !admin_stays) { Err(Reason::LastAdmin.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, account_type: AccountType, status: AccountStatus) -> LoginAccount {
        LoginAccount {
            login_id: LoginId::parse(name).unwrap(),
            account: AccountId::known(name),
            account_type,
            status,
            contact_name: String::new(),
            phone: None,
            last_login: None,
            last_address: None,
            reason: String::new(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn login_ids_are_names_that_a_list_and_a_path_can_carry() {
        assert_eq!(
            LoginId::parse("Test@51IDC.com").map(|id| id.name().as_str().to_owned()),
            Ok("test@51idc.com".into())
        );
        for refused in ["", "a", "a b", "a,b", "a/b", "a#b", "张，三", &"x".repeat(65)] {
            assert!(LoginId::parse(refused).is_err(), "{refused}");
        }
        assert!(LoginId::parse(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn a_filter_looks_for_a_part_of_the_name_whatever_its_case() {
        let shown = |login_id: Option<&str>, status| {
            let filter = LoginAccountFilter { login_id: login_id.map(Into::into), status };
            filter.shows(&account("Test@51idc.com", AccountType::Sub, AccountStatus::Disabled))
        };
        assert!(shown(None, None) && shown(Some("ｔEST@"), None) && shown(Some("51"), Some(AccountStatus::Disabled)));
        assert!(!shown(Some("best"), None) && !shown(Some("test"), Some(AccountStatus::Activity)));
    }

    #[test]
    fn nobody_removes_oneself_or_the_last_who_could_undo_it() {
        use {AccountStatus::*, AccountType::*};
        let all = [
            account("one", Admin, Activity),
            account("two", Admin, Activity),
            account("old", Admin, Disabled),
            account("sub", Sub, Activity),
        ];
        let [one, two, old, sub] = [&all[0], &all[1], &all[2], &all[3]];
        let may = |by: &LoginAccount, chosen: &[&LoginAccount]| may_remove(&by.account, chosen, &all).is_ok();
        assert!(may(one, &[two, old, sub]), "one stays");
        assert!(!may(one, &[sub, one]), "oneself");
        assert!(!may(sub, &[one, two]), "a disabled admin cannot undo it");
        assert!(may(sub, &[one]) && may(one, &[old]));
    }
}
