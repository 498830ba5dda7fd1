//! Several writes that happen together or not at all, each of which may refuse the whole by name.

use super::{
    Item, Key, Store, fault,
    keys::{PK, TTL},
};
use crate::domain::reason::{Failure, Reason};
use aws_sdk_dynamodb::{
    config::AsyncSleep as _,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update, builders::PutBuilder,
    },
};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// What keeps one item of a transaction from being written is never retried by the SDK; this often by us.
const TRIES: u32 = 5;

/// Writes in the making; `R` is the caller's name for what a condition refuses.
pub(crate) struct Transaction<'a, R> {
    store: &'a Store,
    writes: Vec<TransactWriteItem>,
    refusals: Vec<Option<R>>,
    broken: Option<Failure>,
}

/// How a transaction ended when nothing broke.
#[derive(Debug)]
pub(crate) enum WriteOutcome<R> {
    Committed,
    /// The condition of this name failed; the item as it stands, where there is one.
    ConditionFailed(R, Item),
}

/// What a put may find in its place.
enum Condition {
    None,
    As(Change),
    Absent,
    Version(u64),
    Over(i64),
}

/// One update expression with its names and values.
#[derive(Default)]
pub(crate) struct Change {
    pub update: String,
    pub condition: Option<String>,
    pub names: Vec<(&'static str, String)>,
    pub values: Vec<(&'static str, AttributeValue)>,
}

impl Store {
    pub(crate) fn transaction<R: Copy>(&self) -> Transaction<'_, R> {
        Transaction { store: self, writes: Vec::new(), refusals: Vec::new(), broken: None }
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Adds an item that must not exist yet.
    pub(super) fn put_new(self, key: &Key, content: &impl Serialize, refusal: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::Absent, Some(refusal))
    }

    /// Writes an item whose version is still the one that was read.
    pub(super) fn put_version(self, key: &Key, content: &impl Serialize, read: u64, raced: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::Version(read), Some(raced))
    }

    /// Writes an item where there is none, or one that is over and only waits to be swept.
    pub(super) fn put_unless_alive(self, key: &Key, content: &impl Serialize, now: i64, refusal: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::Over(now), Some(refusal))
    }

    /// Writes an item, which a condition may refuse.
    pub(super) fn put_if(self, key: &Key, content: &impl Serialize, holds: Change, refusal: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::As(holds), Some(refusal))
    }

    /// Writes an item, there or not.
    pub(super) fn put_over(self, key: &Key, content: &impl Serialize) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::None, None)
    }

    /// Adds an entry to the audit table. **Invariant:** an entry that is there is never written over.
    pub(super) fn put_audit(self, key: &Key, content: &impl Serialize) -> Self {
        let table = self.store.audit_table.clone();
        self.put(&table, key, content, &Condition::Absent, None)
    }

    fn put(
        mut self,
        table: &str,
        key: &Key,
        content: &impl Serialize,
        condition: &Condition,
        refusal: Option<R>,
    ) -> Self {
        let mut item = match serde_dynamo::to_item::<_, Item>(content) {
            Ok(item) => item,
            Err(error) => {
                self.broken = Some(Failure::internal(format!("item could not be serialised: {error}")));
                return self;
            }
        };
        item.extend(key.item());
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let put = match condition {
            Condition::None => put,
            Condition::As(holds) => with(put, holds),
            Condition::Absent => {
                put.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", PK)
            }
            Condition::Over(now) => put
                .condition_expression("attribute_not_exists(#pk) OR #ttl <= :now")
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#ttl", TTL)
                .expression_attribute_values(":now", super::number(now)),
            Condition::Version(read) => put
                .condition_expression("#version = :read")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", super::number(read)),
        };
        self.add(put.build().map(|put| TransactWriteItem::builder().put(put).build()), refusal)
    }

    /// Changes an item, which a condition in the change may refuse.
    pub(super) fn update(self, key: &Key, change: Change, refusal: Option<R>) -> Self {
        let mut update = Update::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.item()))
            .update_expression(change.update)
            .set_condition_expression(change.condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, attribute) in change.names {
            update = update.expression_attribute_names(name, attribute);
        }
        for (name, value) in change.values {
            update = update.expression_attribute_values(name, value);
        }
        self.add(update.build().map(|update| TransactWriteItem::builder().update(update).build()), refusal)
    }

    /// Changes nothing, but has everything wait on an item being as `holds` says (whose `update` is not looked at).
    pub(super) fn check(self, key: &Key, holds: Change, refusal: R) -> Self {
        let mut check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.item()))
            .set_condition_expression(holds.condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, attribute) in holds.names {
            check = check.expression_attribute_names(name, attribute);
        }
        for (name, value) in holds.values {
            check = check.expression_attribute_values(name, value);
        }
        self.add(check.build().map(|check| TransactWriteItem::builder().condition_check(check).build()), Some(refusal))
    }

    /// Removes an item whose version is still the one that was read.
    pub(super) fn delete_version(self, key: &Key, read: u64, raced: R) -> Self {
        let delete = Delete::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.item()))
            .condition_expression("#version = :read")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":read", super::number(read))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build();
        self.add(delete.map(|delete| TransactWriteItem::builder().delete(delete).build()), Some(raced))
    }

    /// Adds to numbers of an item, there or not, and sets others. The names are ours: letters and digits, beginning with a
    /// capital, so that none of them is a reserved word. Safe only beside a condition that lets a transaction through once.
    pub(super) fn add_up(self, key: &Key, adds: &BTreeMap<String, i64>, sets: &BTreeMap<String, i64>) -> Self {
        let mut update = Update::builder().table_name(&self.store.table).set_key(Some(key.item()));
        let mut parts = |verb: &str, joint: &str, numbers: &BTreeMap<String, i64>| -> Option<String> {
            let part = numbers.iter().map(|(name, value)| {
                let placeholder = format!(":{name}");
                update = update.clone().expression_attribute_values(&placeholder, super::number(value));
                format!("{name}{joint}{placeholder}")
            });
            let part: Vec<_> = part.collect();
            (!part.is_empty()).then(|| format!("{verb} {}", part.join(", ")))
        };
        let (add, set) = (parts("ADD", " ", adds), parts("SET", " = ", sets));
        let expression: Vec<_> = [add, set].into_iter().flatten().collect();
        let update = update.update_expression(expression.join(" ")).build();
        self.add(update.map(|update| TransactWriteItem::builder().update(update).build()), None)
    }

    /// Removes an item, which a condition may refuse.
    pub(super) fn delete_if(self, key: &Key, Change { condition, names, values, .. }: Change, refusal: R) -> Self {
        let mut delete = Delete::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.item()))
            .set_condition_expression(condition)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        for (name, attribute) in names {
            delete = delete.expression_attribute_names(name, attribute);
        }
        for (name, value) in values {
            delete = delete.expression_attribute_values(name, value);
        }
        self.add(delete.build().map(|delete| TransactWriteItem::builder().delete(delete).build()), Some(refusal))
    }

    /// Removes an item, there or not.
    pub(super) fn delete(self, key: &Key) -> Self {
        let delete = Delete::builder().table_name(&self.store.table).set_key(Some(key.item())).build();
        self.add(delete.map(|delete| TransactWriteItem::builder().delete(delete).build()), None)
    }

    /// Writes nothing, and refuses if there is such an item.
    pub(super) fn require_absent(self, key: &Key, refusal: R) -> Self {
        let check = ConditionCheck::builder()
            .table_name(&self.store.table)
            .set_key(Some(key.item()))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", PK)
            .build();
        self.add(check.map(|check| TransactWriteItem::builder().condition_check(check).build()), Some(refusal))
    }

    fn add<E: std::fmt::Display>(mut self, write: Result<TransactWriteItem, E>, refusal: Option<R>) -> Self {
        match write {
            Ok(write) => {
                self.writes.push(write);
                self.refusals.push(refusal);
            }
            Err(error) => self.broken = Some(Failure::internal(format!("DynamoDB write is invalid: {error}"))),
        }
        self
    }

    /// Sends the writes. Safe when the answer is lost: the SDK and we repeat a call under the same token, so that nobody
    /// is refused because of an own write that was not heard of.
    pub(crate) async fn commit(self) -> Result<WriteOutcome<R>, Failure> {
        let first = self.commit_naming_all().await?.into_iter().next();
        Ok(first.map_or(WriteOutcome::Committed, |(refusal, item)| WriteOutcome::ConditionFailed(refusal, item)))
    }

    /// The same, naming every condition that failed, in the order in which the writes were added; none when it is done.
    pub(crate) async fn commit_naming_all(self) -> Result<Vec<(R, Item)>, Failure> {
        Ok(match self.send().await? {
            WriteOutcome::Committed => Vec::new(),
            WriteOutcome::ConditionFailed(all, _) => all,
        })
    }

    async fn send(self) -> Result<WriteOutcome<Vec<(R, Item)>>, Failure> {
        if let Some(failure) = self.broken {
            return Err(failure);
        }
        let token = uuid::Uuid::new_v4().to_string();
        for attempt in 0..TRIES {
            let request = self.store.client.transact_write_items().set_transact_items(Some(self.writes.clone()));
            let request = request.client_request_token(&token);
            let Err(error) = request.send().await else { return Ok(WriteOutcome::Committed) };
            let Some(reasons) = cancellation(&error) else { return Err(fault(error)) };
            // An entry of the trail is written in one transaction only, so that its presence proves that this one was done.
            if self.writes.iter().zip(reasons).any(|(write, reason)| self.store.has_entry_of(write, reason)) {
                return Ok(WriteOutcome::Committed);
            }
            let refused = refused(reasons, &self.refusals);
            if !refused.is_empty() {
                return Ok(WriteOutcome::ConditionFailed(refused, Item::new()));
            }
            if !reasons.iter().any(passes_by_itself) {
                return Err(fault(error));
            }
            self.store.pause(Duration::from_millis(10 << attempt)).await;
        }
        Err(Reason::Contended.into())
    }
}

impl Store {
    /// Whether a write was to add exactly the entry of the audit trail that it found.
    fn has_entry_of(&self, write: &TransactWriteItem, reason: &CancellationReason) -> bool {
        let put = write.put().filter(|put| put.table_name() == self.audit_table);
        put.is_some_and(|put| failed(reason) && reason.item() == Some(put.item()))
    }

    /// By the clock that the SDK waits by, so that a simulation has them both in hand.
    async fn pause(&self, pause: Duration) {
        match self.client.config().sleep_impl() {
            Some(sleep) => sleep.sleep(pause).await,
            None => tokio::time::sleep(pause).await,
        }
    }
}

/// A put with the condition of a change.
fn with(put: PutBuilder, holds: &Change) -> PutBuilder {
    let put = put.set_condition_expression(holds.condition.clone());
    let put = holds.names.iter().fold(put, |put, (name, attribute)| put.expression_attribute_names(*name, attribute));
    holds.values.iter().fold(put, |put, (name, value)| put.expression_attribute_values(*name, value.clone()))
}

fn cancellation<H>(error: &SdkError<TransactWriteItemsError, H>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons()),
        _ => None,
    }
}

/// Another transaction on the same item, or an item that is written more often than its partition allows.
fn passes_by_itself(reason: &CancellationReason) -> bool {
    matches!(reason.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
}

fn failed(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}

/// The named conditions that failed, each with the item as it stands.
fn refused<R: Copy>(reasons: &[CancellationReason], refusals: &[Option<R>]) -> Vec<(R, Item)> {
    let named = reasons.iter().zip(refusals).filter(|(reason, _)| failed(reason));
    named.filter_map(|(reason, refusal)| Some(((*refusal)?, reason.item().cloned().unwrap_or_default()))).collect()
}
