//! The operator's bills: found by driver, plate, day and state; paid, corrected, refunded by entries beside them.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use std::collections::BTreeSet;
use tests::{
    answer::Answer,
    capacity::bill as cost,
    database::{AUDIT, Fate, killed},
    plaza::{Plaza, TestDriver},
    request::get,
};

const PLATE: &str = "皖A12345";
const OTHER_PLATE: &str = "皖AD12345";

struct Desk {
    plaza: Plaza,
    driver: TestDriver,
}

impl Desk {
    /// A driver with one bill over 15 kWh.
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|_| ()).await;
        let driver = plaza.driver_of("wyc2002", PLATE).await;
        plaza.charged(&driver).await;
        Self { plaza, driver }
    }

    /// Signed in anew, because operators' sessions are over after twelve hours.
    fn admin(&self) -> String {
        self.plaza.token_of(Role::Admin)
    }

    async fn get(&self, target: &str) -> Answer {
        self.plaza.operator(get(&format!("/operator/bills{target}")).bearer(&self.admin())).await
    }

    async fn ids(&self, query: &str) -> Vec<u64> {
        let answer = self.get(&format!("?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()["bills"].as_array().unwrap().iter().map(|bill| bill["bill_id"].as_u64().unwrap()).collect()
    }

    async fn first_bill(&self) -> u64 {
        self.plaza.bills(&self.driver.id).await[0].id
    }

    async fn book(&self, bill: u64, what: &str, body: Value) -> Answer {
        self.plaza.operator(Plaza::booking(&self.admin(), (&self.driver.id, bill), what, &body)).await
    }

    async fn pay(&self, bill: u64, reference: &str, amount: &str) -> Answer {
        self.book(bill, "payments", json!({"reference": reference, "amount": amount})).await
    }

    async fn credit(&self, bill: u64, key: &str, amount: &str) -> Answer {
        self.book(bill, "credits", json!({"key": key, "amount": amount, "reason": "计量偏差"})).await
    }

    async fn look(&self, bill: u64) -> Value {
        self.get(&format!("/{}/{bill}", self.driver.id)).await.json()
    }

    fn actions(&self) -> Vec<String> {
        let items = self.plaza.database.items(AUDIT);
        let about_bills = items.iter().filter_map(|it| it["action"]["S"].as_str()).filter(|it| it.starts_with("bill-"));
        let mut actions: Vec<_> = about_bills.map(ToOwned::to_owned).collect();
        actions.sort();
        actions
    }
}

fn code(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["code"].clone())
}

/// `[outstanding, overpaid, state]` after an entry or of a bill.
fn standing(value: &Value) -> [String; 3] {
    ["outstanding", "overpaid", "state"].map(|name| value[name].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn bills_are_found_by_driver_name_plate_day_and_state() {
    let desk = Desk::open().await;
    let plaza = &desk.plaza;
    let other = plaza.driver_of("other", OTHER_PLATE).await;
    let nobodys = plaza.driver("no-plate").await;
    plaza.charged(&other).await;
    plaza.charged(&nobodys).await;
    // The day ends at four in the afternoon of UTC.
    plaza.watch.advance(SignedDuration::from_hours(24));
    plaza.charged(&desk.driver).await;
    let [late, early] = {
        let bills = plaza.bills(&desk.driver.id).await;
        [bills[1].id, bills[0].id]
    };
    let (others, plain) = (plaza.bills(&other.id).await[0].id, plaza.bills(&nobodys.id).await[0].id);
    plaza.pay(&other.id, others).await;

    assert_eq!(desk.ids(&format!("driver={}", desk.driver.id)).await, [early, late]);
    assert_eq!(desk.ids("username=WYC2002").await, [early, late]);
    assert_eq!(desk.ids(&format!("plate={}", urlencoded(PLATE))).await, [early, late]);
    assert_eq!(desk.ids(&format!("plate={}", urlencoded(OTHER_PLATE))).await, [others]);
    assert_eq!(desk.ids("day=2026-06-01").await, [early, plain, others], "what is open comes first");
    assert_eq!(desk.ids("day=2026-06-02").await, [late]);
    assert!(desk.ids("day=2026-06-03").await.is_empty());
    assert_eq!(desk.ids("").await, [early, plain, late, others]);
    assert_eq!(desk.ids("state=current").await, [early, plain, late]);
    assert!(desk.ids("state=arrears").await.is_empty());
    assert_eq!(desk.ids("state=paid").await, [others]);
    assert!(desk.ids("state=paid&day=2026-06-02").await.is_empty());

    // Until the bills of the first day are overdue and the one of the second is not.
    plaza.watch.advance(SignedDuration::from_hours(24 * 7 - 20));
    assert_eq!(desk.ids("state=arrears").await, [early, plain]);
    assert_eq!(desk.ids("state=current").await, [late]);
    assert_eq!(desk.ids("state=arrears&username=wyc2002").await, [early]);
    assert_eq!(desk.ids(&format!("state=current&plate={}", urlencoded(PLATE))).await, [late]);
    assert_eq!(desk.ids("state=arrears&day=2026-06-01").await, [early, plain]);
    assert_eq!(code(&desk.get("?username=stranger").await), (404, json!("not_found")));
    assert_eq!(desk.ids(&format!("driver={}&day=2026-06-02", desk.driver.id)).await, [late], "both hold");
    assert_eq!(desk.ids(&format!("day=2026-06-01&plate={}", urlencoded(OTHER_PLATE))).await, [others]);
    assert!(desk.ids(&format!("username=wyc2002&driver={}", other.id)).await.is_empty());
    for odd in ["state=lost", "plate=x", "day=today", "after=x", "limit=0", "limit=101"] {
        assert_eq!(code(&desk.get(&format!("?{odd}")).await), (400, json!("invalid_parameter")), "{odd}");
    }
}

fn urlencoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn every_bill_is_on_one_page_and_pages_follow_each_other() {
    let desk = Desk::open().await;
    for n in 0..9 {
        let driver = desk.plaza.driver(&format!("driver-{n}")).await;
        desk.plaza.charged(&driver).await;
        if n % 3 == 0 {
            let bill = desk.plaza.bills(&driver.id).await[0].id;
            desk.plaza.pay(&driver.id, bill).await;
        }
    }
    for (query, many) in [("", 10), ("state=current&", 7), ("state=paid&", 3), ("day=2026-06-01&", 10)] {
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = desk.get(&format!("?{query}limit=3{after}")).await.json();
            seen.extend(page["bills"].as_array().unwrap().iter().map(|bill| bill["bill_id"].as_u64().unwrap()));
            pages += 1;
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (many, many), "{query}");
        assert_eq!(pages, many / 3 + 1, "{query}");
    }
    let behind_all = desk.get("?state=current&after=PAID.998219999999999.0000000000000007").await;
    assert_eq!(behind_all.json(), json!({"bills": [], "next": null}));
}

/// Sixteen partitions take the bills of all stations, and a bill is written in two indexes.
#[tokio::test]
async fn bills_spread_over_the_shards_and_a_page_over_all_of_them_is_in_order() {
    let desk = Desk::open().await;
    let driver = &desk.driver.id;
    desk.plaza.paid_bills_beside(driver, 120);
    let items = desk.plaza.database.under(&format!("ACCOUNT#ev#{driver}"));
    let mut bills: Vec<_> =
        items.into_iter().filter(|item| item["request"].is_object() && item["due"].is_object()).collect();
    for bill in &mut bills {
        let request: u64 = bill["request"]["N"].as_str().unwrap().parse().unwrap();
        let shard = (request % 16).to_string();
        if bill["paid"]["N"] == "0" {
            assert_eq!(bill["bill_shard"]["S"], *shard, "as the program for the bills of earlier releases has it");
        }
        bill["bill_shard"]["S"] = shard.into();
        desk.plaza.database.put(bill);
    }
    for most in [7, 50, 100] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            desk.plaza.database.take_calls();
            let page = desk.get(&format!("?limit={most}{after}")).await.json();
            let read: f64 = desk.plaza.database.take_calls().iter().map(|call| call.units).sum();
            assert!(read <= 30.0, "{read} units for {most} bills");
            let ids = page["bills"].as_array().unwrap().iter().map(|bill| bill["bill_id"].as_u64().unwrap());
            seen.extend(ids);
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        let paid = (0..120).map(|n| 1_000_000 + n);
        let open = bills.iter().find(|bill| bill["paid"]["N"] == "0").unwrap()["request"]["N"].as_str().unwrap();
        let expected: Vec<u64> = std::iter::once(open.parse().unwrap()).chain(paid).collect();
        assert_eq!(seen, expected, "{most} at a time");
    }
}

#[tokio::test]
async fn a_payment_is_booked_once_and_its_reference_answers_the_same_for_ever() {
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    let total = desk.look(bill).await["total_fee"].as_str().unwrap().to_owned();
    let first = desk.pay(bill, "bank-42", &total).await;
    assert_eq!((first.status.as_u16(), standing(&first.json())), (200, ["0.00", "0.00", "paid"].map(String::from)));
    desk.plaza.watch.advance(SignedDuration::from_hours(24 * 25));
    desk.credit(bill, "c-1", "1.00").await;
    assert_eq!(desk.pay(bill, " ｂank-42 ", &total).await.text(), first.text(), "as it was told then");

    assert_eq!(code(&desk.pay(bill, "bank-42", "0.01").await), (409, json!("key_reused")));
    desk.plaza.charged(&desk.driver).await;
    let second = desk.first_bill().await;
    assert_eq!(code(&desk.pay(second, "bank-42", &total).await), (409, json!("key_reused")), "of another bill");
    let refund = json!({"reference": "bank-42", "amount": total});
    assert_eq!(code(&desk.book(bill, "refunds", refund).await), (409, json!("key_reused")), "of another kind");
    assert_eq!(code(&desk.pay(bill, "bank-43", "0.01").await), (409, json!("wrong_state")), "nothing is owed");
    assert_eq!(desk.actions(), ["bill-credited", "bill-settled"]);
    assert_eq!(code(&desk.pay(77, "bank-44", "1.00").await), (404, json!("not_found")));
    let stranger = Plaza::booking(&desk.admin(), ("1", bill), "payments", &json!({"reference": "b", "amount": "1.00"}));
    assert_eq!(code(&desk.plaza.operator(stranger).await), (404, json!("not_found")), "another driver's");
}

#[tokio::test]
async fn an_underpaid_bill_is_in_arrears_and_an_overpaid_one_is_refused() {
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    let whole = desk.look(bill).await;
    let total: i64 = whole["total_fee"].as_str().unwrap().replace('.', "").parse().unwrap();
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
    let over = desk.pay(bill, "bank-1", &yuan(total + 1)).await;
    assert_eq!(code(&over), (409, json!("wrong_state")));
    assert_eq!(over.json()["message"], format!("金额超过尚欠的 {} 元", yuan(total)));
    assert_eq!(desk.look(bill).await, whole, "nothing was booked");

    let under = desk.pay(bill, "bank-2", "5.00").await.json();
    assert_eq!(standing(&under), [yuan(total - 500), "0.00".into(), "arrears".into()]);
    desk.plaza.watch.advance(SignedDuration::from_secs(1));
    assert_eq!(desk.ids("state=arrears").await, [bill]);
    let refused = desk.plaza.apply(&desk.driver, "fast", "15").await;
    assert_eq!(refused.json()["msg"], "有逾期未支付的账单，请先补缴");
    let stats = get("/customer/customers/getVehicleFeeStats").bearer(&desk.driver.token);
    let stats = desk.plaza.ev_customer(stats).await.json();
    assert_eq!(stats["data"], json!([{"carPlate": PLATE, "numOfArrears": 1, "numOfCurrentFee": 0}]));
    let seen = desk.plaza.ev_charging(get("/user/bills").bearer(&desk.driver.token)).await.json();
    let shown = ["state", "paid_amount", "outstanding"].map(|name| seen["data"][0][name].clone());
    assert_eq!(shown, [json!("arrears"), json!("5.00"), json!(yuan(total - 500))]);

    assert_eq!(desk.pay(bill, "bank-3", &yuan(total - 500)).await.json()["state"], "paid");
    assert_eq!(desk.plaza.apply(&desk.driver, "fast", "15").await.json()["code"], 200);
    assert_eq!(desk.actions(), ["bill-settled", "bill-settled"]);
}

#[tokio::test]
async fn corrections_are_entries_beside_the_bill_which_itself_never_changes() {
    const ISSUED: [&str; 10] =
        ["request", "plate", "station", "records", "watt_hours", "charging", "service", "total", "ended", "due"];
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    let stored = || {
        let items = desk.plaza.database.under("ACCOUNT#ev#");
        let item = items.into_iter().find(|item| item["sk"]["S"].as_str().unwrap().starts_with("BILL#")).unwrap();
        (ISSUED.map(|name| item[name].clone()), item["sk"]["S"].as_str().unwrap()[..10].to_owned())
    };
    let (issued, place) = stored();
    assert_eq!(place, "BILL#OPEN#");
    let total: i64 = desk.look(bill).await["total_fee"].as_str().unwrap().replace('.', "").parse().unwrap();
    let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);

    let first = desk.credit(bill, "c-1", "2.50").await;
    assert_eq!(standing(&first.json()), [yuan(total - 250), "0.00".into(), "current".into()]);
    assert_eq!(desk.credit(bill, "c-1", "2.50").await.text(), first.text());
    assert_eq!(code(&desk.credit(bill, "c-1", "2.51").await), (409, json!("key_reused")));
    assert_eq!(code(&desk.credit(bill, "c-2", &yuan(total - 249)).await), (409, json!("wrong_state")));
    assert_eq!(desk.pay(bill, "bank-1", &yuan(total - 250)).await.json()["state"], "paid");
    assert_eq!(stored(), (issued.clone(), "BILL#PAID#".to_owned()));

    let late = desk.credit(bill, "c-3", "1.00").await.json();
    assert_eq!(standing(&late), ["0.00", "1.00", "paid"].map(String::from), "it was paid before");
    assert_eq!(desk.ids("state=overpaid").await, [bill]);
    assert_eq!(desk.ids("state=paid").await, [bill]);
    let refund = |reference: &str, amount: &str| json!({"reference": reference, "amount": amount});
    assert_eq!(code(&desk.book(bill, "refunds", refund("out-1", "1.01")).await), (409, json!("wrong_state")));
    assert_eq!(standing(&desk.book(bill, "refunds", refund("out-2", "1.00")).await.json())[1], "0.00");
    assert!(desk.ids("state=overpaid").await.is_empty());
    assert_eq!(stored(), (issued, "BILL#PAID#".to_owned()));

    let whole = desk.look(bill).await;
    let entries: Vec<_> = whole["entries"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(entries, ["credit", "payment", "credit", "refund"]);
    assert_eq!((&whole["paid"], &whole["credited"]), (&json!(yuan(total - 350)), &json!("3.50")));
    assert_eq!(desk.actions(), ["bill-credited", "bill-credited", "bill-refunded", "bill-settled"]);
    let trail = get(&format!("/operator/audit?kind=ev&subject={}", desk.driver.id)).bearer(&desk.admin());
    let trail = desk.plaza.operator(trail).await.json();
    let mut credits: Vec<_> = trail["entries"].as_array().unwrap().iter().collect();
    credits.retain(|it| it["action"] == "bill-credited");
    for told in ["credit of 2.50, c-1: 计量偏差", "credit of 1.00, c-3: 计量偏差"] {
        assert!(credits.iter().any(|it| it["change"] == format!("bill {bill}: {told}")), "{told}: {credits:?}");
    }
}

#[tokio::test]
async fn a_bill_that_is_wholly_credited_is_paid() {
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    let total = desk.look(bill).await["total_fee"].as_str().unwrap().to_owned();
    let credited = desk.credit(bill, "c-1", &total).await.json();
    assert_eq!(standing(&credited), ["0.00", "0.00", "paid"].map(String::from));
    desk.plaza.watch.advance(SignedDuration::from_hours(24 * 20));
    assert_eq!(desk.plaza.apply(&desk.driver, "fast", "15").await.json()["code"], 200);
}

#[tokio::test]
async fn odd_bookings_are_refused_and_nothing_else_than_the_form_is_written() {
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    for (what, body) in [
        ("payments", json!({"amount": "1.00"})),
        ("payments", json!({"reference": "a#b", "amount": "1.00"})),
        ("payments", json!({"reference": "a", "amount": "0"})),
        ("payments", json!({"reference": "a", "amount": "-1"})),
        ("payments", json!({"reference": "a", "amount": "1.001"})),
        ("payments", json!({"reference": "a", "amount": "1e3"})),
        ("credits", json!({"key": "a", "amount": "1.00"})),
        ("credits", json!({"amount": "1.00", "reason": "x"})),
        ("credits", json!({"key": "a", "amount": "1.00", "reason": "x".repeat(201)})),
        ("refunds", json!({"reference": "付款", "amount": "1.00"})),
    ] {
        assert_eq!(code(&desk.book(bill, what, body.clone()).await), (400, json!("invalid_parameter")), "{body}");
    }
    assert!(desk.actions().is_empty());
    let body = json!({"reference": "a", "amount": "1.00", "kind": "credit", "outstanding": "0.00", "state": "paid",
        "by": "me", "account": "1", "n": 9, "paid": 1, "closed": 1, "pk": "x", "at": 0});
    let booked = desk.book(bill, "payments", body).await.json();
    assert_eq!((&booked["kind"], &booked["state"]), (&json!("payment"), &json!("arrears")));
    assert_ne!(booked["by"], "me");
    assert_eq!(desk.look(bill).await["entries"], json!([booked]));
}

#[tokio::test]
async fn auditors_look_and_book_nothing() {
    let desk = Desk::open().await;
    let (bill, auditor) = (desk.first_bill().await, desk.plaza.token_of(Role::Auditor));
    assert_eq!(desk.plaza.operator(get("/operator/bills").bearer(&auditor)).await.status, 200);
    let one = get(&format!("/operator/bills/{}/{bill}", desk.driver.id)).bearer(&auditor);
    assert_eq!(desk.plaza.operator(one).await.status, 200);
    for what in ["payments", "credits", "refunds"] {
        let body = json!({"reference": "a", "key": "a", "amount": "1.00", "reason": "x"});
        let request = Plaza::booking(&auditor, (&desk.driver.id, bill), what, &body);
        assert_eq!(desk.plaza.operator(request).await.status, 403, "{what}");
    }
    assert!(desk.plaza.database.under("REFERENCE#").is_empty());
}

/// Calls and units at the wire, the admission of the caller included.
#[tokio::test]
async fn finding_and_booking_cost_the_same_with_much_history() {
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    let figures = async |name: &str| {
        let mut figures = Vec::new();
        let mut note = |what: &'static str| figures.push((what, cost(&desk.plaza.database.take_calls())));
        desk.plaza.database.take_calls();
        let plate = urlencoded(PLATE);
        let driver = desk.driver.id.clone();
        for query in
            [format!("driver={driver}"), format!("plate={plate}"), "day=2026-06-01".into(), "state=arrears".into()]
        {
            assert_eq!(desk.ids(&format!("limit=1&{query}")).await, [bill], "{query}");
            note("find");
        }
        assert_eq!(desk.pay(bill, name, "0.01").await.status, 200);
        note("book");
        assert_eq!(desk.pay(bill, name, "0.01").await.status, 200);
        note("again");
        desk.look(bill).await;
        note("look");
        figures
    };
    assert_eq!(desk.pay(bill, "first", "0.01").await.status, 200);
    desk.plaza.watch.advance(SignedDuration::from_secs(1));
    let with_little = figures("second").await;
    desk.plaza.paid_bills_beside(&desk.driver.id, 1_000);
    assert_eq!(figures("third").await, with_little);
    let costs: Vec<_> = with_little.iter().map(|(what, cost)| format!("{what}: {cost}")).collect();
    let all_shards = format!("find: GetItem 1{}", " + Query 0.5".repeat(16));
    assert_eq!(
        costs,
        [
            "find: GetItem 1 + Query 0.5",
            "find: GetItem 1 + Query 0.5",
            &all_shards,
            &all_shards,
            "book: GetItem 1 + GetItem 1 + GetItem 1 + Query 1 + TransactWriteItems 12",
            "again: GetItem 1 + GetItem 1",
            "look: GetItem 1 + Query 1 + Query 1",
        ]
    );
}

/// With a fault at any call, the booking exists once and whole or not at all, and repeating the call completes it.
#[tokio::test]
async fn a_fault_at_any_call_leaves_a_booking_whole_or_undone_and_a_repetition_safe() {
    for fate in Fate::FAULTS.into_iter().chain([Fate::Die, Fate::DieAfter]) {
        for call in 0..5 {
            for lasting in [false, true] {
                let what = format!("{fate:?} at {call}, lasting: {lasting}");
                let desk = Desk::open().await;
                let bill = desk.first_bill().await;
                let total = desk.look(bill).await["total_fee"].as_str().unwrap().to_owned();
                if matches!(fate, Fate::Die | Fate::DieAfter) {
                    killed(&desk.plaza.database, call, fate, desk.pay(bill, "b-1", &total)).await;
                } else {
                    if lasting {
                        desk.plaza.database.from(call, fate);
                    } else {
                        desk.plaza.database.at(call, fate);
                    }
                    let answer = desk.pay(bill, "b-1", &total).await;
                    assert!(matches!(answer.status.as_u16(), 200 | 429 | 500), "{what}: {}", answer.text());
                }
                desk.plaza.database.heal();
                let entries = desk.plaza.database.under("REFERENCE#").len();
                assert_eq!(desk.actions().len(), entries, "{what}");
                assert_eq!(desk.look(bill).await["entries"].as_array().unwrap().len(), entries, "{what}");
                let open = desk.ids("state=current").await.len();
                assert_eq!(open + entries, 1, "{what}");
                assert_eq!(desk.pay(bill, "b-1", &total).await.json()["state"], "paid", "{what}");
                assert_eq!((desk.actions().len(), desk.ids("state=paid").await), (1, vec![bill]), "{what}");
                desk.plaza.watch.advance(SignedDuration::from_hours(24 * 20));
                assert_eq!(desk.plaza.apply(&desk.driver, "fast", "15").await.json()["code"], 200, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn the_same_booking_twice_at_once_is_one_and_different_ones_never_pay_too_much() {
    let desk = Desk::open().await;
    let bill = desk.first_bill().await;
    let total = desk.look(bill).await["total_fee"].as_str().unwrap().to_owned();
    let same = futures_util::future::join_all((0..4).map(|_| desk.pay(bill, "b-1", "1.00"))).await;
    assert!(same.iter().all(|answer| answer.status == 200 && answer.text() == same[0].text()));
    let references: Vec<_> = (2..6).map(|n| format!("b-{n}")).collect();
    let rest: i64 = total.replace('.', "").parse::<i64>().unwrap() - 100;
    let rest = format!("{}.{:02}", rest / 100, rest % 100);
    let all = futures_util::future::join_all(references.iter().map(|reference| desk.pay(bill, reference, &rest))).await;
    let mut codes: Vec<_> = all.iter().map(|answer| answer.status.as_u16()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [200, 409, 409, 409]);
    let whole = desk.look(bill).await;
    assert_eq!(
        (whole["paid"].as_str().unwrap(), standing(&whole)),
        (total.as_str(), ["0.00", "0.00", "paid"].map(String::from))
    );
    assert_eq!(desk.actions().len(), 2);
}
