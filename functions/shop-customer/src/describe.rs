//! What the reference says of these endpoints.

use crate::{routes, views};
use describe::{
    Before, Described, Document, Given, Input, Operation, Place, Source, answer, before, delete, get, may, need, patch,
    post, shop,
};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

const ID: &str = "S1.19e80b21ac8ffffffffffffffff";
const RECORD: Source = answer("POST /customer/v1/customer", "/id");
const IN_A_GROUP: Before = before("PUT /operator/shops/{shop}");
const ONE: &str = "/customer/v1/customer/{id}";

pub fn describe() -> Described {
    let operations = [records(), lists(), extensions()].concat();
    Described::new("shop-customer", Document::ShopCustomers, &routes(), operations)
}

/// #57, #60 to #62.
fn records() -> Vec<Operation> {
    let needed = [
        need("shopId", "门店 ID · The shop", "S1"),
        need("name", "姓名，1 至 64 字 · Name: 1–64 characters", "王小明"),
        need("gender", "性别：male 男，female 女，unknown 未知 · Gender", "male")
            .one_of(&["male", "female", "unknown"]),
    ];
    let key = may(
        "Idempotency-Key",
        "幂等键，24 小时内同一键只建一条记录 · The same key makes one record, for 24 hours",
        "visit-1",
    )
    .left_out()
    .at(Place::Header);
    let changed = [
        may("name", "姓名，1 至 64 字，不能清空 · Name: 1–64 characters; cannot be cleared", "王小明"),
        may("gender", "性别，不能清空 · Gender; cannot be cleared", "male").one_of(&["male", "female", "unknown"]),
    ];
    let version = may("If-Match", "所依据的版本，过期则 412 · The version that is meant; an old one is 412", "\"1\"")
        .left_out()
        .at(Place::Header);
    vec![
        post("/customer/v1/customer", "添加顾客", "Add a customer")
            .zh("添加顾客，返回完整记录和新的病历号 `mrn`；未填写的字段为 `null`。")
            .zh("`balance`、`credit`、`mrn`、`status`、签到和微信字段由系统维护。")
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
            .path_from("id", RECORD)
            .zh("只修改给出的字段，`null` 清空。带上 `If-Match` 可避免覆盖他人的修改（412）。")
            .zh("原样传回掩码后的身份证号不会改变已保存的号码。")
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
            .path_from("id", RECORD)
            .zh("返回一条顾客记录。店长看到完整身份证号（会记入审计日志），店员看到掩码。")
            .number(61)
            .note("`idcard` is masked but for managers, whose reading leaves an entry in the audit trail.")
            .in_path("id", ID)
            .refuses(&[Reason::NotYours])
            .answers(shop::record::<views::Record<'static>>(record())),
        delete(ONE, "删除顾客", "Delete a customer")
            .path_from("id", RECORD)
            .zh("店长删除顾客，余额不为 0 时拒绝（409）。重复删除也是成功。")
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
            .zh("列出一个门店的顾客，用 `nextCursor` 翻页；按手机号、关键字、标签或最新排序。")
            .number(58)
            .note("Four digits are the last four of a phone number, and of one that may begin so its beginning, too; eight are a 病历号 (`mrn`) likewise. Not searched: the middle of a name or number, ID numbers, birthdays, addresses, WeChat names, and an `mrn` without its zeros.")
            .note("One order by request: `mobile`, else `keyword`, else `tag`, else newest first; the other wishes are applied to at most 500 records, so a page may be short and still have a `nextCursor`.")
            .takes([
                need("shopId", "门店 ID · The shop", "S1"),
                may("mobile", "完整手机号 · The whole mobile number", "13800138000"),
                may("keyword", "姓名开头，手机号开头或后四位，或完整的病历号 · What a name begins with; digits: what a mobile number begins with, its last four, or a whole `mrn`", "王"),
                may("tag", "标签 · Tag", "VIP"),
                may("limit", "每页条数，1 至 100，默认 10 · How many to a page: 1–100, 10 if left out", 10),
                may("cursor", "上一页的 nextCursor，查询条件须相同 · `nextCursor` of the page before, with the same question", "1.d1.c2VhbGVk").left_out(),
            ])
            .refuses(&[Reason::NotYours])
            .answers(shop::content::<views::Page<'static>>(json!({ "items": [record()], "nextCursor": null }))),
        get("/customer/v1/customer/linked-account", "顾客关联账户列表", "The same person's records in the group")
            .zh("列出同一门店组内手机号相同或已关联的顾客记录，被查询的记录在最前。")
            .number(59)
            .note("By the same mobile or an explicit link, in the shops of the group that the caller sees; the record asked about first.")
            .takes([
                need("customerId", "顾客 ID · The customer's id", ID).from(RECORD),
                may("shopId", "该顾客所在的门店 ID · The shop of that record", "S1"),
                may("expand", "signinStatus：返回当日签到状态 · `signinStatus` tells today's state", "signinStatus"),
            ])
            .refuses(&[Reason::NotYours])
            .answers(shop::content::<views::Accounts<'static>>(accounts())),
    ]
}

fn extensions() -> Vec<Operation> {
    vec![
        post("/customer/v1/customer/{id}/links", "关联顾客", "Link two records of one person")
            .after(&[IN_A_GROUP, IN_A_GROUP.with(&[("shop", Given::Text("S2"))])])
            .path_from("id", RECORD)
            .zh("扩展接口：关联同一人在同一门店组内的两条记录。")
            .in_path("id", ID)
            .takes([need(
                "customerId",
                "另一条顾客记录的 ID，同一门店组内 · The other record, of a shop of the same group",
                "S2.19e80b21ac8ffffffffffffffff",
            ).from(RECORD.with(&[("shopId", "S2")]))])
            .refuses(&[Reason::NotYours, Reason::CapReached])
            .answers(shop::content::<views::Accounts<'static>>(accounts())),
        post("/customer/v1/customer/{id}/entries", "记账", "Book money or points")
            .path_from("id", RECORD)
            .zh("扩展接口：记余额或积分的增减，记录不可修改；同一 `key` 只记一次，结果不会小于 0。")
            .note("Entries are never changed; the same key is the same entry for ever. No sum falls below zero.")
            .in_path("id", ID)
            .takes([
                need("account", "balance 余额，credit 积分 · Money or points", "balance").one_of(&["balance", "credit"]),
                need("amount", "分或积分，整数，不为 0，负数为扣减 · Whole fen or points, not 0; negative goes out", 10_000),
                need("reason", "原因，1 至 200 字 · The reason: 1–200 characters", "充值"),
                need("key", "幂等键，同一键只记一次；也可放在 `Idempotency-Key` 头 · Makes the entry one; may come as the header `Idempotency-Key`", "receipt-1"),
            ])
            .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState])
            .answers(shop::record::<views::Record<'static>>(record())),
        post("/customer/v1/customer/{id}/signin", "签到", "Sign a customer in for the day")
            .path_from("id", RECORD)
            .zh("扩展接口：当日签到并加积分，每天（上海时间）一次，重复调用结果相同。")
            .note("Front desks (`shop-staff`) and managers. Once in a day of the shop's (Asia/Shanghai), for the shop's points; again is the same.")
            .in_path("id", ID)
            .refuses(&[Reason::NotYours])
            .answers(shop::record::<views::Record<'static>>(record())),
    ]
}

/// What staff may set beside name and gender.
fn writable() -> Vec<Input> {
    vec![
        may("mobile", "手机号 · Mobile number", "13800138000"),
        may("birthday", "出生日期，1900 年至今 · Date of birth, from 1900 to today", "1990-01-31"),
        may("idcard", "身份证号，不合规的也会保存 · ID number; one that cannot be right is kept", "11010519491231002X"),
        may("country", "国家 · Country", "中国"),
        may("province", "省 · Province", "北京"),
        may("city", "市 · City", "北京"),
        may("county", "区（县） · District", "朝阳区"),
        may("address", "地址 · Address", "建国路 1 号"),
        may("tag", "标签列表，最多 10 个 · Tags, at most ten", json!(["VIP"])),
        may("fromChannel", "注册渠道 · Where the customer came from", "门店"),
        may("fromReferrer", "转介绍人 · Who referred the customer", json!({ "id": "7", "name": "李四" })),
        may("fromActivity", "来源活动 · The campaign that brought the customer", json!({ "id": "9", "name": "开业" })),
    ]
}

fn record() -> Value {
    json!({
        "id": ID, "version": 1, "shopId": "S1", "name": "王小明", "mrn": "00000001", "mobile": "13800138000",
        "gender": "male", "birthday": "1990-01-31", "idcard": "****************2X", "country": "中国",
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
