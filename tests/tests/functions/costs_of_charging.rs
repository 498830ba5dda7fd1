//! What the queue costs a driver with the session's read, and an idle scheduler; that nothing grows with the line is in
//! `charging_costs.rs`.

use jiff::SignedDuration;
use tests::{
    capacity::bill,
    plaza::{Plaza, TestDriver},
};

/// A station with one place a lane, both taken, so that the next car waits.
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
async fn what_a_driver_does_while_waiting_costs_two_reads_and_at_most_one_transaction() {
    let (plaza, driver) = busy().await;
    plaza.joined(&driver, "fast", "30").await;
    cost(&plaza);
    plaza.info(&driver).await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 0.5", "what is polled");
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
