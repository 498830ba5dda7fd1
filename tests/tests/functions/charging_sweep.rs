//! The sweep of many stations: it hands them to the queue, goes on without the queue, and says what it left.

use charging_scheduler::Event;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::charging::Settings;
use std::collections::BTreeSet;
use tests::{
    database::Fate,
    plaza::{Plaza, Sending},
    request::post,
};

const STATIONS: usize = 40;

/// At each of so many stations a driver has been charging for longer than asked for.
async fn overdue(stations: usize) -> Plaza {
    let plaza = Plaza::open();
    for n in 0..stations {
        let station = format!("station-{n}");
        plaza.station_named(&station, &Settings::default()).await;
        let driver = plaza.driver(&format!("driver-{n}")).await;
        let fields = [("mode", "fast"), ("quantity", "15"), ("station_id", station.as_str())];
        let order = post("/user/charge/apply").bearer(&driver.token).form(&fields);
        assert_eq!(plaza.ev_charging(order).await.json()["data"], "F1");
    }
    plaza.consume(1).await;
    plaza.watch.advance(SignedDuration::from_mins(31));
    plaza.database.take_calls();
    plaza
}

fn bills(plaza: &Plaza) -> usize {
    let items = plaza.database.under("ACCOUNT#ev#");
    items.iter().filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("BILL#")).count()
}

fn swept(settled: usize, hinted: usize, due: usize) -> Value {
    json!({"settled": settled, "hinted": hinted, "due": due})
}

/// The last line of figures of a sweep.
fn figure(plaza: &Plaza, name: &str) -> u64 {
    let line: Value = serde_json::from_str(plaza.lines().last().unwrap()).unwrap();
    line[name].as_u64().unwrap()
}

#[tokio::test]
async fn the_sweep_reads_keys_only_and_the_queues_consumers_settle_the_stations() {
    let plaza = overdue(STATIONS).await;
    assert_eq!(plaza.sweep().await, swept(0, STATIONS, STATIONS));
    let calls = plaza.database.take_calls();
    assert!(calls.iter().all(|call| call.operation == "Query"), "{calls:?}");
    assert_eq!(calls.len(), 8, "one query for each shard");
    let stations: BTreeSet<_> = plaza.hints.lock().unwrap().iter().map(|hint| hint.station.clone()).collect();
    assert_eq!(stations.len(), STATIONS);
    assert_eq!((figure(&plaza, "Sweep"), figure(&plaza, "Hinted"), figure(&plaza, "SweepLeft")), (1, 40, 0));
    plaza.consume(16).await;
    assert_eq!(bills(&plaza), STATIONS);
    assert_eq!(plaza.sweep().await, swept(0, 0, 0));
}

#[tokio::test]
async fn without_the_queue_the_sweep_settles_the_stations_itself() {
    let plaza = overdue(STATIONS).await;
    *plaza.sending.lock().unwrap() = Sending::Fails;
    assert_eq!(plaza.sweep().await, swept(STATIONS, 0, 0));
    assert_eq!(bills(&plaza), STATIONS);
}

/// Each write takes two seconds, so that no run gets far.
#[tokio::test]
async fn a_sweep_that_runs_out_of_time_says_what_it_left_and_the_next_ones_settle_that() {
    let plaza = overdue(STATIONS).await;
    *plaza.sending.lock().unwrap() = Sending::Fails;
    let watch = plaza.watch.clone();
    plaza.database.follow(move |call| {
        if call.operation == "TransactWriteItems" {
            watch.advance(SignedDuration::from_secs(2));
        }
        Fate::Apply
    });
    let (mut settled, mut runs) = (0, 0);
    while settled < STATIONS {
        let answer = plaza.sweep().await;
        let now = usize::try_from(answer["settled"].as_u64().unwrap()).unwrap();
        // What is under way at the end of its time is finished.
        assert!((1..=17).contains(&now), "{answer}");
        settled += now;
        runs += 1;
        let left = STATIONS - settled;
        assert_eq!(answer, swept(now, 0, left));
        let whole = u64::from(left == 0);
        assert_eq!((figure(&plaza, "SweepLeft"), figure(&plaza, "Sweep")), (left as u64, whole));
        assert_eq!(figure(&plaza, "Unsettled"), 0);
    }
    assert!(runs > 2);
    assert_eq!(bills(&plaza), STATIONS);
}

#[tokio::test]
async fn a_shard_that_cannot_be_read_holds_up_no_other() {
    let plaza = overdue(STATIONS).await;
    plaza.database.follow(|call| {
        let is_it = call.operation == "Query" && call.body["ExpressionAttributeValues"][":shard"]["S"] == "3";
        if is_it { Fate::Break } else { Fate::Apply }
    });
    let answer = plaza.sweep().await;
    let hinted = answer["hinted"].as_u64().unwrap();
    assert!((1..STATIONS as u64).contains(&hinted), "{answer}");
    assert_eq!((figure(&plaza, "SweepLeft"), figure(&plaza, "Sweep")), (1, 0));
    plaza.database.heal();
    plaza.consume(2).await;
    let rest = STATIONS - usize::try_from(hinted).unwrap();
    assert_eq!(plaza.sweep().await["due"].as_u64().unwrap() + figure(&plaza, "Settled"), rest as u64);
}

#[test]
fn only_a_tagged_event_starts_anything() {
    for event in [json!({"sweep": true}), json!({"pictures": true}), json!({"Records": []})] {
        assert!(serde_json::from_value::<Event>(event.clone()).is_ok(), "{event}");
    }
    let stray = [
        json!({}),
        json!({"sweep": false}),
        json!({"sweep": "true"}),
        json!({"pictures": false}),
        json!({"source": "aws.events", "detail": {}}),
        json!([]),
        json!(null),
    ];
    for event in stray {
        assert!(serde_json::from_value::<Event>(event.clone()).is_err(), "{event}");
    }
}
