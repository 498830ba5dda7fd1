//! Those who take money for us: a closure for what they do and one for how they write back, so that a provider is one
//! file. docs/payments.md says what it has to hold.

mod stand_in;

pub use stand_in::{NoticeKey, SIGNATURE, TIMESTAMP};

use crate::domain::{money::Fen, payment::PaymentId, reason::Failure};
use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::{future::Future, pin::Pin, sync::Arc};

/// What is to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// What we call it at the provider, who makes one payment of it however often it is asked.
    pub payment: PaymentId,
    pub amount: Fen,
}

/// What the driver's app needs to go on with a payment, in the provider's own words.
#[derive(Clone, Debug)]
pub struct Checkout {
    pub provider: &'static str,
    pub data: Box<RawValue>,
}

type CheckoutFuture = Pin<Box<dyn Future<Output = Result<Checkout, Failure>> + Send>>;

/// Starts payments at the provider.
#[derive(Clone)]
pub struct CheckoutClient(Arc<dyn Fn(CheckoutRequest) -> CheckoutFuture + Send + Sync>);

impl CheckoutClient {
    pub fn from_fn<F>(start: impl Fn(CheckoutRequest) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Checkout, Failure>> + Send + 'static,
    {
        Self(Arc::new(move |wanted| Box::pin(start(wanted))))
    }

    pub async fn start(&self, wanted: CheckoutRequest) -> Result<Checkout, Failure> {
        (self.0)(wanted).await
    }
}

/// A letter of the provider's as it came: nothing of it has been read, for the signature is over what was sent.
#[derive(Clone, Debug, Default)]
pub struct Webhook {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// That money has come in, in our words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentNotice {
    pub payment: String,
    /// What the provider calls it: the same for every repetition, another for other money.
    pub transaction: String,
    pub amount: Fen,
}

/// Reads what the provider writes; a letter that is not its own is unauthorized.
#[derive(Clone)]
pub struct WebhookReader(Arc<ReadWebhook>);

type ReadWebhook = dyn Fn(&Webhook, Timestamp) -> Result<PaymentNotice, Failure> + Send + Sync;

impl WebhookReader {
    pub fn from_fn(
        read: impl Fn(&Webhook, Timestamp) -> Result<PaymentNotice, Failure> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }

    pub fn read(&self, letter: &Webhook, now: Timestamp) -> Result<PaymentNotice, Failure> {
        (self.0)(letter, now)
    }
}

impl std::fmt::Debug for CheckoutClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CheckoutClient")
    }
}

impl std::fmt::Debug for WebhookReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookReader")
    }
}
