//! The operator's side of a station: making it, looking at it, switching its piles; and that only admins may.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    database::AUDIT,
    plaza::Plaza,
    request::{Request, get, post},
};

struct Desk {
    plaza: Plaza,
    admin: String,
}

impl Desk {
    /// A plaza with its default station: two fast piles, one slow one, a place behind each charging car.
    async fn open() -> Self {
        let plaza = Plaza::open();
        let desk = Self { admin: plaza.token_of(Role::Admin), plaza };
        let settings = json!({"fast_piles": 2, "slow_piles": 1, "pile_queue_length_M": 2, "waiting_area_N": 6});
        assert_eq!(desk.make("S1", &settings).await.status, 200);
        desk
    }

    async fn make(&self, station: &str, settings: &Value) -> Answer {
        self.put(&format!("/operator/stations/{station}"), &json!({"settings": settings})).await
    }

    async fn switch(&self, pile: &str, body: &Value) -> Answer {
        self.put(&format!("/operator/stations/S1/piles/{pile}"), body).await
    }

    async fn put(&self, target: &str, body: &Value) -> Answer {
        self.plaza.operator(Request::new(Method::PUT, target).bearer(&self.admin).json(body)).await
    }

    async fn look(&self) -> Value {
        let answer = self.plaza.operator(get("/operator/stations/S1").bearer(&self.admin)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Registers a driver who applies and is called.
    async fn charging(&self, name: &str, mode: &str, quantity: &str) {
        let driver = self.plaza.driver(name).await;
        self.plaza.joined(&driver, mode, quantity).await;
        self.plaza.deliver().await;
    }
}

fn code(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["code"].clone())
}

fn numbers(cars: &Value) -> Vec<&str> {
    cars.as_array().unwrap().iter().map(|car| car["number"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_station_is_made_with_any_settings_once() {
    let desk = Desk::open().await;
    let settings = json!({"fast_piles": 1, "slow_piles": 0, "fast_power_kwh_per_h": 60, "waiting_area_N": 0,
        "fault_strategy": "time_order", "dispatch_target": "best_then_wait", "service_fee": "0.5",
        "tariff": [["00:00", "12:00", "0.4"], ["12:00", "24:00", "0.9"]]});
    let made = desk.make("north-2", &settings).await;
    assert_eq!((made.status.as_u16(), made.json()), (200, json!({"station_id": "north-2"})));
    let again = desk.make("north-2", &json!({})).await;
    assert_eq!(code(&again), (409, json!("station_exists")));
    let entries = desk.plaza.database.items(AUDIT);
    let made: Vec<_> = entries.iter().filter(|entry| entry["action"]["S"] == "station-made").collect();
    assert_eq!(made.len(), 2, "S1 and north-2; what is refused leaves no entry");

    let driver = desk.plaza.driver("one").await;
    let order = post("/user/charge/apply").bearer(&driver.token);
    let fields = [("mode", "fast"), ("quantity", "1"), ("station_id", "north-2")];
    assert_eq!(desk.plaza.ev_charging(order.form(&fields)).await.json()["msg"], "等候区已满，请稍后再来");
}

#[tokio::test]
async fn impossible_settings_are_refused_by_name() {
    let desk = Desk::open().await;
    for (settings, named) in [
        (json!({"fast_piles": 0, "slow_piles": 0}), "at least one pile"),
        (json!({"pile_queue_length_M": 0}), "M,"),
        (json!({"fast_power_kwh_per_h": 0}), "fast_power_kwh_per_h"),
        (json!({"fault_strategy": "luck"}), "fault_strategy"),
        (json!({"tariff": [["00:00", "12:00", "0.4"]]}), "tariff"),
        (json!({"fast_pile": 2}), "fast_pile"),
    ] {
        let answer = desk.make("S2", &settings).await;
        assert_eq!(code(&answer), (400, json!("invalid_parameter")), "{settings}");
        assert!(answer.text().contains(named), "{settings}: {}", answer.text());
    }
    assert_eq!(desk.put("/operator/stations/a%20b", &json!({})).await.status, 400);
    assert_eq!(desk.put("/operator/stations/S2", &json!({})).await.status, 200, "the defaults of the rules");
}

#[tokio::test]
async fn the_live_view_shows_lanes_the_waiting_line_and_displaced_cars() {
    let desk = Desk::open().await;
    for (n, quantity) in ["30", "60", "15", "15", "15"].into_iter().enumerate() {
        desk.charging(&format!("fast-{n}"), "fast", quantity).await;
    }
    desk.charging("slow", "slow", "7").await;
    desk.plaza.watch.advance(SignedDuration::from_mins(10));

    let live = desk.look().await;
    assert_eq!((&live["station_id"], &live["at"]), (&json!("S1"), &json!("2026-06-01T08:40:05+08:00")));
    let names: Vec<_> = live["piles"].as_array().unwrap().iter().map(|pile| &pile["name"]).collect();
    assert_eq!(names, ["F1", "F2", "T1"]);
    let first = &live["piles"][0];
    assert_eq!((&first["state"], numbers(&first["cars"])), (&json!("OK"), vec!["F1", "F3"]));
    let head = &first["cars"][0];
    assert_eq!((&head["delivered_kwh"], &head["remaining_kwh"]), (&json!("5.00"), &json!("25.00")));
    assert_eq!((&head["fee"], &head["expected_finish_at"]), (&json!("7.50"), &json!("2026-06-01T09:30:05+08:00")));
    assert_eq!(numbers(&live["waiting"]), ["F5"]);
    assert_eq!(live["waiting"][0]["expected_call_at"], "2026-06-01T09:30:05+08:00");

    assert_eq!(desk.switch("F1", &json!({"state": "failed"})).await.status, 204);
    let live = desk.look().await;
    assert_eq!((&live["piles"][0]["state"], &live["piles"][0]["cars"]), (&json!("FAULT"), &json!([])));
    assert_eq!(numbers(&live["displaced"]), ["F1", "F3"]);
    assert_eq!(live["displaced"][0]["delivered_kwh"], "5.00");
    assert_eq!(numbers(&live["waiting"]), ["F5"], "calling pauses while cars are displaced");
}

#[tokio::test]
async fn piles_fail_and_recover_by_the_rules() {
    let desk = Desk::open().await;
    desk.charging("one", "fast", "30").await;
    desk.plaza.watch.advance(SignedDuration::from_mins(10));
    assert_eq!(desk.switch("F1", &json!({"state": "off", "minutes": 30})).await.status, 204);
    desk.plaza.deliver().await;
    assert_eq!(numbers(&desk.look().await["piles"][1]["cars"]), ["F1"], "its remaining energy is dispatched again");
    let ignored = desk.switch("F1", &json!({"state": "failed"})).await;
    assert_eq!(code(&ignored), (409, json!("change_not_allowed")));
    assert_eq!(ignored.json()["message"], "充电桩已处于故障状态");
    desk.plaza.watch.advance(SignedDuration::from_mins(31));
    assert_eq!(desk.look().await["piles"][0]["state"], "OK", "it recovers by itself");
    let ignored = desk.switch("F1", &json!({"state": "on"})).await;
    assert_eq!(ignored.json()["message"], "充电桩已处于正常状态");
    assert_eq!(desk.switch("F2", &json!({"state": "failed"})).await.status, 204);
    assert_eq!(desk.switch("F2", &json!({"state": "recovered"})).await.status, 204);
    desk.plaza.watch.advance(SignedDuration::from_hours(2));
    desk.plaza.sweep().await;
    let found = desk.plaza.assert_sound("after the faults").await;
    let bill = found.bills.values().next().unwrap();
    assert_eq!((bill.records, bill.watt_hours), (3, 30_000), "each segment has its own record, and there is one bill");
}

#[tokio::test]
async fn unknown_stations_and_piles_are_told() {
    let desk = Desk::open().await;
    for pile in ["F3", "T2", "X1", "F0", "F"] {
        assert_eq!(desk.switch(pile, &json!({"state": "off"})).await.status, 404, "{pile}");
    }
    let unknown = desk.put("/operator/stations/unknown/piles/F1", &json!({"state": "off"})).await;
    assert_eq!(code(&unknown), (404, json!("no_such_station")));
    let unknown = desk.plaza.operator(get("/operator/stations/unknown").bearer(&desk.admin)).await;
    assert_eq!(code(&unknown), (404, json!("no_such_station")));
    for body in [
        json!({"state": "broken"}),
        json!({}),
        json!({"state": "off", "minutes": 0}),
        json!({"state": "on", "minutes": 5}),
    ] {
        assert_eq!(desk.switch("F1", &body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn only_admins_are_let_in() {
    let desk = Desk::open().await;
    let head = desk.plaza.database.item("STATION#S1", "HEAD");
    let driver = desk.plaza.driver("one").await.token;
    let others = [Role::Auditor, Role::ShopManager, Role::ShopStaff].map(|role| (desk.plaza.token_of(role), 403));
    for (token, status) in others.into_iter().chain([(driver, 403), ("x.y.z".to_owned(), 401)]) {
        for request in [
            Request::new(Method::PUT, "/operator/stations/S9").json(&json!({})),
            get("/operator/stations/S1"),
            Request::new(Method::PUT, "/operator/stations/S1/piles/F1").json(&json!({"state": "off"})),
        ] {
            let answer = desk.plaza.operator(request.bearer(&token)).await;
            assert_eq!(answer.status, status, "{}", answer.text());
        }
    }
    assert_eq!(desk.plaza.operator(get("/operator/stations/S1")).await.status, 401);
    assert_eq!(desk.plaza.database.item("STATION#S1", "HEAD"), head);
    assert!(desk.plaza.database.item("STATION#S9", "HEAD").is_none());
}
