//! Two at once.

use super::floor::{CUSTOMERS, Floor, at, id, patch};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::request::{get, post};

#[tokio::test]
async fn records_made_at_once_have_numbers_without_a_gap() {
    let floor = Floor::open().await;
    let made = join_all((0..5).map(|_| floor.record(json!({})))).await;
    let numbers: BTreeSet<_> = made.iter().map(|record| record["mrn"].as_str().unwrap().to_owned()).collect();
    assert_eq!(numbers.into_iter().collect::<Vec<_>>(), ["00000001", "00000002", "00000003", "00000004", "00000005"]);
}

#[tokio::test]
async fn one_key_makes_one_record_however_often_it_comes() {
    let floor = Floor::open().await;
    let body = json!({"shopId": "S1", "name": "王小明", "gender": "male", "mobile": "13800138000"});
    let request = |body: &Value| post(CUSTOMERS).json(body).header("idempotency-key", "k1");
    let made = join_all((0..4).map(|_| floor.send(request(&body), &floor.staff))).await;
    let made: BTreeSet<_> = made.iter().map(|answer| answer.json()["id"].to_string()).collect();
    assert_eq!(made.len(), 1);
    let other = floor.send(request(&json!({"shopId": "S1", "name": "李四", "gender": "male"})), &floor.staff).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (409, &json!("key_reused")));
    assert_eq!(floor.send(request(&body), &floor.manager).await.json()["mrn"], "00000002", "a key is its caller's own");
}

#[tokio::test]
async fn of_two_edits_of_one_version_one_is_refused_and_without_a_version_both_count() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let edit = |body: Value| floor.send(patch(id(&record)).header("if-match", "\"1\"").json(&body), &floor.staff);
    let answers = join_all([edit(json!({"city": "北京"})), edit(json!({"county": "朝阳区"}))]).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let (one, other) = (json!({"province": "甲"}), json!({"address": "乙"}));
    let answers = join_all([floor.patch(id(&record), &one), floor.patch(id(&record), &other)]).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let after = floor.read(id(&record)).await;
    assert_eq!((&after["province"], &after["address"], &after["version"]), (&json!("甲"), &json!("乙"), &json!(4)));
}

#[tokio::test]
async fn entries_at_once_all_count_once() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let bookings = (0..5).map(|n| (n, format!("k{}", n % 3)));
    let answers = join_all(bookings.map(async |(_, key)| floor.book(id(&record), "balance", 100, &key).await)).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(floor.read(id(&record)).await["balance"], 300, "three keys");
    assert_eq!(floor.entries(id(&record)).len(), 3);
    let out = join_all((0..5).map(async |n| floor.book(id(&record), "balance", -200, &format!("out{n}")).await)).await;
    assert_eq!(out.iter().filter(|answer| answer.status == 200).count(), 1, "never below zero");
    assert_eq!(floor.read(id(&record)).await["balance"], 100);
}

/// At most twenty links on either side, also under concurrent calls; a repeated link counts once.
#[tokio::test]
async fn links_made_at_once_keep_to_the_cap_of_both_records() {
    let floor = Floor::open().await;
    let (one, two) = (floor.record(json!({})).await, floor.record(json!({})).await);
    let link = async |of: &Value, to: &Value| {
        let request = post(&format!("{}/links", at(id(of)))).json(&json!({"customerId": id(to)}));
        // Another writer at the same item is told to come back.
        loop {
            let answer = floor.send(request.clone(), &floor.manager).await;
            if answer.status != 429 {
                return answer.status.as_u16();
            }
        }
    };
    let links_of = |of: &Value| {
        let (shop, serial) = id(of).split_once('.').unwrap();
        let beside = floor.plaza.database.under(&format!("SHOP#{shop}#CUSTOMER#{serial}"));
        let links = beside.iter().filter(|item| item["sk"]["S"].as_str().unwrap().starts_with("LINK#")).count();
        let counted =
            beside.iter().find(|item| item["sk"]["S"] == "LINK").map_or("0", |item| item["n"]["N"].as_str().unwrap());
        assert_eq!(counted, links.to_string(), "the count is the truth");
        links
    };
    let mut others = Vec::new();
    for _ in 0..23 {
        others.push(floor.record(json!({})).await);
    }
    for other in &others[..19] {
        assert_eq!(link(&one, other).await, 200);
    }
    let racing = others[19..].iter().enumerate();
    let racing = racing.map(|(n, other)| if n % 2 == 0 { (&one, other) } else { (other, &one) });
    let mut statuses = join_all(racing.map(|(of, to)| link(of, to))).await;
    statuses.sort_unstable();
    assert_eq!((statuses, links_of(&one)), (vec![200, 409, 409, 409], 20));
    assert_eq!(link(&one, &others[0]).await, 200, "one that is there needs no room");
    assert_eq!(link(&others[22], &one).await, 409, "from the other side, too");

    let again = join_all([link(&two, &others[0]), link(&others[0], &two), link(&two, &others[0])]).await;
    assert_eq!((again, links_of(&two), links_of(&others[0])), (vec![200; 3], 1, 2));
}

#[tokio::test]
async fn two_sign_ins_are_one() {
    let floor = Floor::open().await;
    let record = floor.record(json!({})).await;
    let answers = join_all((0..4).map(|_| floor.sign_in(id(&record)))).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.json()["credit"] == 10));
    assert_eq!(floor.entries(id(&record)).len(), 1);
}

#[tokio::test]
async fn money_booked_while_a_record_is_deleted_is_not_lost() {
    for _ in 0..5 {
        let floor = Floor::open().await;
        let record = floor.record(json!({})).await;
        let (booked, deleted) =
            futures_util::join!(floor.book(id(&record), "balance", 100, "k"), floor.delete(id(&record)));
        let there = floor.send(get(&at(id(&record))), &floor.manager).await;
        match (booked.status.as_u16(), deleted.status.as_u16()) {
            (200, 409) => assert_eq!(there.json()["balance"], 100),
            (404, 200) => assert_eq!(there.status, 404),
            other => panic!("{other:?}"),
        }
    }
}
