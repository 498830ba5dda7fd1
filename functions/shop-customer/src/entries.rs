//! Money and points beside a record, and the sign-in that brings points: extensions.

use crate::{
    App, MANAGERS, STAFF, actor,
    records::{ID, RECORD, id, line},
    views,
};
use shared::{
    domain::{
        reason::{Failure, Reason},
        rule::{ONE_LINE, Rule},
        session::Caller,
        shop::{ShopAccount, ShopBooking, ShopEntryKey},
        text::halfwidth,
    },
    wire::{Bounds, Call, Endpoint, Field, Fields, missing, post, shop::Success},
};
use std::sync::Arc;

const ACCOUNT: Field<ShopAccount> = Field::new("account", account)
    .about("balance 余额，credit 积分 · Money or points")
    .example("balance")
    .one_of(&["balance", "credit"]);
const AMOUNT: Field<i64> = Field::new("amount", amount)
    .about("分或积分，整数，不为 0，负数为扣减 · Whole fen or points, not 0; negative goes out")
    .whole(10_000)
    .bounds(Bounds::whole(-ShopBooking::LARGEST, ShopBooking::LARGEST));
const REASON: Field<String> = Field::new("reason", |text| line("reason", text, 200))
    .about("原因，1 至 200 字 · The reason: 1–200 characters")
    .example("充值")
    .rule(Rule::text(1, 200).matching(ONE_LINE));
const KEY: Field<String> = Field::text("key")
    .about("幂等键，同一键只记一次；也可放在 `Idempotency-Key` 头 · Makes the entry one; may come as the header `Idempotency-Key`")
    .example("receipt-1");

pub const BOOK: Endpoint = post("/customer/v1/customer/{id}/entries")
    .title("记账", "Book money or points")
    .access(MANAGERS)
    .zh(&["扩展接口：记余额或积分的增减，记录不可修改；同一 `key` 只记一次，结果不会小于 0。"])
    .notes(&["Entries are never changed; the same key is the same entry for ever. No sum falls below zero."])
    .path_from(&[("id", RECORD)])
    .in_path(&[("id", ID)])
    .takes(&[ACCOUNT.required(), AMOUNT.required(), REASON.required(), KEY.required()])
    .refuses(&[Reason::NotYours, Reason::KeyReused, Reason::WrongState]);

pub const SIGN_IN: Endpoint = post("/customer/v1/customer/{id}/signin")
    .title("签到", "Sign a customer in for the day")
    .access(STAFF)
    .zh(&["扩展接口：当日签到并加积分，每天（上海时间）一次，重复调用结果相同。"])
    .notes(&[
        "Front desks (`shop-staff`) and managers. Once in a day of the shop's (Asia/Shanghai), for the shop's points; again is the same.",
    ])
    .path_from(&[("id", RECORD)])
    .in_path(&[("id", ID)])
    .refuses(&[Reason::NotYours]);

pub async fn book(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, key) = (id(&call)?, call.idempotency_key()?);
    let booking = call.read(|fields| booking(fields, key))?;
    views::record(&app.records.book(actor(&app, &caller, &call), &id, &booking).await?, false)
}

/// `{"account":"balance","amount":-1200,"reason":"…","key":"…"}`; the key may also come as `Idempotency-Key`.
fn booking(fields: &mut Fields, header: Option<String>) -> Result<ShopBooking, Failure> {
    let (account, amount) = (fields.required(&ACCOUNT)?, fields.required(&AMOUNT)?);
    let reason = fields.required(&REASON)?;
    let key = fields.optional(&KEY)?.or(header).ok_or_else(|| missing(KEY.name()))?;
    Ok(ShopBooking { key: ShopEntryKey::given(key.trim())?, account, amount, reason })
}

fn account(text: &str) -> Result<ShopAccount, Failure> {
    match halfwidth(text).to_ascii_lowercase().as_str() {
        "balance" => Ok(ShopAccount::Balance),
        "credit" => Ok(ShopAccount::Credit),
        _ => Err(Failure::malformed("账户应为 balance（余额）或 credit（积分）").of("account")),
    }
}

fn amount(text: &str) -> Result<i64, Failure> {
    let amount = halfwidth(text).parse().ok();
    let amount =
        amount.filter(|amount| *amount != 0 && (-ShopBooking::LARGEST..=ShopBooking::LARGEST).contains(amount));
    amount.ok_or_else(|| {
        let text = format!("金额应为不等于 0、绝对值不超过 {} 的整数（分或积分）", ShopBooking::LARGEST);
        Failure::typed(text).of("amount")
    })
}

pub async fn sign_in(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    views::record(&app.records.sign_in(actor(&app, &caller, &call), &id(&call)?).await?, false)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{BOOK, SIGN_IN};
    use crate::records::reference::record;
    use crate::views;
    use describe::{Answers, Operation, shop};

    pub fn operations() -> Vec<Operation> {
        vec![
            BOOK.answers(shop::record::<views::Record<'static>>(record())),
            SIGN_IN.answers(shop::record::<views::Record<'static>>(record())),
        ]
    }
}
