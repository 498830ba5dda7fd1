//! What another shop sees, what no request may write, and what the table contains.

use super::floor::{CUSTOMERS, Floor, ID_NUMBER, at, delete, id, patch};
use serde_json::json;
use shared::domain::account::Role;
use tests::{
    database::MAIN,
    request::{get, post},
};

#[tokio::test]
async fn a_neighbour_gets_the_answer_that_a_missing_record_gets() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"mobile": "13800138000", "tag": ["VIP"]})).await;
    let never = format!("S1.{}", "0".repeat(27));
    let entry = json!({"account": "balance", "amount": 100, "reason": "充值", "key": "k"});
    let elsewhere = json!({"shopId": "S9", "name": "王小明", "gender": "male"});
    let own = floor.send(post(CUSTOMERS).json(&elsewhere), &floor.neighbour).await.json();
    let before = floor.plaza.database.items(MAIN);
    let requests = |of: &str| {
        [
            get(&at(of)),
            patch(of).json(&json!({"city": "北京"})),
            delete(of),
            get(&format!("{CUSTOMERS}/linked-account?customerId={of}&expand=signinStatus")),
            post(&format!("{}/links", at(of))).json(&json!({"customerId": id(&own)})),
            post(&format!("{}/links", at(id(&own)))).json(&json!({"customerId": of})),
            post(&format!("{}/entries", at(of))).json(&entry),
            post(&format!("{}/signin", at(of))),
        ]
    };
    for (foreign, missing) in requests(id(&record)).into_iter().zip(requests(&never)) {
        let foreign = floor.send(foreign, &floor.neighbour).await;
        assert_eq!(foreign.status, 404);
        assert_eq!(foreign.whole(), floor.send(missing, &floor.neighbour).await.whole());
    }
    for query in ["", "&mobile=13800138000", "&keyword=138", "&keyword=%E7%8E%8B", "&tag=VIP"] {
        let foreign = floor.send(get(&format!("{CUSTOMERS}?shopId=S1{query}")), &floor.neighbour).await;
        let missing = floor.send(get(&format!("{CUSTOMERS}?shopId=S7{query}")), &floor.neighbour).await;
        assert_eq!((foreign.status.as_u16(), foreign.whole()), (404, missing.whole()), "{query}");
        let own = floor.send(get(&format!("{CUSTOMERS}?{}", query.trim_start_matches('&'))), &floor.neighbour).await;
        assert!(!own.text().contains("S1"), "the own shop when none is named: {}", own.text());
    }
    let body = json!({"shopId": "S1", "name": "王小明", "gender": "male"});
    assert_eq!(floor.send(post(CUSTOMERS).json(&body), &floor.neighbour).await.status, 404);
    assert_eq!(floor.plaza.database.items(MAIN), before, "nothing was written");
}

#[tokio::test]
async fn staff_without_a_shop_and_people_of_other_realms_see_nothing() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let unknown = floor.plaza.staff_of(Role::ShopManager, &[]);
    assert_eq!(floor.send(get(&at(id(&record))), &unknown).await.status, 404);
    assert_eq!(floor.send(get(CUSTOMERS), &unknown).await.status, 400);
    for role in [Role::Admin, Role::Auditor, Role::CloudAdmin, Role::Dealer] {
        let token = floor.plaza.token_of(role);
        assert_eq!(floor.send(get(&at(id(&record))), &token).await.status, 403, "{role:?}");
    }
}

#[tokio::test]
async fn what_belongs_to_the_server_cannot_be_written() {
    let floor = Floor::open().await;
    let sentinel = json!({"id": "S1.sentinel", "version": 99, "mrn": "sentinel", "balance": 4242, "credit": 4242,
        "status": "sentinel", "LastSigninAt": "2001-01-01T00:00:00Z", "lastSigninAt": "2001-01-01", "serial": "sentinel",
        "wechatNickname": "sentinel", "wechatHeadimgurl": "sentinel", "wechat_nickname": "sentinel",
        "wechat_picture": "sentinel", "last_signin": 4242, "private": "sentinel", "tags": ["sentinel"],
        "residence": {"country": "sentinel"}, "pk": "sentinel", "sk": "sentinel", "ttl": 4242, "idValid": true});
    let clean = floor.record(json!({})).await;
    let made = floor.record(sentinel.clone()).await;
    let mut expected = clean.clone();
    expected["id"] = made["id"].clone();
    expected["mrn"] = json!("00000002");
    assert_eq!(made, expected);
    let mut edit = sentinel.clone();
    edit["shopId"] = json!("S2");
    assert_eq!(floor.patch(id(&made), &edit).await.status, 400, "what the record shows is refused when it differs");
    let shown = expected.as_object().unwrap();
    edit.as_object_mut().unwrap().retain(|name, _| !shown.contains_key(name));
    assert_eq!(floor.patch(id(&made), &edit).await.json(), expected, "and anything else is not bound");
    let dump = json!(floor.plaza.database.items(MAIN)).to_string();
    assert!(!dump.contains("sentinel") && !dump.contains("4242"), "{dump}");
}

#[tokio::test]
async fn the_table_shows_no_id_number_and_nothing_about_health() {
    let floor = Floor::open().await;
    let record = floor
        .record(json!({"idcard": ID_NUMBER, "birthday": "1949-12-31", "tag": ["糖尿病"], "mobile": "13800138000"}))
        .await;
    floor.patch(id(&record), &json!({"city": "北京"})).await;
    floor.delete(id(&record)).await;
    floor.record(json!({"idcard": ID_NUMBER, "birthday": "1949-12-31", "tag": ["糖尿病"]})).await;
    let dump = json!(floor.plaza.database.items(MAIN)).to_string();
    for hidden in [ID_NUMBER, "110105", "1949-12-31", "糖尿病", "00000001", "00000002"] {
        assert!(!dump.contains(hidden), "{hidden}: {dump}");
    }
}

#[tokio::test]
async fn a_sealed_part_put_into_another_record_opens_nothing() {
    let floor = Floor::open().await;
    let (one, other) = (floor.record(json!({"idcard": ID_NUMBER})).await, floor.record(json!({})).await);
    let item = |of: &str| floor.plaza.database.item("SHOP#S1", &format!("CUSTOMER#{}", &of[3..])).unwrap();
    let mut moved = item(id(&other));
    moved["private"] = item(id(&one))["private"].clone();
    floor.plaza.database.put(&moved);
    let answer = floor.send(get(&at(id(&other))), &floor.manager).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("1949"));
}
