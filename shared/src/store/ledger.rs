//! Ledger entries of bills, which are kept for ever.

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
    /// The reference of a payment or refund, or the key of a credit.
    pub key: String,
    /// Fen.
    pub amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Milliseconds.
    pub at: i64,
    /// The operator who booked it; absent when the payment provider confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The outstanding amount after it in fen; negative when it is to be refunded.
    pub outstanding: i64,
    /// The state of the bill after it.
    pub state: BillState,
    /// When the bill was issued. It finds the bill when nothing is outstanding.
    pub ended: i64,
}

impl LedgerEntry {
    pub fn is_credit(&self) -> bool {
        self.kind == EntryKind::Credit
    }
}

/// Reads the existing entry that refused a new one.
pub(crate) fn ledger_entry_of(item: Item) -> Result<LedgerEntry, Failure> {
    read(item)
}

impl Store {
    /// AP-67: the entry with a reference, or with the key of a credit of one bill.
    pub(crate) async fn ledger_entry(
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

    /// AP-68: the entries of a bill in the order of booking.
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
    /// AP-65: adds an entry. A reference is used once over all bills.
    pub(crate) fn add_ledger_entry(self, entry: &LedgerEntry, exists: R) -> Self {
        let LedgerEntry { account, request, kind, key, .. } = entry;
        let writes = self.put_new(&Key::entry(account, *request, *kind, key), entry, exists);
        match kind {
            EntryKind::Credit => writes,
            EntryKind::Payment | EntryKind::Refund => writes.put_new(&Key::reference(key), entry, exists),
        }
    }
}
