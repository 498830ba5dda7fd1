//! The audit trail as administrators read it: by subject and time, the newest first.

pub use crate::store::AuditLine;

use crate::{domain::reason::Failure, store::Store};
use jiff::Timestamp;

/// The trail.
#[derive(Clone, Debug)]
pub struct Trail {
    store: Store,
}

/// What a reader of the trail looks for.
#[derive(Clone, Debug)]
pub struct AuditSearch {
    /// A realm, `station`, or another kind of subject.
    pub kind: String,
    pub subject: String,
    pub from: Timestamp,
    pub to: Timestamp,
    /// Where the page before ended.
    pub before: Option<String>,
    pub most: u8,
}

impl Trail {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    pub async fn entries(&self, search: &AuditSearch) -> Result<Vec<AuditLine>, Failure> {
        let subject = (search.kind.as_str(), search.subject.as_str());
        let (from, to) = (search.from.as_millisecond(), search.to.as_millisecond());
        self.store.audit_entries(subject, (from, to), search.before.as_deref(), i32::from(search.most)).await
    }
}
