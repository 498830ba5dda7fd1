//! `charging-app.md`, charging and history (#33 to #37): what the app's users notice.

use jiff::SignedDuration;
use serde_json::json;
use shared::domain::charging::Draft;
use tests::plaza::{Plaza, TestDriver};

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// One pile a mode, one place a lane, one place to wait.
fn one_lane_each(settings: &mut Draft) {
    (settings.fast_piles, settings.slow_piles, settings.lane_places, settings.waiting_places) = (1, 1, 1, 1);
}

/// Both lanes of such a station are taken; two drivers who have not applied, and the one who charges fast.
async fn full_lanes(plaza: &Plaza) -> [TestDriver; 3] {
    let (fast, slow) = (plaza.driver("fast").await, plaza.driver("slow").await);
    plaza.joined(&fast, "fast", "30").await;
    plaza.joined(&slow, "slow", "7").await;
    plaza.deliver().await;
    [plaza.driver("one").await, plaza.driver("two").await, fast]
}

async fn plaza() -> Plaza {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    plaza
}

#[tokio::test]
async fn applying_answers_the_next_number_of_the_mode() {
    let plaza = plaza().await;
    let (one, two, three) = (plaza.driver("one").await, plaza.driver("two").await, plaza.driver("three").await);
    let answer = plaza.apply(&one, "fast", "100.4").await;
    assert_eq!(answer.json(), json!({"code": 200, "msg": "申请成功", "data": "F1"}));
    assert_eq!(plaza.joined(&two, "slow", "20").await, "T1");
    assert_eq!(plaza.joined(&three, "fast", "20").await, "F2");
}

#[tokio::test]
async fn a_car_waits_until_the_scheduler_calls_it() {
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "15").await;
    assert_eq!(plaza.deliver().await, json!({"batchItemFailures": []}));
    plaza.watch.advance(minutes(10));

    let info = plaza.info(&driver).await.json();
    assert_eq!(info["code"], 200);
    let data = &info["data"];
    assert_eq!(data["user_id"], driver.id);
    assert_eq!(data["charging_type"], "fast");
    assert_eq!(data["request_power"], 15);
    assert_eq!(data["queue_num"], "F1");
    assert_eq!(data["time_duration"], 600);
    assert_eq!(data["created_at"], "2026-06-01T08:30:05+08:00");
    assert_eq!(data["state"], true);
    assert_eq!(data["status"], "charging");
    assert_eq!(data["pile"], "F1");
    assert_eq!(data["charged_power"], "5.00");
    assert_eq!(data["charging_fee"], "3.50");
    assert_eq!(data["service_fee"], "4.00");
    assert_eq!(data["total_fee"], "7.50");
    assert_eq!(data["expected_finish_at"], "2026-06-01T09:00:05+08:00");
}

#[tokio::test]
async fn a_finished_charge_is_in_the_history_to_the_fen() {
    let plaza = plaza().await;
    let driver = plaza.driver_of("one", "皖A12345").await;
    plaza.joined(&driver, "fast", "60").await;
    plaza.deliver().await;
    plaza.watch.advance(minutes(121));
    assert_eq!(plaza.info(&driver).await.json()["code"], -1, "it is over before the scheduler noticed");
    assert_eq!(plaza.sweep().await, json!({"settled": 1, "hinted": 0, "due": 0}));

    let log = plaza.log(&driver).await;
    let line = &log[0];
    assert!(line["record_id"].is_u64() && line["request_id"].is_u64() && line["charging_station_id"].is_u64());
    assert_eq!(line["start_time"], "2026-06-01T08:30:05+08:00");
    assert_eq!(line["end_time"], "2026-06-01T10:30:05+08:00");
    assert_eq!(line["actual_power"], "60.00");
    // 89 min 55 s at 0.70, the rest at 1.00: 44.958333… kWh and 15.041666… kWh.
    assert_eq!(line["charging_fee"], "46.51");
    assert_eq!(line["service_fee"], "48.00");
    assert_eq!(line["total_fee"], "94.51");
    assert_eq!(log.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_driver_has_one_live_request_and_may_apply_again_right_after_cancelling() {
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "15").await;
    let second = plaza.apply(&driver, "slow", "15").await;
    assert_eq!(second.whole(), (200, r#"{"code":-1,"msg":"已有进行中的充电请求"}"#.to_owned()));
    assert_eq!(plaza.cancel(&driver).await.json(), json!({"code": 200, "msg": "取消成功"}));
    assert_eq!(plaza.cancel(&driver).await.json(), json!({"code": -1, "msg": "当前没有充电请求"}));
    assert_eq!(plaza.joined(&driver, "slow", "15").await, "T1", "the refused request took no number");
}

#[tokio::test]
async fn a_new_amount_keeps_the_number_and_a_new_mode_takes_another() {
    let plaza = Plaza::open();
    plaza.station(one_lane_each).await;
    let [driver, ..] = full_lanes(&plaza).await;
    assert_eq!(plaza.joined(&driver, "fast", "15").await, "F2");
    assert_eq!(plaza.modify(&driver, &[("quantity", "20.5")]).await.json()["data"], "F2");
    let info = plaza.info(&driver).await.json();
    assert_eq!((&info["data"]["request_power"], &info["data"]["state"]), (&json!(20.5), &json!(false)));
    assert_eq!(info["data"]["cars_ahead"], 0);
    assert_eq!(plaza.modify(&driver, &[("mode", "slow")]).await.json()["data"], "T2");
    assert_eq!(plaza.info(&driver).await.json()["data"]["queue_num"], "T2");
    assert_eq!(plaza.modify(&driver, &[]).await.json()["code"], -1);
}

#[tokio::test]
async fn a_car_that_was_called_cannot_change() {
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.sweep().await;
    let refused = plaza.modify(&driver, &[("mode", "slow")]).await.json();
    assert_eq!(refused["code"], -1);
    assert!(refused["msg"].as_str().unwrap().contains("不能修改"), "{refused}");
}

#[tokio::test]
async fn cancelling_while_charging_bills_what_was_delivered() {
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "60").await;
    plaza.deliver().await;
    plaza.watch.advance(minutes(20));
    plaza.cancel(&driver).await;
    let log = plaza.log(&driver).await;
    assert_eq!(log[0]["actual_power"], "10.00");
    assert_eq!(log[0]["total_fee"], "15.00");
    assert_eq!(plaza.database.under(&format!("ACCOUNT#ev#{}", driver.id)).len(), 4, "profile, sessions, record, bill");
}

#[tokio::test]
async fn the_waiting_area_is_never_over_full() {
    let plaza = Plaza::open();
    plaza.station(one_lane_each).await;
    let [waits, refused, charges] = full_lanes(&plaza).await;
    plaza.joined(&waits, "fast", "15").await;
    assert_eq!(plaza.apply(&refused, "slow", "15").await.json(), json!({"code": -1, "msg": "等候区已满，请稍后再来"}));
    plaza.cancel(&charges).await;
    assert_eq!(plaza.joined(&refused, "slow", "15").await, "T2", "the place became free, and no number was lost");
}

#[tokio::test]
async fn a_driver_in_arrears_is_refused_and_told() {
    let plaza = Plaza::open();
    plaza.station(|settings| settings.payment_due_hours = 1).await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "30").await;
    plaza.deliver().await;
    plaza.watch.advance(minutes(90));
    plaza.sweep().await;
    plaza.watch.advance(minutes(31));
    assert_eq!(
        plaza.apply(&driver, "fast", "30").await.json(),
        json!({"code": -1, "msg": "有逾期未支付的账单，请先补缴"})
    );
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_with_other_content_none() {
    use tests::request::post;
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    let order = |quantity| {
        post("/user/charge/apply")
            .bearer(&driver.token)
            .header("Idempotency-Key", "k-1")
            .form(&[("mode", "fast"), ("quantity", quantity)])
    };
    let first = plaza.ev_charging(order("15")).await;
    assert_eq!(first.json()["data"], "F1");
    assert_eq!(plaza.ev_charging(order("15")).await.whole(), first.whole());
    plaza.deliver().await;
    assert_eq!(plaza.ev_charging(order("15")).await.whole(), first.whole(), "also after it was called");
    assert_eq!(plaza.ev_charging(order("16")).await.json()["code"], -1);
}

#[tokio::test]
async fn a_plate_has_one_live_request_for_all_drivers() {
    let plaza = plaza().await;
    let driver = plaza.driver_of("one", "皖A12345").await;
    plaza.joined(&driver, "fast", "15").await;
    assert!(plaza.database.item("PLATE#皖A12345", "CHARGE").is_some());
    plaza.cancel(&driver).await;
    assert!(plaza.database.item("PLATE#皖A12345", "CHARGE").is_none());
}

#[tokio::test]
async fn wrong_input_is_named() {
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    let range = "充电量应为大于 0、不超过 2000、最多三位小数的数字（kWh）";
    for (mode, quantity, status, msg) in [
        ("turbo", "1", 400, "充电模式应为 fast（快充）或 slow（慢充）"),
        ("fast", "0", 200, range),
        ("fast", "1e2", 200, range),
        ("fast", "2000.001", 200, range),
        ("", "1", 400, "缺少充电模式"),
        ("fast", "", 400, "缺少充电量"),
    ] {
        let answer = plaza.apply(&driver, mode, quantity).await;
        assert_eq!(answer.whole(), (status, json!({"code": -1, "msg": msg}).to_string()), "{mode} {quantity}");
    }
    let elsewhere = [("mode", "fast"), ("quantity", "1"), ("station_id", "unknown")];
    let target = tests::request::post("/user/charge/apply").bearer(&driver.token).form(&elsewhere);
    assert_eq!(plaza.ev_charging(target).await.json(), json!({"code": -1, "msg": "充电站不存在"}));
}

#[tokio::test]
async fn messages_twice_late_or_for_unknown_stations_change_nothing() {
    let plaza = plaza().await;
    let driver = plaza.driver("one").await;
    plaza.joined(&driver, "fast", "15").await;
    let hint = plaza.hints.lock().unwrap()[0].clone();
    plaza.deliver().await;
    let head = plaza.database.item("STATION#S1", "HEAD");
    plaza.hints.lock().unwrap().extend([hint.clone(), hint]);
    plaza.deliver().await;
    assert_eq!(plaza.database.item("STATION#S1", "HEAD"), head);
    let poison = json!({"Records": [
        {"messageId": "a", "body": "no hint"},
        {"messageId": "b", "body": r#"{"station":"unknown","version":1}"#}]});
    assert_eq!(plaza.wake(poison).await, json!({"batchItemFailures": []}));
    assert!(plaza.lines().last().unwrap().contains(r#""Quarantined":2"#));
}
