//! Payment providers: one closure starts a payment and one reads the webhook, so that a provider is one file.
//! docs/payments.md lists what it must guarantee.

mod stand_in;

pub use stand_in::{NoticeKey, SIGNATURE, TIMESTAMP};

use crate::domain::{money::Fen, payment::PaymentId, reason::Failure};
use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::{future::Future, pin::Pin, sync::Arc};

/// A payment to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutRequest {
    /// Our id of the payment. The provider makes one payment of it, also when it is requested again.
    pub payment: PaymentId,
    pub amount: Fen,
}

/// What the driver's app needs to continue the payment, in the provider's format.
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
        Self(Arc::new(move |request| Box::pin(start(request))))
    }

    pub async fn start(&self, request: CheckoutRequest) -> Result<Checkout, Failure> {
        (self.0)(request).await
    }
}

/// A webhook call as it was received. The body is unparsed, because the signature covers the bytes.
#[derive(Clone, Debug, Default)]
pub struct Webhook {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A confirmed payment, in our terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentNotice {
    pub payment: String,
    /// The provider's id: the same for a repeated webhook, another one for another payment.
    pub transaction: String,
    pub amount: Fen,
}

/// Verifies and reads webhooks. One that the provider did not sign is unauthorized.
#[derive(Clone)]
pub struct WebhookReader(Arc<ReadWebhook>);

type ReadWebhook = dyn Fn(&Webhook, Timestamp) -> Result<PaymentNotice, Failure> + Send + Sync;

impl WebhookReader {
    pub fn from_fn(
        read: impl Fn(&Webhook, Timestamp) -> Result<PaymentNotice, Failure> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(read))
    }

    pub fn read(&self, webhook: &Webhook, now: Timestamp) -> Result<PaymentNotice, Failure> {
        (self.0)(webhook, now)
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
