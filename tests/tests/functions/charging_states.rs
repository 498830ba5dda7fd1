//! What a driver may do in every state of a request, what is said when it may not be done, and what a repetition hears.

use jiff::SignedDuration;
use serde_json::json;
use shared::{
    domain::{
        charging::{Draft, PileId, Settings},
        station_id::StationId,
    },
    service::charging::Switch,
};
use tests::{
    answer::Answer,
    plaza::{Plaza, TestDriver},
    request::post,
};

const CALLED: &str = "车辆已被叫号，不能修改充电模式或电量；可以取消后重新申请";
const CHARGING: &str = "车辆正在充电，不能修改充电模式或电量；可以取消后重新申请";
const LOWER_ONLY: &str = "车辆正在充电，只能减少充电量，且不能少于已充电量，其他内容不能修改";
const DISPLACED: &str = "充电桩故障，车辆正在等待重新分配，不能修改充电模式或电量；可以取消后重新申请";
const NOTHING: &str = "当前没有充电请求";
const ARREARS: &str = "有逾期未支付的账单，请先补缴";
const LIVE: &str = "已有进行中的充电请求";
const OTHER_CONTENT: &str = "Idempotency-Key 已用于内容不同的请求";

/// One fast pile with two places: `charges` has had 5 kWh of 15, `queued` stands behind, `waits` waits.
struct Scene {
    plaza: Plaza,
    charges: TestDriver,
    queued: TestDriver,
    waits: TestDriver,
}

impl Scene {
    async fn open(change: impl FnOnce(&mut Draft)) -> Self {
        let plaza = Plaza::open();
        plaza
            .station(|it| {
                (it.fast_piles, it.slow_piles, it.waiting_places) = (1, 1, 2);
                change(it);
            })
            .await;
        let charges = plaza.driver_of("charges", "皖A00001").await;
        let queued = plaza.driver_of("queued", "皖A00002").await;
        let waits = plaza.driver_of("waits", "皖A00003").await;
        for driver in [&charges, &queued, &waits] {
            plaza.joined(driver, "fast", "15").await;
            plaza.deliver().await;
        }
        plaza.watch.advance(SignedDuration::from_mins(10));
        Self { plaza, charges, queued, waits }
    }

    async fn fail(&self) {
        let (station, pile) = (StationId::parse("S1").unwrap(), PileId::parse("F1").unwrap());
        self.plaza.switch(&station, pile, Switch::Down { lasting: None }).await;
    }

    async fn refused(&self, driver: &TestDriver, fields: &[(&str, &str)], msg: &str) {
        let answer = self.plaza.modify(driver, fields).await;
        assert_eq!(answer.whole(), (200, json!({"code": -1, "msg": msg}).to_string()), "{fields:?}");
    }
}

fn msg(answer: &Answer) -> String {
    answer.json()["msg"].as_str().unwrap().to_owned()
}

async fn keyed(plaza: &Plaza, driver: &TestDriver, key: &str, fields: &[(&str, &str)]) -> Answer {
    let order = post("/user/charge/apply").bearer(&driver.token).header("Idempotency-Key", key);
    plaza.ev_charging(order.form(fields)).await
}

const ORDER: [(&str, &str); 2] = [("mode", "fast"), ("quantity", "15")];

#[tokio::test]
async fn a_change_is_refused_in_words_that_tell_where_the_car_is() {
    let scene = Scene::open(|_| {}).await;
    for change in [[("quantity", "10")], [("quantity", "20")], [("mode", "slow")], [("mode", "fast")]] {
        scene.refused(&scene.charges, &change, CHARGING).await;
        scene.refused(&scene.queued, &change, CALLED).await;
    }
    assert_eq!(scene.plaza.modify(&scene.waits, &[("quantity", "20")]).await.json()["data"], "F3");
    scene.fail().await;
    for driver in [&scene.charges, &scene.queued] {
        scene.refused(driver, &[("quantity", "12")], DISPLACED).await;
        assert_eq!(scene.plaza.cancel(driver).await.json()["code"], 200);
        scene.refused(driver, &[("quantity", "12")], NOTHING).await;
        assert_eq!(msg(&scene.plaza.cancel(driver).await), NOTHING);
    }
}

#[tokio::test]
async fn a_charging_car_may_ask_for_less_where_that_is_set_and_is_told_how_much() {
    let scene = Scene::open(|it| it.finish_at_new_amount = true).await;
    for change in [
        &[("quantity", "15")][..],
        &[("quantity", "16")],
        &[("quantity", "4.999")],
        &[("mode", "slow")],
        &[("mode", "slow"), ("quantity", "10")],
    ] {
        scene.refused(&scene.charges, change, LOWER_ONLY).await;
    }
    scene.refused(&scene.queued, &[("quantity", "10")], CALLED).await;
    assert_eq!(scene.plaza.modify(&scene.charges, &[("quantity", "10")]).await.json()["data"], "F1");
    assert_eq!(scene.plaza.modify(&scene.charges, &[("quantity", "5")]).await.json()["data"], "F1");
    assert_eq!(scene.plaza.log(&scene.charges).await[0]["actual_power"], "5.00", "it is done at once");
}

#[tokio::test]
async fn right_after_a_cancel_in_any_state_the_driver_applies_again() {
    for displaced in [false, true] {
        let scene = Scene::open(|it| it.waiting_places = 9).await;
        if displaced {
            scene.fail().await;
        }
        for (n, driver) in [&scene.charges, &scene.queued, &scene.waits].into_iter().enumerate() {
            assert_eq!(scene.plaza.cancel(driver).await.json(), json!({"code": 200, "msg": "取消成功"}));
            assert_eq!(scene.plaza.joined(driver, "fast", "15").await, format!("F{}", 4 + n));
        }
        scene.plaza.assert_sound("after all have come back").await;
    }
}

#[tokio::test]
async fn a_key_always_gives_its_first_answer() {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    plaza.station_named("S2", &Settings::default()).await;
    let driver = plaza.driver_of("one", "皖A00001").await;
    let first = keyed(&plaza, &driver, "k-1", &ORDER).await;
    assert_eq!(first.json()["data"], "F1");
    let again = async |what: &str| {
        assert_eq!(keyed(&plaza, &driver, "k-1", &ORDER).await.whole(), first.whole(), "{what}");
        for other in [
            [("mode", "slow"), ("quantity", "15"), ("station_id", "S1")],
            [("mode", "fast"), ("quantity", "15.001"), ("station_id", "S1")],
            [("mode", "fast"), ("quantity", "15"), ("station_id", "S2")],
            [("mode", "fast"), ("quantity", "15"), ("license_plate", "皖A00001")],
        ] {
            assert_eq!(msg(&keyed(&plaza, &driver, "k-1", &other).await), OTHER_CONTENT, "{what}");
        }
    };
    again("waiting").await;
    plaza.deliver().await;
    again("called").await;
    plaza.watch.advance(SignedDuration::from_hours(1));
    again("finished, and not recorded yet").await;
    plaza.sweep().await;
    again("finished").await;
    let elsewhere = [("mode", "fast"), ("quantity", "15"), ("station_id", "S2")];
    assert_eq!(keyed(&plaza, &driver, "k-2", &elsewhere).await.json()["data"], "F1");
    again("at another station by now").await;
    assert_eq!(msg(&keyed(&plaza, &driver, "k-3", &ORDER).await), LIVE, "a key of its own is an order of its own");
    assert_eq!(plaza.log(&driver).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_bill_that_is_not_written_yet_is_overdue_all_the_same() {
    let plaza = Plaza::open();
    plaza.station(|it| it.payment_due_hours = 1).await;
    plaza.station_named("S2", &Settings::default()).await;
    let (one, two) = (plaza.driver("one").await, plaza.driver("two").await);
    for driver in [&one, &two] {
        plaza.joined(driver, "fast", "30").await;
    }
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_mins(121));
    assert_eq!(msg(&plaza.apply(&one, "fast", "30").await), ARREARS, "the car left an hour and a minute ago");
    let elsewhere = [("mode", "fast"), ("quantity", "30"), ("station_id", "S2")];
    assert_eq!(msg(&keyed(&plaza, &two, "k-1", &elsewhere).await), ARREARS, "and so at any other station");
    plaza.sweep().await;
    assert_eq!(msg(&plaza.apply(&one, "fast", "30").await), ARREARS);
}

#[tokio::test]
async fn what_changes_about_a_driver_while_it_applies_is_told_by_its_name() {
    for (attribute, value, status, text) in [
        ("owed", json!({"N": "1"}), 200, ARREARS),
        ("enabled", json!({"BOOL": false}), 401, "未登录或登录已失效"),
        ("plates", json!({"L": []}), 403, "车牌号未绑定到本账户"),
    ] {
        let plaza = Plaza::open();
        plaza.station(|_| {}).await;
        let driver = plaza.driver_of("one", "皖A00001").await;
        let (database, account) = (plaza.database.clone(), format!("ACCOUNT#ev#{}", driver.id));
        plaza.database.follow(move |call| {
            if call.operation == "TransactWriteItems" {
                let mut record = database.item(&account, "SESSIONS").unwrap();
                record[attribute] = value.clone();
                database.put(&record);
            }
            tests::database::Fate::Apply
        });
        let order = [("mode", "fast"), ("quantity", "15"), ("license_plate", "皖A00001")];
        let refused = keyed(&plaza, &driver, "k-1", &order).await;
        assert_eq!((refused.status.as_u16(), msg(&refused).as_str()), (status, text));
        assert_eq!(plaza.assert_sound(text).await.numbers, 0, "nothing was written");
    }
}
