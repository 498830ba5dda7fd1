//! What the reference says of this endpoint.

use crate::{Booked, routes};
use describe::{Described, Document, need, plain, post};
use serde_json::json;
use shared::domain::reason::Reason;

pub fn describe() -> Described {
    let operations = vec![
        post("/payments/callback", "支付通知", "The payment provider says that money has come in")
            .note("`X-Payment-Timestamp`: epoch seconds, taken for five minutes.")
            .note("`X-Payment-Signature`: hexadecimal HMAC-SHA256 under the shared key over timestamp, full stop, body, as sent.")
            .note("The same transaction is booked once, for ever. Whatever came in is booked, too little or too much.")
            .takes([
                need("payment", "The id that `POST /user/bill/pay` gave out", "6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e"),
                need("transaction", "What the provider calls the money: 1–64 visible ASCII characters", "2026060122001"),
                need("amount", "Yuan, more than 0, at most two decimals", "67.44"),
            ])
            .refuses(&[Reason::NotYours, Reason::KeyReused])
            .answers(plain::content::<Booked<'static>>(json!({ "result": "success", "transaction": "2026060122001" }))),
    ];
    Described::new("payment-callback", Document::Payments, &routes(), operations)
}
