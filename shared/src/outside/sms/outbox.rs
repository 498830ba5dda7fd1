//! The file with the messages that a local stack would have sent, one JSON object per line.

use super::{Message, Sender, SmsError};
use crate::domain::otp::Code;
use jiff::Timestamp;
use serde_json::json;
use std::{io::Write as _, path::PathBuf};

impl Sender {
    pub fn outbox(file: PathBuf) -> Self {
        Self::from_fn(move |message, now| std::future::ready(append(&file, &message, now)))
    }
}

fn append(file: &PathBuf, message: &Message, now: Timestamp) -> Result<(), SmsError> {
    let line = json!({
        "at": now.to_string(),
        "to": message.to.digits(),
        "purpose": message.purpose,
        "code": message.code.as_ref().map(Code::expose),
        "text": message.signed_text(),
    });
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(file);
    let written = opened.and_then(|mut opened| opened.write_all(format!("{line}\n").as_bytes()));
    written.map_err(|error| SmsError::Retryable(error.to_string()))
}
