//! The provider of local stacks and tests: it takes no money, but signs like a provider. A gateway in front of a real
//! provider may use this protocol too.

use super::{Checkout, CheckoutClient, PaymentNotice, Webhook, WebhookReader};
use crate::domain::{
    money::Fen,
    reason::{Failure, Reason},
    text::halfwidth,
};
use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Epoch seconds at which the webhook was signed.
pub const TIMESTAMP: &str = "x-payment-timestamp";
/// Lowercase hexadecimal digits of HMAC-SHA256 over the timestamp as sent, a full stop, and the body as sent.
pub const SIGNATURE: &str = "x-payment-signature";

/// A webhook is accepted for this time in either direction. Repeating it within this time has no effect.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// The key that we share with the provider.
#[derive(Clone)]
pub struct NoticeKey(Arc<hmac::Key>);

/// `{"key":"<base64url>"}`
#[derive(Deserialize)]
struct NoticeKeySecret {
    key: String,
}

#[derive(Serialize)]
struct CheckoutData<'a> {
    payment: &'a str,
    amount: String,
}

/// `{"payment":"…","transaction":"…","amount":"67.44"}`; other members are ignored.
#[derive(Deserialize)]
struct NoticeBody {
    payment: String,
    transaction: String,
    amount: String,
}

impl NoticeKey {
    pub fn read(secret: &SecretString) -> Result<Self, Failure> {
        let broken = || Failure::internal("the payment key must be at least 32 bytes, in base64url");
        let secret: NoticeKeySecret = serde_json::from_str(secret.expose_secret()).map_err(|_| broken())?;
        let key = BASE64_URL_SAFE_NO_PAD.decode(secret.key).ok().filter(|key| key.len() >= 32).ok_or_else(broken)?;
        Ok(Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &key))))
    }

    /// Signs as the provider does.
    pub fn sign(&self, timestamp: &str, body: &[u8]) -> String {
        hex(hmac::sign(&self.0, &signed(timestamp, body)).as_ref())
    }

    pub fn from_bytes(key: &[u8]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    /// Refuses what this key has not signed, or not just now. `headers` name the timestamp and the signature.
    pub fn verify(&self, webhook: &Webhook, headers: (&str, &str), now: Timestamp) -> Result<(), Failure> {
        let header = |name: &str| webhook.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let timestamp = header(headers.0);
        if !self.has_signed(timestamp, &webhook.body, header(headers.1)) {
            return Err(Failure::from(Reason::Unauthorized).saying("签名不正确"));
        }
        let at = timestamp.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
        if at.is_none_or(|at| now.duration_since(at).abs() > WINDOW) {
            return Err(Failure::from(Reason::Unauthorized).saying("签名已过期"));
        }
        Ok(())
    }

    /// Constant time.
    fn has_signed(&self, timestamp: &str, body: &[u8], signature: &str) -> bool {
        let tag = bytes_of(signature);
        tag.is_some_and(|tag| hmac::verify(&self.0, &signed(timestamp, body), &tag).is_ok())
    }
}

impl std::fmt::Debug for NoticeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NoticeKey")
    }
}

impl CheckoutClient {
    /// There is no page to go to: the test that plays the provider confirms the payment.
    pub fn stand_in() -> Self {
        Self::from_fn(|request| async move {
            let checkout = CheckoutData { payment: request.payment.as_str(), amount: request.amount.to_string() };
            let data = serde_json::value::to_raw_value(&checkout);
            let data =
                data.map_err(|error| Failure::internal(format!("checkout data could not be serialised: {error}")))?;
            Ok(Checkout { provider: "stand-in", data })
        })
    }
}

impl WebhookReader {
    pub fn stand_in(key: NoticeKey) -> Self {
        Self::from_fn(move |webhook, now| read(&key, webhook, now))
    }
}

fn read(key: &NoticeKey, webhook: &Webhook, now: Timestamp) -> Result<PaymentNotice, Failure> {
    key.verify(webhook, (TIMESTAMP, SIGNATURE), now)?;
    let notice: NoticeBody = serde_json::from_slice(&webhook.body)
        .map_err(|_| Failure::malformed("通知应为 JSON，含 payment、transaction、amount（文本）"))?;
    let amount = Fen::parse_yuan(&halfwidth(&notice.amount));
    let amount = amount.ok_or_else(|| Failure::malformed("amount 应为大于 0、最多两位小数的金额（元）"))?;
    Ok(PaymentNotice { payment: notice.payment, transaction: notice.transaction, amount })
}

fn signed(timestamp: &str, body: &[u8]) -> Vec<u8> {
    [timestamp.as_bytes(), b".", body].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    const BODY: &str = r#"{"payment":"p","transaction":"t","amount":"67.44"}"#;

    fn key() -> NoticeKey {
        NoticeKey::read(&r#"{"key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}"#.into()).unwrap()
    }

    fn webhook(timestamp: &str, signature: &str, body: &str) -> Webhook {
        let mut headers = HeaderMap::new();
        headers.insert(TIMESTAMP, timestamp.parse().unwrap());
        headers.insert(SIGNATURE, signature.parse().unwrap());
        Webhook { headers, body: Bytes::from(body.to_owned()) }
    }

    fn read_at(second: i64, webhook: &Webhook) -> Result<PaymentNotice, Reason> {
        read(&key(), webhook, Timestamp::from_second(second).unwrap()).map_err(|failure| failure.reason())
    }

    #[test]
    fn a_webhook_is_accepted_for_five_minutes_either_way() {
        let webhook = webhook("1000", &key().sign("1000", BODY.as_bytes()), BODY);
        let notice = PaymentNotice { payment: "p".into(), transaction: "t".into(), amount: Fen(6_744) };
        assert_eq!(read_at(1_300, &webhook), Ok(notice.clone()));
        assert_eq!(read_at(700, &webhook), Ok(notice));
        assert_eq!(read_at(1_301, &webhook), Err(Reason::Unauthorized));
        assert_eq!(read_at(699, &webhook), Err(Reason::Unauthorized));
    }

    #[test]
    fn nothing_may_differ_from_what_was_signed() {
        let right = key().sign("1000", BODY.as_bytes());
        for wrong in [
            webhook("1001", &right, BODY),
            webhook("1000", &right, &format!("{BODY} ")),
            webhook("1000", &right, &BODY.replace("67", "76")),
            webhook("1000", &right[..62], BODY),
            webhook("1000", &format!("{right}00"), BODY),
            webhook("1000", &right.replace(|_| true, "0"), BODY),
            webhook("1000", "", BODY),
            Webhook { headers: HeaderMap::new(), body: Bytes::from(BODY) },
        ] {
            assert_eq!(read_at(1_000, &wrong), Err(Reason::Unauthorized), "{wrong:?}");
        }
        assert!(read_at(1_000, &webhook("1000", &right.to_uppercase(), BODY)).is_ok());
    }

    #[test]
    fn what_is_signed_and_makes_no_sense_is_malformed() {
        for body in ["", "{}", "x", r#"{"payment":"p","transaction":"t","amount":"0"}"#] {
            let webhook = webhook("1000", &key().sign("1000", body.as_bytes()), body);
            assert_eq!(read_at(1_000, &webhook), Err(Reason::Malformed), "{body}");
        }
    }

    /// Computed independently of this code, so that the author of a provider can compare.
    #[test]
    fn the_signature_is_what_docs_payments_says() {
        assert_eq!(key().sign("1000", b"{}"), "d721112456935b4833f7e874047bee00f54b9fc0fa54cccd71c34fc328d2f617");
    }
}
