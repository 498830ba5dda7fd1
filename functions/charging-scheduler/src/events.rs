//! What wakes the scheduler, and how it answers.

use serde::{Deserialize, Serialize};
use shared::service::{charging::Swept, pictures::SweptPictures};

/// A batch of the queue has `Records`; the schedule's event and `{"sweep":true}` have none.
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
        _pictures: bool,
    },
    Sweep {},
}

/// One message of the queue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hinted {
    pub message_id: String,
    pub body: String,
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
