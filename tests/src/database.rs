//! An embedded DynamoDB under the real SDK: one in memory per test, with faults on demand and every call on record.
//! SDK → this connector → engine; no sockets, and every condition and key really runs.

use crate::capacity;
use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig},
};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database as Engine, DynoxideError};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

pub const MAIN: &str = "ev-plaza";
pub const AUDIT: &str = "ev-plaza-audit";

/// What happens to one attempt of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Apply,
    /// The connection breaks before anything was applied.
    Refuse,
    /// Applied, and then the connection breaks.
    LoseAnswer,
    /// Capacity is short.
    Throttle,
    /// Another transaction is at work on the same items.
    Conflict,
    /// Capacity is short for one item of a transaction, which is told in another way than for a whole call.
    ThrottleItem,
    /// DynamoDB itself has a fault.
    Break,
    /// No answer ever comes, and nothing is applied.
    Hang,
    /// Applied, but no answer ever comes.
    HangAfter,
}

/// One attempt as it arrived.
#[derive(Clone, Debug)]
pub struct Call {
    pub operation: String,
    pub body: Value,
    pub fate: Fate,
    /// Capacity units of both tables.
    pub units: f64,
}

impl Call {
    /// Whether any key in the call begins so, for scripts that aim at one item.
    pub fn touches(&self, pk: &str) -> bool {
        self.body.to_string().contains(&format!("\"pk\":{{\"S\":\"{pk}"))
    }
}

type Script = dyn FnMut(&Call) -> Fate + Send;

/// The database of one test. Clones share it.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    script: Arc<Mutex<Box<Script>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Database {
    /// Both tables as `template.yaml` declares them, empty.
    pub fn new() -> Self {
        let database = Self {
            engine: Engine::memory().unwrap(),
            script: Arc::new(Mutex::new(Box::new(|_| Fate::Apply))),
            calls: Arc::default(),
        };
        let key = json!([{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]);
        let attribute = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
        let index = json!({"IndexName": "due", "Projection": {"ProjectionType": "KEYS_ONLY"}, "KeySchema": [
            {"AttributeName": "due_shard", "KeyType": "HASH"}, {"AttributeName": "due_at", "KeyType": "RANGE"}]});
        database.direct(
            "CreateTable",
            &json!({"TableName": MAIN, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key,
            "AttributeDefinitions":
                [attribute("pk", "S"), attribute("sk", "S"), attribute("due_shard", "S"), attribute("due_at", "N")],
            "GlobalSecondaryIndexes": [index]}),
        );
        database.direct(
            "CreateTable",
            &json!({"TableName": AUDIT, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key,
            "AttributeDefinitions": [attribute("pk", "S"), attribute("sk", "S")]}),
        );
        database
    }

    /// A client like the one of `boot`, but with time limits that a test can wait for.
    pub fn client(&self) -> Client {
        let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
        let limits = TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_millis(60))
            .operation_timeout(Duration::from_millis(400))
            .build();
        Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("cn-north-1"))
                .allow_no_auth()
                .http_client(self.clone())
                .retry_config(retries)
                .timeout_config(limits)
                .build(),
        )
    }

    /// From here on every attempt meets the fate that `script` gives it.
    pub fn follow(&self, script: impl FnMut(&Call) -> Fate + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    /// The attempt number `n` from now, counted from 0, meets `fate`; all others are applied.
    pub fn at(&self, n: usize, fate: Fate) {
        let mut left = n;
        self.follow(move |_| {
            let here = left == 0;
            left = left.wrapping_sub(1);
            if here { fate } else { Fate::Apply }
        });
    }

    /// The attempt number `n` from now, counted from 0, and all later ones meet `fate`.
    pub fn from(&self, n: usize, fate: Fate) {
        let mut left = n;
        self.follow(move |_| {
            let through = left > 0;
            left = left.saturating_sub(1);
            if through { Fate::Apply } else { fate }
        });
    }

    /// No more faults.
    pub fn heal(&self) {
        self.follow(|_| Fate::Apply);
    }

    /// The attempts since the last time somebody asked.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// All items of a table as DynamoDB writes them, without any of it on record.
    pub fn items(&self, table: &str) -> Vec<Value> {
        let (mut items, mut from) = (Vec::new(), Value::Null);
        loop {
            let mut request = json!({"TableName": table, "ConsistentRead": true});
            if !from.is_null() {
                request["ExclusiveStartKey"] = from;
            }
            let mut page = self.direct("Scan", &request);
            items.extend(page["Items"].as_array().unwrap().iter().cloned());
            from = page["LastEvaluatedKey"].take();
            if from.is_null() {
                return items;
            }
        }
    }

    /// One item of the main table.
    pub fn item(&self, pk: &str, sk: &str) -> Option<Value> {
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let answer = self.direct("GetItem", &json!({"TableName": MAIN, "Key": key, "ConsistentRead": true}));
        answer.get("Item").cloned()
    }

    /// The items of the main table whose key begins so.
    pub fn under(&self, pk: &str) -> Vec<Value> {
        self.items(MAIN).into_iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(pk)).collect()
    }

    /// Puts an item as some other part of the plaza would.
    pub fn put(&self, item: &Value) {
        self.direct("PutItem", &json!({"TableName": MAIN, "Item": item}));
    }

    fn direct(&self, operation: &str, request: &Value) -> Value {
        let (status, answer) = apply(&self.engine, operation, request.to_string().as_bytes());
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    fn record(&self, operation: &str, body: Value) -> (usize, Fate) {
        let mut call = Call { operation: operation.to_owned(), body, fate: Fate::Apply, units: 0.0 };
        call.fate = self.script.lock().unwrap()(&call);
        let fate = call.fate;
        let mut calls = self.calls.lock().unwrap();
        calls.push(call);
        (calls.len() - 1, fate)
    }

    fn apply(&self, number: usize, operation: &str, body: &Value) -> (u16, Vec<u8>) {
        let (status, answer) = apply(&self.engine, operation, body.to_string().as_bytes());
        let units = capacity::units(&serde_json::from_slice(&answer).unwrap_or_default());
        // The record may have been taken away while this attempt was under way.
        if let Some(call) = self.calls.lock().unwrap().get_mut(number) {
            call.units = units;
        }
        (status, answer)
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

impl HttpClient for Database {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Database {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let database = self.clone();
        // A task of its own: a caller that gives up does not stop what is already on the wire.
        let wire = tokio::spawn(async move {
            let operation = request.headers().get("x-amz-target").and_then(|target| target.rsplit('.').next()).unwrap();
            let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
            body["ReturnConsumedCapacity"] = "TOTAL".into();
            let (number, fate) = database.record(operation, body.clone());
            let apply = || database.apply(number, operation, &body);
            let writes = body["TransactItems"].as_array().map(Vec::len);
            let (status, answer) = match fate {
                Fate::Apply => apply(),
                Fate::Refuse => return Err(ConnectorError::io("refused by the test".into())),
                Fate::LoseAnswer => {
                    apply();
                    return Err(ConnectorError::io("answer lost by the test".into()));
                }
                Fate::HangAfter => {
                    apply();
                    std::future::pending().await
                }
                Fate::Hang => std::future::pending().await,
                Fate::Throttle => failure(400, "ThrottlingException", ""),
                Fate::Break => failure(500, "InternalServerError", ""),
                Fate::Conflict => writes.map_or_else(
                    || failure(400, "TransactionConflictException", ""),
                    |writes| cancelled("TransactionConflict", writes),
                ),
                Fate::ThrottleItem => writes.map_or_else(
                    || failure(400, "ProvisionedThroughputExceededException", ""),
                    |writes| cancelled("ThrottlingError", writes),
                ),
            };
            let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(answer));
            response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
            Ok(response)
        });
        HttpConnectorFuture::new(async move { wire.await.expect("the connector's task goes on") })
    }
}

fn failure(status: u16, name: &str, more: &str) -> (u16, Vec<u8>) {
    let kind = format!("com.amazonaws.dynamodb.v20120810#{name}");
    (status, format!(r#"{{"__type":"{kind}","message":"made by the test"{more}}}"#).into_bytes())
}

/// A transaction that its first item kept from happening.
fn cancelled(code: &str, writes: usize) -> (u16, Vec<u8>) {
    let mut reasons = vec![r#"{"Code":"None"}"#.to_owned(); writes];
    reasons[0] = format!(r#"{{"Code":"{code}","Message":"made by the test"}}"#);
    failure(400, "TransactionCanceledException", &format!(r#","CancellationReasons":[{}]"#, reasons.join(",")))
}

fn apply(engine: &Engine, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
    fn run<Q: serde::de::DeserializeOwned, R: serde::Serialize>(
        engine: &Engine,
        body: &[u8],
        action: fn(&Engine, Q) -> dynoxide::Result<R>,
    ) -> dynoxide::Result<Vec<u8>> {
        let request = serde_json::from_slice(body).map_err(|e| DynoxideError::ValidationException(e.to_string()))?;
        Ok(serde_json::to_vec(&action(engine, request)?).unwrap())
    }
    let answer = match operation {
        "CreateTable" => run(engine, body, Engine::create_table),
        "GetItem" => run(engine, body, Engine::get_item),
        "PutItem" => run(engine, body, Engine::put_item),
        "UpdateItem" => run(engine, body, Engine::update_item),
        "DeleteItem" => run(engine, body, Engine::delete_item),
        "Query" => run(engine, body, Engine::query),
        "Scan" => run(engine, body, Engine::scan),
        "BatchGetItem" => run(engine, body, Engine::batch_get_item),
        "TransactGetItems" => run(engine, body, Engine::transact_get_items),
        "TransactWriteItems" => run(engine, body, Engine::transact_write_items),
        other => panic!("{other} is not wired up"),
    };
    match answer {
        Ok(answer) => (200, answer),
        Err(error) => {
            // The engine marks where a validation message comes from; DynamoDB does not.
            let text = error.to_json().replace("VALIDATION_REQUEST:", "").replace("VALIDATION:", "");
            (error.status_code(), text.into_bytes())
        }
    }
}
