//! What each endpoint costs in calls and capacity units, measured where the calls leave for DynamoDB, and that none of
//! it grows with what is stored.

use std::collections::BTreeSet;
use tests::{
    capacity::bill,
    database::Fate,
    plaza::{PASSWORD, Plaza, Settings},
    request::{get, post},
};

const FULL: [(&str, &str); 5] = [
    ("username", "wyc2002"),
    ("password", PASSWORD),
    ("email", "wengyuechuan@163.com"),
    ("license_plate", "皖A12345"),
    ("battery_capcity", "60.5"),
];

fn cost(plaza: &Plaza) -> String {
    bill(&plaza.database.take_calls())
}

#[tokio::test]
async fn registering_costs_one_throttle_write_and_one_transaction() {
    let plaza = Plaza::open();
    plaza.ev_account(post("/u/register").form(&FULL)).await.token();
    // Five items of under 1 KB each: name, plate, profile, sessions, audit entry; a unit counts double in a transaction.
    assert_eq!(cost(&plaza), "UpdateItem 1 + TransactWriteItems 10");
    plaza.driver("without-a-plate").await;
    assert_eq!(cost(&plaza), "UpdateItem 1 + TransactWriteItems 8");
}

#[tokio::test]
async fn signing_in_costs_two_reads_one_throttle_write_before_hashing_and_one_transaction_after() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    // The name and the network are read; address, network and name are counted; the last two are forgotten.
    let expected = "Query 1 + GetItem 1 + TransactWriteItems 6 + TransactWriteItems 10";
    cost(&plaza);
    plaza.log_in("wyc2002", PASSWORD).await.token();
    assert_eq!(cost(&plaza), expected);
    plaza.sign_in("ev", "wyc2002", PASSWORD).await.token();
    assert_eq!(cost(&plaza), expected, "the same through the other door");
}

#[tokio::test]
async fn the_throttle_is_written_before_the_password_is_looked_at() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    cost(&plaza);
    // Without its write the try is over: nothing has been compared, so nothing is noted as wrong either.
    plaza.database.follow(|call| if call.touches("ADDRESS#") { Fate::Throttle } else { Fate::Apply });
    assert_eq!(plaza.log_in("wyc2002", "123456wyd").await.status, 429);
    assert_eq!(
        cost(&plaza),
        "Query 1 + GetItem 1 + TransactWriteItems 0 + TransactWriteItems 0 + TransactWriteItems 0"
    );
}

#[tokio::test]
async fn a_wrong_password_costs_an_audit_entry_instead_of_a_session() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for name in ["wyc2002", "unknown"] {
        cost(&plaza);
        plaza.log_in(name, "123456wyd").await;
        assert_eq!(cost(&plaza), "Query 1 + GetItem 1 + TransactWriteItems 6 + PutItem 1", "{name}");
    }
}

#[tokio::test]
async fn a_name_that_has_to_wait_costs_two_reads() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for _ in 0..5 {
        plaza.log_in("wyc2002", "123456wyd").await;
    }
    cost(&plaza);
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.status, 429);
    assert_eq!(cost(&plaza), "Query 1 + GetItem 1");
}

#[tokio::test]
async fn an_address_that_has_to_wait_costs_two_reads_and_a_write_that_is_refused() {
    let plaza = Plaza::with(Settings::default().with("LOGIN_PER_IP_MINUTE", 1));
    plaza.driver("wyc2002").await;
    plaza.log_in("unknown", PASSWORD).await;
    cost(&plaza);
    plaza.log_in("wyc2002", PASSWORD).await;
    let calls: Vec<_> = plaza.database.take_calls().into_iter().map(|call| call.operation).collect();
    assert_eq!(calls, ["Query", "GetItem", "TransactWriteItems"]);
}

#[tokio::test]
async fn details_cost_the_sessions_read_and_one_more() {
    let plaza = Plaza::open();
    let token = plaza.ev_account(post("/u/register").form(&FULL)).await.token();
    cost(&plaza);
    plaza.detail(&token).await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 1");
    plaza.ev_account(get(&format!("/user/detail?token={token}"))).await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 1");
}

#[tokio::test]
async fn signing_out_costs_the_sessions_read_and_one_write() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    cost(&plaza);
    plaza.log_out(&driver.token).await;
    assert_eq!(cost(&plaza), "GetItem 1 + TransactWriteItems 2");
    plaza.log_out(&driver.token).await;
    assert_eq!(cost(&plaza), "GetItem 1", "a session that is over costs the look at it");
}

#[tokio::test]
async fn what_is_refused_at_the_door_costs_nothing() {
    let plaza = Plaza::open();
    for request in [
        get("/user/detail"),
        get("/user/detail?token=x.y.z"),
        get("/u/login"),
        get("/unknown"),
        post("/u/login"),
        post("/u/login").body("application/json", "{"),
        post("/u/register").form(&[("username", "wyc2002"), ("password", "password"), ("email", "w@163.com")]),
    ] {
        plaza.ev_account(request).await;
    }
    assert_eq!(cost(&plaza), "");
}

#[tokio::test]
async fn the_session_record_stays_within_one_unit_with_all_the_sessions_it_may_hold() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    for _ in 0..19 {
        plaza.log_in("wyc2002", PASSWORD).await.token();
    }
    cost(&plaza);
    plaza.detail(&driver.token).await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 1");
    plaza.log_in("wyc2002", PASSWORD).await.token();
    // The refused transaction tells what the record holds, so there is nothing to read.
    assert_eq!(
        cost(&plaza),
        "Query 1 + GetItem 1 + TransactWriteItems 6 + TransactWriteItems 0 + TransactWriteItems 10"
    );
}

/// Every call of a plaza's day, as one text.
async fn a_day(plaza: &Plaza, name: &str) -> String {
    cost(plaza);
    let driver = plaza.driver(name).await;
    plaza.detail(&driver.token).await;
    plaza.log_in(name, PASSWORD).await.token();
    plaza.log_in(name, "123456wyd").await;
    plaza.log_out(&driver.token).await;
    cost(plaza)
}

#[tokio::test]
async fn nothing_grows_with_the_number_of_accounts_or_the_length_of_the_trail() {
    let plaza = Plaza::open();
    let first = a_day(&plaza, "first-driver").await;
    for n in 0..1000 {
        plaza.driver(&format!("driver-{n:04}")).await;
    }
    for n in 0..500 {
        plaza.log_in(&format!("driver-{n:04}"), PASSWORD).await.token();
    }
    assert_eq!(a_day(&plaza, "later-driver").await, first);

    plaza.watch.advance(jiff::SignedDuration::from_secs(60));
    for _ in 0..100 {
        plaza.log_in("later-driver", PASSWORD).await.token();
    }
    let token = plaza.log_in("later-driver", PASSWORD).await.token();
    cost(&plaza);
    plaza.detail(&token).await;
    assert_eq!(cost(&plaza), "GetItem 1 + GetItem 1");
}

/// A function may do what its policy names and nothing else, so a new kind of call must show somewhere first.
#[tokio::test]
async fn these_are_all_the_kinds_of_calls_that_are_made() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.detail(&driver.token).await;
    plaza.log_in("wyc2002", PASSWORD).await.token();
    plaza.log_in("wyc2002", "123456wyd").await;
    plaza.log_out(&driver.token).await;
    let mut kinds = BTreeSet::new();
    for call in plaza.database.take_calls() {
        let writes = call.body["TransactItems"].as_array();
        let writes = writes.into_iter().flatten().flat_map(|write| write.as_object().unwrap().keys());
        kinds.extend(writes.map(|kind| format!("{kind}Item in a transaction")));
        kinds.insert(call.operation);
    }
    let expected = [
        "ConditionCheckItem in a transaction",
        "DeleteItem in a transaction",
        "GetItem",
        "PutItem",
        "PutItem in a transaction",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
        "UpdateItem in a transaction",
    ];
    assert_eq!(kinds.iter().collect::<Vec<_>>(), expected);
}
