//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{Described, Document, Input, Operation, Place, delete, get, may, need, patch, post, shop};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const ID: &str = "S1.19e80b21ac8ffffffffffffffff";
const ONE: &str = "/customer/v1/customer/{id}";

pub fn describe() -> Described {
    let operations = [records(), lists(), extensions()].concat();
    Described::new("shop-customer", Document::ShopCustomers, &routes(), operations)
}

/// #57, #60 to #62.
fn records() -> Vec<Operation> {
    let needed = [
        need("shopId", "门店ID", "S1"),
        need("name", "姓名: 1–64 characters", "王小明"),
        need("gender", "性别", "male").one_of(&["male", "female", "unknown"]),
    ];
    let key = may("Idempotency-Key", "The same key makes one record, for 24 hours", "visit-1").at(Place::Header);
    let changed = [
        may("name", "姓名: 1–64 characters; cannot be cleared", "王小明"),
        may("gender", "性别; cannot be cleared", "male").one_of(&["male", "female", "unknown"]),
    ];
    let version = may("If-Match", "The version that is meant", "\"1\"").at(Place::Header);
    vec![
        post("/customer/v1/customer", "添加顾客", "Add a customer")
            .number(57)
            .note("The answer is the record; what is unset is `null`. The shop's next `mrn` is given with it.")
            .note("`balance`, `credit`, `mrn`, `status`, sign-in and WeChat fields are the server's.")
            .as_json()
            .takes(needed)
            .takes(writable())
            .takes([key])
            .refuses(&[Reason::NotYours, Reason::KeyReused])
            .answers(shop::record::<views::Record<'static>>(record())),
        patch(ONE, "编辑顾客", "Edit a customer")
            .number(60)
            .note("A merge patch: `null` clears, what is absent stays. What only the server sets may come back as #61 shows it, and is refused by name otherwise.")
            .note("`idcard` may come back masked as it was shown; any other number with a `*` is refused.")
            .in_path("id", ID)
            .as_json()
            .takes(changed)
            .takes(writable())
            .takes([version.clone()])
            .refuses(&[Reason::NotYours, Reason::OldVersion])
            .answers(shop::record::<views::Record<'static>>(record())),
        get(ONE, "查看顾客", "A customer")
            .number(61)
            .note("`idcard` is masked but for managers, whose reading leaves an entry in the audit trail.")
            .in_path("id", ID)
            .refuses(&[Reason::NotYours])
            .answers(shop::record::<views::Record<'static>>(record())),
        delete(ONE, "删除顾客", "Delete a customer")
            .number(62)
            .note(
                "The record is kept and leaves every list. A second time is the same. `If-Match` is heeded as in #60.",
            )
            .in_path("id", ID)
            .takes([version])
            .refuses(&[Reason::NotYours, Reason::OldVersion, Reason::BalanceLeft])
            .answers(shop::empty_object()),
    ]
}

/// #58, #59.
fn lists() -> Vec<Operation> {
    vec![
        get("/customer/v1/customer", "顾客列表", "Customers of a shop")
            .number(58)
            .note("One order by request: `mobile`, else `keyword`, else `tag`, else newest first; the other wishes are applied to at most 500 records, so a page may be short and still have a `nextCursor`.")
            .takes([
                need("shopId", "门店ID; staff of one shop may leave it out", "S1"),
                may("mobile", "手机号, whole", "13800138000"),
                may("keyword", "What a name begins with, or, only digits, a phone number", "王"),
                may("tag", "标签", "VIP"),
                may("limit", "1–100, else 10", 10),
                may("cursor", "`nextCursor` of the page before, with the same question", "1.d1.c2VhbGVk"),
            ])
            .refuses(&[Reason::NotYours])
            .answers(shop::content::<views::Page<'static>>(json!({ "items": [record()], "nextCursor": null }))),
        get("/customer/v1/customer/linked-account", "顾客关联账户列表", "The same person's records in the group")
            .number(59)
            .note("By the same mobile or an explicit link, in the shops of the group that the caller sees; the record asked about first.")
            .takes([
                need("customerId", "顾客ID", ID),
                may("shopId", "门店ID of that record", "S1"),
                may("expand", "`signinStatus` tells today's state", "signinStatus"),
            ])
            .refuses(&[Reason::NotYours])
            .answers(shop::content::<views::Accounts<'static>>(accounts())),
    ]
}

fn extensions() -> Vec<Operation> {
    vec![
        post("/customer/v1/customer/{id}/links", "关联顾客", "Link two records of one person")
            .in_path("id", ID)
            .takes([need(
                "customerId",
                "The other record, of a shop of the same group",
                "S2.19e80b21ac8ffffffffffffffff",
            )])
            .refuses(&[Reason::NotYours, Reason::CapReached])
            .answers(shop::content::<views::Accounts<'static>>(accounts())),
        post("/customer/v1/customer/{id}/entries", "记账", "Book money or points")
            .note("Entries are never changed; the same key is the same entry for ever. No sum falls below zero.")
            .in_path("id", ID)
            .takes([
                need("account", "余额或积分", "balance").one_of(&["balance", "credit"]),
                need("amount", "Whole fen or points, not 0; negative goes out", 10_000),
                need("reason", "1–200 characters", "充值"),
                need("key", "Makes the entry one; may come as the header `Idempotency-Key`", "receipt-1"),
            ])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState])
            .answers(shop::record::<views::Record<'static>>(record())),
        post("/customer/v1/customer/{id}/signin", "签到", "Sign a customer in for the day")
            .note("Once in a day of the shop's (Asia/Shanghai), for the shop's points; again is the same.")
            .in_path("id", ID)
            .refuses(&[Reason::NotYours])
            .answers(shop::record::<views::Record<'static>>(record())),
    ]
}

/// What staff may set beside name and gender.
fn writable() -> Vec<Input> {
    vec![
        may("mobile", "手机号", "13800138000"),
        may("birthday", "出生日期, from 1900 to today", "1990-01-31"),
        may("idcard", "身份证; one that cannot be right is kept", "11010519491231002X"),
        may("country", "国家", "中国"),
        may("province", "省", "北京"),
        may("city", "市", "北京"),
        may("county", "区(县)", "朝阳区"),
        may("address", "地址", "建国路 1 号"),
        may("tag", "标签列表: at most ten", json!(["VIP"])),
        may("fromChannel", "注册渠道", "门店"),
        may("fromReferrer", "转介绍人", json!({ "id": "7", "name": "李四" })),
        may("fromActivity", "来源活动", json!({ "id": "9", "name": "开业" })),
    ]
}

fn record() -> Value {
    json!({
        "id": ID, "version": 1, "shopId": "S1", "name": "王小明", "mrn": "00000001", "mobile": "13800138000",
        "gender": "male", "birthday": "1990-01-31", "idcard": "110105********002X", "country": "中国",
        "province": "北京", "city": "北京", "county": "朝阳区", "address": "建国路 1 号", "balance": 0, "credit": 0,
        "wechatNickname": null, "wechatHeadimgurl": null, "LastSigninAt": null, "tag": ["VIP"],
        "fromChannel": "门店", "fromReferrer": { "id": "7", "name": "李四" }, "fromActivity": null, "status": "normal"
    })
}

fn accounts() -> Value {
    json!({ "items": [{
        "id": ID, "name": "王小明", "mobile": "13800138000", "shopId": "S1", "signinStatus": "unsigned"
    }] })
}
