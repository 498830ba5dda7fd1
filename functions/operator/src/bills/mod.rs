//! Bills: found, and what is booked beside them. A bill itself never changes.

use crate::{ADMINS, App, READERS};
use shared::{
    domain::{
        account::{AccountId, LoginName},
        day::Day,
        ledger::EntryKind,
        money::Fen,
        payment::is_reference,
        reason::{Failure, Reason},
        session::Caller,
        text::{halfwidth, is_invisible},
        vehicle::Plate,
    },
    service::{
        bill::{Among, BillSearch, Cursor, Whose},
        ledger::Booking,
    },
    wire::{
        Before, Call, Endpoint, Field, Fields, Given, SampleSource, Way, answer, before, get, missing,
        page::{LIMIT, most},
        plain::Success,
        post,
    },
};
use std::sync::Arc;

mod views;

const DRIVER: &str = "1733412861";
const BILL: &str = "1048576";
/// A driver has charged for an hour and stopped.
const CHARGED: Before = before(Way::to("POST /user/charge/apply")).then_wait(60);
const STOPPED: Before = before(Way::to("POST /user/charge/cancel"));
const BILLED: &[Before] = &[CHARGED, STOPPED];
const OWED_BY: SampleSource = answer(FIND.way(), "/bills/0/driver_id");
const OWED: SampleSource = answer(FIND.way(), "/bills/0/bill_id");
/// All of it has been paid.
const PAID: Before = before(SETTLE.way()).with(&[("amount", Given::From(answer(FIND.way(), "/bills/0/outstanding")))]);
const DRIVER_ID: Field<AccountId> =
    Field::new("driver", |text| driver(&halfwidth(text))).about("车主 id · The driver's id").example(DRIVER);
const USERNAME: Field<LoginName> = Field::new("username", |text| Ok(LoginName::read(text)))
    .about("车主登录用户名 · The name with which the driver signs in")
    .example("wyc2002");
const PLATE: Field<Plate> = Field::new("plate", Plate::parse)
    .about("账单上的车牌号 · The plate as it was billed")
    .example("皖A12345")
    .rule(Plate::RULE);
const DAY: Field<Day> = Field::new("day", Day::parse)
    .about("出账日期（上海时间） · Issued on this day (Asia/Shanghai)")
    .example("2026-06-01");
const BILL_STATE: Field<Among> = Field::new("state", among)
    .about("状态：current 待支付，arrears 待补缴，paid 已支付，overpaid 多付 · The bill's state")
    .example("arrears")
    .one_of(&["current", "arrears", "paid", "overpaid"]);
const BILLS_AFTER: Field<Cursor> = Field::new("after", Cursor::parse)
    .about("上一页的 next · The `next` of the page before")
    .example("OPEN.001780000000000.0000000001048576");
const REFERENCE: Field<String> = Field::new("reference", |text| key("reference", text))
    .about("银行或支付渠道的流水号，1 至 64 个可见 ASCII 字符 · What the bank or the provider calls it: 1–64 visible ASCII characters")
    .example("bank-42");
const AMOUNT: Field<Fen> = Field::new("amount", amount)
    .about("金额（元），大于 0，最多两位小数 · Yuan, more than 0, at most two decimals")
    .example("20.00");
const KEY: Field<String> = Field::new("key", |text| key("key", text))
    .about("幂等键，同一键只记一次；也可放在 `Idempotency-Key` 头 · Makes the entry one; may come as the header `Idempotency-Key`")
    .example("complaint-17");
const REASON: Field<String> =
    Field::new("reason", reason).about("原因，1 至 200 字 · The reason: 1–200 characters").example("充电桩计量偏差");

pub const FIND: Endpoint = get("/operator/bills")
    .title("查找账单", "Find bills")
    .access(READERS)
    .zh(&["按车主、车牌、日期或状态查找账单，多个条件须同时满足。先列未结清的，再列多付的，最后列已支付的。"])
    .notes(&[
        "Of several conditions all must hold; a page may hold fewer than asked for and yet not be the last.",
        "Open bills first, by when they fall into arrears, then overpaid ones, then paid ones, the newest first.",
    ])
    .takes(&[
        DRIVER_ID.optional().left_out(),
        USERNAME.optional().left_out(),
        PLATE.optional().left_out(),
        DAY.optional().left_out(),
        BILL_STATE.optional().left_out(),
        BILLS_AFTER.optional().left_out(),
        LIMIT.optional(),
    ])
    .refuses(&[Reason::NotYours]);

pub const ONE: Endpoint = get("/operator/bills/{driver}/{bill}")
    .title("查看账单", "A bill with its entries")
    .access(READERS)
    .zh(&["返回一张账单及其付款、冲减和退款记录。"])
    .after(BILLED)
    .path_from(&[("driver", OWED_BY), ("bill", OWED)])
    .in_path(&[("driver", DRIVER), ("bill", BILL)])
    .refuses(&[Reason::NotYours]);

pub const SETTLE: Endpoint = post("/operator/bills/{driver}/{bill}/payments")
    .title("登记付款", "Book a payment")
    .access(ADMINS)
    .zh(&["登记线下付款。同一流水号只记一次；少于应付的账单仍为欠费，多于应付的被拒绝。"])
    .notes(&[
        "The same reference is the same payment for ever, over all bills; with other content it is refused.",
        "Less than is owed leaves the bill in arrears; more than is owed is refused.",
    ])
    .after(BILLED)
    .path_from(&[("driver", OWED_BY), ("bill", OWED)])
    .in_path(&[("driver", DRIVER), ("bill", BILL)])
    .takes(&[REFERENCE.required(), AMOUNT.required()])
    .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached]);

pub const CREDIT: Endpoint = post("/operator/bills/{driver}/{bill}/credits")
    .title("冲减账单", "Correct a bill")
    .access(ADMINS)
    .zh(&["冲减账单金额，账单本身不变，累计不超过账单总额。"])
    .notes(&["An entry beside the bill, which itself never changes; at most the bill's total over all credits."])
    .after(BILLED)
    .path_from(&[("driver", OWED_BY), ("bill", OWED)])
    .in_path(&[("driver", DRIVER), ("bill", BILL)])
    .takes(&[KEY.required(), AMOUNT.example("10.00").required(), REASON.required()])
    .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached]);

pub const REFUND: Endpoint = post("/operator/bills/{driver}/{bill}/refunds")
    .title("登记退款", "Book that money went back")
    .access(ADMINS)
    .zh(&["登记退款，不超过多付的金额。"])
    .notes(&["At most what was overpaid, by a second payment or a credit on a paid bill."])
    .after(&[CHARGED, STOPPED, PAID, before(CREDIT.way())])
    .path_from(&[("driver", OWED_BY), ("bill", OWED)])
    .in_path(&[("driver", DRIVER), ("bill", BILL)])
    .takes(&[REFERENCE.example("bank-43").required(), AMOUNT.example("10.00").required()])
    .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState, Reason::CapReached]);

pub async fn find(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (search, now) = (call.read(search)?, call.now());
    let found = app.bills.find(&search, (now.real, now.station)).await?;
    Success::content(&views::Page::of(&found))
}

/// `?driver=1004&username=…&plate=…&day=2026-06-01&state=arrears&after=…&limit=50`, all of which may be left out.
fn search(fields: &mut Fields) -> Result<BillSearch, Failure> {
    let whose = Whose {
        driver: fields.optional(&DRIVER_ID)?,
        username: fields.optional(&USERNAME)?,
        plate: fields.optional(&PLATE)?.map(|plate| plate.as_str().to_owned()),
        day: fields.optional(&DAY)?,
    };
    let among = fields.optional(&BILL_STATE)?.unwrap_or(Among::All);
    let after = fields.optional(&BILLS_AFTER)?;
    Ok(BillSearch { whose, among, after, most: most(fields)? })
}

fn among(text: &str) -> Result<Among, Failure> {
    match halfwidth(text).to_ascii_lowercase().as_str() {
        "current" => Ok(Among::Current),
        "arrears" => Ok(Among::InArrears),
        "paid" => Ok(Among::Paid),
        "overpaid" => Ok(Among::Overpaid),
        _ => Err(Failure::malformed("state 应为 current、arrears、paid 或 overpaid")),
    }
}

pub async fn one(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let (driver, bill) = (driver(call.path("driver"))?, bill(call.path("bill"))?);
    let (found, entries) = app.bills.one(&driver, bill, call.now().station).await?;
    Success::content(&views::Whole::of(&driver, &found, &entries))
}

/// Drivers have numbers.
fn driver(text: &str) -> Result<AccountId, Failure> {
    let is_number = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(AccountId::known(text)) } else { Err(unknown()) }
}

fn bill(text: &str) -> Result<u64, Failure> {
    text.parse().ok().filter(|id| *id < 1 << 53).ok_or_else(unknown)
}

/// What cannot be an id answers like an unknown one.
fn unknown() -> Failure {
    Reason::NotYours.into()
}

pub async fn settle(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let booking = call.read(|fields| money(fields, EntryKind::Payment))?;
    book(&app, &caller, &call, &booking).await
}

pub async fn credit(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let key = call.idempotency_key()?;
    let booking = call.read(|fields| correction(fields, key))?;
    book(&app, &caller, &call, &booking).await
}

pub async fn refund(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let booking = call.read(|fields| money(fields, EntryKind::Refund))?;
    book(&app, &caller, &call, &booking).await
}

async fn book(app: &App, caller: &Caller, call: &Call, booking: &Booking) -> Result<Success, Failure> {
    let (driver, bill) = (driver(call.path("driver"))?, bill(call.path("bill"))?);
    let actor = crate::actor(app, caller, call);
    Success::content(&views::Entry::of(&app.ledger.book((&driver, bill), booking, &actor).await?))
}

/// `{"reference":"…","amount":"67.44"}`
fn money(fields: &mut Fields, kind: EntryKind) -> Result<Booking, Failure> {
    let (key, amount) = (fields.required(&REFERENCE)?, fields.required(&AMOUNT)?);
    Ok(Booking { kind, key, amount, reason: None })
}

/// `{"key":"…","amount":"10.00","reason":"…"}`; the key may also come as `Idempotency-Key`.
fn correction(fields: &mut Fields, header: Option<String>) -> Result<Booking, Failure> {
    let given = fields.optional_text(&KEY)?.or(header).ok_or_else(|| missing(KEY.name()))?;
    let reason = fields.required(&REASON)?;
    let (key, amount) = (KEY.parse(&given)?, fields.required(&AMOUNT)?);
    Ok(Booking { kind: EntryKind::Credit, key, amount, reason: Some(reason) })
}

fn reason(text: &str) -> Result<String, Failure> {
    let reason = text.trim();
    if reason.chars().count() > LONGEST_REASON || reason.chars().any(is_invisible) {
        return Err(Failure::malformed(format!("reason 应为 1 至 {LONGEST_REASON} 个字符，一行")));
    }
    Ok(reason.to_owned())
}

const LONGEST_REASON: usize = 200;

fn key(name: &str, text: &str) -> Result<String, Failure> {
    let key = halfwidth(text);
    if is_reference(&key) {
        Ok(key)
    } else {
        Err(Failure::malformed(format!("{name} 应为 1 至 64 个可见 ASCII 字符，不含 #")))
    }
}

fn amount(text: &str) -> Result<Fen, Failure> {
    let amount = Fen::parse_yuan(&halfwidth(text));
    amount.ok_or_else(|| Failure::malformed("amount 应为大于 0、最多两位小数的金额（元），例如 67.44"))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::views;
    use super::{CREDIT, DRIVER, FIND, ONE, REFUND, SETTLE};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            FIND.answers(plain::content::<views::Page<'static>>(json!({ "bills": [bill()], "next": null }))),
            ONE.answers(plain::content::<views::Whole<'static>>({
                let mut whole = bill();
                whole["entries"] = json!([payment()]);
                whole
            })),
            SETTLE.answers(plain::content::<views::Entry<'static>>(payment())),
            CREDIT.answers(plain::content::<views::Entry<'static>>(json!({
                "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "credit", "reference": null, "key": "complaint-17",
                "amount": "10.00", "reason": "充电桩计量偏差", "at": "2026-06-02T09:00:00+08:00", "by": "a-1",
                "outstanding": "57.44", "overpaid": "0.00", "state": "current"
            }))),
            REFUND.answers(plain::content::<views::Entry<'static>>(json!({
                "bill_id": 1_048_576, "driver_id": DRIVER, "kind": "refund", "reference": "bank-43", "key": null,
                "amount": "10.00", "reason": null, "at": "2026-06-02T09:00:00+08:00", "by": "a-1",
                "outstanding": "0.00", "overpaid": "0.00", "state": "paid"
            }))),
        ]
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
}
