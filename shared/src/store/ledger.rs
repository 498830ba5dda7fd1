//! What is booked beside bills, for ever: AP-242 to AP-244.

use super::{
    Consistency, Item, Key, Store, Transaction, fault,
    keys::{PK, SK},
    read, text,
};
use crate::domain::{
    account::AccountId,
    ledger::{BillState, EntryKind},
    reason::Failure,
};
use serde::{Deserialize, Serialize};

/// One entry of a bill's ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub account: AccountId,
    pub request: u64,
    /// Its number among the entries of its bill, from 1.
    pub n: u32,
    pub kind: EntryKind,
    /// The reference of a payment or refund; a credit's own key.
    pub key: String,
    /// Fen.
    pub amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Milliseconds.
    pub at: i64,
    /// The operator who booked it; nobody where the payment provider did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Fen that are owed after it; below zero what is to be paid back.
    pub outstanding: i64,
    /// How the bill stood after it.
    pub state: BillState,
    /// When the bill was issued, which finds it again once nothing is owed on it.
    pub ended: i64,
}

impl LedgerEntry {
    pub fn is_credit(&self) -> bool {
        self.kind == EntryKind::Credit
    }
}

/// Reads the entry that stands where another one was to be written.
pub(crate) fn ledger_entry_of(item: Item) -> Result<LedgerEntry, Failure> {
    read(item)
}

impl Store {
    /// AP-243: what was booked under a reference, or under a credit's key of one bill.
    pub(crate) async fn booked(
        &self,
        (account, request): (&AccountId, u64),
        kind: EntryKind,
        key: &str,
    ) -> Result<Option<LedgerEntry>, Failure> {
        let key = match kind {
            EntryKind::Credit => Key::entry(account, request, kind, key),
            EntryKind::Payment | EntryKind::Refund => Key::reference(key),
        };
        self.get(&key, Consistency::Strong).await
    }

    /// AP-244: the entries of a bill in the order in which they were booked.
    pub(crate) async fn ledger(&self, account: &AccountId, request: u64) -> Result<Vec<LedgerEntry>, Failure> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query.key_condition_expression("#pk = :pk AND begins_with(#sk, :entries)");
        let query = query.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let query = query.expression_attribute_values(":pk", text(Key::ev_account(account)));
        let query = query.expression_attribute_values(":entries", text(Key::entries(request)));
        let answer = query.send().await.map_err(fault)?;
        let entries = answer.items.unwrap_or_default().into_iter().map(read);
        let mut entries = entries.collect::<Result<Vec<LedgerEntry>, _>>()?;
        entries.sort_by_key(|entry| entry.n);
        Ok(entries)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-242: one entry more. A reference is used once, whichever bill it is for.
    pub(crate) fn book(self, entry: &LedgerEntry, exists: R) -> Self {
        let LedgerEntry { account, request, kind, key, .. } = entry;
        let writes = self.put_new(&Key::entry(account, *request, *kind, key), entry, exists);
        match kind {
            EntryKind::Credit => writes,
            EntryKind::Payment | EntryKind::Refund => writes.put_new(&Key::reference(key), entry, exists),
        }
    }
}
