//! Payments that drivers start and the provider confirms: each booked once, also when webhooks come twice, late, at once or wrong.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::{account::Role, ledger::BillState};
use tests::{
    answer::Answer,
    capacity::bill as cost,
    database::{AUDIT, Fate, killed},
    plaza::{Plaza, TestDriver},
    request::{get, post},
};

struct Desk {
    plaza: Plaza,
    driver: TestDriver,
    bill: u64,
    /// What the bill comes to.
    total: String,
}

impl Desk {
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|_| ()).await;
        let driver = plaza.driver_of("wyc2002", "皖A12345").await;
        plaza.charged(&driver).await;
        let bill = plaza.bills(&driver.id).await[0].clone();
        Self { plaza, driver, bill: bill.id, total: bill.balance.total.to_string() }
    }

    async fn payment(&self) -> String {
        let started = self.plaza.start_payment(&self.driver, self.bill).await;
        started.json()["data"]["payment_id"].as_str().unwrap_or_else(|| panic!("{}", started.text())).to_owned()
    }

    async fn notify(&self, payment: &str, transaction: &str, amount: &str) -> Answer {
        self.plaza.callback(self.plaza.notice(payment, transaction, amount)).await
    }

    /// The bill as an operator sees it.
    async fn look(&self) -> Value {
        let admin = self.plaza.token_of(Role::Admin);
        let request = get(&format!("/operator/bills/{}/{}", self.driver.id, self.bill)).bearer(&admin);
        self.plaza.operator(request).await.json()
    }

    async fn settle(&self, reference: &str, amount: &str) -> Answer {
        let admin = self.plaza.token_of(Role::Admin);
        let body = json!({"reference": reference, "amount": amount});
        self.plaza.operator(Plaza::booking(&admin, (&self.driver.id, self.bill), "payments", &body)).await
    }

    /// Amounts of the bill's entries, and what they make of it.
    async fn books(&self) -> (Vec<String>, [String; 3]) {
        let whole = self.look().await;
        let entries = whole["entries"].as_array().unwrap().iter();
        let amounts = entries.map(|entry| entry["amount"].as_str().unwrap().to_owned()).collect();
        (amounts, ["outstanding", "overpaid", "state"].map(|name| whole[name].as_str().unwrap().to_owned()))
    }

    fn settlements(&self) -> usize {
        self.plaza.database.items(AUDIT).iter().filter(|item| item["action"]["S"] == "bill-settled").count()
    }

    fn less(&self, fen: i64) -> String {
        let total: i64 = self.total.replace('.', "").parse().unwrap();
        format!("{}.{:02}", (total - fen) / 100, (total - fen) % 100)
    }
}

fn standing(outstanding: &str, overpaid: &str, state: &str) -> [String; 3] {
    [outstanding, overpaid, state].map(ToOwned::to_owned)
}

fn code(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["code"].clone())
}

#[tokio::test]
async fn a_driver_pays_a_bill_and_is_in_arrears_no_more() {
    let desk = Desk::open().await;
    desk.plaza.watch.advance(SignedDuration::from_hours(24 * 8));
    assert_eq!(desk.plaza.apply(&desk.driver, "fast", "15").await.json()["msg"], "有逾期未支付的账单，请先补缴");
    let started = desk.plaza.start_payment(&desk.driver, desk.bill).await;
    let id = desk.payment().await;
    assert_eq!(
        started.json(),
        json!({"code": 200, "msg": "请完成支付", "data": {"payment_id": id, "bill_id": desk.bill, "amount": desk.total,
            "provider": "stand-in", "checkout": {"payment": id, "amount": desk.total}}}),
        "the same one again"
    );
    let taken = desk.notify(&id, "t-1", &desk.total).await;
    assert_eq!(taken.whole(), (200, r#"{"result":"success","transaction":"t-1"}"#.to_owned()));
    assert_eq!(desk.plaza.bills(&desk.driver.id).await[0].state, BillState::Paid);
    assert_eq!(desk.plaza.apply(&desk.driver, "fast", "15").await.json()["code"], 200);
    let entry = desk.look().await["entries"][0].take();
    assert_eq!((&entry["reference"], &entry["by"]), (&json!("t-1"), &Value::Null));
    let trail = desk.plaza.database.items(AUDIT);
    let told = trail.iter().find(|item| item["action"]["S"] == "bill-settled").unwrap();
    assert_eq!(told["change"]["S"], format!("bill {}: payment of {}, t-1", desk.bill, desk.total));
    assert!(told.get("actor").is_none_or(|actor| actor.get("NULL").is_some()), "{told}");
}

#[tokio::test]
async fn only_ones_own_open_bill_can_be_paid() {
    let desk = Desk::open().await;
    let stranger = desk.plaza.driver("stranger").await;
    let foreign = desk.plaza.start_payment(&stranger, desk.bill).await;
    assert_eq!((foreign.status.as_u16(), foreign.json()["code"].clone()), (403, json!(-1)));
    assert_eq!(foreign.whole(), desk.plaza.start_payment(&stranger, 77).await.whole(), "like one that does not exist");
    for odd in ["x", "-1", "99999999999999999999"] {
        let request = post("/user/bill/pay").bearer(&stranger.token).form(&[("bill_id", odd)]);
        assert_eq!(desk.plaza.ev_charging(request).await.whole(), foreign.whole(), "{odd}");
    }
    assert!(desk.plaza.database.under("PAYMENT#").is_empty());
    desk.plaza.pay(&desk.driver.id, desk.bill).await;
    let paid = desk.plaza.start_payment(&desk.driver, desk.bill).await;
    assert_eq!(paid.whole(), (200, r#"{"code":-1,"msg":"账单已结清"}"#.to_owned()));
}

#[tokio::test]
async fn a_wrong_old_or_missing_signature_writes_nothing() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    let before = (desk.plaza.database.items(tests::database::MAIN), desk.settlements());
    let body = json!({"payment": id, "transaction": "t-1", "amount": desk.total});
    let unsigned = || post("/payments/callback").json(&body);
    let admin = desk.plaza.token_of(Role::Admin);
    let before = (desk.plaza.database.items(tests::database::MAIN), before.1);
    let (second, right) = (desk.plaza.watch.clock().now().real.as_second(), desk.plaza.signed(unsigned()).into_http());
    let right = right.headers()["x-payment-signature"].to_str().unwrap().to_owned();
    let with = |at: i64, tag: &str| {
        unsigned().header("x-payment-timestamp", at.to_string()).header("x-payment-signature", tag)
    };
    for (what, webhook) in [
        ("unsigned", unsigned()),
        ("a session instead", unsigned().bearer(&admin)),
        ("garbage", with(second, "garbage")),
        ("another second", with(second + 1, &right)),
        ("another body", with(second, &right).json(&json!({"payment": id, "transaction": "t-1", "amount": "0.01"}))),
    ] {
        let answer = desk.plaza.callback(webhook).await;
        assert_eq!(code(&answer), (401, json!("unauthorized")), "{what}");
    }
    let webhook = desk.plaza.signed(unsigned());
    desk.plaza.watch.advance(SignedDuration::from_secs(301));
    assert_eq!(code(&desk.plaza.callback(webhook).await), (401, json!("unauthorized")), "too old");
    assert_eq!((desk.plaza.database.items(tests::database::MAIN), desk.settlements()), before);
}

#[tokio::test]
async fn what_makes_no_sense_is_told_so() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    for unknown in ["", "x", "0123456789abcdef0123456789abcdef"] {
        assert_eq!(code(&desk.notify(unknown, "t-1", "1.00").await), (404, json!("not_found")), "{unknown}");
    }
    for (transaction, amount) in [("", "1.00"), ("a#b", "1.00"), ("t", "0"), ("t", "-1"), ("t", "1.001"), ("t", "x")] {
        let answer = desk.notify(&id, transaction, amount).await;
        assert_eq!(code(&answer), (400, json!("invalid_parameter")), "{transaction} {amount}");
    }
    assert_eq!((desk.books().await.0.len(), desk.settlements()), (0, 0));
}

#[tokio::test]
async fn a_transaction_is_booked_once_however_often_its_webhook_comes() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    let first = desk.notify(&id, "t-1", &desk.total).await;
    let again = futures_util::future::join_all((0..3).map(|_| desk.notify(&id, "t-1", &desk.total))).await;
    desk.plaza.watch.advance(SignedDuration::from_hours(24 * 300));
    for answer in again.iter().chain([&desk.notify(&id, "t-1", &desk.total).await]) {
        assert_eq!(answer.whole(), first.whole());
    }
    assert_eq!(desk.books().await, (vec![desk.total.clone()], standing("0.00", "0.00", "paid")));
    assert_eq!(code(&desk.notify(&id, "t-1", "0.01").await), (409, json!("key_reused")));
    assert_eq!(desk.settlements(), 1);
}

#[tokio::test]
async fn less_than_is_owed_leaves_arrears_and_the_rest_is_another_payment() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    assert_eq!(desk.notify(&id, "t-1", "5.00").await.status, 200);
    assert_eq!(desk.books().await.1, standing(&desk.less(500), "0.00", "arrears"));
    assert_eq!(desk.plaza.bills(&desk.driver.id).await[0].state, BillState::InArrears);
    let rest = desk.plaza.start_payment(&desk.driver, desk.bill).await.json()["data"].take();
    assert_ne!(rest["payment_id"], id);
    assert_eq!(rest["amount"], desk.less(500));
    assert_eq!(desk.notify(rest["payment_id"].as_str().unwrap(), "t-2", &desk.less(500)).await.status, 200);
    assert_eq!(desk.books().await.1, standing("0.00", "0.00", "paid"));
}

#[tokio::test]
async fn a_second_real_payment_does_not_vanish() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    assert_eq!(desk.settle("cash-1", &desk.total).await.status, 200);
    for _ in 0..2 {
        assert_eq!(desk.notify(&id, "t-1", &desk.total).await.status, 200, "late, and once more");
    }
    let both = vec![desk.total.clone(), desk.total.clone()];
    assert_eq!(desk.books().await, (both, standing("0.00", &desk.total, "paid")));
    let admin = desk.plaza.token_of(Role::Admin);
    let overpaid = desk.plaza.operator(get("/operator/bills?state=overpaid").bearer(&admin)).await.json();
    assert_eq!(overpaid["bills"][0]["bill_id"], desk.bill);
    assert_eq!(desk.settlements(), 2);
}

#[tokio::test]
async fn more_than_is_owed_is_booked_whole_and_seen_as_overpaid() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    assert_eq!(desk.notify(&id, "t-1", &desk.less(-150)).await.status, 200);
    assert_eq!(desk.books().await, (vec![desk.less(-150)], standing("0.00", "1.50", "paid")));
}

#[tokio::test]
async fn what_an_operator_has_booked_by_hand_is_not_booked_again_by_its_callback() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    assert_eq!(desk.settle("t-1", &desk.total).await.status, 200);
    assert_eq!(desk.notify(&id, "t-1", &desk.total).await.status, 200);
    assert_eq!(desk.books().await, (vec![desk.total.clone()], standing("0.00", "0.00", "paid")));
}

#[tokio::test]
async fn a_payment_is_taken_although_its_driver_has_closed_the_account() {
    let desk = Desk::open().await;
    let id = desk.payment().await;
    desk.plaza.pay(&desk.driver.id, desk.bill).await;
    let token = desk.plaza.log_in("wyc2002", tests::plaza::PASSWORD).await.token();
    let path = format!("/customer/customers/{}", desk.driver.id);
    let close = tests::request::Request::new(http::Method::DELETE, &path).bearer(&token);
    assert_eq!(desk.plaza.ev_customer(close).await.status, 200);
    assert_eq!(desk.notify(&id, "t-1", "1.00").await.status, 200);
    assert_eq!(desk.books().await.1, standing("0.00", "1.00", "paid"));
}

/// An operator who settles, the provider's callback, another transaction and a bill that is issued, all at once.
#[tokio::test]
async fn concurrent_calls_lose_nothing_and_book_nothing_twice() {
    for turn in 0..4_usize {
        let desk = Desk::open().await;
        let id = desk.payment().await;
        desk.plaza.joined(&desk.driver, "fast", "15").await;
        desk.plaza.deliver().await;
        desk.plaza.watch.advance(SignedDuration::from_mins(40));
        let (one, two) = (desk.notify(&id, "t-1", &desk.total), desk.notify(&id, "t-2", &desk.total));
        let (again, hand) = (desk.notify(&id, "t-1", &desk.total), desk.settle("cash-1", &desk.total));
        let (one, two, again, hand) = match turn {
            0 => {
                let (one, two, again, hand, _) = tokio::join!(one, two, again, hand, desk.plaza.sweep());
                (one, two, again, hand)
            }
            1 => {
                let (hand, _, again, two, one) = tokio::join!(hand, desk.plaza.sweep(), again, two, one);
                (one, two, again, hand)
            }
            2 => {
                let (_, two, hand, one, again) = tokio::join!(desk.plaza.sweep(), two, hand, one, again);
                (one, two, again, hand)
            }
            _ => {
                let (again, hand, one, _, two) = tokio::join!(again, hand, one, desk.plaza.sweep(), two);
                (one, two, again, hand)
            }
        };
        for told in [&one, &two, &again] {
            assert_eq!(told.status, 200, "{turn}: {}", told.text());
        }
        assert!(hand.status == 200 || code(&hand) == (409, json!("wrong_state")), "{turn}: {}", hand.text());
        let booked = 2 + usize::from(hand.status == 200);
        let (amounts, [outstanding, overpaid, state]) = desk.books().await;
        assert_eq!((amounts.len(), desk.settlements()), (booked, booked), "{turn}");
        assert_eq!((outstanding.as_str(), state.as_str()), ("0.00", "paid"), "{turn}");
        let total: i64 = desk.total.replace('.', "").parse().unwrap();
        let spare: i64 = overpaid.replace('.', "").parse().unwrap();
        assert_eq!(spare, total * (i64::try_from(booked).unwrap() - 1), "{turn}");
        let bills = desk.plaza.bills(&desk.driver.id).await;
        let record = desk.plaza.database.item(&format!("ACCOUNT#ev#{}", desk.driver.id), "SESSIONS").unwrap();
        let owed = record.get("owed").map(|owed| owed["N"].as_str().unwrap().to_owned());
        let due = bills.iter().filter(|bill| bill.state == BillState::Current).map(|bill| bill.due).min();
        assert_eq!(owed, due.map(|due| due.as_millisecond().to_string()), "{turn}");
        assert_eq!(bills.len(), 2, "{turn}");
    }
}

#[tokio::test]
async fn two_taps_on_pay_are_one_payment() {
    let desk = Desk::open().await;
    let both = futures_util::future::join_all((0..4).map(|_| desk.payment())).await;
    assert!(both.iter().all(|id| *id == both[0]), "{both:?}");
    assert_eq!(desk.plaza.database.under("PAYMENT#").len(), 1);
}

/// With a fault at any call, the payment is booked once, by the first webhook or by its repetition.
#[tokio::test]
async fn a_fault_at_any_call_leaves_a_payment_for_its_repetition() {
    let fates =
        [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::Break, Fate::Hang, Fate::HangAfter];
    for fate in fates {
        for call in 0..5 {
            let desk = Desk::open().await;
            let id = desk.payment().await;
            desk.plaza.database.at(call, fate);
            let first = desk.notify(&id, "t-1", &desk.total).await;
            assert!(matches!(first.status.as_u16(), 200 | 429 | 500), "{fate:?} at {call}: {}", first.text());
            killed(&desk.plaza.database, call, Fate::Die, desk.notify(&id, "t-2", "1.00")).await;
            killed(&desk.plaza.database, call, Fate::DieAfter, desk.notify(&id, "t-2", "1.00")).await;
            assert_eq!(desk.notify(&id, "t-1", &desk.total).await.status, 200, "{fate:?} at {call}");
            assert_eq!(desk.notify(&id, "t-2", "1.00").await.status, 200, "{fate:?} at {call}");
            let (mut amounts, books) = desk.books().await;
            amounts.sort();
            assert_eq!((amounts, books), (vec!["1.00".into(), desk.total.clone()], standing("0.00", "1.00", "paid")));
            assert_eq!(desk.settlements(), 2, "{fate:?} at {call}");
        }
    }
}

#[tokio::test]
async fn paying_costs_the_same_with_much_history() {
    let desk = Desk::open().await;
    let figures = async |transaction: &str| {
        desk.plaza.database.take_calls();
        let id = desk.payment().await;
        let start = cost(&desk.plaza.database.take_calls());
        desk.payment().await;
        let again = cost(&desk.plaza.database.take_calls());
        assert_eq!(desk.notify(&id, transaction, "0.01").await.status, 200);
        let notice = cost(&desk.plaza.database.take_calls());
        assert_eq!(desk.notify(&id, transaction, "0.01").await.status, 200);
        [start, again, notice, cost(&desk.plaza.database.take_calls())]
    };
    figures("t-1").await;
    let with_little = figures("t-2").await;
    desk.plaza.paid_bills_beside(&desk.driver.id, 1_000);
    assert_eq!(figures("t-3").await, with_little);
    assert_eq!(
        with_little,
        [
            "GetItem 1 + Query 1 + GetItem 1 + TransactWriteItems 4",
            "GetItem 1 + Query 1 + GetItem 1",
            "GetItem 1 + GetItem 1 + GetItem 1 + Query 1 + TransactWriteItems 12",
            "GetItem 1 + GetItem 1",
        ]
    );
}
