//! The staff of the platform and of shops, as operators list them. Their rights are in the session
//! record.

use super::{Consistency, END, Key, KeyRange, Store, Transaction, keys::PK, read, transaction::Change};
use crate::domain::{
    account::{AccountId, Realm, Role, Username},
    reason::Failure,
    staff::Proposal,
};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StaffItem {
    pub account: AccountId,
    pub username: Username,
    pub role: Role,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shops: Vec<String>,
    pub created_at: Timestamp,
    /// A role that a second administrator has not confirmed. That of a new account is the role itself, and the account is
    /// disabled until then; a member with another role keeps that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Proposal>,
}

impl StaffItem {
    /// Whether the account has never been in effect, or has been reset.
    pub fn is_pending(&self) -> bool {
        self.proposed.as_ref().is_some_and(|proposal| proposal.role == self.role)
    }
}

impl Store {
    /// AP-33: a page of the staff of a realm, after `after`.
    pub(crate) async fn staff(
        &self,
        realm: Realm,
        after: Option<&AccountId>,
        limit: i32,
    ) -> Result<Vec<StaffItem>, Failure> {
        let pk = Key::staff_of(realm);
        // A space sorts before every character of an id, so the key with a space is the next possible key.
        let first = after.map_or_else(|| "MEMBER#".to_owned(), |after| format!("{} ", Key::staff(realm, after).sk));
        let last = format!("MEMBER#{END}");
        let page = KeyRange { pk: &pk, first: &first, last: &last, limit: Some(limit), newest_first: false };
        self.between(page).await?.0.into_iter().map(read).collect()
    }

    /// AP-34: one member.
    pub(crate) async fn staff_member(&self, realm: Realm, account: &AccountId) -> Result<Option<StaffItem>, Failure> {
        self.get(&Key::staff(realm, account), Consistency::Strong).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-35: saves a new member.
    pub(crate) fn list_staff(self, realm: Realm, member: &StaffItem) -> Self {
        self.put_over(&Key::staff(realm, &member.account), member)
    }

    /// AP-35: saves a member whose proposal is still the one that was read.
    pub(crate) fn save_staff(self, realm: Realm, member: &StaffItem, read: Option<&Proposal>, raced: R) -> Self {
        let mut holds = Change { names: vec![("#proposed", "proposed".into())], ..Change::default() };
        if let Some(read) = read {
            let read = serde_dynamo::to_attribute_value(read).unwrap_or(AttributeValue::Null(true));
            holds.condition = Some("#proposed = :read".into());
            holds.values.push((":read", read));
        } else {
            holds.condition = Some("attribute_exists(#pk) AND attribute_not_exists(#proposed)".into());
            holds.names.push(("#pk", PK.into()));
        }
        self.put_if(&Key::staff(realm, &member.account), member, holds, raced)
    }
}
