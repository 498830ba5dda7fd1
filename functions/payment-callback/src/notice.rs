//! A notice of the payment provider.

use crate::App;
use serde::Serialize;
use shared::{
    domain::reason::{Failure, Reason},
    service::{actor::Actor, ledger::LedgerEntry},
    wire::{Access, Call, Endpoint, Field, Way, answer, plain::Success, post},
};
use std::sync::Arc;

const PAYMENT: Field<String> = Field::text("payment")
    .about("`POST /user/bill/pay` 返回的支付 id · The id that `POST /user/bill/pay` gave out")
    .example("6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e");
const TRANSACTION: Field<String> = Field::text("transaction")
    .about("支付渠道的流水号，1 至 64 个可见 ASCII 字符 · What the provider calls the money: 1–64 visible ASCII characters")
    .example("2026060122001");
const AMOUNT: Field<String> = Field::text("amount")
    .about("金额（元），大于 0，最多两位小数 · Yuan, more than 0, at most two decimals")
    .example("67.44");

pub const TAKE: Endpoint = post("/payments/callback")
    .title("支付通知", "The payment provider says that money has come in")
    .access(Access::Signed)
    .zh(&["由支付渠道调用，凭签名而非会话。同一流水号只入账一次，实收多少记多少。"])
    .notes(&[
        "`X-Payment-Timestamp`: epoch seconds, taken for five minutes.",
        "`X-Payment-Signature`: hexadecimal HMAC-SHA256 under the shared key over timestamp, full stop, body, as sent.",
        "The same transaction is booked once, for ever. All that came in is booked, too little or too much.",
    ])
    .takes(&[
        PAYMENT.required().from(answer(Way::to("POST /user/bill/pay"), "/data/payment_id")),
        TRANSACTION.required(),
        AMOUNT.required().from(answer(Way::to("POST /user/bill/pay"), "/data/amount")),
    ])
    .refuses(&[Reason::NotYours, Reason::KeyReused]);

/// What was booked, the same for every repetition.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Booked<'a> {
    result: &'static str,
    transaction: &'a str,
}

pub async fn take(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    // There are no fields but what was signed; a query counts as unknown.
    call.read(|_| Ok(()))?;
    let actor = Actor { who: None, origin: call.origin(), random: &app.random, now: call.now() };
    let LedgerEntry { key, .. } = app.notices.take(call.webhook(), &actor).await?;
    Success::content(&Booked { result: "success", transaction: &key })
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{Booked, TAKE};
    use describe::{Answers, Operation, plain};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            TAKE.answers(plain::content::<Booked<'static>>(
                json!({ "result": "success", "transaction": "2026060122001" }),
            )),
        ]
    }
}
