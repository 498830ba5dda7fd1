//! Queues and schedules in this process: messages in batches, failed ones again, as SQS delivers them.

use local_functions::EventApp;
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    domain::reason::Failure,
    outside::queue::{Queue, SmsQueue},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const LARGEST_BATCH: usize = 10;
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// As `maxReceiveCount` of the template; then AWS puts a message into the dead-letter queue.
const TRIES: u32 = 5;

struct Message {
    body: String,
    tries: u32,
}

/// One queue; what is sent waits until something delivers it.
pub struct Line {
    sender: UnboundedSender<Message>,
    waiting: UnboundedReceiver<Message>,
}

impl Line {
    pub fn new() -> Self {
        let (sender, waiting) = unbounded_channel();
        Self { sender, waiting }
    }

    pub fn of_hints(&self) -> Queue {
        let sender = self.sender.clone();
        Queue::from_fn(move |hint| std::future::ready(send(&sender, &hint)))
    }

    pub fn of_sms(&self) -> SmsQueue {
        let sender = self.sender.clone();
        SmsQueue::from_fn(move |message| std::future::ready(send(&sender, &message)))
    }

    /// Delivers what comes until the process ends.
    pub async fn deliver(mut self, app: Arc<EventApp>) {
        let mut batch = Vec::new();
        while self.waiting.recv_many(&mut batch, LARGEST_BATCH).await > 0 {
            let failed = failures(&app, &batch).await;
            for (n, message) in batch.drain(..).enumerate() {
                if failed.as_ref().is_none_or(|ids| ids.contains(&n.to_string())) {
                    again(self.sender.clone(), message);
                }
            }
        }
    }
}

fn send(sender: &UnboundedSender<Message>, message: &impl Serialize) -> Result<(), Failure> {
    let invalid = |error: serde_json::Error| Failure::internal(format!("message could not be serialised: {error}"));
    let body = serde_json::to_string(message).map_err(invalid)?;
    sender.send(Message { body, tries: 0 }).map_err(|_| Failure::internal("the queue has ended"))
}

/// The ids that failed; none if the whole batch did.
async fn failures(app: &EventApp, batch: &[Message]) -> Option<Vec<String>> {
    let record = |(n, message): (usize, &Message)| json!({ "messageId": n.to_string(), "body": message.body });
    let records: Vec<_> = batch.iter().enumerate().map(record).collect();
    match app.handle(json!({ "Records": records }), String::new()).await {
        Ok(answer) => {
            let failed = answer["batchItemFailures"].as_array().into_iter().flatten();
            Some(failed.filter_map(|one| one["itemIdentifier"].as_str().map(ToOwned::to_owned)).collect())
        }
        Err(error) => {
            tracing::error!(%error, "batch failed");
            None
        }
    }
}

fn again(sender: UnboundedSender<Message>, message: Message) {
    let message = Message { tries: message.tries + 1, ..message };
    if message.tries == TRIES {
        tracing::error!(body = %message.body, "message given up");
        return;
    }
    tokio::spawn(async move {
        tokio::time::sleep(AGAIN_AFTER).await;
        sender.send(message).ok();
    });
}

/// Hands a function an event again and again, as a schedule does; the first one after one period.
pub async fn schedule(app: Arc<EventApp>, period: Duration, event: Value) {
    loop {
        tokio::time::sleep(period).await;
        if let Err(error) = app.handle(event.clone(), String::new()).await {
            tracing::error!(%error, "scheduled event failed");
        }
    }
}
