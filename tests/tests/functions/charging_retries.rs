//! How long a write is attempted again, and what a clock that is far ahead may write: nothing.

use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{
    database::Fate,
    plaza::{Plaza, TestDriver},
};

async fn opened() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    let driver = plaza.driver_of("one", "皖A00001").await;
    plaza.database.take_calls();
    (plaza, driver)
}

/// The tokens under which transactions were sent.
fn tokens(plaza: &Plaza) -> Vec<String> {
    let calls = plaza.database.take_calls();
    let tokens = calls.iter().filter_map(|call| call.body["ClientRequestToken"].as_str().map(ToOwned::to_owned));
    tokens.collect()
}

#[tokio::test]
async fn a_transaction_in_progress_is_asked_after_under_its_own_token_until_it_ends() {
    let (plaza, driver) = opened().await;
    let mut left = 8;
    plaza.database.follow(move |call| {
        let is_in_progress = call.operation == "TransactWriteItems" && left > 0;
        left -= usize::from(is_in_progress);
        if is_in_progress { Fate::InProgress } else { Fate::Apply }
    });
    assert_eq!(plaza.apply(&driver, "fast", "15").await.json()["data"], "F1");
    let tokens = tokens(&plaza);
    assert_eq!(tokens.len(), 9);
    assert_eq!(tokens.iter().collect::<BTreeSet<_>>().len(), 1, "{tokens:?}");
}

/// «Nothing happened, try again» would be a lie: it may commit yet.
#[tokio::test]
async fn a_transaction_that_stays_in_progress_ends_at_the_deadline_with_an_unknown_outcome() {
    let (plaza, driver) = opened().await;
    let watch = plaza.watch.clone();
    plaza.database.follow(move |call| {
        if call.operation != "TransactWriteItems" {
            return Fate::Apply;
        }
        watch.advance(SignedDuration::from_millis(250));
        Fate::InProgress
    });
    let answer = plaza.apply(&driver, "fast", "15").await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    // The SDK asks three times for each of ours, and the deadline is three seconds away.
    assert!((12..=15).contains(&tokens(&plaza).len()));
}

#[tokio::test]
async fn lost_races_end_at_the_deadline() {
    let (plaza, driver) = opened().await;
    let watch = plaza.watch.clone();
    plaza.database.follow(move |call| {
        if call.operation != "TransactWriteItems" {
            return Fate::Apply;
        }
        watch.advance(SignedDuration::from_secs(2));
        Fate::Conflict
    });
    assert_eq!(plaza.apply(&driver, "fast", "15").await.status, 429);
    assert_eq!(tokens(&plaza).len(), 2, "five without the deadline");
}

#[tokio::test]
async fn a_clock_that_is_a_minute_ahead_of_the_gateway_writes_nothing() {
    let plaza = Plaza::open();
    let event = include_str!("../../../events/ev-account/login.json")
        .replace("\"timeEpoch\": 0", "\"timeEpoch\": 1780273805000");
    let event = event.as_str();
    plaza.watch.advance(SignedDuration::from_secs(61));
    let answer = plaza.replay("ev-account", event).await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    assert_eq!(plaza.database.under(""), [Value::Null; 0]);
    // What is read may be a minute off.
    let look = event.replace("\"POST\"", "\"GET\"");
    assert_eq!(plaza.replay("ev-account", &look).await.status, 405);

    let plaza = Plaza::open();
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(plaza.replay("ev-account", event).await.status, 200);
}

/// At a station with something due.
async fn overdue() -> Plaza {
    let (plaza, driver) = opened().await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_mins(31));
    plaza.database.take_calls();
    plaza
}

fn batch(plaza: &Plaza, received: &str, ago: i64) -> Value {
    let first = (plaza.watch.now() - SignedDuration::from_secs(ago)).as_millisecond().to_string();
    let attributes = json!({
        "ApproximateReceiveCount": received, "ApproximateFirstReceiveTimestamp": first, "SentTimestamp": "1780000000000"});
    let body = json!({"station": "S1", "version": 1}).to_string();
    json!({"Records": [{"messageId": "m", "body": body, "attributes": attributes}]})
}

#[tokio::test]
async fn a_scheduler_whose_clock_is_a_minute_ahead_leaves_the_stations_to_the_next_one() {
    let plaza = overdue().await;
    let acknowledged = json!({"batchItemFailures": []});
    assert_eq!(plaza.wake(batch(&plaza, "1", 61)).await, acknowledged);
    assert!(plaza.database.take_calls().is_empty());
    let at = plaza.watch.now() - SignedDuration::from_secs(61);
    let event = serde_json::from_value(json!({"sweep": true, "at": at.to_string()})).unwrap();
    assert!(plaza.scheduler.handle(event).await.is_err());
    assert!(plaza.database.take_calls().is_empty());
    // A message that comes again was received long ago, and one may have waited for days before that.
    assert_eq!(plaza.wake(batch(&plaza, "2", 300)).await, acknowledged);
    assert_eq!(plaza.database.take_calls().last().unwrap().operation, "TransactWriteItems");
    let at = plaza.watch.now() - SignedDuration::from_secs(5);
    let answer = plaza.wake(json!({"sweep": true, "at": at.to_string()})).await;
    assert_eq!(answer, json!({"settled": 0, "hinted": 0, "due": 0}));
}
