//! #59, links, entries and sign-in.

use super::floor::{CUSTOMERS, Floor, at, id};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::request::{get, post};

async fn linked(floor: &Floor, of: &str, token: &str, more: &str) -> Value {
    let answer = floor.send(get(&format!("{CUSTOMERS}/linked-account?customerId={of}{more}")), token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_same_persons_records_are_those_of_the_same_number_in_the_group() {
    let floor = Floor::open().await;
    let one = floor.record(json!({"mobile": "13800138000"})).await;
    floor.plaza.watch.advance(SignedDuration::from_secs(1));
    let twin = floor.record(json!({"mobile": "13800138000", "name": "小王"})).await;
    let other = floor.record(json!({"shopId": "S2", "mobile": "13800138000"})).await;
    floor.record(json!({"shopId": "S2", "mobile": "13900139000"})).await;
    let elsewhere = json!({"shopId": "S9", "name": "王小明", "gender": "male", "mobile": "13800138000"});
    floor.send(post(CUSTOMERS).json(&elsewhere), &floor.neighbour).await;

    let list = linked(&floor, id(&other), &floor.manager, "").await;
    assert_eq!(ids(&list), [id(&other), id(&one), id(&twin)], "the record asked about first");
    let first = json!({"id": id(&other), "name": "王小明", "mobile": "13800138000", "shopId": "S2"});
    assert_eq!(list["items"][0], first);
    let list = linked(&floor, id(&one), &floor.staff, "&shopId=S1").await;
    assert_eq!(ids(&list), [id(&one), id(&twin)], "staff of one shop see that shop");
    let foreign = floor.send(get(&format!("{CUSTOMERS}/linked-account?customerId={}", id(&other))), &floor.staff).await;
    assert_eq!(foreign.status, 404);
    let other_shop = format!("{CUSTOMERS}/linked-account?customerId={}&shopId=S2", id(&one));
    assert_eq!(floor.send(get(&other_shop), &floor.manager).await.status, 404);
    assert_eq!(floor.send(get(&format!("{CUSTOMERS}/linked-account")), &floor.staff).await.status, 400);
}

#[tokio::test]
async fn todays_state_is_told_when_it_is_asked_for() {
    let mut floor = Floor::open().await;
    let one = floor.record(json!({"mobile": "13800138000"})).await;
    floor.record(json!({"shopId": "S2", "mobile": "13800138000"})).await;
    floor.sign_in(id(&one)).await;
    let state = async |floor: &Floor| {
        let list = linked(floor, id(&one), &floor.manager, "&expand=signinStatus").await;
        list["items"].as_array().unwrap().iter().map(|item| item["signinStatus"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(state(&floor).await, ["signed", "unsigned"]);
    // 08:30:05 in Shanghai; the shop's day ends at 16:00 UTC.
    floor.later(SignedDuration::from_secs(15 * 3600 + 29 * 60 + 54));
    assert_eq!(state(&floor).await, ["signed", "unsigned"], "23:59:59");
    floor.later(SignedDuration::from_secs(1));
    assert_eq!(state(&floor).await, ["unsigned", "unsigned"], "midnight");
}

#[tokio::test]
async fn a_manager_links_records_of_the_group() {
    let floor = Floor::open().await;
    let one = floor.record(json!({"mobile": "13800138000"})).await;
    let other = floor.record(json!({"shopId": "S2"})).await;
    let request = |of: &str, to: &str| post(&format!("{}/links", at(of))).json(&json!({"customerId": to}));
    for _ in 0..2 {
        let answer = floor.send(request(id(&one), id(&other)), &floor.manager).await;
        assert_eq!(
            (answer.status.as_u16(), ids(&answer.json())),
            (200, vec![id(&one), id(&other)]),
            "again is the same"
        );
    }
    assert_eq!(ids(&linked(&floor, id(&other), &floor.manager, "").await), [id(&other), id(&one)], "both ways");
    assert_eq!(ids(&linked(&floor, id(&one), &floor.staff, "").await), [id(&one)], "what staff do not see is not told");
    assert_eq!(floor.send(request(id(&one), id(&other)), &floor.staff).await.status, 403);
    assert_eq!(floor.send(request(id(&one), id(&one)), &floor.manager).await.status, 400);
    assert_eq!(floor.send(request(id(&one), id(&other)), &floor.neighbour).await.status, 404);
    let gone = floor.record(json!({})).await;
    floor.delete(id(&gone)).await;
    assert_eq!(floor.send(request(id(&one), id(&gone)), &floor.manager).await.status, 404);
    floor.delete(id(&other)).await;
    assert_eq!(ids(&linked(&floor, id(&one), &floor.manager, "").await), [id(&one)]);
}

#[tokio::test]
async fn shops_of_no_common_group_are_not_linked() {
    let floor = Floor::open().await;
    let both = floor.plaza.staff_of(shared::domain::account::Role::ShopManager, &["S1", "S9"]);
    let one = floor.record(json!({})).await;
    let elsewhere = json!({"shopId": "S9", "name": "王小明", "gender": "male"});
    let other = floor.send(post(CUSTOMERS).json(&elsewhere), &both).await.json();
    let body = json!({"customerId": id(&other)});
    assert_eq!(floor.send(post(&format!("{}/links", at(id(&one)))).json(&body), &both).await.status, 404);
}

#[tokio::test]
async fn sums_are_those_of_the_entries() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    for (n, (account, amount, status)) in [
        ("balance", 10_000, 200),
        ("balance", -2_500, 200),
        ("balance", -7_501, 409),
        ("credit", 30, 200),
        ("credit", -31, 409),
        ("balance", -7_500, 200),
        ("balance", 0, 400),
        ("balance", 1_000_000_001, 400),
        ("money", 1, 400),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = floor.book(id(&record), account, amount, &format!("k{n}")).await;
        assert_eq!(answer.status, status, "{account} {amount}: {}", answer.text());
        let now = floor.read(id(&record)).await;
        for account in ["balance", "credit"] {
            let entries = floor.entries(id(&record));
            let of = entries.iter().filter(|entry| entry["account"]["S"] == account);
            let sum: i64 = of.map(|entry| entry["amount"]["N"].as_str().unwrap().parse::<i64>().unwrap()).sum();
            assert_eq!(now[account], sum, "{account}");
        }
    }
    assert_eq!(floor.entries(id(&record)).len(), 4);
}

#[tokio::test]
async fn an_entry_of_the_same_key_is_the_same_entry() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let first = floor.book(id(&record), "balance", 100, "receipt-1").await;
    assert_eq!(floor.book(id(&record), "balance", 100, "receipt-1").await.whole(), first.whole());
    let other = floor.book(id(&record), "balance", 101, "receipt-1").await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (409, &json!("key_reused")));
    floor.book(id(&record), "balance", -100, "receipt-2").await;
    let again = floor.book(id(&record), "balance", -100, "receipt-2").await;
    assert_eq!((again.status.as_u16(), &again.json()["balance"]), (200, &json!(0)), "though there is nothing left");
    assert_eq!(floor.entries(id(&record)).len(), 2);
    let unkeyed = json!({"account": "balance", "amount": 100, "reason": "充值"});
    let entries = format!("{}/entries", at(id(&record)));
    assert_eq!(floor.send(post(&entries).json(&unkeyed), &floor.manager).await.status, 400);
    let header = post(&entries).json(&unkeyed).header("idempotency-key", "receipt-3");
    assert_eq!(floor.send(header, &floor.manager).await.json()["balance"], 100);
    assert_eq!(floor.send(post(&entries).json(&unkeyed), &floor.staff).await.status, 403);
}

#[tokio::test]
async fn an_entry_says_who_what_and_why() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    floor.book(id(&record), "balance", 100, "receipt-1").await;
    let entry = &floor.entries(id(&record))[0];
    assert_eq!(entry["sk"]["S"], "ENTRY#given-receipt-1");
    assert_eq!((&entry["amount"]["N"], &entry["after"]["N"]), (&json!("100"), &json!("100")));
    assert_eq!((&entry["reason"]["S"], &entry["at"]["S"]), (&json!("充值"), &json!("2026-06-01T00:30:05Z")));
    assert!(entry["by"]["S"].as_str().unwrap().starts_with("shop-manager-"));
}

#[tokio::test]
async fn signing_in_counts_once_a_day_of_the_shops() {
    let mut floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let first = floor.sign_in(id(&record)).await.json();
    assert_eq!((&first["credit"], &first["LastSigninAt"]), (&json!(10), &json!("2026-06-01T08:30:05+08:00")));
    floor.later(SignedDuration::from_secs(3600));
    assert_eq!(floor.sign_in(id(&record)).await.json(), first, "a second time of the day is the same");
    floor.later(SignedDuration::from_secs(24 * 3600));
    let next = floor.sign_in(id(&record)).await.json();
    assert_eq!((&next["credit"], &next["LastSigninAt"]), (&json!(20), &json!("2026-06-02T09:30:05+08:00")));
    let keys: Vec<_> = floor.entries(id(&record)).iter().map(|entry| entry["sk"]["S"].clone()).collect();
    assert_eq!(keys, ["ENTRY#signin-2026-06-01", "ENTRY#signin-2026-06-02"]);
}

/// The front desk signs customers in; what it may not do is book anything else.
#[tokio::test]
async fn front_desks_sign_customers_in() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let signed = floor.send(post(&format!("{}/signin", at(id(&record)))), &floor.staff).await;
    assert_eq!((signed.status.as_u16(), &signed.json()["credit"]), (200, &json!(10)));
    let other = floor.record(json!({"shopId": "S2"})).await;
    assert_eq!(floor.send(post(&format!("{}/signin", at(id(&other)))), &floor.staff).await.status, 404);
    let entry = json!({"account": "credit", "amount": 1, "reason": "x", "key": "k"});
    let booked = floor.send(post(&format!("{}/entries", at(id(&record)))).json(&entry), &floor.staff).await;
    assert_eq!(booked.status, 403);
}

#[tokio::test]
async fn a_shop_may_have_a_figure_of_its_own() {
    use shared::{domain::shop::ShopId, service::shop::ShopSettings};
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let settings = ShopSettings { name: "门店".into(), group: None, signin_points: Some(3) };
    floor.plaza.save_shop(&ShopId::parse("S1").unwrap(), &settings).await.unwrap();
    assert_eq!(floor.sign_in(id(&record)).await.json()["credit"], 3);
}

#[tokio::test]
async fn shop_and_group_say_the_same_of_who_belongs_where() {
    use shared::{
        domain::shop::{GroupId, ShopId},
        service::shop::ShopSettings,
    };
    let floor = Floor::open().await;
    let (group, shop) = (GroupId::parse("G1").unwrap(), ShopId::parse("S2").unwrap());
    let members = async || floor.plaza.directory.group(&group).await.unwrap().1;
    assert_eq!(members().await.len(), 2);
    let settings = |group: Option<&str>| ShopSettings {
        name: "门店".into(),
        group: group.map(|group| GroupId::parse(group).unwrap()),
        signin_points: None,
    };
    floor.plaza.save_shop(&shop, &settings(None)).await.unwrap();
    assert_eq!(members().await, [ShopId::parse("S1").unwrap()]);
    assert_eq!(floor.plaza.save_shop(&shop, &settings(Some("G7"))).await.unwrap_err().text(), "门店组不存在");
    floor.plaza.save_shop(&shop, &settings(Some("G1"))).await.unwrap();
    assert_eq!(members().await.len(), 2);
    assert_eq!(floor.plaza.directory.shop(&shop).await.unwrap().version, 3);
}
