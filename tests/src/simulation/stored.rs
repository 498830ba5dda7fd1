//! What is in the main table, read without the plaza. Reading all of it after every step is most of what a history
//! takes, so only the items that were written since are read again; at the end of a history all of it is, and compared.

use super::{Invariant, Violation};
use crate::database::{Call, Database, MAIN};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use shared::domain::charging::{Fact, Mode, Moment, Progress, RequestId, Station, Ticket, Turn, Waiting};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

/// The keys of items that were written and not read again yet.
pub type Touched = Arc<Mutex<BTreeSet<(String, String)>>>;

#[derive(Default)]
pub struct Stored {
    items: BTreeMap<(String, String), Value>,
    /// Records and bills that are no longer as they were written.
    pub changed: BTreeSet<(String, String)>,
    /// Drivers of bills that were written in the last step.
    pub newly_billed: BTreeSet<u64>,
    pub heads: BTreeMap<String, Head>,
    /// Driver → request, as the session records say.
    pub charges: BTreeMap<u64, u64>,
    /// Driver → when the oldest unpaid bill falls due.
    pub owed: BTreeMap<u64, i64>,
    /// Plate → request.
    pub plates: BTreeMap<String, u64>,
    pub records: BTreeMap<(u64, String), Row>,
    pub bills: BTreeMap<(u64, String), Row>,
}

pub struct Head {
    pub station: Station,
    pub version: u64,
    pub entries: BTreeMap<String, Waiting>,
}

/// A detail record or a bill.
#[derive(Clone, Debug)]
pub struct Row {
    pub driver: u64,
    pub request: u64,
    pub key: String,
    pub item: Value,
}

impl Stored {
    pub fn read(database: &Database) -> Self {
        let mut stored = Self::default();
        for item in database.items(MAIN) {
            stored.put((text(&item["pk"]).to_owned(), text(&item["sk"]).to_owned()), Some(item));
        }
        stored
    }

    /// Reads again what was written in a step.
    pub fn catch_up(&mut self, database: &Database, touched: &Touched) {
        self.newly_billed.clear();
        for key in std::mem::take(&mut *touched.lock().unwrap()) {
            let item = database.item(&key.0, &key.1);
            self.put(key, item);
        }
    }

    /// Whether this is all that there is, and as it is: whether no write went unseen.
    pub fn check_whole(&self, database: &Database) -> Result<(), Violation> {
        let whole = Self::read(database);
        let keys = self.items.keys().chain(whole.items.keys());
        match keys.into_iter().find(|key| self.items.get(*key) != whole.items.get(*key)) {
            Some(key) => Violation::of(Invariant::Model, format!("{key:?} was written by no call")),
            None => Ok(()),
        }
    }

    fn put(&mut self, key: (String, String), item: Option<Value>) {
        let (pk, sk) = (key.0.as_str(), key.1.as_str());
        if let Some(name) = pk.strip_prefix("STATION#") {
            if sk == "HEAD" {
                let item = item.as_ref().unwrap();
                let station = Station::unpack(&bytes(&item["station"])).unwrap();
                let version = u64::try_from(number(&item["version"])).unwrap();
                let entries = self.heads.remove(name).map(|head| head.entries).unwrap_or_default();
                self.heads.insert(name.to_owned(), Head { station, version, entries });
            } else if sk.starts_with("WAITING#") {
                // The head sorts before its entries.
                let entries = &mut self.heads.get_mut(name).unwrap().entries;
                let entry = item.as_ref().map(|item| Waiting::unpack(&bytes(&item["car"])).unwrap());
                set(entries, sk.to_owned(), entry);
            }
        } else if let Some(plate) = pk.strip_prefix("PLATE#").filter(|_| sk == "CHARGE") {
            set(&mut self.plates, plate.to_owned(), item.as_ref().map(request));
        } else if let Some(Ok(driver)) = pk.strip_prefix("ACCOUNT#ev#").map(str::parse) {
            if sk == "SESSIONS" {
                let field = |name: &str| item.as_ref().and_then(|item| item.get(name));
                set(&mut self.charges, driver, field("charge").map(|charge| request(&charge["M"])));
                set(&mut self.owed, driver, field("owed").map(number));
            } else if sk.starts_with("RECORD#") || sk.starts_with("BILL#") {
                let rows = if sk.starts_with("BILL#") { &mut self.bills } else { &mut self.records };
                let row = |item: &Value| Row { driver, request: request(item), key: sk.to_owned(), item: item.clone() };
                set(rows, (driver, sk.to_owned()), item.as_ref().map(row));
                match self.items.get(&key) {
                    Some(before) if item.as_ref() == Some(before) => {}
                    Some(_) => drop(self.changed.insert(key.clone())),
                    None if sk.starts_with("BILL#") => drop(self.newly_billed.insert(driver)),
                    None => {}
                }
            }
        }
        set(&mut self.items, key, item);
    }
}

fn set<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => drop(map.insert(key, value)),
        None => drop(map.remove(&key)),
    }
}

/// The keys of the main table that a call writes.
pub fn written(call: &Call) -> Vec<(String, String)> {
    let key = |write: &Value| {
        let key = if write["Item"].is_null() { &write["Key"] } else { &write["Item"] };
        (write["TableName"] == MAIN).then(|| (text(&key["pk"]).to_owned(), text(&key["sk"]).to_owned()))
    };
    match call.operation.as_str() {
        "PutItem" | "UpdateItem" | "DeleteItem" => key(&call.body).into_iter().collect(),
        "TransactWriteItems" => {
            let writes = call.body["TransactItems"].as_array().unwrap().iter();
            let parts = writes.flat_map(|write| ["Put", "Update", "Delete"].map(|kind| &write[kind]));
            parts.filter(|part| !part.is_null()).filter_map(key).collect()
        }
        _ => Vec::new(),
    }
}

impl Head {
    /// All cars in the queue as written, without what is due since.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        let called = Mode::BOTH.into_iter().flat_map(|mode| self.station.side(mode).called());
        called.map(|car| &car.ticket).chain(self.entries.values().map(|entry| &entry.ticket))
    }

    /// The station as it is now, with what has happened since it was written.
    pub fn at(&self, now: Moment) -> Result<(Station, Vec<Fact>), String> {
        let mut turn = Turn::new(self.station.clone(), now, None, usize::MAX);
        loop {
            match turn.advance() {
                Progress::NeedsLine(wanted) => {
                    let mut cars: Vec<Waiting> = self.of(wanted.mode).cloned().collect();
                    cars.sort_by_key(|car| car.ticket.number.n);
                    turn.refill(wanted, cars).map_err(|gap| format!("{} is missing in its line", gap.expected))?;
                }
                _ => return Ok(turn.into_parts()),
            }
        }
    }

    pub fn waits(&self, request: u64) -> bool {
        let waits = |entry: &&Waiting| self.station.side(entry.ticket.number.mode).line.waits(entry.ticket.number.n);
        self.entries.values().filter(waits).any(|entry| entry.ticket.request == RequestId(request))
    }

    fn of(&self, mode: Mode) -> impl Iterator<Item = &Waiting> {
        self.entries.values().filter(move |entry| entry.ticket.number.mode == mode)
    }
}

/// All of `values`, or the first that is there twice.
pub fn once<T: Ord + Clone>(values: impl IntoIterator<Item = T>) -> Result<BTreeSet<T>, T> {
    let mut seen = BTreeSet::new();
    for value in values {
        if !seen.insert(value.clone()) {
            return Err(value);
        }
    }
    Ok(seen)
}

pub fn text(value: &Value) -> &str {
    value["S"].as_str().unwrap()
}

pub fn number(value: &Value) -> i64 {
    value["N"].as_str().unwrap().parse().unwrap()
}

pub fn bytes(value: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(value["B"].as_str().unwrap()).unwrap()
}

pub fn request(item: &Value) -> u64 {
    u64::try_from(number(&item["request"])).unwrap()
}
