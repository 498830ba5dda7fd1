//! An embedded DynamoDB under the real SDK: one in memory per test, with faults on demand and every call on record.
//! SDK → connector → engine; no sockets, and every condition and key really runs.

pub use crate::fate::{Call, DOER, Fate, killed};
use crate::{capacity, idle::Idle, memory::Memory};
use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, Region, StalledStreamProtectionConfig,
        retry::{RetryConfig, RetryPartition, TokenBucket},
    },
};
use local_light::engine::{Engine, apply, make_tables};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

pub const MAIN: &str = "ev-plaza";
pub const AUDIT: &str = "ev-plaza-audit";
pub const AUDIT_CHAIN: &str = "ev-plaza-audit-chain";

type Script = dyn FnMut(&Call) -> Fate + Send;
type Witness = dyn FnMut(&Call) + Send;
/// How long a call is on its way, and its answer on the way back.
type Pace = dyn FnMut() -> Duration + Send;

/// The database of one test. Clones share it.
#[derive(Clone)]
pub struct Database {
    engine: Backend,
    script: Arc<Mutex<Box<Script>>>,
    calls: Arc<Mutex<Vec<Call>>>,
    witness: Arc<Mutex<Option<Box<Witness>>>>,
    busy: Arc<Mutex<Duration>>,
    /// Whether calls are kept, with what they cost.
    on_record: bool,
    /// Where time passes only when nothing else can happen; else it is real.
    idle: Option<(Idle, Arc<Mutex<Box<Pace>>>)>,
}

/// What answers in the end.
#[derive(Clone)]
enum Backend {
    Embedded(Engine),
    Memory(Arc<Memory>),
}

impl Database {
    /// One that the embedded engine does not answer for, quicker and without a record of its calls; see [`Memory`].
    pub fn in_memory() -> Self {
        Self::on(Backend::Memory(Arc::default())).off_record()
    }

    fn on(engine: Backend) -> Self {
        Self {
            engine,
            script: Arc::new(Mutex::new(Box::new(|_| Fate::Apply))),
            calls: Arc::default(),
            witness: Arc::default(),
            busy: Arc::default(),
            on_record: true,
            idle: None,
        }
    }

    /// All tables as `template.yaml` declares them, empty.
    pub fn new() -> Self {
        let engine = Engine::memory().unwrap();
        make_tables(&engine, [MAIN, AUDIT, AUDIT_CHAIN]).unwrap();
        Self::on(Backend::Embedded(engine))
    }

    /// A client like the one of `boot`, but one that does not wait long before it tries again.
    pub fn client(&self) -> Client {
        // The SDK counts failures per partition over the whole process; one test must not use up what another has.
        static CLIENTS: AtomicUsize = AtomicUsize::new(0);
        let partition = format!("database-{}", CLIENTS.fetch_add(1, Relaxed));
        let unmetered = format!("{partition}-unmetered");
        let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1));
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("cn-north-1"))
            .allow_no_auth()
            .http_client(self.clone())
            .retry_partition(RetryPartition::new(partition))
            .retry_config(retries);
        Client::from_conf(match &self.idle {
            // Two things in the SDK look at the real time, which is not the history's.
            Some((idle, _)) => config
                .sleep_impl(idle.clone())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
                .retry_partition(RetryPartition::custom(unmetered).token_bucket(TokenBucket::unlimited()).build())
                .build(),
            None => config.build(),
        })
    }

    /// The same database where time passes only when nothing else can happen, and calls are on their way for so long.
    #[must_use]
    pub fn in_idle_time(self, idle: &Idle, pace: impl FnMut() -> Duration + Send + 'static) -> Self {
        Self { idle: Some((idle.clone(), Arc::new(Mutex::new(Box::new(pace))))), ..self }
    }

    /// The same database without a record of its calls, for those who make many and never ask for it.
    #[must_use]
    pub fn off_record(self) -> Self {
        Self { on_record: false, ..self }
    }

    /// `witness` sees every call that was applied, in the order in which they were.
    pub fn witnessed(&self, witness: impl FnMut(&Call) + Send + 'static) {
        *self.witness.lock().unwrap() = Some(Box::new(witness));
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

    /// The attempts since the last call of this function.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// All items of a table as DynamoDB writes them, without any of it on record.
    pub fn items(&self, table: &str) -> Vec<Value> {
        if let Backend::Memory(memory) = &self.engine {
            return memory.items(table);
        }
        let (mut items, mut from) = (Vec::new(), Value::Null);
        loop {
            let mut request = json!({"TableName": table, "ConsistentRead": true});
            if !from.is_null() {
                request["ExclusiveStartKey"] = from;
            }
            let mut page = self.direct("Scan", &request);
            items.append(page["Items"].as_array_mut().unwrap());
            from = page["LastEvaluatedKey"].take();
            if from.is_null() {
                return items;
            }
        }
    }

    /// One item of the main table.
    pub fn item(&self, pk: &str, sk: &str) -> Option<Value> {
        if let Backend::Memory(memory) = &self.engine {
            return memory.item(MAIN, pk, sk);
        }
        let key = json!({"pk": {"S": pk}, "sk": {"S": sk}});
        let answer = self.direct("GetItem", &json!({"TableName": MAIN, "Key": key, "ConsistentRead": true}));
        answer.get("Item").cloned()
    }

    /// The items of the main table whose key begins so.
    pub fn under(&self, pk: &str) -> Vec<Value> {
        self.items(MAIN).into_iter().filter(|item| item["pk"]["S"].as_str().unwrap().starts_with(pk)).collect()
    }

    /// What has a phone or an openId under these keys; what else is stored of them is left out.
    pub fn holders(&self, pk: &str) -> Vec<Value> {
        self.under(pk).into_iter().filter(|item| item["sk"]["S"] == "HOLDER").collect()
    }

    /// Puts an item as some other part of the plaza would.
    pub fn put(&self, item: &Value) {
        self.put_into(MAIN, item);
    }

    pub fn put_into(&self, table: &str, item: &Value) {
        self.direct("PutItem", &json!({"TableName": table, "Item": item}));
    }

    /// Takes an item away as some other part of the plaza would.
    pub fn remove(&self, item: &Value) {
        self.remove_from(MAIN, item);
    }

    pub fn remove_from(&self, table: &str, item: &Value) {
        let key = json!({"pk": item["pk"], "sk": item["sk"]});
        self.direct("DeleteItem", &json!({"TableName": table, "Key": key}));
    }

    fn direct(&self, operation: &str, request: &Value) -> Value {
        let (status, answer) = self.ask(operation, request, request.to_string().as_bytes());
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{operation}: {answer}");
        answer
    }

    /// The answer to a request as it came over the wire, without faults and off the record.
    pub fn answer(&self, operation: &str, wire: &[u8]) -> (u16, Vec<u8>) {
        self.ask(operation, &serde_json::from_slice(wire).unwrap(), wire)
    }

    /// Real time that the engine has taken for calls so far.
    pub fn busy(&self) -> Duration {
        *self.busy.lock().unwrap()
    }

    pub(crate) async fn travel(&self) {
        if let Some((idle, pace)) = &self.idle {
            let pause = pace.lock().unwrap()();
            idle.wait(pause).await;
        }
    }

    pub(crate) async fn pause(&self, pause: Duration) {
        match &self.idle {
            Some((idle, _)) => idle.wait(pause).await,
            None => tokio::time::sleep(pause).await,
        }
    }

    /// Puts a call on record and says what is to happen to it.
    pub(crate) fn record(&self, call: &mut Call) -> usize {
        call.fate = self.script.lock().unwrap()(call);
        if !self.on_record {
            return 0;
        }
        let mut calls = self.calls.lock().unwrap();
        calls.push(call.clone());
        calls.len() - 1
    }

    pub(crate) fn apply(&self, number: usize, call: &Call, wire: &[u8]) -> (u16, Vec<u8>) {
        if !self.on_record {
            let (status, answer) = self.ask(&call.operation, &call.body, wire);
            self.show(status, call);
            return (status, answer);
        }
        let mut body = call.body.clone();
        body["ReturnConsumedCapacity"] = "INDEXES".into();
        #[expect(clippy::disallowed_methods, reason = "real time, for measurements")]
        let begun = Instant::now();
        let (status, answer) = self.ask(&call.operation, &body, body.to_string().as_bytes());
        *self.busy.lock().unwrap() += begun.elapsed();
        self.show(status, call);
        let units = capacity::units(&serde_json::from_slice(&answer).unwrap_or_default());
        // The record may have been taken away while this attempt was under way.
        if let Some(call) = self.calls.lock().unwrap().get_mut(number) {
            call.units = units;
        }
        (status, answer)
    }

    /// The same request twice, read and as it came.
    fn ask(&self, operation: &str, body: &Value, wire: &[u8]) -> (u16, Vec<u8>) {
        match &self.engine {
            Backend::Embedded(engine) => apply(engine, operation, wire),
            Backend::Memory(memory) => memory.apply(operation, body),
        }
    }

    fn show(&self, status: u16, call: &Call) {
        if let (200, Some(witness)) = (status, self.witness.lock().unwrap().as_mut()) {
            witness(call);
        }
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
