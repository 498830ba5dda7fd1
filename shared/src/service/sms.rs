//! Sending what has been put on the way, once each as far as anybody can know.

use crate::{
    auth::codes::CodeKey,
    domain::{
        account::{AccountId, Realm},
        otp::Code,
        reason::Failure,
        sms::{Content, Letter, app, code_text},
    },
    outside::{
        queue::CalledCar,
        sms::{Message, Sender, SmsError},
    },
    store::{SmsJobState, Store},
};
use jiff::Timestamp;

/// Sends messages by their ids.
#[derive(Clone, Debug)]
pub struct Sms {
    store: Store,
    key: CodeKey,
    sender: Sender,
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
    /// Not now; the queue should bring it again.
    Later,
    /// There is no such message.
    Unknown,
}

impl Sms {
    pub fn new(store: Store, key: CodeKey, sender: Sender) -> Self {
        Self { store, key, sender }
    }

    /// Sends one message. Delivered twice, late or in parallel, it is sent once; only a crash between the provider's answer
    /// and our note of it sends it again, with the same code.
    pub async fn send(&self, id: &str, now: Timestamp) -> Result<Sending, Failure> {
        let letter = match self.store.lease_sms(id, now).await? {
            SmsJobState::Mine(letter) => letter,
            SmsJobState::Busy => return Ok(Sending::Later),
            SmsJobState::Done => return Ok(Sending::Dropped),
            SmsJobState::Unknown => return Ok(Sending::Unknown),
        };
        let Some(message) = self.message(&letter, now).await? else {
            self.store.finish_sms(id, now).await?;
            return Ok(Sending::Dropped);
        };
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
