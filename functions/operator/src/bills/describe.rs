//! What the reference says of bills.

use super::views;
use describe::{Operation, get, may, need, plain, post};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const DRIVER: &str = "4503599627370496";
const BILL: &str = "1048576";

pub fn operations() -> Vec<Operation> {
    vec![
        get("/operator/bills", "查找账单", "Find bills")
            .note("Of several conditions all must hold; a page may hold fewer than asked for and yet not be the last.")
            .note("Open bills first, by when they fall into arrears, then overpaid ones, then paid ones, the newest first.")
            .takes([
                may("driver", "The driver's id", DRIVER),
                may("username", "The name with which the driver signs in", "wyc2002"),
                may("plate", "车牌号, as it was billed", "皖A12345"),
                may("day", "Issued on this day (Asia/Shanghai)", "2026-06-01"),
                may("state", "待支付, 待补缴, 已支付, 多付", "arrears").one_of(&["current", "arrears", "paid", "overpaid"]),
                may("after", "The `next` of the page before", "OPEN.001780000000000.0000000001048576"),
                may("limit", "1–100, 50 if left out", 50),
            ])
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<views::Page<'static>>(json!({ "bills": [bill()], "next": null }))),
        get("/operator/bills/{driver}/{bill}", "查看账单", "A bill with its entries")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<views::Whole<'static>>({
                let mut whole = bill();
                whole["entries"] = json!([payment()]);
                whole
            })),
        post("/operator/bills/{driver}/{bill}/payments", "登记付款", "Book a payment")
            .note("The same reference is the same payment for ever, over all bills; with other content it is refused.")
            .note("Less than is owed leaves the bill in arrears; more than is owed is refused.")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .takes([reference(), amount("20.00")])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached])
            .answers(plain::content::<views::Entry<'static>>(payment())),
        post("/operator/bills/{driver}/{bill}/credits", "冲减账单", "Correct a bill")
            .note("An entry beside the bill, which itself never changes; at most the bill's total over all credits.")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .takes([
                need("key", "Makes the entry one; may come as the header `Idempotency-Key`", "complaint-17"),
                amount("10.00"),
                need("reason", "1–200 characters", "充电桩计量偏差"),
            ])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached])
            .answers(plain::content::<views::Entry<'static>>(json!({
                "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "credit", "reference": null, "key": "complaint-17",
                "amount": "10.00", "reason": "充电桩计量偏差", "at": "2026-06-02T09:00:00+08:00", "by": "a-1",
                "outstanding": "57.44", "overpaid": "0.00", "state": "current"
            }))),
        post("/operator/bills/{driver}/{bill}/refunds", "登记退款", "Book that money went back")
            .note("At most what was overpaid, by a second payment or a credit on a paid bill.")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .takes([reference(), amount("10.00")])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached])
            .answers(plain::content::<views::Entry<'static>>(json!({
                "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "refund", "reference": "bank-43", "key": null,
                "amount": "10.00", "reason": null, "at": "2026-06-02T09:00:00+08:00", "by": "a-1",
                "outstanding": "0.00", "overpaid": "0.00", "state": "paid"
            }))),
    ]
}

fn reference() -> describe::Input {
    need("reference", "1–64 visible ASCII characters: what the bank or the provider calls it", "bank-42")
}

fn amount(example: &str) -> describe::Input {
    need("amount", "Yuan, more than 0, at most two decimals", example)
}

fn bill() -> Value {
    json!({
        "bill_id": 1_048_576, "driver_id": DRIVER, "plate": "皖A12345", "station_id": "S1",
        "issued_at": "2026-06-01T10:00:00+08:00", "due_at": "2026-06-08T10:00:00+08:00", "records": 1,
        "kwh": "44.960", "charging_fee": "31.47", "service_fee": "35.97", "total_fee": "67.44", "paid": "20.00",
        "credited": "0.00", "outstanding": "47.44", "overpaid": "0.00", "state": "arrears", "settled_at": null
    })
}

fn payment() -> Value {
    json!({
        "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "payment", "reference": "bank-42", "key": null,
        "amount": "20.00", "reason": null, "at": "2026-06-02T09:00:00+08:00", "by": "a-1", "outstanding": "47.44",
        "overpaid": "0.00", "state": "arrears"
    })
}
