//! Charging that comes to nothing: too little to be billed, and modes for which a station has no piles.

use jiff::SignedDuration;
use serde_json::json;
use shared::{
    domain::{charging::PileId, station_id::StationId},
    service::charging::Switch,
};
use tests::plaza::{Plaza, TestDriver};

async fn opened() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles) = (2, 1)).await;
    let driver = plaza.driver_of("wyc2002", "皖A12345").await;
    (plaza, driver)
}

async fn charging_for(plaza: &Plaza, driver: &TestDriver, millis: i64) {
    plaza.joined(driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_millis(millis));
}

async fn fail(plaza: &Plaza, pile: &str) {
    let (station, pile) = (StationId::parse("S1").unwrap(), PileId::parse(pile).unwrap());
    plaza.switch(&station, pile, Switch::Down { lasting: None }).await;
}

/// At 30 kW five watt-hours take 600 ms.
#[tokio::test]
async fn stopping_at_once_leaves_no_record_no_bill_and_no_takings() {
    let (plaza, driver) = opened().await;
    for millis in [0, 1, 599] {
        charging_for(&plaza, &driver, millis).await;
        assert_eq!(plaza.cancel(&driver).await.json()["code"], 200);
        assert_eq!(plaza.log(&driver).await, json!([]), "after {millis} ms");
        assert!(plaza.bills(&driver.id).await.is_empty(), "after {millis} ms");
    }
    assert!(plaza.database.item("STATION#S1", "TOTAL").is_none());

    charging_for(&plaza, &driver, 600).await;
    plaza.cancel(&driver).await;
    assert_eq!(plaza.log(&driver).await[0]["actual_power"], "0.01");
    assert_eq!(plaza.bills(&driver.id).await.len(), 1);
}

/// The pile fails before there is enough to bill, so the segment is written without knowing what the request will come to.
#[tokio::test]
async fn a_segment_that_is_too_short_is_shown_once_its_request_has_more() {
    let (plaza, driver) = opened().await;
    charging_for(&plaza, &driver, 300).await;
    fail(&plaza, "F1").await;
    assert_eq!(plaza.log(&driver).await, json!([]), "it may yet come to nothing");
    plaza.watch.advance(SignedDuration::from_millis(200));
    plaza.cancel(&driver).await;
    assert_eq!(plaza.log(&driver).await, json!([]), "and it did");
    assert!(plaza.bills(&driver.id).await.is_empty());

    charging_for(&plaza, &driver, 300).await;
    fail(&plaza, "F2").await;
    let (station, pile) = (StationId::parse("S1").unwrap(), PileId::parse("F1").unwrap());
    plaza.switch(&station, pile, Switch::Up).await;
    plaza.watch.advance(SignedDuration::from_mins(2));
    plaza.cancel(&driver).await;
    let log = plaza.log(&driver).await;
    let shown: Vec<_> = log.as_array().unwrap().iter().map(|line| &line["actual_power"]).collect();
    assert_eq!(shown, ["1.00", "0.00"], "both segments of the one bill");
    let bills = plaza.bills(&driver.id).await;
    assert_eq!((bills.len(), bills[0].records), (1, 2));
}

#[tokio::test]
async fn paying_a_settled_bill_says_that_it_is_settled() {
    let (plaza, driver) = opened().await;
    let settled = (200, json!({"code": -1, "msg": "账单已结清"}).to_string());
    // Five watt-hours cost less than half a fen: a bill over nothing, on which nothing was ever booked.
    charging_for(&plaza, &driver, 600).await;
    plaza.cancel(&driver).await;
    let free = plaza.bills(&driver.id).await[0].clone();
    assert_eq!(free.balance.total.to_string(), "0.00");
    assert_eq!(plaza.start_payment(&driver, free.id).await.whole(), settled);

    plaza.charged(&driver).await;
    let bill = plaza.bills(&driver.id).await[0].clone();
    plaza.pay(&driver.id, bill.id).await;
    assert_eq!(plaza.start_payment(&driver, bill.id).await.whole(), settled);
    let unknown = plaza.start_payment(&driver, 78).await;
    assert_eq!((unknown.status.as_u16(), unknown.json()["msg"].clone()), (403, json!("记录不存在")));
}

#[tokio::test]
async fn an_order_for_a_mode_without_piles_is_refused_and_told_why() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles, it.lane_places, it.waiting_places) = (0, 1, 1, 2)).await;
    let driver = plaza.driver_of("wyc2002", "皖A12345").await;
    let refused = plaza.apply(&driver, "fast", "15").await;
    let absent = json!({"code": -1, "msg": "该充电站没有快充桩，请改选慢充"}).to_string();
    assert_eq!(refused.whole(), (200, absent.clone()));

    let first = plaza.driver_of("first", "皖A00001").await;
    plaza.joined(&first, "slow", "15").await;
    plaza.deliver().await;
    let number = plaza.joined(&driver, "slow", "15").await;
    let changed = plaza.modify(&driver, &[("mode", "fast")]).await;
    assert_eq!(changed.whole(), (200, absent), "nor may a waiting car change to it");
    assert_eq!(plaza.info(&driver).await.json()["data"]["queue_num"], json!(number), "and it keeps its number");
}
