//! Staff of the platform and of shops: what is left of a sign-in, and which appointments a second administrator confirms.

use super::{
    account::{AccountId, Realm, Role},
    reason::{Failure, Reason},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a password lasts that an administrator gave.
pub const FIRST_PASSWORD_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How long a session lasts that opens nothing but what is left of its sign-in.
pub const STEP_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// What is left of a sign-in whose password, and second factor if there is one, were right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInStep {
    /// The password was given by an administrator: its owner chooses another one.
    Password,
    /// The role demands a second factor and none is enrolled.
    SecondFactor,
}

impl SignInStep {
    /// What the answer to a sign-in calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "change_password",
            Self::SecondFactor => "enrol_second_factor",
        }
    }

    /// The refusal of everything else.
    pub fn refusal(self) -> Failure {
        Failure::from(Reason::SignInUnfinished).saying(match self {
            Self::Password => "请先修改初始密码",
            Self::SecondFactor => "请先绑定动态验证码",
        })
    }
}

pub const fn is_staff(realm: Realm) -> bool {
    matches!(realm, Realm::Platform | Realm::Shop)
}

/// Which roles demand a second factor; a setting of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactorRoles(Vec<Role>);

impl Default for SecondFactorRoles {
    fn default() -> Self {
        Self(vec![Role::Admin, Role::Auditor])
    }
}

impl SecondFactorRoles {
    /// The roles that can have one.
    pub const POSSIBLE: &'static [Role] = &[Role::Admin, Role::Auditor, Role::ShopManager];

    /// `admin,auditor,shop-manager`, or `none`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self(Vec::new()));
        }
        let role = |name: &str| Self::POSSIBLE.iter().find(|role| role.as_str() == name.trim()).copied();
        text.split(',').map(role).collect::<Option<_>>().map(Self)
    }

    /// What is left of a sign-in. The password comes first: a second factor that is enrolled under a password which
    /// another person knows belongs to either.
    pub fn step_left(&self, role: Role, has_first_password: bool, is_enrolled: bool) -> Option<SignInStep> {
        if has_first_password {
            return Some(SignInStep::Password);
        }
        (self.0.contains(&role) && !is_enrolled).then_some(SignInStep::SecondFactor)
    }
}

/// A role that an administrator gave and a second one has not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub role: Role,
    pub by: AccountId,
    pub at: Timestamp,
}

impl Proposal {
    /// The roles that one person cannot give.
    pub const fn is_needed(role: Role) -> bool {
        matches!(role, Role::Admin | Role::Auditor)
    }

    /// Neither the administrator who proposed it nor the account itself confirms it.
    pub fn check_confirmer(&self, subject: &AccountId, confirmer: &AccountId) -> Result<(), Failure> {
        if *confirmer == self.by || confirmer == subject {
            return Err(Failure::from(Reason::Forbidden).saying("任命须由另一位管理员确认"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_is_replaced_before_a_second_factor_is_enrolled() {
        let rules = SecondFactorRoles::default();
        assert_eq!(rules.step_left(Role::Admin, true, false), Some(SignInStep::Password));
        assert_eq!(rules.step_left(Role::Admin, true, true), Some(SignInStep::Password));
        assert_eq!(rules.step_left(Role::Admin, false, false), Some(SignInStep::SecondFactor));
        assert_eq!(rules.step_left(Role::Admin, false, true), None);
        assert_eq!(rules.step_left(Role::ShopManager, false, false), None, "not by default");
    }

    #[test]
    fn the_setting_names_roles_that_can_have_a_second_factor() {
        assert_eq!(SecondFactorRoles::parse("admin,auditor"), Some(SecondFactorRoles::default()));
        let all = SecondFactorRoles::parse("admin, auditor, shop-manager").unwrap();
        assert_eq!(all.step_left(Role::ShopManager, false, false), Some(SignInStep::SecondFactor));
        let none = SecondFactorRoles::parse("none").unwrap();
        assert_eq!(none.step_left(Role::Admin, false, false), None);
        for refused in ["", "shop-staff", "admin,driver", "admin,"] {
            assert_eq!(SecondFactorRoles::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn neither_the_proposer_nor_the_account_itself_confirms() {
        let id = |text: &str| AccountId::known(text);
        let proposal = Proposal { role: Role::Auditor, by: id("a"), at: Timestamp::UNIX_EPOCH };
        assert_eq!(proposal.check_confirmer(&id("x"), &id("a")).unwrap_err().reason(), Reason::Forbidden);
        assert_eq!(proposal.check_confirmer(&id("x"), &id("x")).unwrap_err().reason(), Reason::Forbidden);
        assert!(proposal.check_confirmer(&id("x"), &id("b")).is_ok());
    }
}
