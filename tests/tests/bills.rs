//! Bills from issue to payment: what is open, what is in arrears, and what the driver's record says of it.

use jiff::{SignedDuration, Timestamp};
use shared::{
    domain::{account::AccountId, charging::BillState},
    service::bill::{Bill, Bills, Fees},
    store::Store,
};
use tests::{
    capacity::bill as cost,
    database::{AUDIT, MAIN},
    plaza::{Plaza, TestDriver},
};

const PLATE: &str = "皖A12345";

fn bills(plaza: &Plaza) -> Bills {
    Bills::new(Store::new(plaza.database.client(), MAIN, AUDIT))
}

fn account(driver: &TestDriver) -> AccountId {
    AccountId::known(driver.id.as_str())
}

async fn all(plaza: &Plaza, driver: &TestDriver) -> Vec<Bill> {
    bills(plaza).of_driver(&account(driver), 100, plaza.watch.now()).await.unwrap()
}

async fn fees(plaza: &Plaza, driver: &TestDriver) -> Fees {
    bills(plaza).fees(&account(driver), [PLATE], plaza.watch.now()).await.unwrap()[0].1
}

/// When the record says that the oldest unpaid bill falls due.
fn owed(plaza: &Plaza, driver: &TestDriver) -> Option<Timestamp> {
    let item = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "SESSIONS").unwrap();
    let millis = item.get("owed")?["N"].as_str().unwrap().parse().unwrap();
    Some(Timestamp::from_millisecond(millis).unwrap())
}

async fn charged(plaza: &Plaza, driver: &TestDriver) {
    plaza.joined(driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.watch.advance(SignedDuration::from_hours(1));
    plaza.sweep().await;
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
    charged(&plaza, &driver).await;
    let issued = all(&plaza, &driver).await;
    assert_eq!(issued.len(), 1);
    assert_eq!((issued[0].plate.as_str(), issued[0].state), (PLATE, BillState::Current));
    assert_eq!(owed(&plaza, &driver), Some(issued[0].due));
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
    charged(&plaza, &driver).await;
    charged(&plaza, &driver).await;
    let [first, second] = all(&plaza, &driver).await.try_into().unwrap();
    assert_eq!(owed(&plaza, &driver), Some(first.due), "the one that falls due first");

    let paid = bills(&plaza).settle(&account(&driver), first.id, "pay-1", plaza.watch.now()).await.unwrap();
    assert_eq!((paid.state, paid.paid, paid.amount), (BillState::Paid, Some(plaza.watch.now()), first.amount));
    assert_eq!(owed(&plaza, &driver), Some(second.due));
    assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 });
    let now = all(&plaza, &driver).await;
    assert_eq!(now, [second.clone(), paid.clone()], "what is open comes first");

    plaza.watch.advance(SignedDuration::from_hours(1));
    let again = bills(&plaza).settle(&account(&driver), first.id, "pay-2", plaza.watch.now()).await;
    assert_eq!(again, Ok(paid), "once is enough");
    bills(&plaza).settle(&account(&driver), second.id, "pay-3", plaza.watch.now()).await.unwrap();
    assert_eq!(owed(&plaza, &driver), None);
    plaza.watch.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(plaza.apply(&driver, "fast", "15").await.json()["code"], 200, "nothing is owed");
}

#[tokio::test]
async fn bills_paid_at_once_are_each_paid_once_and_nothing_is_owed_by_mistake() {
    let (plaza, driver) = opened().await;
    for _ in 0..4 {
        charged(&plaza, &driver).await;
    }
    let open = all(&plaza, &driver).await;
    let (service, owner, now) = (bills(&plaza), account(&driver), plaza.watch.now());
    let twice = open.iter().chain(&open).map(|bill| service.settle(&owner, bill.id, "pay", now));
    for answer in futures_util::future::join_all(twice).await {
        // Whoever loses too many races is told to come back.
        assert!(answer.as_ref().is_ok_and(|bill| bill.paid == Some(now)) || answer.is_err(), "{answer:?}");
    }
    for bill in &open {
        service.settle(&owner, bill.id, "pay", now).await.unwrap();
    }
    assert_eq!(owed(&plaza, &driver), None);
    assert_eq!(all(&plaza, &driver).await.len(), 4);
    assert_eq!(fees(&plaza, &driver).await, Fees::default());
}

#[tokio::test]
async fn what_is_open_costs_the_same_however_much_was_paid() {
    let (plaza, driver) = opened().await;
    let count = async || {
        plaza.database.take_calls();
        assert_eq!(fees(&plaza, &driver).await, Fees { arrears: 0, current: 1 });
        cost(&plaza.database.take_calls())
    };
    charged(&plaza, &driver).await;
    let with_little = count().await;
    let bill = plaza
        .database
        .under("ACCOUNT#ev#")
        .into_iter()
        .find(|item| item["sk"]["S"].as_str().unwrap().starts_with("BILL#OPEN#"));
    let mut bill = bill.unwrap();
    for n in 0..500 {
        bill["sk"]["S"] = format!("BILL#PAID#{n:015}#{n:016}").into();
        plaza.database.put(&bill);
    }
    assert_eq!((with_little.as_str(), count().await.as_str()), ("Query 1", "Query 1"));
}
