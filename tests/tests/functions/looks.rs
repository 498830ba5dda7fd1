//! How often an app looks at a charge request: when the answer says so, at a tenth of the cost of looking all the time.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::plaza::{Plaza, TestDriver};

/// A station with one pile and two drivers: one charges for an hour, the other waits and then charges for an hour.
async fn two_at_one_pile() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles, it.lane_places) = (1, 1, 1)).await;
    let first = plaza.driver("first").await;
    plaza.joined(&first, "fast", "30").await;
    plaza.deliver().await;
    let second = plaza.driver("second").await;
    plaza.joined(&second, "fast", "30").await;
    plaza.deliver().await;
    plaza.database.take_calls();
    (plaza, second)
}

/// The data of a look and its units.
async fn look(plaza: &Plaza, driver: &TestDriver) -> (Value, f64) {
    let answer = plaza.info(driver).await;
    let units = plaza.database.take_calls().iter().map(|call| call.units).sum();
    if answer.json()["code"] == 200 {
        let said = answer.headers["retry-after"].to_str().unwrap().to_owned();
        assert_eq!(answer.json()["data"]["next_look_in"].to_string(), said);
    }
    (answer.json()["data"].take(), units)
}

#[tokio::test]
async fn an_app_that_obeys_pays_a_tenth_and_sees_everything_in_time() {
    let (plaza, driver) = two_at_one_pile().await;
    let (mut looks, mut units, mut seconds, mut seen) = (0, 0.0, 0, Vec::new());
    loop {
        let (data, cost) = look(&plaza, &driver).await;
        (looks, units) = (looks + 1, units + cost);
        if data.is_null() {
            break;
        }
        assert!(cost <= 2.0, "{cost} units, one of them the session's");
        let status = data["status"].as_str().unwrap().to_owned();
        if seen.last().is_none_or(|(last, _)| *last != status) {
            seen.push((status, seconds));
        }
        let pause = data["next_look_in"].as_i64().unwrap();
        assert!((5..=120).contains(&pause), "{pause}");
        seconds += pause;
        plaza.watch.advance(SignedDuration::from_secs(pause));
        assert!(seconds < 3 * 3_600, "{seen:?}");
    }
    assert_eq!(seen[0], ("waiting".to_owned(), 0));
    assert!(seen[1].0 == "charging" && (3_600..=3_605).contains(&seen[1].1), "{seen:?}");
    assert!((7_200..=7_210).contains(&seconds), "the end: {seconds}");
    // Every five seconds, with the strong reads of station and session that a look took.
    let before = 2.0 * 7_200.0 / 5.0;
    println!("{looks} looks, {units} units instead of {before}");
    assert!(units * 10.0 <= before, "{looks} looks, {units} units instead of {before}");
}

#[tokio::test]
async fn a_change_is_seen_with_the_next_look_however_old_the_eventual_read() {
    let (plaza, driver) = two_at_one_pile().await;
    let before = plaza.database.item("STATION#S1", "HEAD").unwrap();
    assert_eq!(plaza.modify(&driver, &[("quantity", "20")]).await.json()["code"], 200);
    let after = plaza.database.item("STATION#S1", "HEAD").unwrap();
    // An eventual read that is old shows the station before the change; the strong one comes second.
    plaza.database.put(&before);
    plaza.database.take_calls();
    let database = plaza.database.clone();
    plaza.database.follow(move |call| {
        if call.operation == "GetItem"
            && call.body["ConsistentRead"] == json!(true)
            && call.body["Key"]["sk"]["S"] == "HEAD"
        {
            database.put(&after);
        }
        tests::database::Fate::Apply
    });
    let (data, units) = look(&plaza, &driver).await;
    assert_eq!((data["request_power"].to_string(), units), ("20".to_owned(), 2.5));
}

#[tokio::test]
async fn the_hundred_and_twenty_first_look_of_a_minute_is_refused_and_writes_nothing() {
    let (plaza, driver) = two_at_one_pile().await;
    for n in 0..120 {
        assert_eq!(plaza.info(&driver).await.status, 200, "{n}");
    }
    plaza.database.take_calls();
    let refused = plaza.info(&driver).await;
    assert_eq!((refused.status.as_u16(), refused.json()["code"].clone()), (429, json!(-1)));
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(tests::capacity::bill(&plaza.database.take_calls()), "GetItem 1");
    let other = plaza.driver("other").await;
    assert_eq!(plaza.info(&other).await.status, 200, "other drivers are counted apart");
    plaza.watch.advance(SignedDuration::from_secs(1));
    assert_eq!(plaza.info(&driver).await.status, 200);
}
