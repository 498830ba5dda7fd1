//! What the reference says of bills.

use super::views;
use describe::{Before, Given, Operation, Source, answer, before, get, may, need, plain, post};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const DRIVER: &str = "1733412861";
const BILL: &str = "1048576";
/// A driver has charged for an hour and stopped.
const BILLED: &[Before] = &[before("POST /user/charge/apply").then_wait(60), before("POST /user/charge/cancel")];
const OWED_BY: Source = answer("GET /operator/bills", "/bills/0/driver_id");
const OWED: Source = answer("GET /operator/bills", "/bills/0/bill_id");
/// All of it has been paid.
const PAID: Before = before("POST /operator/bills/{driver}/{bill}/payments")
    .with(&[("amount", Given::From(answer("GET /operator/bills", "/bills/0/outstanding")))]);

pub fn operations() -> Vec<Operation> {
    vec![
        get("/operator/bills", "查找账单", "Find bills")
            .zh("按车主、车牌、日期或状态查找账单，多个条件须同时满足。先列未结清的，再列多付的，最后列已支付的。")
            .note("Of several conditions all must hold; a page may hold fewer than asked for and yet not be the last.")
            .note("Open bills first, by when they fall into arrears, then overpaid ones, then paid ones, the newest first.")
            .takes([
                may("driver", "车主 id · The driver's id", DRIVER).left_out(),
                may("username", "车主登录用户名 · The name with which the driver signs in", "wyc2002").left_out(),
                may("plate", "账单上的车牌号 · The plate as it was billed", "皖A12345").left_out(),
                may("day", "出账日期（上海时间） · Issued on this day (Asia/Shanghai)", "2026-06-01").left_out(),
                may("state", "状态：current 待支付，arrears 待补缴，paid 已支付，overpaid 多付 · The bill's state", "arrears").one_of(&["current", "arrears", "paid", "overpaid"]).left_out(),
                may("after", "上一页的 next · The `next` of the page before", "OPEN.001780000000000.0000000001048576").left_out(),
                may("limit", "每页条数，1 至 100，默认 50 · How many to a page: 1–100, 50 if left out", 50),
            ])
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<views::Page<'static>>(json!({ "bills": [bill()], "next": null }))),
        get("/operator/bills/{driver}/{bill}", "查看账单", "A bill with its entries")
            .after(BILLED)
            .path_from("driver", OWED_BY)
            .path_from("bill", OWED)
            .zh("返回一张账单及其付款、冲减和退款记录。")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .refuses(&[Reason::NotYours])
            .answers(plain::content::<views::Whole<'static>>({
                let mut whole = bill();
                whole["entries"] = json!([payment()]);
                whole
            })),
        post("/operator/bills/{driver}/{bill}/payments", "登记付款", "Book a payment")
            .after(BILLED)
            .path_from("driver", OWED_BY)
            .path_from("bill", OWED)
            .zh("登记线下付款。同一流水号只记一次；少于应付的账单仍为欠费，多于应付的被拒绝。")
            .note("The same reference is the same payment for ever, over all bills; with other content it is refused.")
            .note("Less than is owed leaves the bill in arrears; more than is owed is refused.")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .takes([reference("bank-42"), amount("20.00")])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached])
            .answers(plain::content::<views::Entry<'static>>(payment())),
        post("/operator/bills/{driver}/{bill}/credits", "冲减账单", "Correct a bill")
            .after(BILLED)
            .path_from("driver", OWED_BY)
            .path_from("bill", OWED)
            .zh("冲减账单金额，账单本身不变，累计不超过账单总额。")
            .note("An entry beside the bill, which itself never changes; at most the bill's total over all credits.")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .takes([
                need("key", "幂等键，同一键只记一次；也可放在 `Idempotency-Key` 头 · Makes the entry one; may come as the header `Idempotency-Key`", "complaint-17"),
                amount("10.00"),
                need("reason", "原因，1 至 200 字 · The reason: 1–200 characters", "充电桩计量偏差"),
            ])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached])
            .answers(plain::content::<views::Entry<'static>>(json!({
                "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "credit", "reference": null, "key": "complaint-17",
                "amount": "10.00", "reason": "充电桩计量偏差", "at": "2026-06-02T09:00:00+08:00", "by": "a-1",
                "outstanding": "57.44", "overpaid": "0.00", "state": "current"
            }))),
        post("/operator/bills/{driver}/{bill}/refunds", "登记退款", "Book that money went back")
            .after(BILLED)
            .after(&[PAID, before("POST /operator/bills/{driver}/{bill}/credits")])
            .path_from("driver", OWED_BY)
            .path_from("bill", OWED)
            .zh("登记退款，不超过多付的金额。")
            .note("At most what was overpaid, by a second payment or a credit on a paid bill.")
            .in_path("driver", DRIVER)
            .in_path("bill", BILL)
            .takes([reference("bank-43"), amount("10.00")])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached])
            .answers(plain::content::<views::Entry<'static>>(json!({
                "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "refund", "reference": "bank-43", "key": null,
                "amount": "10.00", "reason": null, "at": "2026-06-02T09:00:00+08:00", "by": "a-1",
                "outstanding": "0.00", "overpaid": "0.00", "state": "paid"
            }))),
    ]
}

fn reference(example: &str) -> describe::Input {
    need(
        "reference",
        "银行或支付渠道的流水号，1 至 64 个可见 ASCII 字符 · What the bank or the provider calls it: 1–64 visible ASCII characters",
        example,
    )
}

fn amount(example: &str) -> describe::Input {
    need("amount", "金额（元），大于 0，最多两位小数 · Yuan, more than 0, at most two decimals", example)
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
