//! What is in the tables, read without the plaza.

use crate::database::{Database, MAIN};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use shared::domain::charging::{Fact, Mode, Moment, Progress, RequestId, Station, Ticket, Turn, Waiting};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub struct Stored {
    pub heads: BTreeMap<String, Head>,
    /// Driver → request, as the session records say.
    pub charges: BTreeMap<u64, u64>,
    /// Driver → when the oldest unpaid bill falls due.
    pub owed: BTreeMap<u64, i64>,
    /// Plate → request.
    pub plates: BTreeMap<String, u64>,
    pub records: Vec<Row>,
    pub bills: Vec<Row>,
}

pub struct Head {
    pub station: Station,
    pub version: u64,
    pub entries: Vec<Waiting>,
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
            stored.add(item);
        }
        stored
    }

    fn add(&mut self, item: Value) {
        let (pk, sk) = (text(&item["pk"]).to_owned(), text(&item["sk"]).to_owned());
        if let Some(name) = pk.strip_prefix("STATION#") {
            if sk == "HEAD" {
                let station = Station::unpack(&bytes(&item["station"])).unwrap();
                let version = u64::try_from(number(&item["version"])).unwrap();
                // The index comes before or after; entries are added to whatever is there.
                let entries = self.heads.remove(name).map(|head| head.entries).unwrap_or_default();
                self.heads.insert(name.to_owned(), Head { station, version, entries });
            } else if sk.starts_with("WAITING#") {
                let entry = Waiting::unpack(&bytes(&item["car"])).unwrap();
                // The head sorts before its entries.
                self.heads.get_mut(name).unwrap().entries.push(entry);
            }
        } else if let Some(plate) = pk.strip_prefix("PLATE#").filter(|_| sk == "CHARGE") {
            self.plates.insert(plate.to_owned(), request(&item));
        } else if let Some(Ok(driver)) = pk.strip_prefix("ACCOUNT#ev#").map(str::parse) {
            if sk == "SESSIONS" {
                self.charges.extend(item.get("charge").map(|charge| (driver, request(&charge["M"]))));
                self.owed.extend(item.get("owed").map(|owed| (driver, number(owed))));
            } else if sk.starts_with("RECORD#") || sk.starts_with("BILL#") {
                let rows = if sk.starts_with("BILL#") { &mut self.bills } else { &mut self.records };
                rows.push(Row { driver, request: request(&item), key: sk, item });
            }
        }
    }
}

impl Head {
    /// Everybody in the queue as it is written, whatever is due since.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        let called = Mode::BOTH.into_iter().flat_map(|mode| self.station.side(mode).called());
        called.map(|car| &car.ticket).chain(self.entries.iter().map(|entry| &entry.ticket))
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
        self.entries.iter().filter(waits).any(|entry| entry.ticket.request == RequestId(request))
    }

    fn of(&self, mode: Mode) -> impl Iterator<Item = &Waiting> {
        self.entries.iter().filter(move |entry| entry.ticket.number.mode == mode)
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
