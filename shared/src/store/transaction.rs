//! Several writes that commit together or not at all. Each condition has a name, which a failed condition returns.

use super::{
    Item, Key, Store,
    attempts::{MOST_QUESTIONS, MOST_RESENDS, Pauses},
    audit::{AuditItem, day_shard},
    fault,
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

/// The writes of a transaction; `R` names the conditions.
pub(crate) struct Transaction<'a, R> {
    store: &'a Store,
    writes: Vec<TransactWriteItem>,
    conditions: Vec<Option<R>>,
    invalid: Option<Failure>,
}

/// How a transaction ended, if no call failed.
#[derive(Debug)]
pub(crate) enum WriteOutcome<R> {
    Committed,
    /// The condition with this name failed. With the item that failed it, if there is one.
    ConditionFailed(R, Item),
}

/// The condition of a put.
pub(super) enum Condition {
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
        Transaction { store: self, writes: Vec::new(), conditions: Vec::new(), invalid: None }
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Writes an item that must not exist yet.
    pub(super) fn put_new(self, key: &Key, content: &impl Serialize, refusal: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::Absent, Some(refusal))
    }

    /// Writes an item whose version is still the one that was read.
    pub(super) fn put_version(self, key: &Key, content: &impl Serialize, read: u64, raced: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::Version(read), Some(raced))
    }

    /// Writes an item where there is none, or an expired one that DynamoDB has not deleted yet.
    pub(super) fn put_unless_alive(self, key: &Key, content: &impl Serialize, now: i64, refusal: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::Over(now), Some(refusal))
    }

    /// Writes an item under a condition.
    pub(super) fn put_if(self, key: &Key, content: &impl Serialize, holds: Change, refusal: R) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::As(holds), Some(refusal))
    }

    /// Writes an item, existing or not.
    pub(super) fn put_over(self, key: &Key, content: &impl Serialize) -> Self {
        let table = self.store.table.clone();
        self.put(&table, key, content, &Condition::None, None)
    }

    /// Adds an entry to the audit table. **Invariant:** an existing entry is never overwritten.
    pub(super) fn put_audit(self, key: &Key, content: &impl Serialize) -> Self {
        let table = self.store.audit_table.clone();
        self.put(&table, key, &AuditItem { content, day_shard: day_shard(key) }, &Condition::Absent, None)
    }

    pub(super) fn put(
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
                self.invalid = Some(Failure::internal(format!("item could not be serialised: {error}")));
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
            Condition::As(holds) => with_condition(put, holds),
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

    /// Updates an item; the change may have a condition.
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

    /// Requires that an item is as `holds` says, without changing it. The `update` of `holds` is ignored.
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

    /// Deletes an item whose version is still the one that was read.
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

    /// Adds to numbers of an item, existing or not, and sets others. The names are ours: letters and digits that begin
    /// with a capital, so that none is a reserved word. Only for transactions that a condition commits once.
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

    /// Deletes an item under a condition.
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

    /// Deletes an item, existing or not.
    pub(super) fn delete(self, key: &Key) -> Self {
        let delete = Delete::builder().table_name(&self.store.table).set_key(Some(key.item())).build();
        self.add(delete.map(|delete| TransactWriteItem::builder().delete(delete).build()), None)
    }

    /// Requires that an item does not exist.
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
                self.conditions.push(refusal);
            }
            Err(error) => self.invalid = Some(Failure::internal(format!("DynamoDB write is invalid: {error}"))),
        }
        self
    }

    /// Commits the writes. Safe when an answer is lost: the SDK and our retries send the same token, so that a call is
    /// not refused because of its own earlier write.
    pub(crate) async fn commit(self) -> Result<WriteOutcome<R>, Failure> {
        let first = self.commit_with_every_failure().await?.into_iter().next();
        Ok(first.map_or(WriteOutcome::Committed, |(refusal, item)| WriteOutcome::ConditionFailed(refusal, item)))
    }

    /// Commits the writes, and names every condition that failed, in the order of the writes; none when it committed.
    pub(crate) async fn commit_with_every_failure(self) -> Result<Vec<(R, Item)>, Failure> {
        Ok(match self.send().await? {
            WriteOutcome::Committed => Vec::new(),
            WriteOutcome::ConditionFailed(all, _) => all,
        })
    }

    async fn send(self) -> Result<WriteOutcome<Vec<(R, Item)>>, Failure> {
        if let Some(failure) = self.invalid {
            return Err(failure);
        }
        let (token, mut pauses) = (uuid::Uuid::new_v4().to_string(), Pauses::default());
        loop {
            let request = self.store.client.transact_write_items().set_transact_items(Some(self.writes.clone()));
            let request = request.client_request_token(&token);
            let Err(error) = request.send().await else { return Ok(WriteOutcome::Committed) };
            let most = if is_in_progress(&error) {
                MOST_QUESTIONS
            } else {
                let Some(reasons) = cancellation(&error) else { return Err(fault(error)) };
                // An audit entry is written by one transaction only, so its presence proves that this transaction
                // committed.
                if self.writes.iter().zip(reasons).any(|(write, reason)| self.store.is_own_audit_entry(write, reason)) {
                    return Ok(WriteOutcome::Committed);
                }
                let failed = failed_conditions(reasons, &self.conditions);
                if !failed.is_empty() {
                    return Ok(WriteOutcome::ConditionFailed(failed, Item::new()));
                }
                if !reasons.iter().any(is_transient) {
                    return Err(fault(error));
                }
                MOST_RESENDS
            };
            match pauses.next(&self.store.jitter, most) {
                Some(pause) => self.store.pause(pause).await,
                // It may commit yet, so «nothing happened» would be a lie.
                None if is_in_progress(&error) => {
                    return Err(Failure::internal(
                        "DynamoDB: the transaction is still in progress, its outcome unknown",
                    ));
                }
                None => return Err(Reason::Contended.into()),
            }
        }
    }
}

impl Store {
    /// Whether the write that failed was to add exactly the audit entry that exists.
    fn is_own_audit_entry(&self, write: &TransactWriteItem, reason: &CancellationReason) -> bool {
        let put = write.put().filter(|put| put.table_name() == self.audit_table);
        put.is_some_and(|put| is_failed_condition(reason) && reason.item() == Some(put.item()))
    }

    /// Waits by the clock of the SDK, so that a simulation controls both.
    async fn pause(&self, pause: Duration) {
        match self.client.config().sleep_impl() {
            Some(sleep) => sleep.sleep(pause).await,
            None => tokio::time::sleep(pause).await,
        }
    }
}

/// A put with the condition of a change.
fn with_condition(put: PutBuilder, holds: &Change) -> PutBuilder {
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

/// The first sending of this very transaction has not ended; only asking again with its token tells how it ends.
fn is_in_progress<H>(error: &SdkError<TransactWriteItemsError, H>) -> bool {
    matches!(error.as_service_error(), Some(TransactWriteItemsError::TransactionInProgressException(_)))
}

/// Another transaction on the same item, or more writes than the partition allows.
fn is_transient(reason: &CancellationReason) -> bool {
    matches!(reason.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
}

fn is_failed_condition(reason: &CancellationReason) -> bool {
    reason.code() == Some("ConditionalCheckFailed")
}

/// The named conditions that failed, each with the item that failed it.
fn failed_conditions<R: Copy>(reasons: &[CancellationReason], conditions: &[Option<R>]) -> Vec<(R, Item)> {
    let named = reasons.iter().zip(conditions).filter(|(reason, _)| is_failed_condition(reason));
    named.filter_map(|(reason, refusal)| Some(((*refusal)?, reason.item().cloned().unwrap_or_default()))).collect()
}
