//! #58: lists, each by one index.

use super::floor::{CUSTOMERS, Floor, encoded, id, names};
use serde_json::{Value, json};
use tests::{
    database::MAIN,
    plaza::Settings,
    request::{get, post},
};

async fn filled() -> Floor {
    let floor = Floor::open().await;
    for (name, mobile, tags) in [
        ("王小明", "13800138000", json!(["VIP"])),
        ("王大明", "13900139000", json!([])),
        ("李四", "13800138000", json!(["VIP", "糖尿病"])),
        ("Alice Wang", "15721460942", json!(["糖尿病"])),
    ] {
        floor.record(json!({"name": name, "mobile": mobile, "tag": tags})).await;
        floor.plaza.watch.advance(jiff::SignedDuration::from_secs(1));
    }
    floor.record(json!({"shopId": "S2", "name": "王五", "mobile": "13800138000", "tag": ["VIP"]})).await;
    floor
}

#[tokio::test]
async fn each_question_is_answered_in_the_order_of_its_index() {
    let floor = filled().await;
    for (query, expected) in [
        ("", vec!["Alice Wang", "李四", "王大明", "王小明"]),
        ("mobile=13800138000", vec!["王小明", "李四"]),
        ("mobile=%2B86+138-0013-8000", vec!["王小明", "李四"]),
        ("keyword=王", vec!["王大明", "王小明"]),
        ("keyword=王小", vec!["王小明"]),
        ("keyword=小", vec![]),
        ("keyword=ALICE", vec!["Alice Wang"]),
        ("keyword=138", vec!["王小明", "李四"]),
        ("keyword=1", vec!["王小明", "李四", "王大明", "Alice Wang"]),
        ("tag=VIP", vec!["李四", "王小明"]),
        ("tag=VIP&mobile=13800138000&keyword=李", vec!["李四"]),
        ("tag=糖尿病&keyword=王", vec![]),
        ("tag=none", vec![]),
    ] {
        let list = floor.list(query).await;
        assert_eq!(names(&list), expected, "{query}");
        assert_eq!(list["nextCursor"], Value::Null, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_or_a_repeat() {
    let floor = filled().await;
    for query in ["", "keyword=1", "keyword=王", "tag=VIP", "tag=VIP&keyword=13", "mobile=13800138000"] {
        let whole = floor.list(query).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = floor.list(&format!("{query}&limit=1&cursor={cursor}")).await;
            let items = page["items"].as_array().unwrap().clone();
            assert!(items.len() == 1, "no page is empty: {query}");
            seen.extend(items);
            let Some(next) = page["nextCursor"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert_eq!(json!(seen), whole["items"], "{query}");
    }
}

#[tokio::test]
async fn a_list_shows_what_was_just_saved() {
    let floor = filled().await;
    let record = floor.list("keyword=王小").await["items"][0].clone();
    floor.patch(id(&record), &json!({"name": "赵小明", "mobile": "13312345864", "tag": ["糖尿病"]})).await;
    for (query, expected) in [
        ("keyword=王小", vec![]),
        ("keyword=赵", vec!["赵小明"]),
        ("mobile=13800138000", vec!["李四"]),
        ("keyword=133", vec!["赵小明"]),
        ("tag=VIP", vec!["李四"]),
        ("tag=糖尿病", vec!["Alice Wang", "李四", "赵小明"]),
    ] {
        assert_eq!(names(&floor.list(query).await), expected, "{query}");
    }
    floor.book(id(&record), "credit", 7, "k").await;
    for query in ["keyword=赵", "keyword=133", "tag=糖尿病&keyword=赵", ""] {
        let list = floor.list(query).await;
        let found = list["items"].as_array().unwrap().iter().find(|item| item["name"] == "赵小明").unwrap();
        assert_eq!((&found["credit"], &found["version"]), (&json!(7), &json!(3)), "every copy is the record: {query}");
    }
}

#[tokio::test]
async fn a_cursor_serves_its_own_shop_and_question_only() {
    let floor = filled().await;
    let page = floor.list("limit=1").await;
    let cursor = page["nextCursor"].as_str().unwrap();
    assert!(!cursor.contains("CUSTOMER") && !cursor.contains("S1"), "{cursor}");
    for (query, token) in [
        (format!("shopId=S2&limit=1&cursor={cursor}"), &floor.manager),
        (format!("shopId=S9&cursor={cursor}"), &floor.neighbour),
        (format!("shopId=S1&tag=VIP&cursor={cursor}"), &floor.staff),
        (format!("shopId=S1&keyword=王&cursor={cursor}"), &floor.staff),
        (format!("shopId=S1&cursor={cursor}x"), &floor.staff),
        ("shopId=S1&cursor=Q1VTVE9NRVIj".to_owned(), &floor.staff),
    ] {
        let answer = floor.send(get(&encoded(&format!("{CUSTOMERS}?{query}"))), token).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid_parameter")), "{query}");
    }
}

#[tokio::test]
async fn a_list_reads_no_more_than_its_share_and_goes_on_from_there() {
    let floor = Floor::with(Settings::default().with("SHOP_LIST_READS", 60)).await;
    for n in 0..130_u8 {
        let tags = if n == 0 { json!(["rare"]) } else { json!([]) };
        floor.record(json!({"name": "王小明", "mobile": "13800138000", "tag": tags})).await;
        floor.plaza.watch.advance(jiff::SignedDuration::from_secs(1));
    }
    let (mut pages, mut found, mut cursor) = (0, 0, String::new());
    loop {
        floor.plaza.database.take_calls();
        let page = floor.list(&format!("mobile=13800138000&keyword=李&cursor={cursor}")).await;
        let read = floor.plaza.database.take_calls().iter().filter_map(|call| call.body["Limit"].as_u64()).sum::<u64>();
        assert!(read <= 60, "{read}");
        found += page["items"].as_array().unwrap().len();
        pages += 1;
        let Some(next) = page["nextCursor"].as_str() else { break };
        next.clone_into(&mut cursor);
    }
    assert_eq!((pages, found), (3, 0));
    assert_eq!(floor.list("keyword=138&tag=rare").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn limits_are_limits() {
    let floor = filled().await;
    for limit in ["0", "101", "-1", "x", "1.5"] {
        let answer = floor.send(get(&format!("{CUSTOMERS}?shopId=S1&limit={limit}")), &floor.staff).await;
        assert_eq!(answer.status, 400, "{limit}");
    }
    assert_eq!(floor.list("limit=100").await["items"].as_array().unwrap().len(), 4);
    for _ in 0..10 {
        floor.send(post(CUSTOMERS).json(&json!({"shopId": "S1", "name": "a", "gender": "male"})), &floor.staff).await;
    }
    let list = floor.list("").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 10, "ten unless asked otherwise");
    assert!(list["nextCursor"].is_string());
}

/// Records as an earlier release left them: without pointers.
fn forget_pointers(floor: &Floor) {
    for mut item in floor.plaza.database.items(MAIN) {
        let pk = item["pk"]["S"].as_str().unwrap().to_owned();
        if pk.contains("#LAST-DIGITS") || pk.contains("#MRN#") {
            floor.plaza.database.remove(&item);
        } else if pk.starts_with("SHOP#S1") {
            let fields = item.as_object_mut().unwrap();
            if fields.remove("mrn").is_some() | fields.remove("pointed").is_some() {
                floor.plaza.database.put(&item);
            }
        }
    }
}

#[tokio::test]
async fn the_end_of_a_phone_number_and_the_mrn_find_too_also_what_was_made_before() {
    for is_old in [false, true] {
        let floor = filled().await;
        floor.record(json!({"name": "赵六", "mobile": "13812341380"})).await;
        floor.record(json!({"name": "钱七", "mobile": "13801380138"})).await;
        if is_old {
            forget_pointers(&floor);
        }
        for (query, expected) in [
            ("keyword=8000", vec!["王小明", "李四"]),
            ("keyword=0942", vec!["Alice Wang"]),
            ("keyword=9999", vec![]),
            ("keyword=00000002", vec!["王大明"]),
            ("keyword=０００００００３", vec!["李四"]),
            ("keyword=00000099", vec![]),
            ("keyword=8000&tag=糖尿病", vec!["李四"]),
            ("keyword=00000001&tag=糖尿病", vec![]),
            ("mobile=13800138000&keyword=8000", vec!["王小明", "李四"]),
            ("keyword=13801380", vec!["钱七"]),
        ] {
            let list = floor.list(query).await;
            let mut found = names(&list);
            let mut expected = expected;
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{query}, old: {is_old}");
            assert_eq!(list["nextCursor"], Value::Null, "{query}");
        }
        // Four digits with which a number may begin: those that end so, then those that begin so, each once.
        let list = floor.list("keyword=1380").await;
        let mut all = names(&list);
        all.sort_unstable();
        let mut both = vec!["王小明", "李四", "赵六", "钱七"];
        both.sort_unstable();
        assert_eq!(all, both, "old: {is_old}");
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = floor.list(&format!("keyword=1380&limit=1&cursor={cursor}")).await;
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["nextCursor"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert_eq!(json!(seen), list["items"], "page by page, old: {is_old}");
    }
}

#[tokio::test]
async fn pointers_follow_the_record_and_lead_to_what_it_is_now() {
    let floor = filled().await;
    let record = floor.list("keyword=00000001").await["items"][0].clone();
    floor.patch(id(&record), &json!({"mobile": "13312345864"})).await;
    assert_eq!(names(&floor.list("keyword=8000").await), ["李四"]);
    assert_eq!(names(&floor.list("keyword=5864").await), ["王小明"]);
    // A pointer that an earlier release has left behind leads to a record that no longer ends so.
    let (_, serial) = id(&record).split_once('.').unwrap();
    floor.plaza.database.put(&json!({"pk": {"S": "SHOP#S1#LAST-DIGITS"}, "sk": {"S": format!("8000#{serial}")},
        "serial": {"S": serial}}));
    assert_eq!(names(&floor.list("keyword=8000").await), ["李四"]);
    floor.delete(id(&record)).await;
    for query in ["keyword=5864", "keyword=00000001", "keyword=133"] {
        assert_eq!(names(&floor.list(query).await), [""; 0], "{query}");
    }
}

/// An edit gives a record that was made before its pointers.
#[tokio::test]
async fn a_record_from_before_gets_its_pointers_with_its_next_change() {
    let floor = filled().await;
    forget_pointers(&floor);
    let record = floor.list("keyword=王小").await["items"][0].clone();
    floor.patch(id(&record), &json!({"city": "北京"})).await;
    let pointers = floor.plaza.database.under("SHOP#S1#LAST-DIGITS");
    assert_eq!(pointers.len(), 1);
    assert_eq!(names(&floor.list("keyword=00000001").await), ["王小明"]);
    assert_eq!(floor.list("keyword=8000").await["items"].as_array().unwrap().len(), 2, "each once");
}
