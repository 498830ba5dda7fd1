//! Our own queues: hints that a station has something to do, which may arrive twice, late or never, and the ids of SMS
//! jobs.

use crate::domain::{reason::Failure, sms::Called, station_id::StationId};
use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::SendMessageBatchRequestEntry};
use serde::{Deserialize, Serialize};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock},
};

/// Asks the scheduler to look at a station. The station itself says what is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationHint {
    pub station: StationId,
    /// The station version that caused the hint; of the sweep, which reads keys only, the second at which it ran. Two
    /// hints with one version are duplicates.
    pub version: u64,
}

type SendFuture = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// The most messages that SQS takes in one call.
pub const LARGEST_BATCH: usize = 10;

/// The queue of station hints.
#[derive(Clone)]
pub struct Queue(Arc<dyn Fn(Vec<StationHint>) -> SendFuture + Send + Sync>);

impl Queue {
    /// The FIFO queue. The group is the station, so that one failing station does not delay others. The client is
    /// created with the first hint, because creating one costs a tenth of a function's start.
    pub fn sqs(client: impl FnOnce() -> Client + Send + 'static, url: impl Into<String>) -> Self {
        let (client, url) = (LazyLock::new(client), url.into());
        Self(Arc::new(move |hints| {
            let (client, url) = (Client::clone(&client), url.clone());
            Box::pin(async move {
                let sqs =
                    |error: &dyn std::error::Error| Failure::internal(format!("SQS: {}", DisplayErrorContext(error)));
                if let [hint] = &hints[..] {
                    let request = client.send_message().queue_url(url).message_body(body(hint)?);
                    let request = request.message_group_id(hint.station.as_str());
                    let sent = request.message_deduplication_id(duplicate_id(hint)).send().await;
                    return sent.map(drop).map_err(|error| sqs(&error));
                }
                let entries = hints.iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
                let sent = client.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
                let sent = sent.map_err(|error| sqs(&error))?;
                match sent.failed() {
                    [] => Ok(()),
                    [first, ..] => {
                        Err(Failure::internal(format!("SQS: {} of {} hints", first.code(), sent.failed().len())))
                    }
                }
            })
        }))
    }

    /// A queue that takes one hint after the other.
    pub fn from_fn<F>(send: impl Fn(StationHint) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let send = Arc::new(send);
        Self(Arc::new(move |hints| {
            let send = Arc::clone(&send);
            Box::pin(async move {
                for hint in hints {
                    send(hint).await?;
                }
                Ok(())
            })
        }))
    }

    /// Sends up to [`LARGEST_BATCH`] hints in one call. After a failure some of them may have been sent.
    pub async fn send(&self, hints: Vec<StationHint>) -> Result<(), Failure> {
        (self.0)(hints).await
    }
}

fn body(hint: &StationHint) -> Result<String, Failure> {
    let invalid = |error| Failure::internal(format!("station hint could not be serialised: {error}"));
    serde_json::to_string(hint).map_err(invalid)
}

fn duplicate_id(hint: &StationHint) -> String {
    format!("{}-{}", hint.station.as_str(), hint.version)
}

fn entry((n, hint): (usize, &StationHint)) -> Result<SendMessageBatchRequestEntry, Failure> {
    let entry = SendMessageBatchRequestEntry::builder().id(n.to_string()).message_body(body(hint)?);
    let entry = entry.message_group_id(hint.station.as_str()).message_deduplication_id(duplicate_id(hint));
    entry.build().map_err(|error| Failure::internal(format!("station hint is invalid: {error}")))
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Queue")
    }
}

/// A message of the SMS queue. **Invariant:** no queue and no dead-letter queue holds a phone number or a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SmsMessage {
    /// An SMS job, which is stored in the table.
    Job { job: String },
    /// Cars that were called. The sender reads whether their drivers have phones.
    Called { called: Vec<CalledCar> },
}

/// A car that was called, with its driver and charge request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledCar {
    pub driver: u64,
    pub request: u64,
    #[serde(flatten)]
    pub called: Called,
}

type SendSmsMessage = Arc<dyn Fn(SmsMessage) -> SendFuture + Send + Sync>;

/// The queue of SMS messages.
#[derive(Clone)]
pub struct SmsQueue(SendSmsMessage);

impl SmsQueue {
    /// A standard queue: the order does not matter, and a duplicate is sent once. The client is created with the first
    /// message.
    pub fn sqs(client: impl FnOnce() -> Client + Send + 'static, url: impl Into<String>) -> Self {
        let (client, url) = (LazyLock::new(client), url.into());
        Self::from_fn(move |message| {
            let (client, url) = (Client::clone(&client), url.clone());
            async move {
                let body = serde_json::to_string(&message)
                    .map_err(|error| Failure::internal(format!("SMS message could not be serialised: {error}")))?;
                let sent = client.send_message().queue_url(url).message_body(body).send().await.map(drop);
                sent.map_err(|error| Failure::internal(format!("SQS: {}", DisplayErrorContext(&error))))
            }
        })
    }

    pub fn from_fn<F>(send: impl Fn(SmsMessage) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        Self(Arc::new(move |message| Box::pin(send(message))))
    }

    pub async fn send(&self, job: String) -> Result<(), Failure> {
        (self.0)(SmsMessage::Job { job }).await
    }

    pub async fn send_called(&self, called: Vec<CalledCar>) -> Result<(), Failure> {
        (self.0)(SmsMessage::Called { called }).await
    }
}

impl std::fmt::Debug for SmsQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmsQueue")
    }
}
