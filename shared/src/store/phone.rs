//! The account of a realm that has a phone.

use super::{
    Consistency, Key, PhoneCodes, Store, Transaction,
    keys::{PK, SK},
    read, text,
    transaction::Change,
};
use crate::domain::{
    account::{AccountId, LoginName, Realm},
    cloud::Tenant,
    otp::AskLane,
    phone::Phone,
    reason::Failure,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// A phone in a realm: its account, and the codes that were asked for.
#[derive(Debug, Default)]
pub(crate) struct RealmPhone {
    pub holder: Option<PhoneHolder>,
    asks: BTreeMap<AskLane, PhoneCodes>,
}

impl RealmPhone {
    pub(crate) fn asks(&self, lane: AskLane) -> PhoneCodes {
        self.asks.get(&lane).cloned().unwrap_or_default()
    }
}

impl Store {
    /// AP-18: the account of a phone and the codes that were asked for, in one read, which costs the same with an account
    /// and without.
    pub(crate) async fn realm_phone(&self, realm: Realm, phone: &Phone) -> Result<RealmPhone, Failure> {
        let mut found = RealmPhone::default();
        for mut item in self.get_all(Key::realm_phone(realm, phone)).await? {
            item.remove(PK);
            let sk = item.remove(SK).and_then(|sk| sk.as_s().ok().cloned()).unwrap_or_default();
            let is = |lane: &AskLane| Key::asks(realm, phone, *lane).sk == sk;
            if sk == "HOLDER" {
                found.holder = Some(read(item)?);
            } else if let Some(lane) = AskLane::ALL.into_iter().find(is) {
                found.asks.insert(lane, PhoneCodes::of(&read(item)?));
            }
        }
        Ok(found)
    }

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
