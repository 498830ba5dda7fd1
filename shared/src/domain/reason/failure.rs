//! A refusal on its way out.

use super::Reason;
use std::time::Duration;

/// A refusal on its way out: a reason for machines, a sentence for people, private detail for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    reason: Reason,
    text: Option<String>,
    field: Option<Box<str>>,
    retry_after: Option<Duration>,
    detail: Option<Box<str>>,
    allowed: Vec<&'static str>,
    refuses_guess: bool,
    limit: Option<&'static str>,
}

impl Failure {
    /// A malformed input, with a sentence that tells what and where.
    pub fn malformed(text: impl Into<String>) -> Self {
        Self::from(Reason::Malformed).saying(text)
    }

    /// A value that a person typed and that cannot be taken, with a sentence that this person can read.
    pub fn typed(text: impl Into<String>) -> Self {
        Self::from(Reason::BadInput).saying(text)
    }

    /// Too many requests; the caller may come back after `wait`, which the sentence says in the same whole seconds as
    /// `Retry-After`.
    pub fn throttled(wait: Duration) -> Self {
        let failure = Self { retry_after: Some(wait.max(Duration::from_secs(1))), ..Self::from(Reason::Throttled) };
        let seconds = failure.retry_after().unwrap_or(1);
        failure.saying(format!("请求过于频繁，请在 {seconds} 秒后重试"))
    }

    /// The same, with the limit of SMS codes that was reached.
    #[must_use]
    pub fn by(self, limit: &'static str) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The same for an attempt to prove an identity.
    pub fn throttled_guess(wait: Duration) -> Self {
        Self { refuses_guess: true, ..Self::throttled(wait) }
    }

    /// A fault of ours. The detail goes to the log and never into an answer.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into().into_boxed_str()), ..Self::from(Reason::Internal) }
    }

    /// The route exists; these are its methods.
    pub fn wrong_method(allowed: Vec<&'static str>) -> Self {
        Self { allowed, ..Self::from(Reason::WrongMethod) }
    }

    /// The same failure with a sentence of its own.
    #[must_use]
    pub fn saying(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    /// The same failure about a field, under the name that the document gives it.
    #[must_use]
    pub fn of(self, field: &str) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The field that is at fault, for programs.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The limit of SMS codes that refused.
    pub fn limit(&self) -> Option<&'static str> {
        self.limit
    }

    /// Whether a password or code was wrong, or not looked at after too many of them.
    pub fn refuses_guess(&self) -> bool {
        let is_wrong = matches!(
            self.reason,
            Reason::WrongCredentials | Reason::WrongOldPassword | Reason::WrongCode | Reason::SecondProofWanted
        );
        self.refuses_guess || is_wrong
    }

    /// The sentence for people.
    pub fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_else(|| self.reason.text())
    }

    /// The sentence that this failure brings instead of its reason's.
    pub fn sentence(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// How long the caller should wait, where that is known; whole seconds, rounded up.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// The methods that a route does have.
    pub fn allowed(&self) -> &[&'static str] {
        &self.allowed
    }

    /// For the log only.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        let retry_after = matches!(reason, Reason::Contended | Reason::Throttled).then(|| Duration::from_secs(1));
        let (text, field, detail, allowed) = (None, None, None, Vec::new());
        Self { reason, text, field, retry_after, detail, allowed, refuses_guess: false, limit: None }
    }
}
