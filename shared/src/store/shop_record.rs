//! Shop records, and the copies and pointers that find them.
//!
//! Each order in which records are searched has a copy of the whole record, written in the same transaction. A page of
//! a list is therefore one query and includes what was just saved. A pointer holds only the serial: it is small, and
//! the record is read with it.

use super::{
    Consistency, Item, Key, Store, Transaction, fault,
    keys::{CUSTOMER, PK, SK},
    number, read, text,
    transaction::Change,
};
use crate::domain::{
    phone::Phone,
    reason::Failure,
    sealed::{BlindIndex, Sealed, SealedPlace},
    shop::{IdAndName, LAST_DIGITS, Residence, Serial, ShopGender, ShopId, ShopRecordId, folded},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many items one batch read may name.
const MOST_AT_ONCE: usize = 100;

/// A stored shop record. Health and identity data are in `private` and in no other attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShopRecordItem {
    pub serial: String,
    pub version: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Phone>,
    pub gender: ShopGender,
    #[serde(default)]
    pub residence: Residence,
    pub balance: i64,
    pub credit: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wechat_nickname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wechat_picture: Option<String>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_signin: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<IdAndName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<IdAndName>,
    pub status: String,
    pub private: Sealed,
    /// Blind indexes of the tags. The tags themselves are in `private`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<BlindIndex>,
    /// Blind index of the record number (病历号). A record that has it also has its pointers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<BlindIndex>,
}

/// The orders in which copies are sorted.
#[derive(Clone, Debug)]
pub(crate) enum RecordOrder {
    Mobile(String),
    MobilePrefix(String),
    NamePrefix(String),
    Tag(BlindIndex),
    Newest,
}

/// The pointers that can be searched.
#[derive(Clone, Debug)]
pub(crate) enum RecordPointers {
    /// The last digits of phone numbers.
    LastDigits(String),
    Mrn(BlindIndex),
}

/// The content of a pointer.
#[derive(Serialize, Deserialize)]
struct PointerItem {
    serial: String,
}

/// One record of a list, with its sort key.
pub(crate) type PlacedRecord = (String, ShopRecordItem);

/// The place that the private part of a record is sealed for. It is the same in every copy.
pub(crate) fn private_place(id: &ShopRecordId) -> SealedPlace {
    let Key { pk, sk } = Key::customer(id);
    SealedPlace { tenant: tenant(&id.shop), item: vec![pk, sk], field: "private" }
}

/// The tenant in the keys of a shop.
pub(crate) fn tenant(shop: &ShopId) -> String {
    Key::shop_pk(shop)
}

impl ShopRecordItem {
    pub(crate) fn id(&self, shop: &ShopId) -> Result<ShopRecordId, Failure> {
        let serial =
            Serial::parse(&self.serial).ok_or_else(|| Failure::internal("shop record has an invalid serial"))?;
        Ok(ShopRecordId { shop: shop.clone(), serial })
    }

    /// The keys of the copies.
    fn copies(&self, id: &ShopRecordId) -> Vec<Key> {
        let name = Key::customer_by_name(id, &folded(&self.name));
        let mobile = self.mobile.iter().map(|mobile| Key::customer_by_mobile(id, mobile.digits()));
        let tags = self.tags.iter().map(|tag| Key::customer_by_tag(id, tag));
        [name].into_iter().chain(mobile).chain(tags).collect()
    }

    /// The keys of the pointers; none for a record that was written before pointers existed.
    fn pointers(&self, id: &ShopRecordId) -> Vec<Key> {
        let Some(mrn) = &self.mrn else { return Vec::new() };
        let last = self.mobile.iter().map(|mobile| Key::customer_by_last_digits(id, last_digits(mobile)));
        last.chain([Key::customer_by_mrn(id, mrn)]).collect()
    }
}

impl Store {
    /// AP-107: one record.
    pub(crate) async fn customer(&self, id: &ShopRecordId) -> Result<Option<ShopRecordItem>, Failure> {
        self.get(&Key::customer(id), Consistency::Strong).await
    }

    /// AP-108: whether a record with this id was deleted.
    pub(crate) async fn was_deleted(&self, id: &ShopRecordId) -> Result<bool, Failure> {
        Ok(self.get::<serde::de::IgnoredAny>(&Key::deleted_customer(id), Consistency::Strong).await?.is_some())
    }

    /// AP-109: up to `most` copies in an order, after a sort key.
    pub(crate) async fn customers(
        &self,
        shop: &ShopId,
        order: &RecordOrder,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<PlacedRecord>, Failure> {
        let (pk, prefix, forward) = match order {
            RecordOrder::Mobile(digits) => (Key::shop_mobiles(shop), format!("{digits}#"), true),
            RecordOrder::MobilePrefix(digits) => (Key::shop_mobiles(shop), digits.clone(), true),
            RecordOrder::NamePrefix(name) => (Key::shop_names(shop), name.clone(), true),
            RecordOrder::Tag(tag) => (Key::shop_tag(shop, tag), CUSTOMER.to_owned(), false),
            RecordOrder::Newest => (Key::shop_pk(shop), CUSTOMER.to_owned(), false),
        };
        let mut start = after.map(|sk| Key { pk: pk.clone(), sk: sk.to_owned() }.item());
        let mut found = Vec::new();
        // A query ends early after one megabyte.
        loop {
            let request = self.client.query().table_name(&self.table).consistent_read(true).scan_index_forward(forward);
            let request = request
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":pk", text(pk.clone()))
                .expression_attribute_values(":prefix", text(prefix.clone()))
                .limit(i32::try_from(most - found.len()).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start);
            let answer = request.send().await.map_err(fault)?;
            for item in answer.items.unwrap_or_default() {
                found.push(placed(item)?);
            }
            start = answer.last_evaluated_key;
            if found.len() >= most || start.is_none() {
                return Ok(found);
            }
        }
    }

    /// AP-114: up to `most` records that pointers lead to, after a sort key. A pointer may name a record that is gone,
    /// or that an earlier release changed without it: the caller checks each record.
    pub(crate) async fn customers_by(
        &self,
        shop: &ShopId,
        by: &RecordPointers,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<(String, Option<ShopRecordItem>)>, Failure> {
        let (pk, prefix) = match by {
            RecordPointers::LastDigits(digits) => (Key::shop_last_digits(shop), format!("{digits}#")),
            RecordPointers::Mrn(mrn) => (Key::shop_mrn(shop, mrn), CUSTOMER.to_owned()),
        };
        let start = after.map(|sk| Key { pk: pk.clone(), sk: sk.to_owned() }.item());
        let request = self.client.query().table_name(&self.table).consistent_read(true);
        let request = request
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":prefix", text(prefix))
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        let answer = request.send().await.map_err(fault)?;
        let mut places = Vec::new();
        for item in answer.items.unwrap_or_default() {
            let sk = item.get(SK).and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
            places.push((sk, read::<PointerItem>(item)?.serial));
        }
        let mut records = self.customers_of(shop, places.iter().map(|(_, serial)| serial.as_str())).await?;
        Ok(places.into_iter().map(|(sk, serial)| (sk, records.remove(&serial))).collect())
    }

    /// AP-114: the records with these serials, as they are now.
    async fn customers_of<'s>(
        &self,
        shop: &ShopId,
        serials: impl Iterator<Item = &'s str>,
    ) -> Result<BTreeMap<String, ShopRecordItem>, Failure> {
        let key = |serial: &str| Key { pk: Key::shop_pk(shop), sk: format!("{CUSTOMER}{serial}") }.item();
        let mut wanted: Vec<_> = serials.map(key).collect();
        let mut found = BTreeMap::new();
        while !wanted.is_empty() {
            let now: Vec<_> = wanted.drain(..wanted.len().min(MOST_AT_ONCE)).collect();
            let keys = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(now)).build();
            let keys = keys.map_err(|error| Failure::internal(format!("DynamoDB request is invalid: {error}")))?;
            let answer = self.client.batch_get_item().request_items(&self.table, keys).send().await.map_err(fault)?;
            for item in answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default() {
                let record: ShopRecordItem = read(item)?;
                found.insert(record.serial.clone(), record);
            }
            let later = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
            wanted.extend(later.map(|later| later.keys).unwrap_or_default());
        }
        Ok(found)
    }

    /// AP-110: the counter of record numbers of a shop.
    pub(crate) async fn record_counter(&self, shop: &ShopId) -> Result<RecordCounter, Failure> {
        let counter: Option<RecordCounter> = self.get(&Key::shop_counter(shop), Consistency::Strong).await?;
        Ok(counter.unwrap_or_default())
    }
}

fn placed(item: Item) -> Result<PlacedRecord, Failure> {
    let sk = item.get(SK).and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
    Ok((sk, read(item)?))
}

/// Reads the record that refused a write; none when it is gone.
pub(crate) fn customer_of(item: Item) -> Result<Option<ShopRecordItem>, Failure> {
    if item.is_empty() { Ok(None) } else { read(item).map(Some) }
}

/// The counter of record numbers of a shop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordCounter {
    /// The last record number that was given.
    n: u64,
    /// The last record number up to which every record was created with pointers.
    #[serde(default)]
    pointed: u64,
}

impl RecordCounter {
    pub(crate) fn next(self) -> u64 {
        self.n + 1
    }

    /// Whether all records of the shop have pointers. An earlier release increments only `n`, so its records show as a
    /// difference.
    pub(crate) fn all_have_pointers(self) -> bool {
        self.pointed == self.n
    }
}

/// Reads the counter that refused a write.
pub(crate) fn counter_of(item: Item) -> Result<RecordCounter, Failure> {
    if item.is_empty() { Ok(RecordCounter::default()) } else { read(item) }
}

/// The last digits of a phone number, which find it.
fn last_digits(mobile: &Phone) -> &str {
    let digits = mobile.digits();
    digits.get(digits.len().saturating_sub(LAST_DIGITS)..).unwrap_or(digits)
}

/// The record that an `Idempotency-Key` created.
#[derive(Serialize, Deserialize)]
pub(crate) struct CreatedRecord {
    pub serial: String,
    /// A blind index of the request.
    pub asked: BlindIndex,
    #[serde(rename = "ttl")]
    pub until: i64,
}

/// Reads the record that the same key created before.
pub(crate) fn created_record_of(item: Item) -> Result<CreatedRecord, Failure> {
    read(item)
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-111: saves a record with its copies and pointers: a new one, or the next version of the one that was read.
    pub(crate) fn save_customer(
        self,
        id: &ShopRecordId,
        before: Option<&ShopRecordItem>,
        after: &ShopRecordItem,
        raced: R,
    ) -> Self {
        let mut writes = match before {
            None => self.put_new(&Key::customer(id), after, raced),
            Some(before) => self.put_version(&Key::customer(id), after, before.version, raced),
        };
        let copies = after.copies(id);
        for stale in before.map(|before| before.copies(id)).unwrap_or_default() {
            if !copies.contains(&stale) {
                writes = writes.delete(&stale);
            }
        }
        writes = copies.iter().fold(writes, |writes, copy| writes.put_over(copy, after));
        let (old, new) = (before.map(|before| before.pointers(id)).unwrap_or_default(), after.pointers(id));
        let pointer = PointerItem { serial: after.serial.clone() };
        let writes = old.iter().filter(|old| !new.contains(old)).fold(writes, Transaction::delete);
        new.iter().filter(|new| !old.contains(new)).fold(writes, |writes, new| writes.put_over(new, &pointer))
    }

    /// AP-112: deletes a record from every list and keeps it aside.
    pub(crate) fn delete_shop_record(
        self,
        id: &ShopRecordId,
        before: &ShopRecordItem,
        after: &ShopRecordItem,
        raced: R,
    ) -> Self {
        let writes = self.delete_version(&Key::customer(id), before.version, raced);
        let writes = before.copies(id).iter().chain(&before.pointers(id)).fold(writes, Transaction::delete);
        writes.put_over(&Key::deleted_customer(id), after)
    }

    /// AP-113: takes the next record number of a shop, if no other call took it.
    pub(crate) fn take_record_number(self, shop: &ShopId, last: RecordCounter, raced: R) -> Self {
        let mut change = Change {
            update: "SET #n = :next".into(),
            condition: Some("attribute_not_exists(#n)".into()),
            names: vec![("#n", "n".into())],
            values: vec![(":next", number(last.next()))],
        };
        if last.n > 0 {
            change.condition = Some("#n = :last".into());
            change.values.push((":last", number(last.n)));
        }
        if last.all_have_pointers() {
            change.update.push_str(", #pointed = :next");
            change.names.push(("#pointed", "pointed".into()));
        }
        self.update(&Key::shop_counter(shop), change, Some(raced))
    }

    /// Stores the record that a key created, unless the key has one already.
    pub(crate) fn store_created_record(
        self,
        shop: &ShopId,
        key: &str,
        made: &CreatedRecord,
        now: i64,
        again: R,
    ) -> Self {
        self.put_unless_alive(&Key::customer_made(shop, key), made, now, again)
    }
}
