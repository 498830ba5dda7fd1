//! Metered stations through the API: what piles report, what it costs, and what drivers and operators see of it.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    capacity::bill,
    plaza::Plaza,
    request::{Request, get},
};

fn began(session: &str, register: u64) -> Value {
    json!({ "event": "began", "session": session, "seq": 0, "register_wh": register })
}

fn reading(session: &str, seq: u64, register: u64) -> Value {
    json!({ "event": "reading", "session": session, "seq": seq, "register_wh": register, "power_w": 20_000 })
}

fn stopped(session: &str, seq: u64, register: u64, reason: &str) -> Value {
    json!({ "event": "stopped", "session": session, "seq": seq, "register_wh": register, "reason": reason })
}

async fn live(plaza: &Plaza) -> Value {
    plaza.operator(get("/operator/stations/S1").bearer(&plaza.token_of(Role::Admin))).await.json()
}

async fn register(plaza: &Plaza) -> Value {
    let target = "/operator/stations/S1/piles/F1/register";
    plaza.operator(get(target).bearer(&plaza.token_of(Role::Admin))).await.json()
}

#[tokio::test]
async fn a_car_is_awaited_charged_by_the_meter_and_billed_when_its_pile_has_stopped() {
    let plaza = Plaza::open();
    let [pile] = plaza.metered_station(|_| {}, ["F1"]).await;
    let driver = plaza.driver_of("metered", "皖A12345").await;
    plaza.joined(&driver, "fast", "10").await;
    plaza.deliver().await;
    let info = plaza.info(&driver).await.json()["data"].clone();
    assert_eq!((&info["status"], &info["pile"]), (&json!("awaited"), &json!("F1")), "{info}");
    assert!(info["kept_until"].is_string(), "{info}");

    let answer = plaza.report(pile, began("s1", 1_000)).await;
    assert_eq!(answer.json(), json!({ "stop": false, "billed": true }));
    plaza.watch.advance(SignedDuration::from_mins(15));
    plaza.report(pile, reading("s1", 1, 6_000)).await;
    let info = plaza.info(&driver).await.json()["data"].clone();
    assert_eq!((&info["status"], &info["charged_power"]), (&json!("charging"), &json!("5.00")), "{info}");
    assert_eq!(info["measured_watts"], 20_000);

    plaza.watch.advance(SignedDuration::from_mins(15));
    let answer = plaza.report(pile, reading("s1", 2, 11_000)).await;
    assert_eq!(answer.json(), json!({ "stop": true, "billed": true }), "the order is reached");
    assert_eq!(plaza.info(&driver).await.json()["data"]["status"], "stopping");
    plaza.watch.advance(SignedDuration::from_hours(2));
    plaza.sweep().await;
    assert_eq!(plaza.info(&driver).await.json()["data"]["status"], "stopping", "it never ends by the clock");
    plaza.report(pile, stopped("s1", 3, 11_200, "asked")).await;
    let log = plaza.log(&driver).await;
    assert_eq!((log[0]["actual_power"].as_str(), log.as_array().map(Vec::len)), (Some("10.00"), Some(1)), "{log}");
    let account = register(&plaza).await;
    assert_eq!((&account["complete"], &account["register_kwh"]), (&json!(true), &json!("11.200")), "{account}");
    assert_eq!(account["stretches"][1]["unassigned"], "above_order", "{account}");
}

#[tokio::test]
async fn a_reading_costs_one_write_unit_and_does_not_touch_the_station() {
    let plaza = Plaza::open();
    let [pile] = plaza.metered_station(|_| {}, ["F1"]).await;
    let driver = plaza.driver_of("metered", "皖A12345").await;
    plaza.joined(&driver, "fast", "100").await;
    plaza.deliver().await;
    plaza.report(pile, began("s1", 0)).await;
    let head = plaza.database.item("STATION#S1", "HEAD");
    plaza.watch.advance(SignedDuration::from_mins(1));
    plaza.database.take_calls();
    plaza.report(pile, reading("s1", 1, 300)).await;
    let calls = plaza.database.take_calls();
    // The key and the pile are read, the pile is written.
    assert_eq!(bill(&calls), "GetItem 1 + GetItem 1 + PutItem 1");
    assert_eq!(plaza.database.item("STATION#S1", "HEAD"), head);
}

#[tokio::test]
async fn every_report_is_safe_to_repeat() {
    let plaza = Plaza::open();
    let [pile] = plaza.metered_station(|_| {}, ["F1"]).await;
    let driver = plaza.driver_of("metered", "皖A12345").await;
    plaza.joined(&driver, "fast", "100").await;
    plaza.deliver().await;
    let mut said = Vec::new();
    for report in [began("s1", 0), reading("s1", 1, 500), reading("s1", 2, 900), stopped("s1", 3, 1_000, "unplugged")] {
        plaza.watch.advance(SignedDuration::from_mins(2));
        let mut report = report;
        report["at"] = json!(plaza.watch.now().to_string());
        said.push(report.clone());
        for again in &said {
            let answer = plaza.report(pile, again.clone()).await;
            assert!(answer.succeeded(), "{again}: {}", answer.text());
        }
    }
    assert_eq!(plaza.log(&driver).await.as_array().map(Vec::len), Some(1));
    assert_eq!(register(&plaza).await["complete"], true);
}

#[tokio::test]
async fn what_the_register_contradicts_is_refused_counted_and_shown() {
    let plaza = Plaza::open();
    let [pile] = plaza.metered_station(|_| {}, ["F1"]).await;
    let driver = plaza.driver_of("metered", "皖A12345").await;
    plaza.joined(&driver, "fast", "100").await;
    plaza.deliver().await;
    plaza.report(pile, began("s1", 1_000)).await;
    plaza.watch.advance(SignedDuration::from_mins(1));
    plaza.report(pile, reading("s1", 5, 9_000)).await;
    for impossible in [reading("s1", 6, 8_999), reading("s1", 5, 9_001), began("s2", 9_000)] {
        let answer = plaza.report(pile, impossible.clone()).await;
        assert!(!answer.succeeded(), "{impossible}");
    }
    let meter = live(&plaza).await["piles"][0]["meter"].clone();
    assert_eq!((&meter["refused_reports"], &meter["too_fast"]), (&json!(3), &json!(1)), "{meter}");
    assert_eq!((&meter["session_state"], &meter["register_kwh"]), (&json!("charging"), &json!("9.000")), "{meter}");
    assert_eq!(meter["silent"], false);
    plaza.watch.advance(SignedDuration::from_mins(6));
    assert_eq!(live(&plaza).await["piles"][0]["meter"]["silent"], true);
}

#[tokio::test]
async fn a_report_without_the_signature_of_its_pile_is_refused() {
    let plaza = Plaza::open();
    let [first, second] = plaza.metered_station(|_| {}, ["F1", "F2"]).await;
    let unsigned = |pile: u64| Request::new(Method::PUT, &format!("/piles/{pile}/events"));
    let status = json!({ "event": "status", "status": "available" });
    assert_eq!(plaza.send("pile-reports", unsigned(first).json(&status)).await.status, 401);
    assert!(plaza.report(first, status.clone()).await.succeeded());
    let signed_by_the_old_key = plaza.report_request(second, status.clone());
    assert_eq!(plaza.issue_pile_key("F2").await, second);
    assert_eq!(plaza.send("pile-reports", signed_by_the_old_key).await.status, 401);
    assert!(plaza.report(second, status).await.succeeded());
    assert_eq!(plaza.send("pile-reports", unsigned(999_999).json(&json!({}))).await.status, 401);
}

#[tokio::test]
async fn a_driver_who_does_not_come_is_released_without_a_bill() {
    let plaza = Plaza::open();
    let [pile] = plaza.metered_station(|settings| settings.no_show = 3, ["F1"]).await;
    let driver = plaza.driver_of("metered", "皖A12345").await;
    plaza.joined(&driver, "fast", "100").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_mins(4));
    plaza.sweep().await;
    assert_eq!(plaza.info(&driver).await.json()["code"], -1);
    assert_eq!(plaza.log(&driver).await, json!([]));
    // A car that comes too late is billed to no driver.
    let answer = plaza.report(pile, began("s1", 0)).await;
    assert_eq!(answer.json(), json!({ "stop": false, "billed": false }));
    plaza.watch.advance(SignedDuration::from_mins(4));
    plaza.report(pile, stopped("s1", 1, 1_500, "unplugged")).await;
    let account = register(&plaza).await;
    assert_eq!((&account["stretches"][0]["unassigned"], &account["complete"]), (&json!("stray"), &json!(true)));
    plaza.joined(&driver, "fast", "10").await;
}

#[tokio::test]
async fn the_source_of_energy_is_a_setting_that_waits_until_no_car_stands_at_a_pile() {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    let admin = plaza.token_of(Role::Admin);
    let set = |settings: Value| {
        Request::new(Method::PUT, "/operator/stations/S1/settings")
            .bearer(&admin)
            .json(&json!({ "settings": settings }))
    };
    assert!(!plaza.operator(set(json!({ "no_show_minutes": 5 }))).await.succeeded(), "it is not metered");
    let driver = plaza.driver_of("metered", "皖A12345").await;
    plaza.joined(&driver, "fast", "100").await;
    plaza.deliver().await;
    assert!(!plaza.operator(set(json!({ "metering": "metered" }))).await.succeeded());
    plaza.cancel(&driver).await;
    let wanted = json!({ "metering": "metered", "no_show_minutes": 7, "above_order": "bill" });
    let answer = plaza.operator(set(wanted)).await;
    let settings = answer.json()["settings"].clone();
    assert_eq!((&settings["metering"], &settings["no_show_minutes"]), (&json!("metered"), &json!(7)), "{settings}");
    assert_eq!((&settings["silence_minutes"], &settings["above_order"]), (&json!(5), &json!("bill")), "{settings}");
}
