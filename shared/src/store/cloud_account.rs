//! Login accounts of business customers, and their count, which sorts before them.

use super::{Consistency, Item, Key, Store, Transaction, keys, number, read, text, transaction::Change};
use crate::domain::{
    account::LoginName,
    cloud::{AccountStatus, LoginAccount, Tenant},
    phone::Phone,
    reason::Failure,
};
use jiff::Timestamp;
use serde::Deserialize;
use std::net::IpAddr;

/// The first part of a customer's accounts or contacts, with their total number.
#[derive(Debug)]
pub(crate) struct CountedList<T> {
    pub list: Vec<T>,
    pub total: usize,
}

#[derive(Deserialize)]
struct CountItem {
    n: usize,
}

impl Store {
    /// AP-125: one account by its name.
    pub(crate) async fn cloud_account(
        &self,
        tenant: &Tenant,
        name: &LoginName,
    ) -> Result<Option<LoginAccount>, Failure> {
        self.get(&Key::cloud_account(tenant, name), Consistency::Strong).await
    }

    /// AP-126: a customer's accounts in the order of their names, the first `end` of them, with the total number.
    pub(crate) async fn cloud_accounts(
        &self,
        tenant: &Tenant,
        end: usize,
    ) -> Result<CountedList<LoginAccount>, Failure> {
        counted(self.with_count_item(Key::cloud_accounts(tenant), end).await?)
    }

    /// A count item and the first `end` items after it, whose sort keys begin with that of the count. One query is
    /// enough, because the caps keep all items within one page.
    pub(super) async fn with_count_item(&self, head: Key, end: usize) -> Result<Vec<Item>, Failure> {
        let limit = i32::try_from(end.saturating_add(1)).unwrap_or(i32::MAX);
        let request = self.client.query().table_name(&self.table).consistent_read(true).limit(limit);
        let request = request
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :sk)")
            .expression_attribute_names("#pk", keys::PK)
            .expression_attribute_names("#sk", keys::SK)
            .expression_attribute_values(":pk", text(head.pk))
            .expression_attribute_values(":sk", text(head.sk));
        let answer = request.send().await.map_err(super::fault)?;
        Ok(answer.items.unwrap_or_default())
    }
}

/// The condition that an account's phone is the one that was read.
fn phone_is(account: &LoginAccount) -> &'static str {
    if account.phone.is_some() { "#phone = :phone" } else { "attribute_not_exists(#phone)" }
}

/// Reads a count item and the items after it.
pub(super) fn counted<T: serde::de::DeserializeOwned>(items: Vec<Item>) -> Result<CountedList<T>, Failure> {
    let mut items = items.into_iter();
    let total = items.next().map(read::<CountItem>).transpose()?.map_or(0, |head| head.n);
    Ok(CountedList { list: items.map(read).collect::<Result<_, _>>()?, total })
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-127: creates an account. The same transaction claims its login.
    pub(crate) fn create_cloud_account(self, tenant: &Tenant, account: &LoginAccount, exists: R) -> Self {
        self.put_new(&Key::cloud_account(tenant, &account.login_id.name()), account, exists)
    }

    /// AP-127: counts one account more, as long as there is room.
    pub(crate) fn count_cloud_account(self, tenant: &Tenant, account: &LoginAccount, cap: u32, full: R) -> Self {
        let change = Change {
            update: "ADD #n :one, #admins :admins".into(),
            condition: Some("attribute_not_exists(#n) OR #n < :cap".into()),
            names: vec![("#n", "n".into()), ("#admins", "admins".into())],
            values: vec![
                (":one", number(1)),
                (":admins", number(u8::from(account.is_enabled_admin()))),
                (":cap", number(cap)),
            ],
        };
        self.update(&Key::cloud_accounts(tenant), change, Some(full))
    }

    /// AP-128: counts accounts off, and the enabled admins among them. The condition keeps one enabled admin, also
    /// under concurrent calls.
    pub(crate) fn uncount_cloud_accounts(self, tenant: &Tenant, gone: usize, admins: usize, last: R) -> Self {
        let minus = |count: usize| number(format_args!("-{count}"));
        let mut change = Change {
            update: "ADD #n :gone".into(),
            names: vec![("#n", "n".into())],
            values: vec![(":gone", minus(gone))],
            ..Change::default()
        };
        if admins > 0 {
            change.update.push_str(", #admins :fewer");
            change.condition = Some("#admins > :admins".into());
            change.names.push(("#admins", "admins".into()));
            change.values.extend([(":fewer", minus(admins)), (":admins", number(admins))]);
        }
        self.update(&Key::cloud_accounts(tenant), change, Some(last))
    }

    /// AP-128: deletes an account, if it is still as it was read.
    pub(crate) fn delete_cloud_account(self, tenant: &Tenant, account: &LoginAccount, changed: R) -> Self {
        let mut unchanged = Change {
            condition: Some(format!("#account = :account AND #status = :status AND {}", phone_is(account))),
            names: vec![("#account", "account".into()), ("#status", "status".into()), ("#phone", "phone".into())],
            values: vec![(":account", text(account.account.as_str())), (":status", text(account.status.as_str()))],
            ..Change::default()
        };
        unchanged.values.extend(account.phone.as_ref().map(|phone| (":phone", text(phone.as_e164()))));
        self.delete_if(&Key::cloud_account(tenant, &account.login_id.name()), unchanged, changed)
    }

    /// AP-129: changes an account's status, if it is still as it was read.
    pub(crate) fn set_cloud_account_status(
        self,
        tenant: &Tenant,
        account: &LoginAccount,
        to: AccountStatus,
        reason: &str,
        changed: R,
    ) -> Self {
        let change = Change {
            update: "SET #status = :to, #reason = :reason".into(),
            condition: Some("#account = :account AND #status = :from".into()),
            names: vec![("#account", "account".into()), ("#status", "status".into()), ("#reason", "reason".into())],
            values: vec![
                (":account", text(account.account.as_str())),
                (":from", text(account.status.as_str())),
                (":to", text(to.as_str())),
                (":reason", text(reason)),
            ],
        };
        self.update(&Key::cloud_account(tenant, &account.login_id.name()), change, Some(changed))
    }

    /// AP-131: changes or removes an account's phone, if it is still the one that was read.
    pub(crate) fn change_cloud_phone(
        self,
        tenant: &Tenant,
        account: &LoginAccount,
        to: Option<&Phone>,
        changed: R,
    ) -> Self {
        let mut change = Change {
            update: if to.is_some() { "SET #phone = :to" } else { "REMOVE #phone" }.into(),
            condition: Some(format!("#account = :account AND {}", phone_is(account))),
            names: vec![("#account", "account".into()), ("#phone", "phone".into())],
            values: vec![(":account", text(account.account.as_str()))],
        };
        change.values.extend(account.phone.as_ref().map(|phone| (":phone", text(phone.as_e164()))));
        change.values.extend(to.map(|to| (":to", text(to.as_e164()))));
        self.update(&Key::cloud_account(tenant, &account.login_id.name()), change, Some(changed))
    }

    /// AP-129: counts one enabled admin more, or one fewer while another one stays.
    pub(crate) fn recount_cloud_admins(self, tenant: &Tenant, to: AccountStatus, last: R) -> Self {
        let (by, condition) = match to {
            AccountStatus::Activity => (1, "attribute_exists(#admins)"),
            AccountStatus::Disabled => (-1, "#admins > :one"),
        };
        let one = (to == AccountStatus::Disabled).then(|| (":one", number(1)));
        let change = Change {
            update: "ADD #admins :by".into(),
            condition: Some(condition.into()),
            names: vec![("#admins", "admins".into())],
            values: [(":by", number(by))].into_iter().chain(one).collect(),
        };
        self.update(&Key::cloud_accounts(tenant), change, Some(last))
    }

    /// AP-130: stores when and from which address an account last signed in, in the transaction of AP-07.
    pub(crate) fn note_cloud_sign_in(
        self,
        tenant: &Tenant,
        name: &LoginName,
        (address, now): (IpAddr, Timestamp),
        gone: R,
    ) -> Self {
        let change = Change {
            update: "SET #at = :at, #address = :address".into(),
            condition: Some("attribute_exists(#pk)".into()),
            names: vec![("#at", "last_login".into()), ("#address", "last_address".into()), ("#pk", keys::PK.into())],
            values: vec![(":at", text(now.to_string())), (":address", text(address.to_string()))],
        };
        self.update(&Key::cloud_account(tenant, name), change, Some(gone))
    }
}
