//! What the reference says of this endpoint.

use crate::{Booked, routes};
use describe::{Described, Document, answer, need, plain, post};
use serde_json::json;
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let operations = vec![
        post("/payments/callback", "支付通知", "The payment provider says that money has come in")
            .zh("由支付渠道调用，凭签名而非会话。同一流水号只入账一次，实收多少记多少。")
            .note("`X-Payment-Timestamp`: epoch seconds, taken for five minutes.")
            .note("`X-Payment-Signature`: hexadecimal HMAC-SHA256 under the shared key over timestamp, full stop, body, as sent.")
            .note("The same transaction is booked once, for ever. Whatever came in is booked, too little or too much.")
            .takes([
                need("payment", "`POST /user/bill/pay` 返回的支付 id · The id that `POST /user/bill/pay` gave out", "6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e")
                    .from(answer("POST /user/bill/pay", "/data/payment_id")),
                need("transaction", "支付渠道的流水号，1 至 64 个可见 ASCII 字符 · What the provider calls the money: 1–64 visible ASCII characters", "2026060122001"),
                need("amount", "金额（元），大于 0，最多两位小数 · Yuan, more than 0, at most two decimals", "67.44").from(answer("POST /user/bill/pay", "/data/amount")),
            ])
            .refuses(&[Reason::NotYours, Reason::KeyReused])
            .answers(plain::content::<Booked<'static>>(json!({ "result": "success", "transaction": "2026060122001" }))),
    ];
    Described::new("payment-callback", Document::Payments, &routes(), operations)
}
