//! Records of shops' customers, and the copies and pointers by which they are found: AP-83 to AP-89.
//!
//! A copy of the whole record stands in each order in which it is looked for, written with the record in one
//! transaction. So a page of a list is one query, and what was just saved is in it. A pointer names the record alone: it
//! is small, and what is found by it is read from the record itself.

use super::{
    Consistency, Item, Key, Store, Transaction, fault,
    keys::{CUSTOMER, PK, SK},
    number, read, text,
    transaction::Change,
};
use crate::domain::{
    phone::Phone,
    reason::Failure,
    sealed::{BlindIndex, Place, Sealed},
    shop::{CustomerId, Gender, LAST_DIGITS, Named, Residence, Serial, ShopId, folded},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Of what is read by its keys so much is read at once.
const MOST_AT_ONCE: usize = 100;

/// A record as stored. What is about somebody's health or papers is in `private` and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShopRecordItem {
    pub serial: String,
    pub version: u64,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Phone>,
    pub gender: Gender,
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
    pub referrer: Option<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<Named>,
    pub status: String,
    pub private: Sealed,
    /// Blind indexes of the tags, which are themselves in `private`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<BlindIndex>,
    /// Blind index of the 病历号. Where it is there, the record has its pointers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mrn: Option<BlindIndex>,
}

/// The orders in which records are read.
#[derive(Clone, Debug)]
pub(crate) enum RecordOrder {
    Mobile(String),
    MobilePrefix(String),
    NamePrefix(String),
    Tag(BlindIndex),
    Newest,
}

/// By what pointers lead to records.
#[derive(Clone, Debug)]
pub(crate) enum RecordPointers {
    /// The last digits of phone numbers.
    LastDigits(String),
    Mrn(BlindIndex),
}

/// What a pointer holds.
#[derive(Serialize, Deserialize)]
struct PointerItem {
    serial: String,
}

/// One record of a list, with its place in the order.
pub(crate) type PlacedRecord = (String, ShopRecordItem);

/// Where the private part of a record belongs, whichever copy it stands in.
pub(crate) fn private_place(id: &CustomerId) -> Place {
    let Key { pk, sk } = Key::customer(id);
    Place { tenant: tenant(&id.shop), item: vec![pk, sk], field: "private" }
}

/// The tenant of a shop's keys.
pub(crate) fn tenant(shop: &ShopId) -> String {
    Key::shop_pk(shop)
}

impl ShopRecordItem {
    pub(crate) fn id(&self, shop: &ShopId) -> Result<CustomerId, Failure> {
        let serial =
            Serial::parse(&self.serial).ok_or_else(|| Failure::internal("shop record has an invalid serial"))?;
        Ok(CustomerId { shop: shop.clone(), serial })
    }

    /// The keys of the copies.
    fn copies(&self, id: &CustomerId) -> Vec<Key> {
        let name = Key::customer_by_name(id, &folded(&self.name));
        let mobile = self.mobile.iter().map(|mobile| Key::customer_by_mobile(id, mobile.digits()));
        let tags = self.tags.iter().map(|tag| Key::customer_by_tag(id, tag));
        [name].into_iter().chain(mobile).chain(tags).collect()
    }

    /// The keys of the pointers; none of a record that was written before there were any.
    fn pointers(&self, id: &CustomerId) -> Vec<Key> {
        let Some(mrn) = &self.mrn else { return Vec::new() };
        let last = self.mobile.iter().map(|mobile| Key::customer_by_last_digits(id, last_digits(mobile)));
        last.chain([Key::customer_by_mrn(id, mrn)]).collect()
    }
}

impl Store {
    /// AP-83: one record.
    pub(crate) async fn customer(&self, id: &CustomerId) -> Result<Option<ShopRecordItem>, Failure> {
        self.get(&Key::customer(id), Consistency::Strong).await
    }

    /// AP-84: whether there was a record of this id that has been deleted.
    pub(crate) async fn was_deleted(&self, id: &CustomerId) -> Result<bool, Failure> {
        Ok(self.get::<serde::de::IgnoredAny>(&Key::deleted_customer(id), Consistency::Strong).await?.is_some())
    }

    /// AP-85: up to `most` records in an order, after a place in it.
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
        // A query ends early where a megabyte is full.
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

    /// AP-91: up to `most` records that pointers lead to, after a place among them. A pointer may lead to no record, or to a
    /// record that has changed since an earlier release wrote it: the caller looks at what it finds.
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

    /// AP-91: the records of these serials, as they are now.
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

    /// AP-86: the 病历号 that a shop has given.
    pub(crate) async fn medical_records(&self, shop: &ShopId) -> Result<RecordCounter, Failure> {
        let counter: Option<RecordCounter> = self.get(&Key::shop_counter(shop), Consistency::Strong).await?;
        Ok(counter.unwrap_or_default())
    }
}

fn placed(item: Item) -> Result<PlacedRecord, Failure> {
    let sk = item.get(SK).and_then(|sk| sk.as_s().ok()).cloned().unwrap_or_default();
    Ok((sk, read(item)?))
}

/// Reads the record that a refused write brought back; none when it is gone.
pub(crate) fn customer_of(item: Item) -> Result<Option<ShopRecordItem>, Failure> {
    if item.is_empty() { Ok(None) } else { read(item).map(Some) }
}

/// The 病历号 that a shop has given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordCounter {
    /// The last one.
    n: u64,
    /// The last one of which every record, it and all before, was made with pointers.
    #[serde(default)]
    pointed: u64,
}

impl RecordCounter {
    pub(crate) fn next(self) -> u64 {
        self.n + 1
    }

    /// Whether all records of the shop have pointers. An earlier release counts `n` alone, so what it made shows.
    pub(crate) fn all_have_pointers(self) -> bool {
        self.pointed == self.n
    }
}

/// Reads the counter that a refused write brought back.
pub(crate) fn counter_of(item: Item) -> Result<RecordCounter, Failure> {
    if item.is_empty() { Ok(RecordCounter::default()) } else { read(item) }
}

/// The digits of a number by which it is found from its end.
fn last_digits(mobile: &Phone) -> &str {
    let digits = mobile.digits();
    digits.get(digits.len().saturating_sub(LAST_DIGITS)..).unwrap_or(digits)
}

/// What an `Idempotency-Key` made.
#[derive(Serialize, Deserialize)]
pub(crate) struct CreatedRecord {
    pub serial: String,
    /// What was asked, without saying it.
    pub asked: BlindIndex,
    #[serde(rename = "ttl")]
    pub until: i64,
}

/// Reads what the same key made before.
pub(crate) fn made_of(item: Item) -> Result<CreatedRecord, Failure> {
    read(item)
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-87: a record with its copies and pointers: a new one, or the next version of the one that was read.
    pub(crate) fn save_customer(
        self,
        id: &CustomerId,
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

    /// AP-88: a record goes out of every list and stays beside them.
    pub(crate) fn set_aside(self, id: &CustomerId, before: &ShopRecordItem, after: &ShopRecordItem, raced: R) -> Self {
        let writes = self.delete_version(&Key::customer(id), before.version, raced);
        let writes = before.copies(id).iter().chain(&before.pointers(id)).fold(writes, Transaction::delete);
        writes.put_over(&Key::deleted_customer(id), after)
    }

    /// AP-89: the next 病历号 of a shop, if nobody took it.
    pub(crate) fn take_medical_record(self, shop: &ShopId, last: RecordCounter, raced: R) -> Self {
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

    /// Keeps what a key made, unless it made something already.
    pub(crate) fn keep_made(self, shop: &ShopId, key: &str, made: &CreatedRecord, now: i64, again: R) -> Self {
        self.put_unless_alive(&Key::customer_made(shop, key), made, now, again)
    }
}
