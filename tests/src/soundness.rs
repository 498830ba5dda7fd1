//! What must hold of a station and of everything that is written beside it, read from the tables after the fact.

use crate::{
    database::MAIN,
    plaza::{Plaza, STATION},
};
use serde_json::Value;
use shared::domain::{
    charging::{Mode, Ticket},
    station_id::StationId,
};
use std::collections::{BTreeMap, BTreeSet};

/// What was found, for tests that want to look closer.
#[derive(Debug)]
pub struct Found {
    /// Live requests.
    pub live: Vec<Ticket>,
    /// How many cars are in the waiting area.
    pub waiting: usize,
    /// Numbers given in both modes.
    pub numbers: u32,
    /// The bill of each request that has one.
    pub bills: BTreeMap<u64, Money>,
}

/// Watt-hours and fen of a bill or of the records of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    pub records: i64,
    pub watt_hours: i64,
    pub charging: i64,
    pub service: i64,
    pub total: i64,
}

impl Plaza {
    /// Asserts what must hold of the default station once the sweep has run.
    pub async fn assert_sound(&self, what: &str) -> Found {
        let id = StationId::parse(STATION).unwrap();
        let view = self.charging.live_view(&id, self.watch.now()).await.unwrap();
        let shown = view.station.view(&view.behind);
        let called = Mode::BOTH.into_iter().flat_map(|mode| view.station.side(mode).called());
        let waiting = shown.waiting.iter().map(|car| &car.ticket);
        let live: Vec<Ticket> = called.map(|car| &car.ticket).chain(waiting).cloned().collect();

        all_differ(what, live.iter().map(|ticket| ticket.request));
        all_differ(what, live.iter().map(|ticket| ticket.driver));
        all_differ(what, live.iter().map(|ticket| ticket.number.to_string()));
        all_differ(what, live.iter().map(|ticket| &ticket.plate).filter(|plate| !plate.is_empty()));
        assert_eq!(shown.waiting.len(), view.station.waiting() as usize, "{what}: entries of waiting cars are missing");
        assert!(view.station.waiting() <= view.station.settings().waiting_places, "{what}: over-full");

        let items = self.database.items(MAIN);
        let requests: BTreeSet<u64> = live.iter().map(|ticket| ticket.request.0).collect();
        assert_eq!(held_by_drivers(&items), requests, "{what}: sessions and station differ");
        let with_plate = live.iter().filter(|ticket| !ticket.plate.is_empty());
        let plates: BTreeSet<_> = with_plate.map(|it| (format!("PLATE#{}", it.plate), it.request.0)).collect();
        assert_eq!(held_by_plates(&items), plates, "{what}: plates and station differ");

        let (bills, records) = (bills(&items, what), records(&items));
        for (request, bill) in &bills {
            assert!(!requests.contains(request), "{what}: a live request has a bill");
            assert_eq!(records.get(request), Some(bill), "{what}: a bill is not the sum of its records");
        }
        for request in records.keys().filter(|request| !requests.contains(request)) {
            assert!(bills.contains_key(request), "{what}: records without a bill");
        }
        let numbers = Mode::BOTH.into_iter().map(|mode| view.station.side(mode).line.numbers_given()).sum();
        Found { live, waiting: shown.waiting.len(), numbers, bills }
    }
}

fn all_differ<T: Ord + std::fmt::Debug>(what: &str, all: impl Iterator<Item = T>) {
    let mut seen = BTreeSet::new();
    for one in all {
        let shown = format!("{one:?}");
        assert!(seen.insert(one), "{what}: {shown} is there twice");
    }
}

fn key<'a>(item: &'a Value, part: &str) -> &'a str {
    item[part]["S"].as_str().unwrap()
}

fn integer(value: &Value) -> i64 {
    value["N"].as_str().unwrap_or_else(|| panic!("no number: {value}")).parse().unwrap()
}

fn request(value: &Value) -> u64 {
    u64::try_from(integer(value)).unwrap()
}

fn held_by_drivers(items: &[Value]) -> BTreeSet<u64> {
    let sessions = items.iter().filter(|item| key(item, "sk") == "SESSIONS");
    sessions.filter_map(|item| item.get("charge")).map(|charge| request(&charge["M"]["request"])).collect()
}

fn held_by_plates(items: &[Value]) -> BTreeSet<(String, u64)> {
    let charges = items.iter().filter(|item| key(item, "sk") == "CHARGE");
    charges.map(|item| (key(item, "pk").to_owned(), request(&item["request"]))).collect()
}

fn bills(items: &[Value], what: &str) -> BTreeMap<u64, Money> {
    let mut bills = BTreeMap::new();
    for item in items.iter().filter(|item| key(item, "sk").starts_with("BILL#")) {
        let bill = Money { records: integer(&item["records"]), ..money(item) };
        assert!(bills.insert(request(&item["request"]), bill).is_none(), "{what}: a request has two bills");
    }
    bills
}

fn records(items: &[Value]) -> BTreeMap<u64, Money> {
    let mut sums: BTreeMap<u64, Money> = BTreeMap::new();
    for item in items.iter().filter(|item| key(item, "sk").starts_with("RECORD#")) {
        let (sum, one) = (sums.entry(request(&item["request"])).or_default(), money(item));
        *sum = Money {
            records: sum.records + 1,
            watt_hours: sum.watt_hours + one.watt_hours,
            charging: sum.charging + one.charging,
            service: sum.service + one.service,
            total: sum.total + one.total,
        };
    }
    sums
}

fn money(item: &Value) -> Money {
    let [watt_hours, charging, service, total] =
        ["watt_hours", "charging", "service", "total"].map(|name| integer(&item[name]));
    assert_eq!(charging + service, total, "the parts of {item} do not add up");
    Money { records: 0, watt_hours, charging, service, total }
}
