//! SMS providers: one closure behind a few lines, so that a provider is one file.

mod aliyun;
mod choice;
mod sns;

pub use aliyun::{Aliyun, AliyunKey};
pub use choice::RegisteredNames;

use crate::domain::{account::Realm, otp::Code, phone::Phone};
use jiff::Timestamp;
use std::{future::Future, pin::Pin, sync::Arc};

/// One SMS as a provider receives it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The id of the SMS job: the same for a repetition.
    pub job: String,
    pub to: Phone,
    /// The app that the message is about. Providers with signatures and templates may have one for each.
    pub realm: Option<Realm>,
    /// The app's name, if known. A provider without signatures puts it before the text.
    pub app: &'static str,
    /// `login`, `reset`, `change`, or the name of a notice; providers with templates have one for each kind.
    pub purpose: &'static str,
    /// Absent in a notice.
    pub code: Option<Code>,
    pub text: String,
}

impl Message {
    /// The text after the app's name, as a signature precedes a text.
    pub fn signed_text(&self) -> String {
        if self.app.is_empty() { self.text.clone() } else { format!("【{}】{}", self.app, self.text) }
    }
}

/// Why a message was not sent. **Invariant:** the texts go to the log and contain neither number nor code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsError {
    /// A temporary failure: a retry is worthwhile.
    Retryable(String),
    /// The provider limits our rate.
    Throttled(String),
    /// A retry would fail again.
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
