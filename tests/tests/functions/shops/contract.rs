//! #57, #60, #61, #62: one record.

use super::floor::{CUSTOMERS, Floor, ID_NUMBER, MASK, at, delete, id, patch};
use serde_json::{Value, json};
use tests::{
    database::AUDIT,
    request::{get, post},
};

/// All the fields of the document's table, in its order, with their exact names.
const FIELDS: [&str; 24] = [
    "id",
    "version",
    "shopId",
    "name",
    "mrn",
    "mobile",
    "gender",
    "birthday",
    "idcard",
    "country",
    "province",
    "city",
    "county",
    "address",
    "balance",
    "credit",
    "wechatNickname",
    "wechatHeadimgurl",
    "LastSigninAt",
    "tag",
    "fromChannel",
    "fromReferrer",
    "fromActivity",
    "status",
];

#[tokio::test]
async fn a_new_record_has_every_field_of_the_table_and_what_is_unset_is_null() {
    let floor = Floor::open().await;
    let body = json!({"shopId": "S1", "name": "王小明", "gender": "male"});
    let answer = floor.send(post(CUSTOMERS).json(&body), &floor.staff).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"1\"")));
    let record = answer.json();
    let mut names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = FIELDS;
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let mut set = record.clone();
    set.as_object_mut().unwrap().retain(|name, value| !value.is_null() && name != "id");
    let expected = json!({"version": 1, "shopId": "S1", "name": "王小明", "mrn": "00000001", "gender": "male",
        "balance": 0, "credit": 0, "status": "normal"});
    assert_eq!(set, expected);
    assert_eq!(floor.read(id(&record)).await, record);
}

#[tokio::test]
async fn every_writable_field_comes_back_as_it_was_meant() {
    let floor = Floor::open().await;
    let record = floor
        .record(json!({"name": " 王小明 ", "gender": "female", "mobile": "+86 138-0013-8000", "birthday": "1949-12-31",
            "idcard": "11010519491231002x", "country": "中国", "province": "北京", "city": "北京", "county": "朝阳区",
            "address": "建国路 1 号", "fromChannel": "门店", "fromReferrer": {"id": "7", "name": "李四"},
            "fromActivity": {"id": "9", "name": "开业"}}))
        .await;
    for (name, expected) in [
        ("name", json!("王小明")),
        ("mobile", json!("13800138000")),
        ("birthday", json!("1949-12-31")),
        ("idcard", json!(MASK)),
        ("address", json!("建国路 1 号")),
        ("fromChannel", json!("门店")),
        ("fromReferrer", json!({"id": "7", "name": "李四"})),
        ("fromActivity", json!({"id": "9", "name": "开业"})),
    ] {
        assert_eq!(record[name], expected, "{name}");
    }
}

#[tokio::test]
async fn numbers_of_records_rise_in_each_shop_by_itself() {
    let floor = Floor::open().await;
    for (shop, mrn) in [("S1", "00000001"), ("S1", "00000002"), ("S2", "00000001"), ("S1", "00000003")] {
        assert_eq!(floor.record(json!({"shopId": shop})).await["mrn"], mrn, "{shop}");
    }
}

#[tokio::test]
async fn what_is_missing_or_malformed_is_named() {
    let floor = Floor::open().await;
    let whole = json!({"shopId": "S1", "name": "王小明", "gender": "male"});
    for (change, said) in [
        (json!({"name": null}), "name"),
        (json!({"gender": ""}), "gender"),
        (json!({"gender": "third"}), "gender"),
        (json!({"mobile": "12345678910"}), "手机号"),
        (json!({"birthday": "2026-02-30"}), "birthday"),
        (json!({"birthday": "2999-01-01"}), "birthday"),
        (json!({"name": "长".repeat(65)}), "name"),
        (json!({"fromReferrer": {"id": "7"}}), "fromReferrer"),
        (json!({"tag": "VIP"}), "tag"),
        (json!({"shopId": "#"}), "shopId"),
    ] {
        let mut body = whole.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = floor.send(post(CUSTOMERS).json(&body), &floor.staff).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid_parameter")), "{change}");
        assert!(answer.json()["message"].as_str().unwrap().contains(said), "{}", answer.text());
    }
}

#[tokio::test]
async fn the_shop_of_a_new_record_is_named_by_everybody() {
    let floor = Floor::open().await;
    for token in [&floor.staff, &floor.manager] {
        let body = json!({"name": "王小明", "gender": "male"});
        let answer = floor.send(post(CUSTOMERS).json(&body), token).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (400, &json!("缺少门店编号（shopId）")));
    }
}

#[tokio::test]
async fn odd_numbers_on_papers_are_kept() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"idcard": "330104598502150915"})).await;
    assert_eq!(record["idcard"], "****************15");
    let old = floor.record(json!({"idcard": "110105491231002"})).await;
    assert_eq!(old["idcard"], MASK, "fifteen digits are a patient's eighteen");
}

#[tokio::test]
async fn a_manager_reads_the_number_whole_and_leaves_an_entry_and_nobody_else_does() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"idcard": ID_NUMBER})).await;
    let before = floor.plaza.database.items(AUDIT).len();
    assert_eq!(floor.send(get(&at(id(&record))), &floor.staff).await.json()["idcard"], MASK);
    assert_eq!(floor.list("").await["items"][0]["idcard"], MASK);
    assert_eq!(floor.plaza.database.items(AUDIT).len(), before);
    let whole = floor.send(get(&at(id(&record))), &floor.manager).await;
    assert_eq!(whole.json()["idcard"], ID_NUMBER);
    let entries = floor.plaza.database.items(AUDIT);
    let entries: Vec<_> = entries.iter().filter(|entry| entry["action"]["S"] == "customer-read").collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["pk"]["S"], format!("SUBJECT#shop#{}", id(&record)));
    assert_eq!((&entries[0]["role"]["S"], &entries[0]["realm"]["S"]), (&json!("shop-manager"), &json!("shop")));
    assert!(!json!(entries).to_string().contains(ID_NUMBER));
}

#[tokio::test]
async fn a_merge_patch_sets_clears_and_keeps() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"mobile": "13800138000", "city": "北京", "address": "建国路 1 号"})).await;
    let edited = floor.patch(id(&record), &json!({"mobile": null, "city": "上海", "tag": ["VIP", "糖尿病"]})).await;
    assert_eq!((edited.status.as_u16(), edited.header("etag")), (200, Some("\"2\"")));
    let mut expected = record.clone();
    let changes = json!({"mobile": null, "city": "上海", "tag": ["VIP", "糖尿病"], "version": 2});
    expected.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    assert_eq!(edited.json(), expected);
    assert_eq!(floor.read(id(&record)).await, expected);
    for clearing in [json!({"tag": null}), json!({"tag": []})] {
        floor.patch(id(&record), &json!({"tag": ["VIP"]})).await;
        assert_eq!(floor.patch(id(&record), &clearing).await.json()["tag"], Value::Null);
    }
    for refused in [json!({"name": null}), json!({"gender": null}), json!({"name": ""})] {
        assert_eq!(floor.patch(id(&record), &refused).await.status, 400, "{refused}");
    }
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_the_same_version() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"mobile": "13800138000"})).await;
    for same in [json!({}), json!({"mobile": "+86 13800138000"}), json!({"shopId": "S1", "version": 1})] {
        assert_eq!(floor.patch(id(&record), &same).await.json(), record, "{same}");
    }
}

#[tokio::test]
async fn an_old_version_is_not_overwritten() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let edit = async |tag: &str, city: &str| {
        let request = patch(id(&record)).header("if-match", tag).json(&json!({"city": city}));
        floor.send(request, &floor.staff).await
    };
    assert_eq!(edit("\"1\"", "北京").await.json()["version"], 2);
    let refused = edit("\"1\"", "上海").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (412, &json!("old_version")));
    assert_eq!(edit("2", "广州").await.json()["city"], "广州");
    assert_eq!(edit("*", "深圳").await.json()["city"], "深圳");
    assert_eq!(edit("\"x\"", "上海").await.status, 400);
    assert_eq!(floor.read(id(&record)).await["city"], "深圳");
}

#[tokio::test]
async fn a_deleted_record_is_out_of_every_list_and_its_history_is_kept() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"mobile": "13800138000", "tag": ["VIP"]})).await;
    floor.book(id(&record), "credit", 5, "k").await;
    let entries = floor.entries(id(&record));
    for _ in 0..2 {
        assert_eq!(floor.delete(id(&record)).await.whole(), (200, "{}".to_owned()), "a second time is the same");
    }
    for query in ["", "mobile=13800138000", "keyword=王", "keyword=138", "tag=VIP"] {
        assert_eq!(floor.list(query).await["items"], json!([]), "{query}");
    }
    for gone in [
        floor.send(get(&at(id(&record))), &floor.manager).await,
        floor.patch(id(&record), &json!({"city": "北京"})).await,
        floor.book(id(&record), "credit", 5, "k2").await,
        floor.sign_in(id(&record)).await,
    ] {
        assert_eq!(gone.status, 404);
    }
    assert_eq!(floor.entries(id(&record)), entries);
    let kept = floor.plaza.database.under("SHOP#S1");
    assert!(kept.iter().any(|item| item["sk"]["S"] == format!("DELETED#{}", &id(&record)[3..])));
    let trail = floor.plaza.database.items(AUDIT);
    assert_eq!(trail.iter().filter(|entry| entry["action"]["S"] == "customer-deleted").count(), 1);
    assert_eq!(floor.record(json!({})).await["mrn"], "00000002", "its number is not given again");
}

#[tokio::test]
async fn a_record_with_money_on_it_stays() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    floor.book(id(&record), "balance", 100, "in").await;
    let refused = floor.delete(id(&record)).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("balance_left")));
    floor.book(id(&record), "balance", -100, "out").await;
    assert_eq!(floor.delete(id(&record)).await.status, 200);
}

#[tokio::test]
async fn only_managers_delete_and_only_what_was_there() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    assert_eq!(floor.send(delete(id(&record)), &floor.staff).await.status, 403);
    let never = format!("S1.{}", "0".repeat(27));
    for missing in [never.as_str(), "S1.1", "nothing", "%E7%8E%8B"] {
        assert_eq!(floor.delete(missing).await.status, 404, "{missing}");
    }
}
