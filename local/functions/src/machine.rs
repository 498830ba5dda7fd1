//! The parts of a local stack, which are files in its directory.

use jiff::Timestamp;
use local::clock::Clock as StationClock;
use serde_json::{Value, json};
use shared::{
    boot::{Parts, Variables},
    domain::{captcha::Letters, otp::Code, reason::Failure},
    outside::{
        clock::{Clock, RequestTime},
        key_service::KeyService,
        letters::LettersSource,
        random::Random,
        secrets::{Secrets, Values},
        sms::{Message, Sender, SmsError},
    },
};
use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

/// The directory of a stack.
#[derive(Clone, Debug)]
pub struct Machine(PathBuf);

/// The variable that names the directory to functions.
pub const DIRECTORY: &str = "EV_PLAZA_DIR";

impl Machine {
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// The variables of this machine: each secret is a file, `signing-key` for `SIGNING_KEY_SECRET`, and no SMS
    /// provider is set.
    pub fn variables(&self, variables: impl IntoIterator<Item = (String, String)>) -> Variables {
        let here = (DIRECTORY.to_owned(), self.0.display().to_string());
        let variables = variables.into_iter().map(|(name, value)| match name.strip_suffix("_SECRET") {
            Some(secret) => (name.clone(), secret.to_lowercase().replace('_', "-")),
            None if name == "SMS_PROVIDER" => (name, "file".to_owned()),
            None => (name, value),
        });
        variables.chain([here]).collect()
    }

    /// The same parts with the clock, secrets, keys and senders of this machine.
    #[must_use]
    pub fn over(&self, parts: Parts) -> Parts {
        Parts {
            clock: clock(self.0.join("clock.json")),
            letters: letters(self.0.join("captcha.jsonl"), Random::system()),
            secrets: secrets(self.0.join("secrets")),
            key_service: Some(KeyService::unwrapped()),
            sender: Some(sender(self.0.join("sms.jsonl"))),
            ..parts
        }
    }
}

/// Real time, and the station time that the file gives; real time while there is no file.
fn clock(file: PathBuf) -> Clock {
    let system = Clock::system();
    Clock::from_fn(move || {
        let real = system.now().real;
        let station = std::fs::read(&file).ok().and_then(|json| serde_json::from_slice(&json).ok());
        RequestTime { real, station: station.unwrap_or(StationClock::Real).at(real) }
    })
}

/// The answers of captchas, one JSON object per line, for people and tests.
fn letters(file: PathBuf, random: Random) -> LettersSource {
    LettersSource::from_fn(move |device, now| {
        let letters = Letters::draw(random.u64());
        let line = json!({ "at": now, "deviceId": device.as_str(), "answer": letters.as_str() });
        if let Err(error) = append(&file, &line) {
            tracing::error!(%error, "captcha could not be written to its file");
        }
        letters
    })
}

fn secrets(folder: PathBuf) -> Secrets {
    Secrets::from_fn(move |ids| std::future::ready(read_all(&folder, ids)))
}

fn read_all(folder: &Path, ids: Vec<String>) -> Result<Values, Failure> {
    let read = |id: String| {
        let text = std::fs::read_to_string(folder.join(&id));
        let text = text.map_err(|error| Failure::internal(format!("secret {id}: {error}")))?;
        Ok((id, text.into()))
    };
    ids.into_iter().map(read).collect()
}

/// The outgoing messages, one JSON object per line.
fn sender(file: PathBuf) -> Sender {
    Sender::from_fn(move |message, now| {
        let written = append(&file, &line(&message, now));
        std::future::ready(written.map_err(|error| SmsError::Retryable(error.to_string())))
    })
}

fn line(message: &Message, now: Timestamp) -> Value {
    json!({
        "at": now.to_string(),
        "to": message.to.digits(),
        "purpose": message.purpose,
        "code": message.code.as_ref().map(Code::expose),
        "text": message.signed_text(),
    })
}

fn append(file: &Path, line: &Value) -> std::io::Result<()> {
    OpenOptions::new().create(true).append(true).open(file)?.write_all(format!("{line}\n").as_bytes())
}
