//! A driver's bills and their payment: our extension.

use crate::{
    App, DRIVERS,
    queue::{APPLY, CANCEL},
    records::NUM,
    views,
};
use shared::{
    domain::{
        reason::{Failure, Reason},
        session::Caller,
        text::halfwidth,
    },
    wire::{Call, Endpoint, Field, answer, before, ev_app::Success, get, post},
};
use std::sync::Arc;

const BILL: Field<u64> =
    Field::new("bill_id", bill).about("账单 id，见账单列表 · The bill's id, from the list of bills").whole(1_048_576);

pub const BILLS: Endpoint = get("/user/bills")
    .title("账单列表", "Open bills, the first to fall due in front, then the newest paid ones")
    .access(DRIVERS)
    .zh(&["扩展接口：先列出未结清账单（最早到期的在前），再列出最近已支付的账单。"])
    .notes(&["A bill is in arrears after its due time; `num` limits the paid ones and is brought between 1 and 100."])
    .takes(&[NUM
        .about("返回的已支付账单个数，默认 10，最多 100 · How many paid bills, 10 if left out, at most 100")
        .optional()]);

pub const PAY: Endpoint = post("/user/bill/pay")
    .title("支付账单", "Start the payment of one of the driver's own bills")
    .access(DRIVERS)
    .as_form()
    .zh(&["扩展接口：为本人的一张账单发起支付，返回支付渠道所需的内容。支付结果由支付渠道通知，之后账单状态改变。"])
    .notes(&[
        "What is still owed is to be paid; as long as as much is owed, the payment is the same one.",
        "That it was paid the provider says (`POST /payments/callback`); then the bill's state changes.",
    ])
    .after(&[before(APPLY.way()).then_wait(10), before(CANCEL.way())])
    .takes(&[BILL.required().from(answer(BILLS.way(), "/data/0/id"))])
    .refuses(&[Reason::NotYours, Reason::WrongState]);

pub async fn bills(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let most = call.read(|fields| Ok(fields.optional(&NUM)?.unwrap_or(10)))?;
    let bills = app.bills.of_driver(&caller.account, most, call.now().station).await?;
    Success::data("查询成功", &views::Bill::all(&bills))
}

pub async fn pay(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let bill = call.read(|fields| fields.required(&BILL))?;
    let started = app.payments.start(&caller.account, bill, call.now().station).await?;
    Success::data("请完成支付", &views::ToPay::of(&started, bill))
}

/// What cannot be an id is no bill of the caller's.
fn bill(text: &str) -> Result<u64, Failure> {
    halfwidth(text).parse().ok().filter(|id| *id < 1 << 53).ok_or_else(|| Reason::NotYours.into())
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{BILLS, PAY};
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            BILLS.answers(ev_app::list::<views::Bill>(
                "查询成功",
                &json!([{
                    "id": 1_048_576, "license_plate": "皖A12345", "station_id": "S1", "amount": "67.44",
                    "issued_at": "2026-06-01T10:00:00+08:00", "due_at": "2026-06-08T10:00:00+08:00", "paid_at": null,
                    "state": "current", "paid_amount": "0.00", "credited_amount": "0.00", "outstanding": "67.44"
                }]),
            )),
            PAY.answers(ev_app::data::<views::ToPay<'static>>(
                "请完成支付",
                &json!({
                    "payment_id": "6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e", "bill_id": 1_048_576, "amount": "67.44",
                    "provider": "stand-in",
                    "checkout": { "payment": "6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e", "amount": "67.44" }
                }),
            )),
        ]
    }
}
