//! Ledger entries of a shop record and its links to other records.

use super::{
    Consistency, Item, Key, Store, Transaction, fault,
    keys::{LINK, PK, SK},
    number, read, text,
    transaction::Change,
};
use crate::domain::{
    reason::Failure,
    shop::{ShopEntry, ShopEntryKey, ShopRecordId},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct LinkItem {
    other: String,
}

/// Reads the existing entry that refused a new one with the same key.
pub(crate) fn entry_of(item: Item) -> Result<ShopEntry, Failure> {
    read(item)
}

impl Store {
    /// AP-116: one entry.
    pub(crate) async fn entry(&self, id: &ShopRecordId, key: &ShopEntryKey) -> Result<Option<ShopEntry>, Failure> {
        self.get(&Key::customer_entry(id, key), Consistency::Strong).await
    }

    /// AP-117: the records that a record is linked to.
    pub(crate) async fn customer_links(&self, id: &ShopRecordId, most: i32) -> Result<Vec<ShopRecordId>, Failure> {
        let request = self.client.query().table_name(&self.table).consistent_read(true).limit(most);
        let request = request
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :link)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", text(Key::beside_customer(id)))
            .expression_attribute_values(":link", text(LINK));
        let answer = request.send().await.map_err(fault)?;
        answer
            .items
            .unwrap_or_default()
            .into_iter()
            .map(|item| ShopRecordId::parse(&read::<LinkItem>(item)?.other))
            .collect()
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-115: adds an entry. Entries never change.
    pub(crate) fn add_entry(self, id: &ShopRecordId, entry: &ShopEntry, exists: R) -> Self {
        self.put_new(&Key::customer_entry(id, &entry.key), entry, exists)
    }

    /// AP-118: links two existing records of the same person that are not linked yet.
    pub(crate) fn link_customers(self, one: &ShopRecordId, other: &ShopRecordId, (gone, already): (R, R)) -> Self {
        let exists = || Change {
            condition: Some("attribute_exists(#pk)".into()),
            names: vec![("#pk", PK.into())],
            ..Change::default()
        };
        let link = |other: &ShopRecordId| LinkItem { other: other.to_string() };
        self.check(&Key::customer(one), exists(), gone)
            .check(&Key::customer(other), exists(), gone)
            .put_new(&Key::customer_link(one, other), &link(other), already)
            .put_new(&Key::customer_link(other, one), &link(one), already)
    }

    /// AP-119: counts one more link of a record, also under concurrent calls.
    pub(crate) fn count_link(self, id: &ShopRecordId, cap: u32, full: R) -> Self {
        let change = Change {
            update: "ADD #n :one".into(),
            condition: Some("attribute_not_exists(#n) OR #n < :cap".into()),
            names: vec![("#n", "n".into())],
            values: vec![(":one", number(1)), (":cap", number(cap))],
        };
        self.update(&Key::customer_links(id), change, Some(full))
    }
}
