//! Bills from issue to payment: what is open, what is in arrears, and what the driver's record says of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::{
    domain::{
        account::{AccountId, Role},
        ledger::BillState,
        money::Fen,
    },
    service::bill::Fees,
};
use tests::{
    capacity::bill as cost,
    database::Database,
    plaza::{Plaza, TestDriver},
    request::{Request, post},
};

const PLATE: &str = "皖A12345";

async fn fees(plaza: &Plaza, driver: &TestDriver) -> Fees {
    let account = AccountId::known(driver.id.as_str());
    plaza.customers.bills.fees(&account, [PLATE], plaza.watch.now()).await.unwrap()[0].1
}

/// Since when the record says that the driver is in arrears, or will be.
fn owed(database: &Database, driver: &TestDriver) -> Option<Timestamp> {
    let item = database.item(&format!("ACCOUNT#ev#{}", driver.id), "SESSIONS").unwrap();
    let millis = item.get("owed")?["N"].as_str().unwrap().parse().unwrap();
    Some(Timestamp::from_millisecond(millis).unwrap())
}

async fn opened() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    plaza.station(|_| ()).await;
    let driver = plaza.driver_of("wyc2002", PLATE).await;
    (plaza, driver)
}

#[tokio::test]
async fn a_bill_is_current_until_it_is_due_and_falls_into_arrears_without_a_write() {
    let (plaza, driver) = opened().await;
    plaza.charged(&driver).await;
    let issued = plaza.bills(&driver.id).await;
    assert_eq!(issued.len(), 1);
    assert_eq!((issued[0].plate.as_str(), issued[0].state), (PLATE, BillState::Current));
    assert_eq!(owed(&plaza.database, &driver), Some(issued[0].due));
    assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 });

    plaza.database.take_calls();
    plaza.watch.advance(issued[0].due.duration_since(plaza.watch.now()));
    assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 }, "at its due time");
    plaza.watch.advance(SignedDuration::from_millis(1));
    assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 1, current: 0 }, "after it");
    assert!(plaza.database.take_calls().iter().all(|call| call.operation == "Query"));
    assert_eq!(plaza.apply(&driver, "fast", "15").await.json()["msg"], "有逾期未支付的账单，请先补缴");
}

#[tokio::test]
async fn a_paid_bill_moves_and_the_record_says_what_is_left() {
    let (plaza, driver) = opened().await;
    plaza.charged(&driver).await;
    plaza.charged(&driver).await;
    let [first, second] = plaza.bills(&driver.id).await.try_into().unwrap();
    assert_eq!(owed(&plaza.database, &driver), Some(first.due), "the one that falls due first");

    plaza.pay(&driver.id, first.id).await;
    assert_eq!(owed(&plaza.database, &driver), Some(second.due));
    assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 });
    let now = plaza.bills(&driver.id).await;
    assert_eq!(now[0], second, "what is open comes first");
    assert_eq!((now[1].id, now[1].state, now[1].closed), (first.id, BillState::Paid, Some(plaza.watch.now())));

    plaza.pay(&driver.id, second.id).await;
    assert_eq!(owed(&plaza.database, &driver), None);
    plaza.watch.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(plaza.apply(&driver, "fast", "15").await.json()["code"], 200, "nothing is owed");
}

#[tokio::test]
async fn the_bill_that_falls_due_first_counts_whichever_station_issued_it_when() {
    let (plaza, driver) = opened().await;
    let admin = plaza.token_of(Role::Admin);
    let strict = json!({"settings": {"payment_due_hours": 2}});
    let made = Request::new(http::Method::PUT, "/operator/stations/S2").bearer(&admin).json(&strict);
    assert_eq!(plaza.operator(made).await.status, 200);
    plaza.charged(&driver).await;
    let order = [("mode", "fast"), ("quantity", "15"), ("station_id", "S2")];
    let apply = || plaza.ev_charging(post("/user/charge/apply").bearer(&driver.token).form(&order));
    assert_eq!(apply().await.json()["code"], 200);
    plaza.watch.advance(SignedDuration::from_hours(1));
    plaza.sweep().await;
    let [strict, lenient] = plaza.bills(&driver.id).await.try_into().unwrap();
    assert!(strict.due < lenient.due && strict.issued > lenient.issued);
    assert_eq!(owed(&plaza.database, &driver), Some(strict.due));
    plaza.watch.advance(SignedDuration::from_hours(2));
    assert_eq!(apply().await.json()["msg"], "有逾期未支付的账单，请先补缴");
    plaza.pay(&driver.id, strict.id).await;
    assert_eq!(owed(&plaza.database, &driver), Some(lenient.due));
    assert_eq!(apply().await.json()["code"], 200);
}

/// The bill of the station that gives less time comes while the earlier one is paid: the step has seen a record that is
/// no longer so, whichever way round.
#[tokio::test]
async fn a_bill_that_falls_due_sooner_is_noted_while_the_earlier_one_is_paid() {
    for pay_first in [true, false] {
        let (plaza, driver) = opened().await;
        plaza.charged(&driver).await;
        let lenient = plaza.bills(&driver.id).await[0].id;
        let admin = plaza.token_of(Role::Admin);
        let settings = Request::new(http::Method::PUT, "/operator/stations/S1/settings").bearer(&admin);
        let settings = settings.json(&json!({"settings": {"payment_due_hours": 1}}));
        assert_eq!(plaza.operator(settings).await.status, 200);
        plaza.joined(&driver, "fast", "15").await;
        plaza.deliver().await;
        plaza.watch.advance(SignedDuration::from_mins(40));
        if pay_first {
            tokio::join!(plaza.pay(&driver.id, lenient), plaza.sweep());
        } else {
            tokio::join!(plaza.sweep(), plaza.pay(&driver.id, lenient));
        }
        let open = plaza.bills(&driver.id).await;
        assert_eq!((open.len(), open[0].state, open[1].state), (2, BillState::Current, BillState::Paid));
        assert_eq!(owed(&plaza.database, &driver), Some(open[0].due), "paid first: {pay_first}");
    }
}

#[tokio::test]
async fn a_bill_of_zero_is_settled_from_the_start_and_blocks_no_order() {
    let (plaza, driver) = opened().await;
    plaza.joined(&driver, "fast", "0.005").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_hours(1));
    plaza.sweep().await;
    let bills = plaza.bills(&driver.id).await;
    assert_eq!(
        (bills[0].balance.total, bills[0].state, bills[0].closed),
        (Fen(0), BillState::Paid, Some(bills[0].issued))
    );
    assert_eq!(owed(&plaza.database, &driver), None);
    assert_eq!(fees(&plaza, &driver).await, Fees::default());
    plaza.watch.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(plaza.apply(&driver, "fast", "15").await.json()["code"], 200);
}

#[tokio::test]
async fn bills_paid_at_once_in_any_order_are_each_paid_once_and_nothing_is_owed_by_mistake() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (plaza, driver) = opened().await;
        for _ in 0..4 {
            plaza.charged(&driver).await;
        }
        let open = plaza.bills(&driver.id).await;
        let admin = plaza.token_of(Role::Admin);
        let pay = |n: usize| {
            let body = json!({"reference": format!("r-{n}"), "amount": open[n].balance.total.to_string()});
            plaza.operator(Plaza::booking(&admin, (&driver.id, open[n].id), "payments", &body))
        };
        for answer in futures_util::future::join_all(order.map(pay)).await {
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        assert_eq!(owed(&plaza.database, &driver), Some(open[3].due), "{order:?}");
        assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 });
        pay(3).await;
        assert_eq!(owed(&plaza.database, &driver), None);
    }
}

#[tokio::test]
async fn what_is_open_costs_the_same_however_much_was_paid() {
    let (plaza, driver) = opened().await;
    let count = async || {
        plaza.database.take_calls();
        assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 });
        cost(&plaza.database.take_calls())
    };
    plaza.charged(&driver).await;
    let with_little = count().await;
    plaza.paid_bills_beside(&driver.id, 500);
    assert_eq!((with_little.as_str(), count().await.as_str()), ("Query 1", "Query 1"));
}
