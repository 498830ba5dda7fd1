//! Bills: charged for, looked at, and booked on as an operator does.

use crate::{
    answer::Answer,
    plaza::{PAYMENT_KEY, Plaza, TestDriver},
    request::{Request, get, post},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::{
    domain::account::{AccountId, Role},
    outside::payment::NoticeKey,
    service::bill::BillStatement,
};

impl Plaza {
    /// Charges 15 kWh, which takes half an hour; an hour later it is billed.
    pub async fn charged(&self, driver: &TestDriver) {
        self.joined(driver, "fast", "15").await;
        self.deliver().await;
        self.watch.advance(SignedDuration::from_hours(1));
        self.sweep().await;
    }

    /// What the driver sees: open bills, then paid ones.
    pub async fn bills(&self, driver: &str) -> Vec<BillStatement> {
        self.customers.bills.of_driver(&AccountId::known(driver), 100, self.watch.now()).await.unwrap()
    }

    /// A request of an operator's about a bill: `payments`, `credits` or `refunds`.
    pub fn booking(token: &str, (driver, bill): (&str, u64), what: &str, body: &Value) -> Request {
        post(&format!("/operator/bills/{driver}/{bill}/{what}")).bearer(token).json(body)
    }

    /// Starts the payment of a bill.
    pub async fn start_payment(&self, driver: &TestDriver, bill: u64) -> Answer {
        self.ev_charging(post("/user/bill/pay").bearer(&driver.token).form(&[("bill_id", &bill.to_string())])).await
    }

    /// A webhook of the payment provider's.
    pub fn notice(&self, payment: &str, transaction: &str, amount: &str) -> Request {
        let body = json!({"payment": payment, "transaction": transaction, "amount": amount});
        self.signed(post("/payments/callback").json(&body))
    }

    /// Signed as the provider does, now, or as the pile to which the path belongs.
    pub fn signed(&self, request: Request) -> Request {
        if request.path().starts_with("/piles/") {
            return self.signed_by_pile(request);
        }
        let key = NoticeKey::read(&PAYMENT_KEY.into()).unwrap();
        request.signed(&key, self.watch.clock().now().real.as_second())
    }

    pub async fn callback(&self, webhook: Request) -> Answer {
        self.send("payment-callback", webhook).await
    }

    /// Books that a bill was paid in full.
    pub async fn pay(&self, driver: &str, bill: u64) {
        let admin = self.token_of(Role::Admin);
        let shown = self.operator(get(&format!("/operator/bills/{driver}/{bill}")).bearer(&admin)).await;
        let body = json!({"reference": format!("paid-{bill}"), "amount": shown.json()["outstanding"]});
        let answer: Answer = self.operator(Self::booking(&admin, (driver, bill), "payments", &body)).await;
        assert_eq!(answer.json()["state"], "paid", "{}", answer.text());
    }

    /// Puts so many paid bills beside the open one that the driver has.
    pub fn paid_bills_beside(&self, driver: &str, many: u64) {
        let mut items = self.database.under(&format!("ACCOUNT#ev#{driver}")).into_iter();
        let mut bill = items.find(|item| item["sk"]["S"].as_str().unwrap().starts_with("BILL#OPEN#")).unwrap();
        bill["paid"] = bill["total"].clone();
        bill["closed"] = bill["ended"].clone();
        for n in 0..many {
            bill["sk"]["S"] = format!("BILL#PAID#998{n:012}#{:016}", 1_000_000 + n).into();
            bill["request"]["N"] = (1_000_000 + n).to_string().into();
            self.database.put(&bill);
        }
    }
}
