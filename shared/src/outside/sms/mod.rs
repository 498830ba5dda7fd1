//! Those who carry SMS: one closure behind a few lines, so that a provider is one file.

mod aliyun;
mod choice;
#[cfg(feature = "local")]
mod outbox;
mod sns;

pub use aliyun::{Aliyun, AliyunKey};
pub use choice::RegisteredNames;

use crate::domain::{account::Realm, otp::Code, phone::Phone};
use jiff::Timestamp;
use std::{future::Future, pin::Pin, sync::Arc};

/// One message as a provider gets it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Tells two messages apart, and one from its repetition.
    pub job: String,
    pub to: Phone,
    /// Whose app it is about; providers with signatures and templates may have one for each.
    pub realm: Option<Realm>,
    /// The app's name, where it is known. A provider without signatures puts it before the text.
    pub app: &'static str,
    /// `login`, `reset`, `change`, or the name of a notice; providers with templates have one for each kind.
    pub purpose: &'static str,
    /// None of a notice.
    pub code: Option<Code>,
    pub text: String,
}

impl Message {
    /// The text with the app's name before it, as a signature stands before a text.
    pub fn signed_text(&self) -> String {
        if self.app.is_empty() { self.text.clone() } else { format!("【{}】{}", self.app, self.text) }
    }
}

/// Why a message was not sent. The texts are for the log and name neither number nor code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsError {
    /// Something broke; trying again is worth it.
    Retryable(String),
    /// The provider has had enough for now.
    Throttled(String),
    /// The provider will not take it tomorrow either.
    Permanent(String),
    /// The provider does not send to this number.
    Blocked,
}

type SmsFuture = Pin<Box<dyn Future<Output = Result<(), SmsError>> + Send>>;

/// Sends messages.
#[derive(Clone)]
pub struct Sender(Arc<dyn Fn(Message, Timestamp) -> SmsFuture + Send + Sync>);

impl Sender {
    pub fn from_fn<F>(send: impl Fn(Message, Timestamp) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), SmsError>> + Send + 'static,
    {
        Self(Arc::new(move |message, now| Box::pin(send(message, now))))
    }

    pub async fn send(&self, message: Message, now: Timestamp) -> Result<(), SmsError> {
        (self.0)(message, now).await
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender")
    }
}
