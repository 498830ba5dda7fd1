//! SMS jobs. They are stored here so that neither the queue nor its dead letters hold a phone number or
//! a code.

use super::{
    CodeCounts, CodeScope, Consistency, Key, PhoneCodes, SentList, Store, Transaction, WriteOutcome, keys::TTL, number,
    text, transaction::Change,
};
use crate::domain::{
    account::{AccountId, Realm},
    otp::{Binding, Device, Purpose, Sent, Share},
    phone::Phone,
    reason::Failure,
    sms::{Called, Content, FOLDED, Letter, NOTICES_PER_DAY, Notice},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// How long a sender has a job to itself.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// One day longer than the queue delivers a message.
const KEPT_SECONDS: i64 = 5 * 86_400;

const DAY_SECONDS: i64 = 86_400;

#[derive(Serialize, Deserialize)]
struct SmsJobItem {
    to: Phone,
    #[serde(flatten)]
    content: SmsContentItem,
    ttl: i64,
    /// When it was sent or given up, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    done: Option<i64>,
    /// When it was counted, in milliseconds. A message that the provider did not take is sent again, and counted once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counted: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum SmsContentItem {
    Code {
        product: Realm,
        purpose: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<AccountId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<String>,
        nonce: ByteBuf,
        until: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known_in: Option<Realm>,
        muted: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        share: Option<Share>,
    },
    Notice {
        notice: Notice,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        realm: Option<Realm>,
    },
    Called(Called),
}

/// The state of an SMS job when a sender takes it.
#[derive(Debug)]
pub(crate) enum SmsJobState {
    /// The job is leased to this sender for a minute.
    Mine { letter: Letter, is_counted: bool },
    /// The job is leased to another sender.
    Busy,
    /// The job was sent or given up.
    Done,
    /// There is no such job.
    Unknown,
}

/// What a message is counted with, as it was read.
#[derive(Debug)]
pub(crate) struct SmsCount<'a> {
    pub to: &'a Phone,
    pub share: Share,
    pub phone: &'a PhoneCodes,
    /// The messages of the share with this one.
    pub sent: &'a Sent,
    pub scope: &'a CodeScope,
    pub counted: &'a CodeCounts,
}

impl Store {
    /// AP-25: leases a job for a minute and reads it.
    pub(crate) async fn lease_sms(&self, id: &str, now: Timestamp) -> Result<SmsJobState, Failure> {
        let change = Change {
            update: "SET #lease = :until".into(),
            condition: Some("attribute_exists(#to) AND (attribute_not_exists(#lease) OR #lease <= :now)".into()),
            names: vec![("#lease", "lease".into()), ("#to", "to".into())],
            values: vec![(":until", number((now + LEASE).as_millisecond())), (":now", number(now.as_millisecond()))],
        };
        let taken = self.transaction().update(&Key::sms(id), change, Some(())).commit().await?;
        let item: Option<SmsJobItem> = self.get(&Key::sms(id), Consistency::Strong).await?;
        Ok(match (taken, item) {
            (_, None) => SmsJobState::Unknown,
            (_, Some(SmsJobItem { done: Some(_), .. })) => SmsJobState::Done,
            (WriteOutcome::ConditionFailed((), _), Some(_)) => SmsJobState::Busy,
            (WriteOutcome::Committed, Some(item)) => {
                SmsJobState::Mine { is_counted: item.counted.is_some(), letter: item.letter() }
            }
        })
    }

    /// AP-25: counts a message with its phone and its product, within their limits, before it is sent. False when another
    /// message was counted meanwhile, or a limit is reached.
    pub(crate) async fn count_sms(&self, id: &str, count: &SmsCount<'_>, now: Timestamp) -> Result<bool, Failure> {
        let change = Change {
            update: "SET #counted = :now".into(),
            condition: Some("attribute_exists(#to) AND attribute_not_exists(#counted)".into()),
            names: vec![("#counted", "counted".into()), ("#to", "to".into())],
            values: vec![(":now", number(now.as_millisecond()))],
        };
        let list = SentList::Messages(count.to, count.share);
        let writes = self
            .transaction()
            .update(&Key::sms(id), change, Some(()))
            .record_sent_code(list, (count.phone.of_share(count.share), count.sent), &count.phone.tries, now, ())
            .count_sent_code(count.scope, count.counted, now, ());
        Ok(matches!(writes.commit().await?, WriteOutcome::Committed))
    }

    /// AP-26: closes a job that was sent or given up.
    pub(crate) async fn finish_sms(&self, id: &str, now: Timestamp) -> Result<(), Failure> {
        let change = Change {
            update: "SET #done = :now".into(),
            condition: Some("attribute_exists(#to)".into()),
            names: vec![("#done", "done".into()), ("#to", "to".into())],
            values: vec![(":now", number(now.as_millisecond()))],
        };
        self.transaction().update(&Key::sms(id), change, Some(())).commit().await.map(drop)
    }

    /// AP-26: ends the lease, so that the job can be taken again at once.
    pub(crate) async fn release_sms(&self, id: &str) -> Result<(), Failure> {
        let change = Change {
            update: "REMOVE #lease".into(),
            condition: Some("attribute_exists(#to)".into()),
            names: vec![("#lease", "lease".into()), ("#to", "to".into())],
            values: vec![],
        };
        self.transaction().update(&Key::sms(id), change, Some(())).commit().await.map(drop)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-24: stores an SMS job in the transaction of the change that it belongs to.
    pub(crate) fn create_sms_job(self, id: &str, letter: &Letter, now: Timestamp, exists: R) -> Self {
        let ttl = now.as_second() + KEPT_SECONDS;
        let item = SmsJobItem {
            to: letter.to.clone(),
            content: SmsContentItem::from(&letter.content),
            ttl,
            done: None,
            counted: None,
        };
        self.put_new(&Key::sms(id), &item, exists)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// AP-143: counts a notice to a phone. Refused where it repeats the last one, or the phone has had those of the day.
    pub(crate) fn count_notice(self, to: &Phone, (realm, notice): (Realm, Notice), now: Timestamp, refused: R) -> Self {
        let day = now.as_second().div_euclid(DAY_SECONDS);
        let change = Change {
            update: "SET #last = :notice, #at = :now, #ttl = :ttl ADD #sent :one".into(),
            condition: Some(
                "(attribute_not_exists(#sent) OR #sent < :most) AND \
                 (attribute_not_exists(#last) OR #last <> :notice OR #at <= :folded)"
                    .into(),
            ),
            names: vec![("#last", "last".into()), ("#at", "at".into()), ("#sent", "sent".into()), ("#ttl", TTL.into())],
            values: vec![
                (":notice", text(format!("{} {}", realm.as_str(), notice.as_str()))),
                (":now", number(now.as_millisecond())),
                (":folded", number((now - FOLDED).as_millisecond())),
                (":one", number(1)),
                (":most", number(NOTICES_PER_DAY)),
                (":ttl", number((day + 2) * DAY_SECONDS)),
            ],
        };
        self.update(&Key::notices(to, day), change, Some(refused))
    }
}

impl SmsJobItem {
    fn letter(self) -> Letter {
        let content = match self.content {
            SmsContentItem::Notice { notice, realm } => Content::Notice { notice, realm },
            SmsContentItem::Called(called) => Content::Called(called),
            SmsContentItem::Code { product, purpose, account, device, nonce, until, known_in, muted, share } => {
                let purpose = match (purpose.as_str(), account) {
                    (_, Some(account)) => Purpose::Change(account),
                    ("reset", None) => Purpose::Reset,
                    (_, None) => Purpose::SignIn,
                };
                let device = device.map(Device::known);
                Content::Code {
                    binding: Binding { product, purpose, phone: self.to.clone(), device },
                    nonce: nonce.as_slice().try_into().unwrap_or_default(),
                    until: Timestamp::from_millisecond(until).unwrap_or(Timestamp::UNIX_EPOCH),
                    known_in,
                    muted,
                    share,
                }
            }
        };
        Letter { to: self.to, content }
    }
}

impl From<&Content> for SmsContentItem {
    fn from(content: &Content) -> Self {
        match content {
            Content::Notice { notice, realm } => Self::Notice { notice: *notice, realm: *realm },
            Content::Called(called) => Self::Called(called.clone()),
            Content::Code { binding, nonce, until, known_in, muted, share } => Self::Code {
                product: binding.product,
                purpose: binding.purpose.as_str().to_owned(),
                account: binding.purpose.account().cloned(),
                device: binding.device.as_ref().map(|device| device.as_str().to_owned()),
                nonce: ByteBuf::from(*nonce),
                until: until.as_millisecond(),
                known_in: *known_in,
                muted: *muted,
                share: *share,
            },
        }
    }
}
