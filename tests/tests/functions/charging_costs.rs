//! What the charging queue costs in calls and capacity units, measured where the calls leave for DynamoDB, with ten cars
//! waiting and with a thousand. Every figure has the session's read in it, which each signed-in request makes.

use jiff::SignedDuration;
use serde_json::json;
use shared::{
    domain::{
        charging::{DispatchMode, Draft, PileId, Settings},
        station_id::StationId,
    },
    service::charging::Switch,
};
use std::collections::BTreeMap;
use tests::{
    capacity::bill,
    database::Fate,
    plaza::{Plaza, TestDriver},
    request::post,
};

/// Calls and units of each kind of request.
type Figures = BTreeMap<&'static str, (usize, f64)>;

/// A station whose lanes are full: one car is done after an hour, one after two, all others after days.
struct Scene {
    plaza: Plaza,
    waiting: Vec<TestDriver>,
    served: TestDriver,
}

impl Scene {
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|it| it.waiting_places = 1_100).await;
        let scene = Self { served: plaza.driver_of("served", "皖B00001").await, plaza, waiting: Vec::new() };
        scene.plaza.joined(&scene.served, "fast", "30").await;
        scene.plaza.deliver().await;
        for n in 1..10 {
            let driver = scene.driver(n).await;
            let (mode, quantity) = if n < 4 { ("fast", if n == 1 { "60" } else { "2000" }) } else { ("slow", "2000") };
            scene.plaza.joined(&driver, mode, quantity).await;
            scene.plaza.deliver().await;
        }
        scene
    }

    async fn driver(&self, n: usize) -> TestDriver {
        self.plaza.driver_of(&format!("driver-{n:04}"), &format!("皖A{n:05}")).await
    }

    async fn fill(&mut self, wanted: usize, first_name: usize) {
        while self.waiting.len() < wanted {
            let n = first_name + self.waiting.len();
            let driver = self.driver(n).await;
            self.plaza.joined(&driver, if n.is_multiple_of(2) { "fast" } else { "slow" }, "20.5").await;
            self.waiting.push(driver);
        }
        self.plaza.deliver().await;
    }

    /// Bytes of the station's item but for keys and numbers.
    fn size(&self) -> usize {
        let item = self.plaza.database.item("STATION#S1", "HEAD").unwrap();
        ["station", "room"].map(|name| item[name]["B"].as_str().unwrap().len() / 4 * 3).iter().sum()
    }

    fn note(&self, figures: &mut Figures, what: &'static str) {
        let calls = self.plaza.database.take_calls();
        println!("{:4} waiting, {what}: {}", self.waiting.len(), bill(&calls));
        figures.insert(what, (calls.len(), calls.iter().map(|call| call.units).sum()));
    }

    /// Every request once; the number of waiting cars is the same before the last, the step.
    async fn measure(&self, name: usize) -> Figures {
        let (plaza, mut figures) = (&self.plaza, Figures::new());
        let driver = self.driver(name).await;
        plaza.database.take_calls();
        let order = post("/user/charge/apply").bearer(&driver.token).header("Idempotency-Key", "k-1");
        plaza.ev_charging(order.form(&[("mode", "fast"), ("quantity", "20")])).await;
        self.note(&mut figures, "apply");
        plaza.info(&driver).await;
        self.note(&mut figures, "info of the last");
        plaza.info(&self.waiting[0]).await;
        self.note(&mut figures, "info of the first");
        plaza.info(&self.served).await;
        self.note(&mut figures, "info without a request");
        assert_eq!(plaza.modify(&driver, &[("quantity", "30")]).await.json()["code"], 200);
        self.note(&mut figures, "change of the amount");
        assert_eq!(plaza.modify(&driver, &[("mode", "slow")]).await.json()["code"], 200);
        self.note(&mut figures, "change of the mode");
        assert_eq!(plaza.cancel(&driver).await.json()["code"], 200);
        self.note(&mut figures, "cancel");
        plaza.log(&driver).await;
        self.note(&mut figures, "log");
        plaza.watch.advance(SignedDuration::from_mins(61));
        plaza.deliver().await;
        self.note(&mut figures, "step");
        figures
    }
}

#[tokio::test]
async fn nothing_costs_more_with_a_thousand_cars_waiting_than_with_ten() {
    let mut scene = Scene::open().await;
    scene.fill(10, 100).await;
    let (few, small) = (scene.measure(90).await, scene.size());
    scene.waiting.remove(0);
    scene.fill(1_000, 200).await;
    let (many, large) = (scene.measure(91).await, scene.size());
    println!("the station's item: about {small} bytes, then {large}");
    assert!(large <= small + 40, "{small} bytes, then {large}");
    for (what, (calls, units)) in &few {
        let (later_calls, later_units) = many[what];
        assert!(later_calls <= *calls, "{what}: {calls} calls, then {later_calls}");
        assert!(later_units <= units * 1.2, "{what}: {units} units, then {later_units}");
    }
    for (what, most) in [
        // Reading the station and writing it; the third call is the hint.
        ("apply", 1 + 2),
        ("info of the last", 1 + 2),
        ("info of the first", 1 + 2),
        ("change of the amount", 1 + 2),
        ("change of the mode", 1 + 2),
        ("cancel", 1 + 2),
        ("log", 1 + 1),
        // Two reads and a transaction.
        ("step", 3),
    ] {
        assert!(many[what].0 <= most, "{what}: {} calls", many[what].0);
    }
}

#[tokio::test]
async fn a_step_of_twelve_completions_is_two_reads_and_one_transaction() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.slow_piles, it.lane_places, it.waiting_places) = (6, 6, 1, 100)).await;
    for n in 0..52 {
        let driver = plaza.driver_of(&format!("driver-{n:02}"), &format!("皖A{n:05}")).await;
        let (mode, quantity) = if n % 2 == 0 { ("fast", "30") } else { ("slow", "7") };
        plaza.joined(&driver, mode, quantity).await;
        plaza.deliver().await;
    }
    plaza.watch.advance(SignedDuration::from_mins(60));
    plaza.database.take_calls();
    let hint = |n: u32| json!({"messageId": format!("m{n}"), "body": r#"{"station":"S1","version":1}"#});
    plaza.wake(json!({"Records": (0..10).map(hint).collect::<Vec<_>>()})).await;
    let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["GetItem", "Query", "TransactWriteItems"], "ten messages are one step");
    let found = plaza.assert_sound("after the step").await;
    assert_eq!((found.bills.len(), found.waiting), (12, 28));
}

#[tokio::test]
async fn an_order_that_calls_what_is_overdue_still_takes_three_calls() {
    let plaza = Plaza::open();
    plaza.station(|it| it.waiting_places = 100).await;
    for n in 0..8 {
        let driver = plaza.driver(&format!("driver-{n:02}")).await;
        plaza.database.take_calls();
        plaza.joined(&driver, if n % 2 == 0 { "fast" } else { "slow" }, "30").await;
        let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, ["GetItem", "GetItem", "TransactWriteItems"], "the scheduler did not run");
    }
}

#[tokio::test]
async fn a_pile_that_recovers_before_a_long_line_calls_all_of_it_in_several_transactions() {
    for dispatch_mode in [DispatchMode::EarliestFinish, DispatchMode::SingleTotal] {
        let plaza = Plaza::open();
        let settings = |it: &mut Draft| {
            (it.fast_piles, it.lane_places, it.waiting_places, it.dispatch_mode) = (2, 100, 200, dispatch_mode);
        };
        plaza.station(settings).await;
        let station = StationId::parse("S1").unwrap();
        let piles = ["F1", "F2"].map(|pile| PileId::parse(pile).unwrap());
        for pile in piles {
            let down = Switch::Down { lasting: None };
            plaza.switch(&station, pile, down).await;
        }
        for n in 0..130 {
            let driver = plaza.driver(&format!("driver-{n:03}")).await;
            plaza.joined(&driver, "fast", "20").await;
        }
        for pile in piles {
            plaza.switch(&station, pile, Switch::Up).await;
        }
        plaza.deliver().await;
        let found = plaza.assert_sound("after the recovery").await;
        assert_eq!((found.live.len(), found.waiting), (130, 0), "{dispatch_mode:?}");
    }
}

fn operations(plaza: &Plaza) -> Vec<String> {
    plaza.database.take_calls().into_iter().map(|call| call.operation).collect()
}

/// So many charge for half an hour, and after them so many wait: they are the answer.
async fn crowd(plaza: &Plaza, charging: usize, waiting: usize) -> Vec<TestDriver> {
    let mut drivers = Vec::new();
    for n in 0..charging + waiting {
        let driver = plaza.driver(&format!("driver-{n:03}")).await;
        plaza.joined(&driver, "fast", "15").await;
        plaza.deliver().await;
        drivers.push(driver);
    }
    drivers.split_off(charging)
}

#[tokio::test]
async fn a_look_takes_two_reads_while_the_scheduler_is_less_than_32_calls_behind() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.lane_places, it.waiting_places) = (32, 1, 100)).await;
    let long = plaza.driver("long").await;
    plaza.joined(&long, "fast", "2000").await;
    let waiting = crowd(&plaza, 31, 50).await;
    plaza.watch.advance(SignedDuration::from_mins(31));
    for (driver, status) in [
        (&long, "charging"),
        (&waiting[0], "charging"),
        (&waiting[30], "charging"),
        (&waiting[31], "waiting"),
        (&waiting[49], "waiting"),
    ] {
        plaza.database.take_calls();
        assert_eq!(plaza.info(driver).await.json()["data"]["status"], status, "{}", driver.name);
        assert_eq!(operations(&plaza), ["GetItem", "GetItem", "Query"], "the session, the station and its line");
    }
}

#[tokio::test]
async fn an_order_that_finds_much_overdue_calls_by_itself_instead_of_sending_a_hint() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.lane_places, it.waiting_places) = (6, 1, 100)).await;
    crowd(&plaza, 6, 20).await;
    plaza.watch.advance(SignedDuration::from_mins(31));
    let late = plaza.driver("late").await;
    plaza.database.take_calls();
    assert_eq!(plaza.joined(&late, "fast", "15").await, "F27");
    assert_eq!(operations(&plaza), ["GetItem", "GetItem", "Query", "TransactWriteItems"]);
    assert_eq!(plaza.hints.lock().unwrap().len(), 0, "there is nothing left to do");
    assert_eq!(plaza.assert_sound("after the order").await.waiting, 15);
    assert_eq!(plaza.sweep().await, json!({"settled": 0, "hinted": 0, "due": 0}));
}

#[tokio::test]
async fn each_lost_race_adds_two_calls_and_after_eight_the_driver_is_told_to_come_back() {
    for lost in 0..=8 {
        let plaza = Plaza::open();
        plaza.station(|_| {}).await;
        let driver = plaza.driver("one").await;
        let (database, mut left) = (plaza.database.clone(), lost);
        plaza.database.follow(move |call| {
            // Another writer is always a little quicker.
            if left > 0 && call.operation == "TransactWriteItems" {
                left -= 1;
                let mut head = database.item("STATION#S1", "HEAD").unwrap();
                let version: u64 = head["version"]["N"].as_str().unwrap().parse().unwrap();
                head["version"] = json!({"N": (version + 1).to_string()});
                database.put(&head);
            }
            Fate::Apply
        });
        plaza.database.take_calls();
        let answer = plaza.apply(&driver, "fast", "15").await;
        let calls = operations(&plaza).len();
        if lost < 8 {
            assert_eq!((&answer.json()["data"], calls), (&json!("F1"), 1 + 2 * (lost + 1)), "{lost} lost races");
        } else {
            assert_eq!((answer.status.as_u16(), calls), (429, 1 + 2 * 8));
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    }
}

#[tokio::test]
async fn a_driver_who_is_in_another_queue_is_refused_within_three_calls() {
    let plaza = Plaza::open();
    plaza.station(|it| (it.fast_piles, it.lane_places) = (1, 1)).await;
    plaza.station_named("S2", &Settings::default()).await;
    let waits = crowd(&plaza, 1, 1).await.remove(0);
    for key in [None, Some("k-1")] {
        let fields = [("mode", "fast"), ("quantity", "15"), ("station_id", "S2")];
        let order = post("/user/charge/apply").bearer(&waits.token).form(&fields);
        let order = key.map_or(order.clone(), |key| order.header("Idempotency-Key", key));
        plaza.database.take_calls();
        assert_eq!(plaza.ev_charging(order).await.json()["msg"], "已有进行中的充电请求");
        assert!(operations(&plaza).len() <= 1 + 3, "the session's read and three more");
    }
}
