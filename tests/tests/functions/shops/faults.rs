//! What breaks half-way leaves nothing half done.

use super::floor::{CUSTOMERS, Floor, at, id};
use serde_json::{Value, json};
use tests::{
    database::{Fate, MAIN},
    request::post,
};

const FATES: [Fate; 7] =
    [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::ThrottleItem, Fate::Break, Fate::HangAfter];

/// Every copy of a record is the record.
fn assert_copies_agree(floor: &Floor) {
    let items = floor.plaza.database.under("SHOP#S1");
    let content = |item: &Value| {
        let mut item = item.clone();
        item.as_object_mut().unwrap().retain(|name, _| name != "pk" && name != "sk");
        item
    };
    let is_record =
        |item: &&Value| item["pk"]["S"] == "SHOP#S1" && item["sk"]["S"].as_str().unwrap().starts_with("CUSTOMER#");
    let records: Vec<_> = items.iter().filter(is_record).collect();
    for copy in items.iter().filter(|item| item["serial"].is_object() && !is_record(item)) {
        let pk = copy["pk"]["S"].as_str().unwrap();
        if pk.ends_with("#NAME") || pk.ends_with("#MOBILE") || pk.contains("#TAG#") {
            assert!(records.iter().any(|record| content(record) == content(copy)), "{copy}");
        }
    }
    for record in records {
        let beside =
            items.iter().filter(|item| item["pk"]["S"] != "SHOP#S1" && item["serial"] == record["serial"]).count();
        let tags = record["tags"]["L"].as_array().map_or(0, Vec::len);
        let by_mobile = usize::from(record["mobile"].is_object());
        assert_eq!(beside, 1 + by_mobile + tags + by_mobile + 1, "copies and pointers of {record}");
    }
}

#[tokio::test]
async fn a_record_is_created_once_under_a_key_with_any_fault() {
    for fate in FATES {
        for call in 1..4 {
            let floor = Floor::open().await;
            let body = json!({"shopId": "S1", "name": "王小明", "gender": "male", "mobile": "13800138000"});
            let request = || post(CUSTOMERS).json(&body).header("idempotency-key", "k1");
            floor.plaza.database.at(call, fate);
            floor.send(request(), &floor.staff).await;
            assert_copies_agree(&floor);
            floor.plaza.database.heal();
            let again = floor.send(request(), &floor.staff).await;
            assert_eq!((again.status.as_u16(), &again.json()["mrn"]), (200, &json!("00000001")), "{fate:?} at {call}");
            assert_eq!(floor.list("").await["items"].as_array().unwrap().len(), 1, "{fate:?} at {call}");
        }
    }
}

#[tokio::test]
async fn an_entry_is_booked_once_and_a_sign_in_counts_once_with_any_fault() {
    for fate in FATES {
        for call in 1..4 {
            let floor = Floor::open().await;
            let record = floor.record(json!({"mobile": "13800138000", "tag": ["VIP"]})).await;
            floor.plaza.database.at(call, fate);
            floor.book(id(&record), "balance", 100, "k").await;
            floor.plaza.database.at(call, fate);
            floor.sign_in(id(&record)).await;
            assert_copies_agree(&floor);
            floor.plaza.database.heal();
            floor.book(id(&record), "balance", 100, "k").await;
            let after = floor.sign_in(id(&record)).await.json();
            assert_eq!((&after["balance"], &after["credit"]), (&json!(100), &json!(10)), "{fate:?} at {call}");
            assert_eq!(floor.entries(id(&record)).len(), 2, "{fate:?} at {call}");
        }
    }
}

#[tokio::test]
async fn an_edit_and_a_deletion_leave_no_copy_behind_with_any_fault() {
    for fate in FATES {
        for call in 1..3 {
            let floor = Floor::open().await;
            let record = floor.record(json!({"mobile": "13800138000", "tag": ["VIP"]})).await;
            let edit = json!({"name": "李四", "mobile": "13900139000", "tag": ["糖尿病"]});
            floor.plaza.database.at(call, fate);
            floor.patch(id(&record), &edit).await;
            assert_copies_agree(&floor);
            floor.plaza.database.heal();
            assert_eq!(floor.patch(id(&record), &edit).await.json()["name"], "李四", "{fate:?} at {call}");
            floor.plaza.database.at(call, fate);
            floor.delete(id(&record)).await;
            floor.plaza.database.heal();
            assert_eq!(floor.delete(id(&record)).await.status, 200, "{fate:?} at {call}");
            let left = floor.plaza.database.items(MAIN);
            let left = left.iter().filter(|item| item["serial"].is_object() && item["version"].is_object()).count();
            assert_eq!(left, 1, "what is kept of a deleted record: {fate:?} at {call}");
        }
    }
}

#[tokio::test]
async fn a_number_that_cannot_be_noted_as_read_is_not_shown() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"idcard": super::floor::ID_NUMBER})).await;
    floor.plaza.database.follow(|call| if call.operation == "PutItem" { Fate::Break } else { Fate::Apply });
    let answer = floor.send(tests::request::get(&at(id(&record))), &floor.manager).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.text().contains("1949"));
}
