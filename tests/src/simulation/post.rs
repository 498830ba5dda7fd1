//! A queue that duplicates, delays, reorders and drops, and into which others put what is no hint.

use super::dice::Dice;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::outside::queue::Hint;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    body: String,
    due: Timestamp,
    received: u32,
    /// Can never be handled.
    pub poison: bool,
}

pub struct Post {
    dice: Dice,
    messages: Vec<Message>,
    count: u64,
}

const POISON: [&str; 5] =
    ["no hint", "", "{\"station\":\"S9\",\"version\":1}", "{\"station\":\"S1\"}", "{\"station\":7,\"version\":1}"];
/// Then it goes to the dead-letter queue.
const MOST_RECEIVED: u32 = 5;

impl Post {
    pub fn new(dice: Dice) -> Self {
        Self { dice, messages: Vec::new(), count: 0 }
    }

    pub fn take(&mut self, hints: Vec<Hint>, now: Timestamp) {
        for hint in hints {
            let copies = self.dice.pick(&[0, 1, 1, 1, 1, 1, 2, 3]);
            for _ in 0..copies {
                self.add(serde_json::to_string(&hint).unwrap(), now, false);
            }
        }
        if self.dice.percent(2) {
            let body = self.dice.pick(&POISON);
            self.add(body.to_owned(), now, true);
        }
    }

    fn add(&mut self, body: String, now: Timestamp, poison: bool) {
        self.count += 1;
        let delay = if self.dice.percent(60) { 0 } else { self.dice.between(0, 900) };
        let due = now + SignedDuration::from_secs(delay);
        self.messages.push(Message { id: format!("m{}", self.count), body, due, received: 0, poison });
    }

    /// Up to ten messages in any order.
    pub fn batch(&mut self, now: Timestamp) -> Vec<Message> {
        let mut batch = Vec::new();
        while batch.len() < 10 {
            let ready: Vec<usize> = (0..self.messages.len()).filter(|n| self.messages[*n].due <= now).collect();
            if ready.is_empty() || (!batch.is_empty() && self.dice.percent(15)) {
                break;
            }
            batch.push(self.messages.remove(self.dice.pick(&ready)));
        }
        batch
    }

    /// What was not handled comes again.
    pub fn back(&mut self, messages: &[Message], failed: &[String]) {
        for message in messages.iter().filter(|message| failed.contains(&message.id)) {
            if message.received + 1 < MOST_RECEIVED {
                self.messages.push(Message { received: message.received + 1, ..message.clone() });
            }
        }
    }
}

pub fn event(messages: &[Message]) -> Value {
    let records = messages.iter().map(|message| json!({"messageId": message.id, "body": message.body}));
    json!({"Records": records.collect::<Vec<_>>()})
}
