//! What the queue costs in calls and capacity units, for drivers and for the scheduler.

use jiff::SignedDuration;
use tests::{
    capacity::bill,
    plaza::{Plaza, TestDriver},
};

/// A station with one place a lane, both taken, so that whoever comes next waits.
async fn busy() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    let small = |draft: &mut shared::domain::charging::Draft| {
        (draft.fast_piles, draft.slow_piles, draft.lane_places, draft.waiting_places) = (1, 1, 1, 100);
    };
    plaza.station(small).await;
    for (name, plate, mode) in [("fast", "沪A00001", "fast"), ("slow", "沪A00002", "slow")] {
        let driver = plaza.driver_of(name, plate).await;
        plaza.joined(&driver, mode, "30").await;
    }
    plaza.deliver().await;
    let driver = plaza.driver_of("wyc2002", "皖A12345").await;
    plaza.database.take_calls();
    (plaza, driver)
}

fn cost(plaza: &Plaza) -> String {
    bill(&plaza.database.take_calls())
}

#[tokio::test]
async fn joining_costs_two_reads_and_one_transaction() {
    let (plaza, driver) = busy().await;
    plaza.joined(&driver, "fast", "30").await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 1 + TransactWriteItems 8");
}

#[tokio::test]
async fn what_a_driver_does_while_waiting_costs_two_reads_and_at_most_one_transaction() {
    let (plaza, driver) = busy().await;
    plaza.joined(&driver, "fast", "30").await;
    cost(&plaza);
    plaza.info(&driver).await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 1", "what is polled");
    assert_eq!(plaza.modify(&driver, &[("quantity", "20")]).await.json()["code"], 200);
    let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["GetItem", "GetItem", "TransactWriteItems"]);
    assert_eq!(plaza.cancel(&driver).await.json()["code"], 200);
    let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["GetItem", "GetItem", "TransactWriteItems"]);
    plaza.info(&driver).await;
    assert_eq!(cost(&plaza), "GetItem 1", "without a request the session record says so");
    plaza.log(&driver).await;
    assert_eq!(cost(&plaza), "GetItem 1 + Query 0.5");
}

#[tokio::test]
async fn a_step_of_the_scheduler_is_one_read_and_one_transaction() {
    let (plaza, _) = busy().await;
    plaza.watch.advance(SignedDuration::from_hours(5));
    plaza.sweep().await;
    let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
    let steps: Vec<_> = calls.iter().filter(|operation| *operation != "Query").collect();
    assert_eq!(steps, ["GetItem", "TransactWriteItems"]);
    plaza.sweep().await;
    assert_eq!(cost(&plaza), ["Query 0.5"; 8].join(" + "), "a sweep that finds nothing: one look at each shard");
    plaza.deliver().await;
    assert_eq!(cost(&plaza), "", "no hint, no step");
}

#[tokio::test]
async fn many_waiting_cars_cost_no_more_calls_and_hardly_more_units() {
    let (plaza, driver) = busy().await;
    for n in 0..60 {
        let other = plaza.driver_of(&format!("driver-{n}"), &format!("沪B123{n:02}")).await;
        plaza.joined(&other, "fast", "30").await;
    }
    cost(&plaza);
    plaza.joined(&driver, "fast", "30").await;
    let calls = plaza.database.take_calls();
    let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(operations, ["GetItem", "GetItem", "TransactWriteItems"]);
    // The station is one packed item, so it grows by a unit or two and never by a unit a car.
    assert!(calls.iter().map(|call| call.units).sum::<f64>() <= 15.0, "{}", bill(&calls));
    plaza.info(&driver).await;
    let calls = plaza.database.take_calls();
    assert!(calls.len() <= 3 && calls.iter().map(|call| call.units).sum::<f64>() <= 3.0, "{}", bill(&calls));
}
