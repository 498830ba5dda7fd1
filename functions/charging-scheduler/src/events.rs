//! What wakes the scheduler, and how it answers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::service::{charging::Swept, pictures::SweptPictures};

/// A batch of the queue has `Records`. The schedules send an event with a tag each; anything else is refused, so that a
/// stray object starts nothing.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    Batch {
        #[serde(rename = "Records")]
        records: Vec<Hinted>,
    },
    /// `{"pictures":true}`, from a schedule of its own: the bucket is brought to agree with the table.
    Pictures {
        #[serde(rename = "pictures")]
        _tag: True,
    },
    /// `{"sweep":true}`, each minute, with the time for which it was scheduled.
    Sweep {
        #[serde(rename = "sweep")]
        _tag: True,
        #[serde(default)]
        at: Option<String>,
    },
}

/// `true` and no other value.
#[derive(Debug, Deserialize)]
#[serde(try_from = "bool")]
pub struct True;

impl TryFrom<bool> for True {
    type Error = &'static str;

    fn try_from(value: bool) -> Result<Self, Self::Error> {
        if value { Ok(Self) } else { Err("only true is an event") }
    }
}

/// One message of the queue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hinted {
    pub message_id: String,
    pub body: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    approximate_receive_count: Option<String>,
    approximate_first_receive_timestamp: Option<String>,
}

impl Event {
    /// When AWS says that this invocation began. A message may have waited for hours, so the time at which it was sent
    /// says nothing; the time at which it was received for the first time is the invocation's own, but for a message
    /// that comes again.
    pub fn stamp(&self) -> Option<Timestamp> {
        match self {
            Self::Batch { records } => records.iter().filter_map(|record| record.attributes.stamp()).max(),
            Self::Pictures { .. } => None,
            Self::Sweep { at, .. } => at.as_ref()?.parse().ok(),
        }
    }
}

impl Attributes {
    fn stamp(&self) -> Option<Timestamp> {
        self.approximate_receive_count.as_ref().filter(|count| *count == "1")?;
        Timestamp::from_millisecond(self.approximate_first_receive_timestamp.as_ref()?.parse().ok()?).ok()
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Batch(BatchFailures),
    Swept(Swept),
    SweptPictures(SweptPictures),
}

/// The messages that the queue should deliver again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFailures {
    batch_item_failures: Vec<Failed>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    item_identifier: String,
}

impl BatchFailures {
    pub fn len(&self) -> usize {
        self.batch_item_failures.len()
    }

    pub fn is_empty(&self) -> bool {
        self.batch_item_failures.is_empty()
    }
}

impl Extend<String> for BatchFailures {
    fn extend<I: IntoIterator<Item = String>>(&mut self, messages: I) {
        self.batch_item_failures.extend(messages.into_iter().map(|item_identifier| Failed { item_identifier }));
    }
}
