//! What DynamoDB and the queue may do to each call of the charging queue: no accepted request is lost, none is accepted
//! twice, each charge is billed exactly once, and a repetition is safe.

use charging_scheduler::Event;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::{
    domain::{charging::PileId, station_id::StationId},
    service::charging::Switch,
};
use std::time::Duration;
use tests::{
    answer::Answer,
    database::{Fate, killed},
    plaza::{Plaza, Sending, TestDriver},
    request::post,
    soundness::Found,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Apply,
    ChangeAmount,
    ChangeMode,
    CancelWaiting,
    CancelCharging,
    Step,
    Sweep,
}

use Action::{Apply, CancelCharging, CancelWaiting, ChangeAmount, ChangeMode, Step, Sweep};

const ALL: [Action; 7] = [Apply, ChangeAmount, ChangeMode, CancelWaiting, CancelCharging, Step, Sweep];

/// More calls than any of the actions makes; the sweep looks into eight shards.
const MOST_CALLS: usize = 14;

/// One pile a mode with two places: `charges` charges, `queued` stands behind it, `waits` waits, `new` has not applied.
struct Scene {
    plaza: Plaza,
    charges: TestDriver,
    waits: TestDriver,
    new: TestDriver,
}

impl Scene {
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|it| (it.fast_piles, it.slow_piles, it.waiting_places) = (1, 1, 2)).await;
        let charges = plaza.driver_of("charges", "皖A00001").await;
        let queued = plaza.driver_of("queued", "皖A00002").await;
        let waits = plaza.driver_of("waits", "皖A00003").await;
        let new = plaza.driver_of("new", "皖A00004").await;
        for driver in [&charges, &queued, &waits] {
            plaza.joined(driver, "fast", "15").await;
            plaza.deliver().await;
        }
        plaza.watch.advance(SignedDuration::from_mins(10));
        Self { plaza, charges, waits, new }
    }

    async fn act(&self, action: Action) -> Option<Answer> {
        let plaza = &self.plaza;
        match action {
            Apply => {
                let order = post("/user/charge/apply").bearer(&self.new.token).header("Idempotency-Key", "k-1");
                Some(plaza.ev_charging(order.form(&[("mode", "fast"), ("quantity", "3")])).await)
            }
            ChangeAmount => Some(plaza.modify(&self.waits, &[("quantity", "20")]).await),
            ChangeMode => Some(plaza.modify(&self.waits, &[("mode", "slow")]).await),
            CancelWaiting => Some(plaza.cancel(&self.waits).await),
            CancelCharging => Some(plaza.cancel(&self.charges).await),
            Step => {
                let hint = json!({"messageId": "m", "body": r#"{"station":"S1","version":1}"#});
                plaza.wake(json!({"Records": [hint]})).await;
                None
            }
            Sweep => {
                let event: Event = serde_json::from_value(json!({"sweep": true})).unwrap();
                drop(plaza.scheduler.handle(event).await);
                None
            }
        }
    }

    /// The sweep of the next minute finds all that was missed.
    async fn mend(&self, what: &str) -> Found {
        self.plaza.database.heal();
        self.plaza.sweep().await;
        self.plaza.assert_sound(what).await
    }
}

/// Success, or a failure in the app's own words that may be tried again.
fn is_done(answer: &Answer, what: &str) -> bool {
    let body = answer.json();
    match answer.status.as_u16() {
        200 => body["code"] == 200,
        429 => {
            assert!(answer.header("retry-after").is_some(), "{what}: {body}");
            false
        }
        500 => false,
        other => panic!("{what}: {other} {body}"),
    }
}

#[tokio::test]
async fn no_fault_at_any_call_leaves_anything_half_done() {
    for action in ALL {
        for fate in Fate::faults_and_none().chain([Fate::Die, Fate::DieAfter]) {
            for call in 0..MOST_CALLS {
                let what = format!("{action:?}, {fate:?} at call {call}");
                let scene = Scene::open().await;
                if matches!(action, Step | Sweep) {
                    // The head of the fast lane is done, the next one starts and a car is called.
                    scene.plaza.watch.advance(SignedDuration::from_mins(30));
                }
                scene.plaza.database.take_calls();
                let answer = if matches!(fate, Fate::Die | Fate::DieAfter) {
                    killed(&scene.plaza.database, call, fate, Box::pin(scene.act(action))).await.flatten()
                } else {
                    scene.plaza.database.at(call, fate);
                    scene.act(action).await
                };
                let came_to_it = scene.plaza.database.take_calls().len() > call;
                let found = scene.mend(&what).await;
                assert_ends_well(&scene, action, answer.as_ref(), &found, &what).await;
                if !came_to_it {
                    break;
                }
                assert!(call + 1 < MOST_CALLS || fate != Fate::Apply, "{what}: more calls than are tried");
            }
        }
    }
}

/// The same action again, now that nothing is in its way, and then a day later.
async fn assert_ends_well(scene: &Scene, action: Action, first: Option<&Answer>, found: &Found, what: &str) {
    let plaza = &scene.plaza;
    let done = first.is_some_and(|answer| is_done(answer, what));
    let again = scene.act(action).await;
    let again = again.map(|answer| (answer.status.as_u16(), answer.json()));
    let said = |text: &str| again.as_ref().is_some_and(|(_, body)| body["msg"] == text);
    let mut billed = 3;
    match action {
        Apply => {
            let (status, body) = again.as_ref().unwrap();
            assert_eq!((*status, &body["data"]), (200, &json!("F4")), "{what}: {body}");
            assert!(!done || found.numbers == 4, "{what}: an accepted request is lost");
            billed = 4;
        }
        ChangeAmount => assert!(said("修改成功"), "{what}: {again:?}"),
        ChangeMode => {
            let data = &again.as_ref().unwrap().1["data"];
            assert!(!done || found.numbers == 4, "{what}");
            // On the free pile of its new mode it may have been called already.
            assert!(*data == "T1" || again.as_ref().unwrap().1["msg"].as_str().unwrap().contains("不能修改"), "{what}");
        }
        CancelWaiting | CancelCharging => {
            assert!(!done || said("当前没有充电请求"), "{what}: cancelled twice, {again:?}");
            assert!(said("取消成功") || said("当前没有充电请求"), "{what}: {again:?}");
            billed -= usize::from(action == CancelWaiting);
        }
        Step | Sweep => {}
    }
    plaza.sweep().await;
    plaza.assert_sound(what).await;
    plaza.watch.advance(SignedDuration::from_hours(24));
    plaza.sweep().await;
    let end = plaza.assert_sound(what).await;
    assert_eq!((end.live.len(), end.bills.len()), (0, billed), "{what}");
    let wanted: i64 = match action {
        Apply => 48_000,
        ChangeAmount => 50_000,
        CancelWaiting => 30_000,
        CancelCharging => 35_000,
        ChangeMode | Step | Sweep => 45_000,
    };
    let energy: i64 = end.bills.values().map(|bill| bill.watt_hours).sum();
    assert_eq!(energy, wanted, "{what}");
}

/// Every answer of the queue itself; the database goes on.
async fn history(deliver: impl AsyncFn(&Plaza)) -> Value {
    let plaza = Plaza::open();
    plaza.station(|it| it.waiting_places = 20).await;
    for n in 0..12_u32 {
        let driver = plaza.driver(&format!("driver-{n}")).await;
        let mode = if n % 3 == 0 { "slow" } else { "fast" };
        plaza.joined(&driver, mode, &format!("{}.5", 5 + n)).await;
        deliver(&plaza).await;
        plaza.watch.advance(SignedDuration::from_mins(7));
    }
    plaza.watch.advance(SignedDuration::from_hours(24));
    plaza.sweep().await;
    let found = plaza.assert_sound("after a day").await;
    assert_eq!((found.live.len(), found.bills.len()), (0, 12));
    let mut bills: Vec<_> = found.bills.values().map(|bill| (bill.watt_hours, bill.charging, bill.total)).collect();
    bills.sort_unstable();
    json!(bills)
}

#[tokio::test]
async fn a_queue_that_drops_doubles_or_reorders_changes_no_bill() {
    let prompt = history(async |plaza| drop(plaza.deliver().await)).await;
    let dropping = history(async |plaza| plaza.hints.lock().unwrap().clear()).await;
    assert_eq!(dropping, prompt, "nothing but the last sweep");
    let late = history(async |plaza| {
        let waiting = plaza.hints.lock().unwrap().len();
        if waiting.is_multiple_of(5) {
            plaza.hints.lock().unwrap().reverse();
            plaza.deliver().await;
        }
    });
    assert_eq!(late.await, prompt);
    let doubled = history(async |plaza| {
        let hints = plaza.hints.lock().unwrap().clone();
        plaza.deliver().await;
        *plaza.hints.lock().unwrap() = hints;
        plaza.deliver().await;
    });
    assert_eq!(doubled.await, prompt);
}

#[tokio::test]
async fn a_hint_that_fails_or_hangs_neither_loses_nor_fails_nor_holds_up_an_order() {
    for sending in [Sending::Fails, Sending::Hangs] {
        let plaza = Plaza::open();
        plaza.station(|_| {}).await;
        *plaza.sending.lock().unwrap() = sending;
        let driver = plaza.driver_of("one", "皖A00001").await;
        let answer = tokio::time::timeout(Duration::from_secs(20), plaza.apply(&driver, "fast", "15")).await;
        assert_eq!(answer.expect("it does not wait for the queue").json()["data"], "F1", "{sending:?}");
        plaza.sweep().await;
        plaza.watch.advance(SignedDuration::from_mins(31));
        plaza.sweep().await;
        assert_eq!(plaza.assert_sound("after the sweeps").await.bills.len(), 1, "{sending:?}");
    }
}

#[tokio::test]
async fn the_sweep_reports_the_energy_that_is_not_billed() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles) = (1, 1)).await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_mins(10));
    let (station, pile) = (StationId::parse("S1").unwrap(), PileId::parse("F1").unwrap());
    for switch in [Switch::Down { lasting: None }, Switch::Up] {
        plaza.switch(&station, pile, switch).await;
    }
    plaza.sweep().await;
    plaza.watch.advance(SignedDuration::from_mins(60));
    plaza.sweep().await;
    let lines = plaza.lines();
    let line: Value =
        serde_json::from_str(lines.iter().rfind(|line| line.contains("UnbilledEnergy")).unwrap()).unwrap();
    assert_eq!(line["UnbilledEnergy"].as_u64().unwrap(), 0);
}
