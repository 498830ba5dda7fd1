//! Sends SMS by the ids that the queue brings. What to send to whom is in the table, the code is worked out here and is
//! nowhere else.

use serde::{Deserialize, Serialize};
use shared::{
    boot::{Error, Function, Parts, SMS, TABLES},
    domain::reason::Failure,
    outside::{
        clock::Clock,
        metrics::{Metric, Property, Sink},
        queue::SmsMessage,
    },
    service::sms::{Sending, Sms},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[TABLES, SMS] };

#[derive(Debug)]
pub struct App {
    pub sms: Sms,
    pub clock: Clock,
    pub sink: Sink,
}

/// What SQS hands over.
#[derive(Debug, Deserialize)]
pub struct Batch {
    #[serde(rename = "Records", default)]
    pub records: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    pub message_id: String,
    pub body: String,
}

/// The messages that the queue should bring again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub batch_item_failures: Vec<Failed>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    pub item_identifier: String,
}

#[derive(Debug, Default)]
struct Tally {
    sent: usize,
    dropped: usize,
    refused: usize,
    blocked: usize,
    over_limit: usize,
    quarantined: usize,
}

impl App {
    pub fn new(parts: &Parts) -> Result<Self, Error> {
        Ok(Self { sms: parts.sms()?, clock: parts.clock.clone(), sink: parts.sink.clone() })
    }

    /// Each message for itself: one that fails comes again, the others do not. What can never be sent is told of, counted,
    /// and not tried again.
    pub async fn handle(&self, batch: Batch) -> Answer {
        let (mut answer, mut tally) = (Answer::default(), Tally::default());
        for Record { message_id, body } in batch.records {
            if !self.send(&message_id, &body, &mut tally).await {
                answer.batch_item_failures.push(Failed { item_identifier: message_id });
            }
        }
        self.report(&tally, answer.batch_item_failures.len());
        answer
    }

    /// Whether nothing more is to be done about the message.
    async fn send(&self, message_id: &str, body: &str, tally: &mut Tally) -> bool {
        let now = self.clock.now().real;
        match serde_json::from_str(body) {
            Ok(SmsMessage::Job { job }) => Self::settled(message_id, self.sms.send(&job, now).await, tally),
            Ok(SmsMessage::Called { called }) => {
                let mut is_settled = true;
                for car in called {
                    is_settled &= Self::settled(message_id, self.sms.tell_called(&car, now).await, tally);
                }
                is_settled
            }
            Err(_) => {
                tally.quarantined += 1;
                tracing::error!(message_id, "invalid SMS job message");
                true
            }
        }
    }

    fn settled(message_id: &str, sending: Result<Sending, Failure>, tally: &mut Tally) -> bool {
        match sending {
            Ok(Sending::Sent) => tally.sent += 1,
            Ok(Sending::Dropped) => tally.dropped += 1,
            Ok(Sending::Refused) => tally.refused += 1,
            Ok(Sending::Blocked) => tally.blocked += 1,
            Ok(Sending::OverLimit) => tally.over_limit += 1,
            Ok(Sending::Unknown) => {
                tally.quarantined += 1;
                tracing::error!(message_id, "SMS job does not exist");
            }
            Ok(Sending::Later) => return false,
            Err(failure) => {
                tracing::error!(message_id, detail = failure.detail(), "SMS job failed");
                return false;
            }
        }
        true
    }

    fn report(&self, tally: &Tally, later: usize) {
        let metrics = [
            Metric::count("OtpSend", tally.sent),
            Metric::count("SmsDropped", tally.dropped),
            Metric::count("SmsRefused", tally.refused),
            Metric::count("SmsBlocked", tally.blocked),
            Metric::count("SmsOverLimit", tally.over_limit),
            Metric::count("SmsLater", later),
            Metric::count("Quarantined", tally.quarantined),
        ];
        let properties = [("function", Property::Text("sms-sender"))];
        self.sink.emit(self.clock.now().real, &metrics, &properties);
    }
}
