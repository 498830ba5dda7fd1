//! A queue that duplicates, delays, reorders and drops, and into which others put what is no hint.

use super::dice::Dice;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::outside::queue::StationHint;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: String,
    body: String,
    due: Timestamp,
    received: u32,
    pub poison: Option<Poison>,
}

#[cfg(test)]
impl Message {
    pub fn poison(body: &str) -> Self {
        let (_, poison) = POISON.into_iter().find(|(other, _)| *other == body).unwrap();
        let (id, body, due) = ("poison".to_owned(), body.to_owned(), Timestamp::UNIX_EPOCH);
        Self { id, body, due, received: 0, poison: Some(poison) }
    }
}

/// Why a message can never be handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poison {
    /// Its body is no hint: that shows without looking at anything else.
    NoHint,
    /// A hint for a station that does not exist, which only the table can tell.
    NoStation,
}

pub struct Post {
    dice: Dice,
    messages: Vec<Message>,
    count: u64,
}

const POISON: [(&str, Poison); 5] = [
    ("no hint", Poison::NoHint),
    ("", Poison::NoHint),
    (r#"{"station":"S9","version":1}"#, Poison::NoStation),
    (r#"{"station":"S1"}"#, Poison::NoHint),
    (r#"{"station":7,"version":1}"#, Poison::NoHint),
];
/// Then it goes to the dead-letter queue.
const MOST_RECEIVED: u32 = 5;

impl Post {
    pub fn new(dice: Dice) -> Self {
        Self { dice, messages: Vec::new(), count: 0 }
    }

    pub fn take(&mut self, hints: Vec<StationHint>, now: Timestamp) {
        for hint in hints {
            let copies = self.dice.pick(&[0, 1, 1, 1, 1, 1, 2, 3]);
            for _ in 0..copies {
                self.add(serde_json::to_string(&hint).unwrap(), now, None);
            }
        }
        if self.dice.percent(2) {
            let (body, poison) = self.dice.pick(&POISON);
            self.add(body.to_owned(), now, Some(poison));
        }
    }

    fn add(&mut self, body: String, now: Timestamp, poison: Option<Poison>) {
        self.count += 1;
        let delay = if self.dice.percent(60) { 0 } else { self.dice.between(0, 900) };
        let due = now + SignedDuration::from_secs(delay);
        self.messages.push(Message { id: format!("m{}", self.count), body, due, received: 0, poison });
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.messages.len()
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
