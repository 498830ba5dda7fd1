//! Settings and prices of stations: changed under way, remembered, and never touching a session that has begun.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    capacity::bill,
    database::AUDIT,
    plaza::{Plaza, TestDriver},
    request::{Request, get},
};

struct Desk {
    plaza: Plaza,
    admin: String,
}

impl Desk {
    /// One fast pile with one place; it is 08:30:05 on 2026-06-01.
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|it| (it.fast_piles, it.slow_piles, it.lane_places) = (1, 1, 1)).await;
        Self { admin: plaza.token_of(Role::Admin), plaza }
    }

    async fn put(&self, what: &str, body: &Value) -> Answer {
        let request = Request::new(Method::PUT, &format!("/operator/stations/S1/{what}"));
        self.plaza.operator(request.bearer(&self.admin).json(body)).await
    }

    async fn set(&self, settings: Value) -> Answer {
        self.put("settings", &json!({"settings": settings})).await
    }

    async fn get(&self, what: &str) -> Value {
        let slash = if what.is_empty() || what.starts_with('?') { "" } else { "/" };
        let answer = self.plaza.operator(get(&format!("/operator/stations{slash}{what}")).bearer(&self.admin)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn driver(&self, name: &str, quantity: &str) -> TestDriver {
        let driver = self.plaza.driver(name).await;
        self.plaza.joined(&driver, "fast", quantity).await;
        self.plaza.deliver().await;
        driver
    }

    fn entries(&self, action: &str) -> Vec<Value> {
        let entries = self.plaza.database.items(AUDIT);
        entries.into_iter().filter(|entry| entry["action"]["S"] == action).collect()
    }
}

#[tokio::test]
async fn every_setting_is_changed_by_its_name_and_the_others_stay() {
    let desk = Desk::open().await;
    for (name, value, shown) in [
        ("fast_piles", json!(3), json!(3)),
        ("slow_piles", json!(0), json!(0)),
        ("fast_power_kwh_per_h", json!(60.5), json!("60.5")),
        ("slow_power_kwh_per_h", json!("11"), json!("11")),
        ("pile_queue_length_M", json!(4), json!(4)),
        ("waiting_area_N", json!(20), json!(20)),
        ("fault_strategy", json!("time_order"), json!("time_order")),
        ("dispatch_target", json!("best_then_wait"), json!("best_then_wait")),
        ("dispatch_mode", json!("single_total"), json!("single_total")),
        ("modify_in_pile", json!("allow"), json!("allow")),
        ("payment_due_hours", json!(48), json!(48)),
        ("arrears", json!("allow"), json!("allow")),
    ] {
        let mut expected = desk.get("S1/settings").await;
        assert_ne!(expected["settings"][name], shown, "{name}");
        expected["settings"][name] = shown;
        let changed = desk.set(json!({name: value})).await;
        assert_eq!((changed.status.as_u16(), changed.json()), (200, expected.clone()), "{name}");
        assert_eq!(desk.get("S1/settings").await, expected, "{name}");
    }
    assert_eq!(desk.entries("settings-changed").len(), 12);
}

#[tokio::test]
async fn impossible_settings_change_nothing_and_are_named() {
    let desk = Desk::open().await;
    let before = desk.get("S1/settings").await;
    for (settings, named) in [
        (json!({"fast_piles": 0, "slow_piles": 0}), "at least one pile"),
        (json!({"pile_queue_length_M": 0}), "M,"),
        (json!({"waiting_area_N": 100_001}), "N,"),
        (json!({"fast_power_kwh_per_h": -1}), "fast_power_kwh_per_h"),
        (json!({"payment_due_hours": 0}), "payment_due_hours"),
        (json!({"arrears": "maybe"}), "arrears"),
        (json!({"service_fee": "0.1"}), "service_fee"),
        (json!({"waiting_area": 3}), "waiting_area"),
    ] {
        let answer = desk.set(settings.clone()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid_parameter")), "{settings}");
        assert!(answer.text().contains(named), "{settings}: {}", answer.text());
    }
    assert_eq!(desk.put("settings", &json!({})).await.status, 400);
    assert_eq!(desk.get("S1/settings").await, before);
    assert!(desk.entries("settings-changed").is_empty());
    let unknown = Request::new(Method::PUT, "/operator/stations/unknown/settings").bearer(&desk.admin);
    assert_eq!(desk.plaza.operator(unknown.json(&json!({"settings": {"fast_piles": 2}}))).await.status, 404);
}

#[tokio::test]
async fn a_change_counts_from_the_next_dispatch_and_the_same_again_changes_nothing() {
    let desk = Desk::open().await;
    desk.driver("one", "30").await;
    desk.driver("two", "30").await;
    assert_eq!(desk.get("S1").await["waiting"].as_array().unwrap().len(), 1);
    for _ in 0..3 {
        assert_eq!(desk.set(json!({"fast_piles": 2})).await.status, 200);
        desk.plaza.deliver().await;
    }
    let live = desk.get("S1").await;
    assert_eq!((&live["waiting"], &live["piles"][1]["cars"][0]["number"]), (&json!([]), &json!("F2")));
    let entries = desk.entries("settings-changed");
    assert_eq!(entries.len(), 1, "one entry for one change");
    assert_eq!(
        (&entries[0]["change"]["S"], &entries[0]["pk"]["S"]),
        (&json!("fast_piles: 1 to 2"), &json!("SUBJECT#station#S1"))
    );
    let listed = desk.get("").await["stations"].clone();
    assert_eq!((&listed[0]["station_id"], &listed[0]["fast_piles"]), (&json!("S1"), &json!(2)));
    desk.plaza.assert_sound("after the change").await;
}

/// At 08:30 a kWh costs 0.70 and the service 0.80.
#[tokio::test]
async fn a_price_change_never_touches_a_session_that_has_begun() {
    let desk = Desk::open().await;
    let early = desk.driver("early", "30").await;
    let late = desk.driver("late", "30").await;
    desk.plaza.watch.advance(SignedDuration::from_mins(10));
    let dear = json!({"prices": {"tariff": [["00:00", "24:00", "2"]], "service_fee": "1"}});
    assert_eq!(desk.put("prices", &dear).await.status, 204);
    desk.plaza.watch.advance(SignedDuration::from_mins(130));
    desk.plaza.sweep().await;
    let fees = |log: Value| (log[0]["charging_fee"].clone(), log[0]["service_fee"].clone());
    assert_eq!(fees(desk.plaza.log(&early).await), (json!("21.00"), json!("24.00")), "prices of 08:30");
    assert_eq!(fees(desk.plaza.log(&late).await), (json!("60.00"), json!("30.00")), "it began at 09:30");
}

#[tokio::test]
async fn prices_with_a_date_count_for_sessions_from_then_on() {
    let desk = Desk::open().await;
    let first = desk.driver("first", "30").await;
    let second = desk.driver("second", "30").await;
    let third = desk.driver("third", "30").await;
    // Ten seconds before the second one begins, and one millisecond after the third one does.
    for (from, service) in [("2026-06-01T09:29:55+08:00", "2"), ("2026-06-01T10:30:05.001+08:00", "9")] {
        let change = json!({"prices": {"service_fee": service}, "valid_from": from});
        assert_eq!(desk.put("prices", &change).await.status, 204);
    }
    let coming = desk.get("S1/settings").await["coming_prices"].clone();
    assert_eq!(coming.as_array().unwrap().len(), 2);
    assert_eq!(
        (&coming[0]["valid_from"], &coming[0]["service_fee"]),
        (&json!("2026-06-01T09:29:55+08:00"), &json!("2.00"))
    );
    desk.plaza.watch.advance(SignedDuration::from_hours(9));
    desk.plaza.sweep().await;
    for (driver, service) in [(first, "24.00"), (second, "60.00"), (third, "60.00")] {
        assert_eq!(desk.plaza.log(&driver).await[0]["service_fee"], service, "{}", driver.name);
    }
    let now = desk.get("S1/settings").await;
    assert_eq!((&now["prices"]["service_fee"], &now["coming_prices"]), (&json!("9.00"), &json!([])));
    desk.plaza.assert_sound("after the price changes").await;
}

#[tokio::test]
async fn the_history_of_prices_names_each_change_once() {
    let desk = Desk::open().await;
    let later = json!({"prices": {"service_fee": "0.5"}, "valid_from": "2026-07-01T00:00:00+08:00"});
    for _ in 0..2 {
        assert_eq!(desk.put("prices", &later).await.status, 204, "the same again changes nothing");
    }
    let history = desk.get("S1/prices").await["prices"].clone();
    let shown: Vec<_> = history.as_array().unwrap().iter().map(|it| (&it["valid_from"], &it["service_fee"])).collect();
    assert_eq!(
        shown,
        [(&json!("2026-07-01T00:00:00+08:00"), &json!("0.50")), (&json!("2026-06-01T08:30:05+08:00"), &json!("0.80")),]
    );
    assert!(history[0]["set_by"].as_str().unwrap().starts_with("admin-"));
    assert_eq!(history[1]["tariff"][0], json!(["00:00", "07:00", "0.40"]));
    assert_eq!(desk.entries("prices-changed").len(), 1);
    let page = desk.get("S1/prices?limit=1").await;
    let next = page["next"].as_i64().unwrap();
    let page = desk.get(&format!("S1/prices?limit=1&before={next}")).await;
    assert_eq!(page["prices"][0]["service_fee"], "0.80");
    assert_eq!(desk.get("S1/prices?before=1").await["prices"], json!([]));
    let unknown = get("/operator/stations/unknown/prices").bearer(&desk.admin);
    assert_eq!(desk.plaza.operator(unknown).await.json()["code"], "no_such_station");
}

#[tokio::test]
async fn prices_are_refused_for_the_past_and_when_they_leave_a_gap() {
    let desk = Desk::open().await;
    for (body, named) in [
        (json!({"prices": {"service_fee": "1"}, "valid_from": "2026-06-01T08:00:00+08:00"}), "valid_from"),
        (json!({"prices": {"service_fee": "1"}, "valid_from": "tomorrow"}), "valid_from"),
        (json!({"prices": {"tariff": [["00:00", "12:00", "1"]]}}), "tariff"),
        (json!({"prices": {"zone": "Asia/Atlantis"}}), "zone"),
        (json!({"prices": {}}), "tariff, service_fee or zone"),
        (json!({"prices": {"fast_piles": 2, "service_fee": "1"}}), "fast_piles"),
        (json!({}), "prices"),
    ] {
        let answer = desk.put("prices", &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.text().contains(named), "{body}: {}", answer.text());
    }
    for n in 0..10 {
        let change = json!({"prices": {"service_fee": format!("1.{n}")}, "valid_from": format!("2026-07-{:02}T00:00:00Z", n + 1)});
        assert_eq!(desk.put("prices", &change).await.status, 204);
    }
    let one_more = json!({"prices": {"service_fee": "3"}, "valid_from": "2026-08-01T00:00:00Z"});
    assert_eq!(desk.put("prices", &one_more).await.status, 400, "ten may lie ahead");
}

#[tokio::test]
async fn stations_are_listed_page_by_page() {
    let desk = Desk::open().await;
    for name in ["S10", "S2", "north"] {
        desk.plaza.station_named(name, &shared::domain::charging::Settings::default()).await;
    }
    let names = |list: &Value| -> Vec<String> {
        let stations = list["stations"].as_array().unwrap().iter();
        stations.map(|station| station["station_id"].as_str().unwrap().to_owned()).collect()
    };
    let list = desk.get("?limit=3").await;
    assert_eq!((names(&list), &list["next"]), (vec!["S1".into(), "S10".into(), "S2".into()], &json!("S2")));
    let rest = desk.get("?limit=3&after=S2").await;
    assert_eq!((names(&rest), &rest["next"]), (vec!["north".into()], &Value::Null));
    for query in ["?limit=0", "?limit=101", "?after=%23"] {
        let request = get(&format!("/operator/stations{query}")).bearer(&desk.admin);
        assert_eq!(desk.plaza.operator(request).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn each_switch_of_a_pile_leaves_one_entry_and_a_refused_one_none() {
    let desk = Desk::open().await;
    for (state, status) in [("off", 204), ("off", 409), ("on", 204), ("on", 409)] {
        assert_eq!(desk.put("piles/F1", &json!({"state": state})).await.status, status, "{state}");
    }
    assert_eq!(desk.put("piles/F1", &json!({"state": "failed", "minutes": 30})).await.status, 204);
    let mut told: Vec<_> = desk.entries("pile-switched").iter().map(|it| it["change"]["S"].clone()).collect();
    told.sort_by_key(Value::to_string);
    assert_eq!(told, ["F1 down for 30 min", "F1 down", "F1 up"]);
}

#[tokio::test]
async fn the_desks_calls_cost_the_same_with_any_history() {
    let desk = Desk::open().await;
    desk.plaza.database.take_calls();
    let cost = || bill(&desk.plaza.database.take_calls());
    desk.get("").await;
    assert_eq!(cost(), "GetItem 1 + Query 0.5 + GetItem 0.5", "all stations, and the place of each");
    desk.get("S1/settings").await;
    assert_eq!(cost(), "GetItem 1 + GetItem 1");
    desk.get("S1/prices").await;
    assert_eq!(cost(), "GetItem 1 + Query 0.5");
    let write = |most: f64| {
        let calls = desk.plaza.database.take_calls();
        let (operations, units): (Vec<_>, Vec<_>) = calls.iter().map(|it| (it.operation.as_str(), it.units)).unzip();
        println!("{}", bill(&calls));
        assert!(*units.last().unwrap() <= most, "{}", bill(&calls));
        operations.join(" ")
    };
    desk.set(json!({"waiting_area_N": 30})).await;
    assert_eq!(write(7.0), "GetItem GetItem GetItem TransactWriteItems", "station, index, list and trail");
    desk.put("prices", &json!({"prices": {"service_fee": "0.5"}})).await;
    assert_eq!(write(7.0), "GetItem GetItem GetItem TransactWriteItems", "station, index, history and trail");
    desk.plaza.deliver().await;
    desk.plaza.database.take_calls();
    desk.put("piles/F1", &json!({"state": "off"})).await;
    assert_eq!(write(5.0), "GetItem GetItem TransactWriteItems", "station, index and trail");
}
