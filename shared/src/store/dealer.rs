//! A dealer's record, and the phone under which the dealer signs in.

use super::{
    Consistency, Key, LoginCredential, Store, Transaction, text,
    transaction::{Change, WriteOutcome},
};
use crate::domain::{
    account::{AccountId, LoginName, Realm},
    dealer::{DealerUsername, Nickname},
    gender::Gender,
    image::PictureKey,
    phone::Phone,
    reason::Failure,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A stored dealer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dealer {
    pub phone: Phone,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<Nickname>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub favicon: Option<PictureKey>,
    #[serde(default)]
    pub gender: Gender,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Dealer {
    pub fn new(phone: Phone, now: Timestamp) -> Self {
        Self { phone, nickname: None, favicon: None, gender: Gender::default(), created_at: now, updated_at: now }
    }

    /// Whether the name in a request can mean this dealer. An id was compared when the record was read.
    pub fn is_named(&self, named: &DealerUsername) -> bool {
        match named {
            DealerUsername::ByPhone(phone) => *phone == self.phone,
            DealerUsername::ById(_) => true,
        }
    }
}

/// A field that a dealer may change without further proof.
#[derive(Clone, Debug)]
pub(crate) enum DealerEdit {
    Gender(Gender),
    Nickname(Nickname),
}

impl Store {
    /// AP-88: one dealer's record.
    pub(crate) async fn dealer(&self, account: &AccountId) -> Result<Option<Dealer>, Failure> {
        self.get(&Key::dealer(account), Consistency::Strong).await
    }

    /// AP-89: changes one field, if the record exists and has the phone by which the request named it. Repeating the
    /// change has no effect.
    pub(crate) async fn edit_dealer(
        &self,
        account: &AccountId,
        named: &DealerUsername,
        edit: &DealerEdit,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let (field, value) = match edit {
            DealerEdit::Gender(gender) => ("gender", super::number(u8::from(*gender))),
            DealerEdit::Nickname(name) => ("nickname", text(name.as_str())),
        };
        let change = edited(field, value, named, now);
        Ok(matches!(
            self.transaction().update(&Key::dealer(account), change, Some(())).commit().await?,
            WriteOutcome::Committed
        ))
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-90: creates the record of a dealer.
    pub(crate) fn create_dealer(self, account: &AccountId, dealer: &Dealer, exists: R) -> Self {
        self.put_new(&Key::dealer(account), dealer, exists)
    }

    /// AP-91: replaces the phone in the record, if it is still the one that was read.
    pub(crate) fn change_dealers_phone(
        self,
        account: &AccountId,
        (old, new): (&Phone, &Phone),
        now: Timestamp,
        raced: R,
    ) -> Self {
        let named = DealerUsername::ByPhone(old.clone());
        let change = edited("phone", text(new.as_e164()), &named, now);
        self.update(&Key::dealer(account), change, Some(raced))
    }

    /// AP-93: replaces the favicon in the record, if it is still the one that was read.
    pub(crate) fn set_dealers_favicon(
        self,
        account: &AccountId,
        old: Option<&PictureKey>,
        new: &PictureKey,
        now: Timestamp,
        raced: R,
    ) -> Self {
        let named = DealerUsername::ById(account.clone());
        let mut change = edited("favicon", text(new.as_str()), &named, now);
        let condition = match old {
            None => "attribute_exists(#phone) AND attribute_not_exists(#field)",
            Some(old) => {
                change.values.push((":old", text(old.as_str())));
                "attribute_exists(#phone) AND #field = :old"
            }
        };
        change.condition = Some(condition.into());
        self.update(&Key::dealer(account), change, Some(raced))
    }

    /// AP-92: releases a login name, if it still belongs to the same account with the same password.
    pub(crate) fn release_login(self, realm: Realm, name: &LoginName, old: &LoginCredential, raced: R) -> Self {
        let condition = Change {
            condition: Some("#account = :account AND #hash = :hash".into()),
            names: vec![("#account", "account".into()), ("#hash", "hash".into())],
            values: vec![(":account", text(old.account.as_str())), (":hash", text(&old.hash))],
            ..Change::default()
        };
        self.delete_if(&Key::credential(realm, name), condition, raced)
    }
}

/// A change of one field of the record that `named` names.
fn edited(field: &str, value: AttributeValue, named: &DealerUsername, now: Timestamp) -> Change {
    let mut change = Change {
        update: "SET #field = :value, #updated = :now".into(),
        condition: Some("attribute_exists(#phone)".into()),
        names: vec![("#field", field.into()), ("#updated", "updated_at".into()), ("#phone", "phone".into())],
        values: vec![(":value", value), (":now", text(now.to_string()))],
    };
    if let DealerUsername::ByPhone(phone) = named {
        change.condition = Some("#phone = :phone".into());
        change.values.push((":phone", text(phone.as_e164())));
    }
    change
}
