//! Contacts of business customers, and their count, which sorts before them.

use super::{
    Consistency, Key, Store, Transaction,
    cloud_account::{CountedList, counted},
    keys, number,
    transaction::Change,
};
use crate::domain::{
    cloud::{Contact, ContactId, DocumentNumber, Tenant},
    reason::Failure,
    sealed::SealedPlace,
};
use serde::{Deserialize, Serialize};

/// A stored contact.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ContactItem {
    pub contact_id: ContactId,
    /// Increases with every change.
    pub version: u64,
    #[serde(flatten)]
    pub contact: Contact,
    /// The credentials. The services seal and open them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<DocumentNumber>,
}

/// The place that a contact's credentials are sealed for.
pub(crate) fn contact_place(tenant: &Tenant, id: &ContactId) -> SealedPlace {
    Key::contact(tenant, id).place("credentials")
}

impl Store {
    /// AP-132: one contact.
    pub(crate) async fn contact(&self, tenant: &Tenant, id: &ContactId) -> Result<Option<ContactItem>, Failure> {
        self.get(&Key::contact(tenant, id), Consistency::Strong).await
    }

    /// AP-133: a customer's contacts in the order of their creation, the first `end` of them, with the total number.
    pub(crate) async fn contacts(&self, tenant: &Tenant, end: usize) -> Result<CountedList<ContactItem>, Failure> {
        counted(self.with_count_item(Key::contacts(tenant), end).await?)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-134: creates a contact, as long as there is room.
    pub(crate) fn create_contact(self, tenant: &Tenant, kept: &ContactItem, cap: u32, full: R, exists: R) -> Self {
        let change = Change {
            update: "ADD #n :one".into(),
            condition: Some("attribute_not_exists(#n) OR #n < :cap".into()),
            names: vec![("#n", "n".into())],
            values: vec![(":one", number(1)), (":cap", number(cap))],
        };
        let counted = self.update(&Key::contacts(tenant), change, Some(full));
        counted.put_new(&Key::contact(tenant, &kept.contact_id), kept, exists)
    }

    /// AP-134: changes a contact, if its version is still the one that was read.
    pub(crate) fn change_contact(self, tenant: &Tenant, kept: &ContactItem, read: u64, raced: R) -> Self {
        self.put_version(&Key::contact(tenant, &kept.contact_id), kept, read, raced)
    }

    /// AP-135: deletes an existing contact.
    pub(crate) fn delete_contact(self, tenant: &Tenant, id: &ContactId, missing: R) -> Self {
        let exists = Change {
            condition: Some("attribute_exists(#pk)".into()),
            names: vec![("#pk", keys::PK.into())],
            ..Change::default()
        };
        self.delete_if(&Key::contact(tenant, id), exists, missing)
    }

    /// AP-135: counts contacts off.
    pub(crate) fn uncount_contacts(self, tenant: &Tenant, gone: usize) -> Self {
        let change = Change {
            update: "ADD #n :gone".into(),
            names: vec![("#n", "n".into())],
            values: vec![(":gone", number(format_args!("-{gone}")))],
            ..Change::default()
        };
        self.update(&Key::contacts(tenant), change, None)
    }
}
