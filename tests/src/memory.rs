//! A DynamoDB in memory, as far as the charging queue uses one: a tenth of what the embedded engine takes, because items
//! stay as they came. It is believed only where it agrees with that engine: every tenth history is played on the engine
//! itself, and a test plays others on both (`tests/tests/simulation.rs`).

use crate::expression::{Expression, Item};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

type Table = BTreeMap<(String, String), Item>;

#[derive(Default)]
pub(crate) struct Memory(Mutex<State>);

#[derive(Default)]
struct State {
    tables: BTreeMap<String, Table>,
    /// Tokens of transactions that were carried out.
    done: BTreeSet<String>,
}

/// Status and body.
type Answer = (u16, Vec<u8>);

impl Memory {
    pub(crate) fn apply(&self, operation: &str, body: &Value) -> Answer {
        let state = &mut *self.0.lock().unwrap();
        match operation {
            "GetItem" => {
                let item = state.table(body).get(&key(&body["Key"]));
                (200, item.map_or(b"{}".to_vec(), |item| format!(r#"{{"Item":{}}}"#, text_of(item)).into_bytes()))
            }
            "Query" => (200, state.query(body)),
            "Scan" => (200, listed(&state.table(body).values().collect::<Vec<_>>(), None)),
            "PutItem" | "UpdateItem" | "DeleteItem" => match state.after(operation, body) {
                Ok(after) => {
                    state.set(operation, body, after);
                    (200, b"{}".to_vec())
                }
                Err(_) => (400, failure("ConditionalCheckFailedException", &json!({}))),
            },
            "TransactWriteItems" => state.transact(body),
            other => panic!("{other} is not kept in memory"),
        }
    }
}

/// Read without a call.
impl Memory {
    pub(crate) fn items(&self, table: &str) -> Vec<Value> {
        let state = self.0.lock().unwrap();
        state.tables.get(table).into_iter().flat_map(BTreeMap::values).cloned().map(Value::Object).collect()
    }

    pub(crate) fn item(&self, table: &str, pk: &str, sk: &str) -> Option<Value> {
        let state = self.0.lock().unwrap();
        state.tables.get(table)?.get(&(pk.to_owned(), sk.to_owned())).cloned().map(Value::Object)
    }
}

impl State {
    fn table(&mut self, request: &Value) -> &Table {
        let name = request["TableName"].as_str().unwrap();
        if !self.tables.contains_key(name) {
            self.tables.insert(name.to_owned(), Table::new());
        }
        &self.tables[name]
    }

    /// The item as it would be after a write; the item as it is, if a condition refuses.
    fn after(&mut self, kind: &str, write: &Value) -> Result<Option<Item>, Option<Item>> {
        let before = self.table(write).get(&whose(kind, write));
        let condition = write["ConditionExpression"].as_str();
        if condition.is_some_and(|condition| !Expression::new(condition, write, before).holds()) {
            return Err(before.cloned());
        }
        Ok(match kind {
            "Put" | "PutItem" => write["Item"].as_object().cloned(),
            "Update" | "UpdateItem" => {
                let update = write["UpdateExpression"].as_str().unwrap();
                Some(Expression::new(update, write, before).updated(&write["Key"]))
            }
            "Delete" | "DeleteItem" => None,
            _ => before.cloned(),
        })
    }

    fn set(&mut self, kind: &str, write: &Value, after: Option<Item>) {
        let whose = whose(kind, write);
        let table = self.tables.get_mut(write["TableName"].as_str().unwrap()).unwrap();
        match after {
            Some(item) => drop(table.insert(whose, item)),
            None => drop(table.remove(&whose)),
        }
    }

    /// All or nothing, and once for each token.
    fn transact(&mut self, body: &Value) -> Answer {
        let token = body["ClientRequestToken"].as_str().unwrap_or_default();
        if self.done.contains(token) {
            return (200, b"{}".to_vec());
        }
        let writes = body["TransactItems"].as_array().unwrap().iter();
        let writes: Vec<(&str, &Value)> = writes
            .map(|write| write.as_object().unwrap().iter().next().unwrap())
            .map(|(kind, it)| (kind.as_str(), it))
            .collect();
        let mut items = BTreeSet::new();
        if !writes.iter().all(|(kind, write)| items.insert((write["TableName"].as_str(), whose(kind, write)))) {
            return (400, failure("ValidationException", &json!({})));
        }
        let outcomes: Vec<_> = writes.iter().map(|(kind, write)| self.after(kind, write)).collect();
        if outcomes.iter().any(Result::is_err) {
            let reasons = outcomes.iter().zip(&writes).map(|(outcome, (_, write))| match outcome {
                Ok(_) => json!({"Code": "None"}),
                Err(item) => {
                    let mut reason =
                        json!({"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"});
                    if let Some(item) =
                        item.as_ref().filter(|_| write["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD")
                    {
                        reason["Item"] = item.clone().into();
                    }
                    reason
                }
            });
            let reasons = json!({"CancellationReasons": reasons.collect::<Vec<_>>()});
            return (400, failure("TransactionCanceledException", &reasons));
        }
        for ((kind, write), outcome) in writes.into_iter().zip(outcomes) {
            if kind != "ConditionCheck" {
                self.set(kind, write, outcome.unwrap());
            }
        }
        if !token.is_empty() {
            self.done.insert(token.to_owned());
        }
        (200, b"{}".to_vec())
    }

    /// A page of a partition of the table or of an index, as far as the conditions go.
    fn query(&mut self, body: &Value) -> Vec<u8> {
        assert!(body["FilterExpression"].is_null() && body["ProjectionExpression"].is_null(), "{body}");
        let condition = body["KeyConditionExpression"].as_str().unwrap();
        let holds = |item: &&Item| Expression::new(condition, body, Some(item)).holds();
        let mut items: Vec<&Item> = match body["IndexName"].as_str() {
            None => {
                let pk = body["ExpressionAttributeValues"][":pk"]["S"].as_str().unwrap();
                let partition = self.table(body).range((pk.to_owned(), String::new())..);
                partition.take_while(|((other, _), _)| other == pk).map(|(_, item)| item).filter(holds).collect()
            }
            Some("due") => {
                let mut due: Vec<_> =
                    self.table(body).values().filter(|item| item.contains_key("due_shard")).filter(holds).collect();
                due.sort_by_key(|item| item["due_at"]["N"].as_str().unwrap().parse::<i64>().unwrap());
                due
            }
            Some(other) => panic!("the index {other} is not kept in memory"),
        };
        if body["ScanIndexForward"] == false {
            items.reverse();
        }
        assert!(body["ExclusiveStartKey"].is_null(), "only first pages are kept in memory: {body}");
        let most = body["Limit"].as_u64().map_or(usize::MAX, |most| usize::try_from(most).unwrap());
        let last = most
            .checked_sub(1)
            .and_then(|last| items.get(last))
            .map(|item| json!({"pk": item["pk"], "sk": item["sk"]}));
        items.truncate(most);
        listed(&items, last)
    }
}

/// The key that a write is about.
fn whose(kind: &str, write: &Value) -> (String, String) {
    key(if kind.starts_with("Put") { &write["Item"] } else { &write["Key"] })
}

fn key(of: &Value) -> (String, String) {
    let part = |name: &str| of[name]["S"].as_str().unwrap().to_owned();
    (part("pk"), part("sk"))
}

fn text_of(item: &Item) -> String {
    serde_json::to_string(item).unwrap()
}

fn listed(items: &[&Item], last: Option<Value>) -> Vec<u8> {
    let count = items.len();
    let items: Vec<String> = items.iter().map(|item| text_of(item)).collect();
    let last = last.map(|key| format!(r#","LastEvaluatedKey":{key}"#)).unwrap_or_default();
    format!(r#"{{"Items":[{}],"Count":{count},"ScannedCount":{count}{last}}}"#, items.join(",")).into_bytes()
}

fn failure(kind: &str, more: &Value) -> Vec<u8> {
    let mut body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "made in memory"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body.to_string().into_bytes()
}
