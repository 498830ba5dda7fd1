//! Login accounts: listed, made, disabled, enabled and deleted by the admins among them.

use super::{Actor, Listing, Portal};
use crate::{
    domain::{
        account::{AccountId, LoginName, Realm},
        cloud::{
            AccountStatus, AccountType, LoginAccount, LoginAccountFilter, LoginId, Page, PortalMember, Tenant,
            may_remove,
        },
        password::Password,
        phone::Phone,
        reason::{Failure, Reason},
        session::Sessions,
    },
    store::{Action, Attempts, LoginCredential, Transaction, WriteOutcome},
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Accounts that one transaction deletes: each has five items in it, and a transaction holds a hundred.
const AT_ONCE: usize = 19;

/// What an admin says of a new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub login_id: LoginId,
    pub password: Password,
    pub account_type: AccountType,
    pub contact_name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccountRefused {
    LoginTaken,
    IdTaken,
    Full,
    LastAdmin,
    PhoneTaken,
    /// Another request spent the code, or it is over.
    Code,
    /// Another request changed it between our read and our write.
    Changed,
}

impl Portal {
    /// #47: the accounts that a filter shows, by name, and how many it shows in all.
    pub async fn accounts(
        &self,
        member: &PortalMember,
        filter: &LoginAccountFilter,
        page: Page,
    ) -> Result<Listing<LoginAccount>, Failure> {
        let cap = usize::try_from(self.settings.most_accounts).unwrap_or(usize::MAX);
        // Without a filter the count is known, and only what comes before the page's end is read.
        let end = if filter.shows_all() { page.end(cap) } else { cap };
        let counted = self.store.cloud_accounts(&member.tenant, end).await?;
        let shown: Vec<_> = counted.list.into_iter().filter(|account| filter.shows(account)).collect();
        let total_count = if filter.shows_all() { counted.total } else { shown.len() };
        Ok(Listing { entries: page.of(shown), total_count })
    }

    /// #48
    pub async fn create_account(&self, actor: Actor<'_, &PortalMember>, new: &NewAccount) -> Result<(), Failure> {
        let tenant = &actor.who.tenant;
        let hash = self.sign_in.passwords.hash(&new.password)?;
        let account = self.new_account(new, None, actor.now.real);
        let credential =
            LoginCredential { tenant: Some(tenant.clone()), ..LoginCredential::new(&account.account, hash) };
        let entry = actor.entry(Action::AccountCreated, Realm::Cloud, &account.account);
        let writes = self.store.transaction();
        let writes = self.with_account(writes, tenant, &account, &credential, &Sessions::of_member(&account, tenant));
        match writes.audit(&entry).commit().await? {
            WriteOutcome::Committed => Ok(()),
            WriteOutcome::ConditionFailed(refused, _) => Err(refused.into()),
        }
    }

    pub(super) fn new_account(&self, new: &NewAccount, phone: Option<Phone>, now: Timestamp) -> LoginAccount {
        LoginAccount {
            login_id: new.login_id.clone(),
            account: AccountId::opaque(self.random().u128()),
            account_type: new.account_type,
            status: AccountStatus::Activity,
            contact_name: new.contact_name.clone(),
            phone,
            last_login: None,
            last_address: None,
            reason: String::new(),
            created_at: now,
        }
    }

    /// Everything that makes an account, but for its entry in the trail.
    pub(super) fn with_account<'t>(
        &self,
        writes: Transaction<'t, AccountRefused>,
        tenant: &Tenant,
        account: &LoginAccount,
        credential: &LoginCredential,
        sessions: &Sessions,
    ) -> Transaction<'t, AccountRefused> {
        let cap = self.settings.most_accounts;
        writes
            .claim_login(Realm::Cloud, &account.login_id.name(), credential, AccountRefused::LoginTaken)
            .create_cloud_account(tenant, account, AccountRefused::LoginTaken)
            .count_cloud_account(tenant, account, cap, AccountRefused::Full)
            .open_sessions(Realm::Cloud, &account.account, sessions, AccountRefused::IdTaken)
    }

    /// #49: deletes what exists of `names` in the order in which they are asked for, and says which were deleted. Refuses
    /// the whole when one of them must stay.
    pub async fn delete_accounts(
        &self,
        actor: Actor<'_, &PortalMember>,
        names: &[LoginName],
    ) -> Result<Vec<LoginId>, Failure> {
        let tenant = &actor.who.tenant;
        let cap = usize::try_from(self.settings.most_accounts).unwrap_or(usize::MAX);
        let wanted: BTreeSet<_> = names.iter().map(LoginName::as_str).collect();
        let mut deleted: Vec<LoginId> = Vec::new();
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let all = self.store.cloud_accounts(tenant, cap).await?.list;
            let mut chosen: Vec<_> =
                all.iter().filter(|account| wanted.contains(account.login_id.name().as_str())).collect();
            may_remove(&actor.who.caller.account, &chosen, &all)?;
            // Admins go first and together, so that a race for the last of them is decided before anything is gone.
            chosen.sort_by_key(|account| !account.is_enabled_admin());
            if chosen.iter().filter(|account| account.is_enabled_admin()).count() > AT_ONCE {
                return Err(Failure::malformed(format!("一次最多删除 {AT_ONCE} 个主帐号")));
            }
            let mut changed = false;
            for part in chosen.chunks(AT_ONCE) {
                match self.delete_accounts_together(actor, part).await? {
                    None => deleted.extend(part.iter().map(|account| account.login_id.clone())),
                    Some(AccountRefused::Changed) => {
                        changed = true;
                        break;
                    }
                    Some(refused) => return Err(refused.into()),
                }
            }
            if !changed {
                let place = |id: &LoginId| names.iter().position(|name| *name == id.name());
                deleted.sort_by_key(place);
                return Ok(deleted);
            }
        }
    }

    async fn delete_accounts_together(
        &self,
        actor: Actor<'_, &PortalMember>,
        part: &[&LoginAccount],
    ) -> Result<Option<AccountRefused>, Failure> {
        let tenant = &actor.who.tenant;
        let admins = part.iter().filter(|account| account.is_enabled_admin()).count();
        let counted = self.store.transaction();
        let mut writes = counted.uncount_cloud_accounts(tenant, part.len(), admins, AccountRefused::LastAdmin);
        for account in part {
            writes = writes
                .delete_cloud_account(tenant, account, AccountRefused::Changed)
                .forget_login(Realm::Cloud, &account.login_id.name())
                .close_sessions(Realm::Cloud, &account.account)
                .audit(&actor.entry(Action::AccountDeleted, Realm::Cloud, &account.account));
            if let Some(phone) = &account.phone {
                writes = writes.release_phone(Realm::Cloud, phone, &account.account, AccountRefused::Changed);
            }
        }
        writes.commit_with_every_failure().await.map(|refused| decisive(&refused))
    }

    /// #50, #51: sets an account's status and ends its sessions. An account that has it already is left as it is.
    pub async fn switch_account(
        &self,
        actor: Actor<'_, &PortalMember>,
        name: &LoginName,
        to: AccountStatus,
        reason: &str,
    ) -> Result<LoginId, Failure> {
        let tenant = &actor.who.tenant;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let account = self.store.cloud_account(tenant, name).await?.ok_or(Reason::NotYours)?;
            if to == AccountStatus::Disabled && account.account == actor.who.caller.account {
                return Err(Reason::LastAdmin.into());
            }
            if account.status == to {
                return Ok(account.login_id);
            }
            let (enabled, action) = match to {
                AccountStatus::Activity => (true, Action::AccountEnabled),
                AccountStatus::Disabled => (false, Action::AccountDisabled),
            };
            let mut writes = self.store.transaction();
            if account.account_type == AccountType::Admin {
                writes = writes.recount_cloud_admins(tenant, to, AccountRefused::LastAdmin);
            }
            let writes = writes
                .set_cloud_account_status(tenant, &account, to, reason, AccountRefused::Changed)
                .switch_sessions(Realm::Cloud, &account.account, enabled, AccountRefused::Changed)
                .audit(&actor.entry(action, Realm::Cloud, &account.account));
            match decisive(&writes.commit_with_every_failure().await?) {
                None => return Ok(account.login_id),
                Some(AccountRefused::Changed) => {}
                Some(refused) => return Err(refused.into()),
            }
        }
    }
}

/// Of several refusals the one that counts: when what was read is no longer so, that may also be why the count forbids it.
fn decisive<I>(refused: &[(AccountRefused, I)]) -> Option<AccountRefused> {
    let changed = refused.iter().find(|(why, _)| *why == AccountRefused::Changed);
    changed.or(refused.first()).map(|(why, _)| *why)
}

impl Sessions {
    /// The record of a new account of a business customer.
    pub(super) fn of_member(account: &LoginAccount, tenant: &Tenant) -> Self {
        Self { tenant: Some(tenant.clone()), ..Self::of_new(account.account_type.role(), vec![]) }
    }
}

impl From<AccountRefused> for Failure {
    fn from(refused: AccountRefused) -> Self {
        match refused {
            AccountRefused::LoginTaken => Reason::UsernameTaken.into(),
            AccountRefused::Full => Reason::CapReached.into(),
            AccountRefused::PhoneTaken => Reason::PhoneTaken.into(),
            AccountRefused::Code => Reason::WrongCode.into(),
            AccountRefused::LastAdmin => Reason::LastAdmin.into(),
            AccountRefused::Changed => Reason::Contended.into(),
            AccountRefused::IdTaken => Self::internal("a drawn account id was in use"),
        }
    }
}
