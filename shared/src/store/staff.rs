//! The staff of the platform and of shops, as operators list them. Their rights are in the session
//! record.

use super::{Consistency, END, Key, KeyRange, Store, Transaction, read};
use crate::domain::{
    account::{AccountId, Realm, Role, Username},
    reason::Failure,
};
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
    /// AP-35: saves a member.
    pub(crate) fn list_staff(self, realm: Realm, member: &StaffItem) -> Self {
        self.put_over(&Key::staff(realm, &member.account), member)
    }
}
