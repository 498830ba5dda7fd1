//! The account of a realm that has a phone.

use super::{Consistency, Key, Store, Transaction, text, transaction::Change};
use crate::domain::{
    account::{AccountId, LoginName, Realm},
    cloud::Tenant,
    phone::Phone,
    reason::Failure,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The account that has a phone, and its login name, for a forgotten password.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PhoneHolder {
    pub account: AccountId,
    /// Absent where accounts have no password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    pub since: Timestamp,
    /// The business customer of a portal account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
}

impl PhoneHolder {
    pub(crate) fn new(account: &AccountId, login: Option<&LoginName>, since: Timestamp) -> Self {
        Self { account: account.clone(), login: login.map(|name| name.as_str().to_owned()), since, tenant: None }
    }

    pub(crate) fn login(&self) -> Option<LoginName> {
        self.login.as_deref().map(LoginName::read)
    }
}

impl Store {
    /// AP-14: the account that has this phone.
    pub(crate) async fn phone_holder(&self, realm: Realm, phone: &Phone) -> Result<Option<PhoneHolder>, Failure> {
        self.get(&Key::phone_holder(realm, phone), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-15: claims a phone that no account of the realm has.
    pub(crate) fn claim_phone(self, realm: Realm, phone: &Phone, holder: &PhoneHolder, taken: R) -> Self {
        self.put_new(&Key::phone_holder(realm, phone), holder, taken)
    }

    /// AP-16: releases a phone of this account.
    pub(crate) fn release_phone(self, realm: Realm, phone: &Phone, account: &AccountId, changed: R) -> Self {
        self.delete_if(&Key::phone_holder(realm, phone), held_by(account), changed)
    }

    /// AP-17: requires that this account still has the phone, so that a released phone opens nothing.
    pub(crate) fn still_has_phone(self, realm: Realm, phone: &Phone, account: &AccountId, changed: R) -> Self {
        self.check(&Key::phone_holder(realm, phone), held_by(account), changed)
    }
}

fn held_by(account: &AccountId) -> Change {
    Change {
        condition: Some("#account = :account".into()),
        names: vec![("#account", "account".into())],
        values: vec![(":account", text(account.as_str()))],
        ..Change::default()
    }
}
