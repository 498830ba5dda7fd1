//! What wakes the scheduler, and what it says to the queue: one station's trouble is no other's, and what can never be
//! handled is put aside.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::charging::Settings;
use tests::{
    database::Fate,
    plaza::{Plaza, TestDriver},
    request::post,
};

const STATIONS: [&str; 3] = ["S1", "S2", "S3"];

/// At each of three stations a driver has been charging for longer than asked for.
async fn overdue() -> (Plaza, Vec<TestDriver>) {
    let (plaza, mut drivers) = (Plaza::open(), Vec::new());
    for station in STATIONS {
        plaza.station_named(station, &Settings::default()).await;
        let driver = plaza.driver(&format!("at-{station}")).await;
        let fields = [("mode", "fast"), ("quantity", "15"), ("station_id", station)];
        let order = post("/user/charge/apply").bearer(&driver.token).form(&fields);
        assert_eq!(plaza.ev_charging(order).await.json()["data"], "F1");
        drivers.push(driver);
    }
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_mins(31));
    (plaza, drivers)
}

fn message(id: &str, body: &str) -> Value {
    json!({"messageId": id, "body": body})
}

fn hint(id: &str, station: &str) -> Value {
    message(id, &json!({"station": station, "version": 1}).to_string())
}

fn again(ids: &[&str]) -> Value {
    json!({"batchItemFailures": ids.iter().map(|id| json!({"itemIdentifier": id})).collect::<Vec<_>>()})
}

/// The last line of figures.
fn figures(plaza: &Plaza) -> Value {
    serde_json::from_str(plaza.lines().last().unwrap()).unwrap()
}

/// A station whose item cannot be read.
fn spoil(plaza: &Plaza, station: &str) -> Value {
    let head = plaza.database.item(&format!("STATION#{station}"), "HEAD").unwrap();
    let mut spoilt = head.clone();
    spoilt["station"] = json!({"B": "AAAA"});
    plaza.database.put(&spoilt);
    head
}

async fn billed(plaza: &Plaza, driver: &TestDriver) -> usize {
    plaza.log(driver).await.as_array().unwrap().len()
}

#[tokio::test]
async fn only_the_messages_of_a_station_that_fails_come_again() {
    let (plaza, drivers) = overdue().await;
    let head = spoil(&plaza, "S2");
    let batch = json!({"Records": [
        hint("a", "S1"), hint("b", "S2"), message("c", "no hint"), hint("d", "S3"), hint("e", "S2"), hint("f", "unknown")]});
    assert_eq!(plaza.wake(batch).await, again(&["b", "e"]));
    let figures = figures(&plaza);
    assert_eq!(
        (&figures["Settled"], &figures["Unsettled"], &figures["Quarantined"]),
        (&json!(2), &json!(2), &json!(2))
    );
    assert_eq!(
        (billed(&plaza, &drivers[0]).await, billed(&plaza, &drivers[1]).await, billed(&plaza, &drivers[2]).await),
        (1, 0, 1)
    );
    plaza.database.put(&head);
    assert_eq!(plaza.wake(json!({"Records": [hint("b", "S2"), hint("e", "S2")]})).await, again(&[]));
    assert_eq!(billed(&plaza, &drivers[1]).await, 1);
}

#[tokio::test]
async fn a_station_that_cannot_be_written_holds_up_no_other_and_is_found_again() {
    let (plaza, drivers) = overdue().await;
    plaza.database.follow(|call| {
        let stuck = call.operation == "TransactWriteItems" && call.touches("STATION#S1");
        if stuck { Fate::Conflict } else { Fate::Apply }
    });
    assert_eq!(plaza.sweep().await, json!({"settled": 2, "hinted": 0, "due": 1}));
    plaza.database.heal();
    assert_eq!(plaza.sweep().await, json!({"settled": 1, "hinted": 0, "due": 0}));
    for driver in &drivers {
        assert_eq!(billed(&plaza, driver).await, 1);
    }
    plaza.assert_sound("in the end").await;
}

/// A failed message would hold back all later ones of its station for minutes, and page people after five times.
#[tokio::test]
async fn a_contended_step_is_acknowledged_and_the_sweep_finds_the_station() {
    let (plaza, drivers) = overdue().await;
    plaza.database.follow(|call| {
        let stuck = call.operation == "TransactWriteItems" && call.touches("STATION#S1");
        if stuck { Fate::Conflict } else { Fate::Apply }
    });
    let batch = json!({"Records": [hint("a", "S1"), hint("b", "S2"), hint("c", "S3")]});
    assert_eq!(plaza.wake(batch).await, again(&[]));
    assert_eq!((figures(&plaza)["Settled"].as_u64(), figures(&plaza)["Unsettled"].as_u64()), (Some(2), Some(0)));
    assert_eq!((billed(&plaza, &drivers[0]).await, billed(&plaza, &drivers[1]).await), (0, 1));
    plaza.database.heal();
    assert_eq!(plaza.sweep().await, json!({"settled": 1, "hinted": 0, "due": 0}));
    assert_eq!(billed(&plaza, &drivers[0]).await, 1);
}

#[tokio::test]
async fn the_sweep_looks_only_at_stations_that_have_something_due() {
    let (plaza, _) = overdue().await;
    for n in 0..40 {
        plaza.station_named(&format!("idle-{n}"), &Settings::default()).await;
    }
    plaza.database.take_calls();
    assert_eq!(plaza.sweep().await, json!({"settled": 3, "hinted": 0, "due": 0}));
    let calls = plaza.database.take_calls();
    assert!(calls.iter().all(|call| call.operation != "Scan"));
    let of = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    // One query for each shard of the index.
    assert_eq!((of("Query"), of("GetItem"), of("TransactWriteItems")), (8, 3, 3));
    assert_eq!(plaza.sweep().await, json!({"settled": 0, "hinted": 0, "due": 0}));
    assert_eq!(plaza.database.take_calls().len(), 8);
}
