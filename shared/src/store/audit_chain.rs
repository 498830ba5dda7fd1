//! The hash chain over the audit trail, in a table of its own that request paths cannot write.

use super::{
    Item, Key, Store,
    audit::{DAY_SHARDS, day_of, shard_of_day},
    fault,
    keys::{PK, SK},
    number, read, text,
    transaction::{Change, Condition},
};
use crate::domain::{
    audit_chain::{Attribute, Block, ChainPoint, EntryAttributes, EntryKey},
    reason::Failure,
};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const CHAIN: &str = "CHAIN";
const HEAD: &str = "HEAD";
const CHECKPOINT: &str = "CHECKPOINT";
/// The keys of one day and shard that one run looks at.
const MOST_KEYS: i32 = 2_500;
/// The days that one run looks at: after an outage the next runs catch up.
const MOST_DAYS: usize = 30;
/// DynamoDB reads this many items by their keys in one call.
const MOST_AT_ONCE: usize = 100;
/// The deletions that are under way at once.
const DELETIONS: usize = 25;

/// The trail and the chain, for the function that seals.
#[derive(Clone, Debug)]
pub struct ChainStore {
    store: Store,
    table: String,
}

/// A signed place in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedPoint {
    #[serde(flatten)]
    pub point: ChainPoint,
    /// The key that signed it.
    pub kid: String,
    pub signature: String,
}

/// Keys of entries in a period.
pub(crate) struct FoundKeys {
    pub keys: Vec<EntryKey>,
    /// Every key before this time was found, in milliseconds.
    pub to: i64,
}

impl ChainStore {
    pub fn new(store: Store, table: impl Into<String>) -> Self {
        Self { store, table: table.into() }
    }

    /// AP-136: the newest place of the chain.
    pub(crate) async fn head(&self) -> Result<Option<SignedPoint>, Failure> {
        self.get(HEAD).await
    }

    /// AP-136: the last place that retention removed.
    pub(crate) async fn checkpoint(&self) -> Result<Option<SignedPoint>, Failure> {
        self.get(CHECKPOINT).await
    }

    async fn get<T: DeserializeOwned>(&self, sk: &str) -> Result<Option<T>, Failure> {
        let request = self.store.client.get_item().table_name(&self.table).set_key(Some(key(sk).item()));
        let answer = request.consistent_read(true).send().await.map_err(fault)?;
        answer.item.map(read).transpose()
    }

    /// AP-137: blocks in a direction, beginning at an end of the chain or behind `after`.
    pub(crate) async fn blocks(
        &self,
        newest_first: bool,
        after: Option<u64>,
        most: i32,
    ) -> Result<Vec<Block>, Failure> {
        let request = self.store.client.query().table_name(&self.table).scan_index_forward(!newest_first);
        let request = request.key_condition_expression("#pk = :pk AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#pk", PK).expression_attribute_names("#sk", SK);
        let (first, last) = match (newest_first, after) {
            (true, Some(number)) => (block_key(0), block_key(number.saturating_sub(1))),
            (false, Some(number)) => (block_key(number + 1), block_key(u64::MAX)),
            (_, None) => (block_key(0), block_key(u64::MAX)),
        };
        let request = request.expression_attribute_values(":pk", text(CHAIN));
        let request = request.expression_attribute_values(":first", text(first));
        let request = request.expression_attribute_values(":last", text(last));
        let answer = request.consistent_read(true).limit(most).send().await.map_err(fault)?;
        answer.items.unwrap_or_default().into_iter().map(read).collect()
    }

    /// AP-138: keys of entries between two times, in order of time. Where there are too many, those of an earlier end.
    pub(crate) async fn entry_keys(&self, from: i64, to: i64) -> Result<FoundKeys, Failure> {
        let mut days: Vec<_> = std::iter::successors(Some(day_of(from)), |day| day.tomorrow().ok())
            .take_while(|day| *day <= day_of(to))
            .take(MOST_DAYS + 1)
            .collect();
        let mut found = FoundKeys { keys: Vec::new(), to };
        if days.len() > MOST_DAYS {
            let end = days.pop().and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
            found.to = end.map_or(to, |end| end.timestamp().as_millisecond());
        }
        let shards = days.iter().flat_map(|day| (0..DAY_SHARDS).map(|shard| shard_of_day(*day, shard)));
        for (keys, is_cut) in try_join_all(shards.map(|shard| self.keys_of(shard, from, to))).await? {
            if is_cut {
                found.to = keys.last().map_or(found.to, |last: &EntryKey| found.to.min(last.at()));
            }
            found.keys.extend(keys);
        }
        let to = found.to;
        found.keys.retain(|key| key.at() < to);
        found.keys.sort();
        Ok(found)
    }

    async fn keys_of(&self, shard: String, from: i64, to: i64) -> Result<(Vec<EntryKey>, bool), Failure> {
        let request = self.store.client.query().table_name(&self.store.audit_table).index_name("by-day");
        let request = request.key_condition_expression("#shard = :shard AND #sk BETWEEN :first AND :last");
        let request = request.expression_attribute_names("#shard", "day_shard").expression_attribute_names("#sk", SK);
        let request = request.expression_attribute_values(":shard", text(shard));
        let request = request.expression_attribute_values(":first", text(format!("{from:015}#")));
        let request = request.expression_attribute_values(":last", text(format!("{to:015}#")));
        let answer = request.limit(MOST_KEYS).send().await.map_err(fault)?;
        let keys = answer.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, _>>()?;
        Ok((keys, answer.last_evaluated_key.is_some()))
    }

    /// AP-139: entries as they are now. One that is not there any more is left out.
    pub(crate) async fn entries(&self, keys: &[EntryKey]) -> Result<Vec<(EntryKey, EntryAttributes)>, Failure> {
        let place = |key: &EntryKey| Key { pk: key.pk.clone(), sk: key.sk.clone() }.item();
        let mut wanted: Vec<_> = keys.iter().map(place).collect();
        let mut found = Vec::new();
        while !wanted.is_empty() {
            let now: Vec<_> = wanted.drain(..wanted.len().min(MOST_AT_ONCE)).collect();
            let keys = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(now)).build();
            let keys = keys.map_err(|error| Failure::internal(format!("DynamoDB request is invalid: {error}")))?;
            let table = &self.store.audit_table;
            let answer = self.store.client.batch_get_item().request_items(table, keys).send().await.map_err(fault)?;
            for item in answer.responses.unwrap_or_default().remove(table).unwrap_or_default() {
                found.push((read::<EntryKey>(item.clone())?, entry(item)));
            }
            let later = answer.unprocessed_keys.unwrap_or_default().remove(table);
            wanted.extend(later.map(|later| later.keys).unwrap_or_default());
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// AP-140: moves the head, with its block if there is a new one. False when another run has moved it.
    pub(crate) async fn move_head(
        &self,
        before: Option<&ChainPoint>,
        block: Option<&Block>,
        head: &SignedPoint,
    ) -> Result<bool, Failure> {
        let condition = before.map_or(Condition::Absent, |before| Condition::As(unmoved(before)));
        let mut writes = self.store.transaction().put(&self.table, &key(HEAD), head, &condition, Some(()));
        if let Some(block) = block {
            writes = writes.put(&self.table, &key(&block_key(block.number)), block, &Condition::Absent, Some(()));
        }
        Ok(matches!(writes.commit().await?, super::WriteOutcome::Committed))
    }

    /// AP-141: says that retention has removed everything up to this place.
    pub(crate) async fn save_checkpoint(&self, checkpoint: &SignedPoint) -> Result<(), Failure> {
        let writes = self.store.transaction::<()>();
        writes.put(&self.table, &key(CHECKPOINT), checkpoint, &Condition::None, None).commit().await.map(drop)
    }

    /// AP-142: removes the entries of a block, and then the block.
    pub(crate) async fn remove(&self, block: &Block) -> Result<(), Failure> {
        for entries in block.entries.chunks(DELETIONS) {
            let delete = |key: &EntryKey| {
                let place = Key { pk: key.pk.clone(), sk: key.sk.clone() }.item();
                self.store.client.delete_item().table_name(&self.store.audit_table).set_key(Some(place)).send()
            };
            try_join_all(entries.iter().map(|entry| delete(&entry.key))).await.map_err(fault)?;
        }
        let place = key(&block_key(block.number)).item();
        let request = self.store.client.delete_item().table_name(&self.table).set_key(Some(place));
        request.send().await.map(drop).map_err(fault)
    }
}

fn key(sk: &str) -> Key {
    Key { pk: CHAIN.to_owned(), sk: sk.to_owned() }
}

fn block_key(number: u64) -> String {
    format!("BLOCK#{number:020}")
}

/// The head is still where it was.
fn unmoved(head: &ChainPoint) -> Change {
    Change {
        update: String::new(),
        condition: Some("#number = :number AND #to = :to".into()),
        names: vec![("#number", "number".into()), ("#to", "to".into())],
        values: vec![(":number", number(head.number)), (":to", number(head.to))],
    }
}

fn entry(item: Item) -> EntryAttributes {
    let attribute = |value: AttributeValue| match value {
        AttributeValue::Null(_) => Attribute::Null,
        AttributeValue::Bool(flag) => Attribute::Flag(flag),
        AttributeValue::S(text) => Attribute::Text(text),
        AttributeValue::N(number) => Attribute::Number(number),
        other => Attribute::Other(kind(&other).to_owned()),
    };
    item.into_iter().map(|(name, value)| (name, attribute(value))).collect()
}

fn kind(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::M(_) => "M",
        AttributeValue::L(_) => "L",
        AttributeValue::B(_) => "B",
        _ => "set",
    }
}
