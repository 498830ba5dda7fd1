//! Sending what has been put on the way, once each as far as anybody can know.

use crate::{
    auth::codes::CodeKey,
    domain::{
        account::{AccountId, Realm},
        otp::{Code, Limits, Share},
        reason::Failure,
        sms::{Content, Letter, app, code_text},
    },
    outside::{
        queue::CalledCar,
        sms::{Message, Sender, SmsError},
    },
    store::{CodeScope, SmsCount, SmsJobState, Store},
};
use futures_util::future::try_join;
use jiff::Timestamp;
use std::time::Duration;

/// How long the queue keeps a message back that is to come again (`VisibilityTimeout` in template.yaml).
const BACK_AFTER: Duration = Duration::from_secs(90);
/// How often a message is counted again when another one was counted meanwhile.
const TRIES: u32 = 5;

/// Sends messages by their ids.
#[derive(Clone, Debug)]
pub struct Sms {
    store: Store,
    key: CodeKey,
    sender: Sender,
    limits: Limits,
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The provider has taken it.
    Sent,
    /// It is not sent: the code is over, the number unknown or closed, or the message was sent earlier.
    Dropped,
    /// The provider will never take it.
    Refused,
    /// The provider does not send to this number.
    Blocked,
    /// A limit is reached for longer than the code lives.
    OverLimit,
    /// Not now; the queue should bring it again.
    Later,
    /// There is no such message.
    Unknown,
}

/// What counting a message came to.
enum MessageCount {
    Within,
    Full {
        is_worth_waiting: bool,
    },
    /// Too many wrong codes were tried; the number gets none.
    Closed,
}

impl Sms {
    pub fn new(store: Store, key: CodeKey, sender: Sender, limits: Limits) -> Self {
        Self { store, key, sender, limits }
    }

    /// Sends one message. Delivered twice, late or in parallel, it is sent once; only a crash between the provider's answer
    /// and our note of it sends it again, with the same code.
    pub async fn send(&self, id: &str, now: Timestamp) -> Result<Sending, Failure> {
        let (letter, is_counted) = match self.store.lease_sms(id, now).await? {
            SmsJobState::Mine { letter, is_counted } => (letter, is_counted),
            SmsJobState::Busy => return Ok(Sending::Later),
            SmsJobState::Done => return Ok(Sending::Dropped),
            SmsJobState::Unknown => return Ok(Sending::Unknown),
        };
        let Some(message) = self.message(&letter, now).await? else {
            self.store.finish_sms(id, now).await?;
            return Ok(Sending::Dropped);
        };
        let counted = if is_counted { MessageCount::Within } else { self.count(id, &letter, now).await? };
        match counted {
            MessageCount::Within => {}
            MessageCount::Full { is_worth_waiting: true } => {
                self.store.release_sms(id).await?;
                return Ok(Sending::Later);
            }
            MessageCount::Full { is_worth_waiting: false } => {
                self.store.finish_sms(id, now).await?;
                return Ok(Sending::OverLimit);
            }
            MessageCount::Closed => {
                self.store.finish_sms(id, now).await?;
                return Ok(Sending::Dropped);
            }
        }
        let sending = match self.sender.send(Message { job: id.to_owned(), ..message }, now).await {
            Ok(()) => Sending::Sent,
            Err(SmsError::Permanent(why)) => {
                tracing::error!(why, "SMS provider refused the message permanently");
                Sending::Refused
            }
            Err(SmsError::Blocked) => Sending::Blocked,
            Err(SmsError::Throttled(why) | SmsError::Retryable(why)) => {
                tracing::warn!(why, "SMS was not sent; the queue will retry it");
                self.store.release_sms(id).await?;
                return Ok(Sending::Later);
            }
        };
        self.store.finish_sms(id, now).await?;
        Ok(sending)
    }

    /// Counts a code with its phone, over all realms, and with the realm's messages of its share: here, where it is certain
    /// that a message goes out, so that an ask that sends nothing costs no owner of a number anything.
    async fn count(&self, id: &str, letter: &Letter, now: Timestamp) -> Result<MessageCount, Failure> {
        let Content::Code { binding, until, share: Some(share), .. } = &letter.content else {
            return Ok(MessageCount::Within);
        };
        let scope = CodeScope::product(binding.product, *share, &self.limits);
        for _ in 0..TRIES {
            let (phone, counted) =
                try_join(self.store.phone_codes(&letter.to), self.store.counted(&scope, now)).await?;
            // A known device's tries are counted apart, and were looked at when it asked.
            if *share != Share::KnownDevice && phone.tries.is_closed(now) {
                return Ok(MessageCount::Closed);
            }
            let full = |wait: Duration, limit: &str| {
                let is_worth_waiting = now.saturating_add(wait.max(BACK_AFTER)).is_ok_and(|at| at < *until);
                tracing::warn!(limit, ?share, is_worth_waiting, "limit of SMS reached");
                Ok(MessageCount::Full { is_worth_waiting })
            };
            let sent = match phone.of_share(*share).one_more(&self.limits, now) {
                Ok(sent) => sent,
                Err(wait) => return full(wait, "phone"),
            };
            if let Some(wait) = scope.wait(&counted, now) {
                return full(wait, scope.name);
            }
            let count = SmsCount {
                to: &letter.to,
                share: *share,
                phone: &phone,
                sent: &sent,
                scope: &scope,
                counted: &counted,
            };
            if self.store.count_sms(id, &count, now).await? {
                return Ok(MessageCount::Within);
            }
        }
        Ok(MessageCount::Full { is_worth_waiting: true })
    }

    /// Tells a driver that the car has been called, if a phone is bound. It is put down first under a name that says what
    /// it is about, so that a message that comes twice is sent once.
    pub async fn tell_called(&self, car: &CalledCar, now: Timestamp) -> Result<Sending, Failure> {
        let driver = self.store.driver(&AccountId::known(car.driver.to_string())).await?;
        let Some(to) = driver.and_then(|driver| driver.phone) else { return Ok(Sending::Dropped) };
        let CalledCar { called, request, .. } = car;
        let id = format!("called-{request}-{}", called.number);
        let letter = Letter { to, content: Content::Called(called.clone()) };
        // Refused: it is there already, sent or not.
        self.store.transaction().create_sms_job(&id, &letter, now, ()).commit().await?;
        self.send(&id, now).await
    }

    /// What to send; none if it should not be sent. That is decided here and not where the code was asked for, so that
    /// nothing there takes longer for a number that we know.
    async fn message(&self, letter: &Letter, now: Timestamp) -> Result<Option<Message>, Failure> {
        let (job, to) = (String::new(), letter.to.clone());
        match &letter.content {
            Content::Notice { notice, realm } => {
                let (purpose, text) = (notice.as_str(), notice.text().to_owned());
                Ok(Some(Message { job, to, realm: *realm, app: realm.map_or("", app), purpose, code: None, text }))
            }
            Content::Called(called) => {
                let realm = Realm::Ev;
                let (realm, app, purpose) = (Some(realm), app(realm), "called");
                Ok(Some(Message { job, to, realm, app, purpose, code: None, text: called.text() }))
            }
            Content::Code { muted: true, .. } => Ok(None),
            Content::Code { until, .. } if *until <= now => Ok(None),
            Content::Code { binding, nonce, known_in, .. } => {
                if let Some(realm) = known_in
                    && self.store.phone_holder(*realm, &letter.to).await?.is_none()
                {
                    return Ok(None);
                }
                let code: Code = self.key.code(binding, nonce);
                let text = code_text(&code, &binding.purpose);
                let (realm, app, purpose) = (Some(binding.product), app(binding.product), binding.purpose.as_str());
                Ok(Some(Message { job, to, realm, app, purpose, code: Some(code), text }))
            }
        }
    }
}
