//! Consumers and agents of the mall: their records, and the holders of openIds. Phones are in
//! `phone.rs`.

use super::{Consistency, Key, Store, Transaction, text, transaction::Change};
use crate::domain::{
    account::{AccountId, Realm},
    open_id::OpenId,
    phone::Phone,
    reason::Failure,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A stored consumer or agent. The phone never changes; the openId may.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MallUser {
    pub phone: Phone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_id: Option<OpenId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl MallUser {
    pub(crate) fn new(phone: Phone, open_id: OpenId, now: Timestamp) -> Self {
        Self { phone, open_id: Some(open_id), created_at: now, updated_at: now }
    }
}

/// The account that has an openId.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenIdHolder {
    pub account: AccountId,
    pub since: Timestamp,
}

impl Store {
    /// AP-81: the account that has this openId.
    pub(crate) async fn open_id_holder(&self, realm: Realm, id: &OpenId) -> Result<Option<OpenIdHolder>, Failure> {
        self.get(&Key::open_id_holder(realm, id), Consistency::Strong).await
    }

    /// AP-82: a consumer's or an agent's record.
    pub(crate) async fn mall_user(&self, realm: Realm, account: &AccountId) -> Result<Option<MallUser>, Failure> {
        self.get(&Key::profile(realm, account), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-83: creates a record.
    pub(crate) fn create_mall_user(self, realm: Realm, account: &AccountId, user: &MallUser, exists: R) -> Self {
        self.put_new(&Key::profile(realm, account), user, exists)
    }

    /// AP-84: claims an openId that no account of the realm has.
    pub(crate) fn claim_open_id(self, realm: Realm, id: &OpenId, holder: &OpenIdHolder, taken: R) -> Self {
        self.put_new(&Key::open_id_holder(realm, id), holder, taken)
    }

    /// AP-85: moves an openId from one account to another.
    pub(crate) fn transfer_open_id(
        self,
        (realm, id): (Realm, &OpenId),
        (from, to): (&AccountId, &AccountId),
        now: Timestamp,
        raced: R,
    ) -> Self {
        let change = Change {
            update: "SET #account = :to, #since = :now".into(),
            condition: Some("#account = :from".into()),
            names: vec![("#account", "account".into()), ("#since", "since".into())],
            values: vec![(":from", text(from.as_str())), (":to", text(to.as_str())), (":now", text(now.to_string()))],
        };
        self.update(&Key::open_id_holder(realm, id), change, Some(raced))
    }

    /// AP-86: releases an openId of this account.
    pub(crate) fn release_open_id(self, realm: Realm, id: &OpenId, account: &AccountId, raced: R) -> Self {
        let holds = Change {
            condition: Some("#account = :account".into()),
            names: vec![("#account", "account".into())],
            values: vec![(":account", text(account.as_str()))],
            ..Change::default()
        };
        self.delete_if(&Key::open_id_holder(realm, id), holds, raced)
    }

    /// AP-87: replaces or removes the openId in the record, if it is still the one that was read, or still absent.
    pub(crate) fn change_open_id(
        self,
        (realm, account): (Realm, &AccountId),
        (old, new): (Option<&OpenId>, Option<&OpenId>),
        now: Timestamp,
        raced: R,
    ) -> Self {
        let mut change = Change {
            update: "SET #updated = :now REMOVE #open_id".into(),
            condition: Some("attribute_exists(#updated) AND attribute_not_exists(#open_id)".into()),
            names: vec![("#updated", "updated_at".into()), ("#open_id", "open_id".into())],
            values: vec![(":now", text(now.to_string()))],
        };
        if let Some(old) = old {
            change.condition = Some("#open_id = :old".into());
            change.values.push((":old", text(old.as_str())));
        }
        if let Some(new) = new {
            change.update = "SET #updated = :now, #open_id = :new".into();
            change.values.push((":new", text(new.as_str())));
        }
        self.update(&Key::profile(realm, account), change, Some(raced))
    }
}
