//! What each request costs, and that it costs the same in a large shop.

use super::floor::{CUSTOMERS, Floor, at, encoded, id, patch};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::json;
use shared::domain::{
    sealed::SealedPlace,
    shop::{Serial, ShopId, ShopRecordId},
};
use tests::{
    capacity::bill,
    keys::sealer,
    request::{get, post},
};

fn cost(floor: &Floor) -> String {
    bill(&floor.plaza.database.take_calls())
}

/// Puts records into the first shop as they are stored, each with its copies, all of the same size.
fn fill(floor: &Floor, count: u32) {
    let (with, shop) = (sealer(), ShopId::parse("S1").unwrap());
    for n in 0..count {
        let made = Timestamp::from_second(1_500_000_000 + i64::from(n)).unwrap();
        let id = ShopRecordId { shop: shop.clone(), serial: Serial::new(made, 0) };
        let serial = id.serial.as_str();
        let (name, digits, sk) = (format!("顾客{n:06}"), format!("138{n:08}"), format!("CUSTOMER#{serial}"));
        let place =
            SealedPlace { tenant: "SHOP#S1".into(), item: vec!["SHOP#S1".into(), sk.clone()], field: "private" };
        let private = json!({"mrn": format!("{n:08}"), "tags": ["VIP"]}).to_string();
        let blind = with.blind("SHOP#S1", "tag", "VIP").unwrap().0;
        let sealed = with.seal(&place, &private).unwrap().0;
        for (pk, sk) in [
            ("SHOP#S1".to_owned(), sk.clone()),
            ("SHOP#S1#NAME".to_owned(), format!("{name}#{serial}")),
            ("SHOP#S1#MOBILE".to_owned(), format!("{digits}#{serial}")),
            (format!("SHOP#S1#TAG#{blind}"), sk.clone()),
        ] {
            floor.plaza.database.put(&json!({
                "pk": {"S": pk}, "sk": {"S": sk}, "serial": {"S": serial}, "version": {"N": "1"},
                "name": {"S": name}, "mobile": {"S": format!("+86{digits}")}, "gender": {"S": "male"},
                "residence": {"M": {}}, "balance": {"N": "0"}, "credit": {"N": "0"}, "status": {"S": "normal"},
                "private": {"S": sealed}, "tags": {"L": [{"S": blind}]}
            }));
        }
    }
    floor.plaza.database.put(&json!({"pk": {"S": "SHOP#S1"}, "sk": {"S": "COUNTER"}, "n": {"N": count.to_string()}}));
}

/// A shop's day: every kind of request once.
async fn a_day(floor: &Floor) -> Vec<String> {
    let mut bills = Vec::new();
    for query in
        ["", "limit=100", "mobile=13800000050", "keyword=顾客00", "keyword=13800", "tag=VIP", "tag=VIP&keyword=138"]
    {
        cost(floor);
        let list = floor.list(query).await;
        assert!(!list["items"].as_array().unwrap().is_empty(), "{query}");
        bills.push(format!("{query}: {}", cost(floor)));
        if query.is_empty() {
            let next = format!("cursor={}", list["nextCursor"].as_str().unwrap());
            floor.list(&next).await;
            bills.push(format!("next page: {}", cost(floor)));
        }
    }
    let record = floor.record(json!({"mobile": "13900139000"})).await;
    bills.push(format!("create: {}", cost(floor)));
    floor.read(id(&record)).await;
    bills.push(format!("read: {}", cost(floor)));
    floor.send(get(&at(id(&record))), &floor.manager).await;
    bills.push(format!("read by a manager: {}", cost(floor)));
    floor.patch(id(&record), &json!({"city": "北京"})).await;
    bills.push(format!("edit: {}", cost(floor)));
    floor.patch(id(&record), &json!({"city": "北京"})).await;
    bills.push(format!("edit that changes nothing: {}", cost(floor)));
    floor.book(id(&record), "credit", 1, "k").await;
    bills.push(format!("book: {}", cost(floor)));
    floor.sign_in(id(&record)).await;
    bills.push(format!("sign in: {}", cost(floor)));
    floor.sign_in(id(&record)).await;
    bills.push(format!("sign in again: {}", cost(floor)));
    floor.send(get(&format!("{CUSTOMERS}/linked-account?customerId={}", id(&record))), &floor.staff).await;
    bills.push(format!("linked: {}", cost(floor)));
    let other = floor.record(json!({})).await;
    cost(floor);
    let link = post(&format!("{}/links", at(id(&record)))).json(&json!({"customerId": id(&other)}));
    floor.send(link, &floor.manager).await;
    bills.push(format!("link: {}", cost(floor)));
    floor.delete(id(&record)).await;
    bills.push(format!("delete: {}", cost(floor)));
    bills
}

#[tokio::test]
async fn a_shop_with_a_hundred_records_and_one_with_many_cost_the_same() {
    let small = Floor::open().await;
    fill(&small, 100);
    let expected = a_day(&small).await;
    insta::assert_debug_snapshot!(expected);
    let large = Floor::open().await;
    fill(&large, MANY);
    assert_eq!(a_day(&large).await, expected);
}

/// A hundred thousand were measured once with the same figures; they take a minute and a half to put in.
const MANY: u32 = 10_000;

#[tokio::test]
async fn what_is_refused_at_the_door_costs_the_look_at_the_session() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    cost(&floor);
    for request in [
        get(&at(id(&record))),
        patch(id(&record)).json(&json!({"city": "北京"})),
        get(&encoded(&format!("{CUSTOMERS}?shopId=S1&keyword=王"))),
        post(CUSTOMERS).json(&json!({"shopId": "S1", "name": "王小明", "gender": "male"})),
    ] {
        floor.send(request, &floor.neighbour).await;
        assert_eq!(cost(&floor), "GetItem 1");
    }
}

#[test]
fn a_sealed_part_is_text_that_the_table_keeps() {
    let place = SealedPlace { tenant: "SHOP#S1".into(), item: vec![], field: "private" };
    let sealed = sealer().seal(&place, "{}").unwrap().0;
    let bytes = sealed.rsplit('.').next().unwrap();
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(bytes).unwrap().len(), 12 + 2 + 16, "nonce, text and tag");
}
