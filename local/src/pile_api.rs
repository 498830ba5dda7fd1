//! Speaks as metered piles do: signed reports to the running stack.

use crate::{Problem, Result, doing, http};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use shared::domain::{
    charging::{Moment, PileReport, PileStatus, Reading, StopReason},
    energy::Energy,
};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A pile with the key that an operator had issued.
#[derive(Clone, Debug)]
pub struct PileApi {
    address: String,
    id: u64,
    key: Vec<u8>,
}

impl PileApi {
    /// Has a new key issued on behalf of an administrator; the one before counts no longer.
    pub fn issue(address: &str, admin: &str, station: &str, pile: &str) -> Result<Self> {
        let path = format!("/operator/stations/{station}/piles/{pile}/key");
        let bearer = format!("Bearer {admin}");
        let answer = http::send(address, "POST", &path, &[("Authorization", &bearer)], b"", PATIENCE)?;
        let issued: Value = serde_json::from_slice(&answer.body).map_err(doing("the answer is not JSON"))?;
        let key = issued["key"].as_str().and_then(|key| URL_SAFE_NO_PAD.decode(key).ok());
        let (Some(id), Some(key)) = (issued["pile_id"].as_u64(), key) else {
            return Err(Problem(format!("no key for pile {pile} of {station}: {} {issued}", answer.status)));
        };
        Ok(Self { address: address.to_owned(), id, key })
    }

    /// Sends a report; `shift` is added to its instant.
    pub fn send(&self, report: &PileReport, shift: i64) -> Result<Value> {
        let (body, timestamp) = (body(report, shift).to_string(), Timestamp::now().as_second().to_string());
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).map_err(doing("the key of a pile"))?;
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body.as_bytes());
        let tag = mac.finalize().into_bytes();
        let signature = tag.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let headers = [
            ("Content-Type", "application/json"),
            ("X-Pile-Timestamp", timestamp.as_str()),
            ("X-Pile-Signature", signature.as_str()),
        ];
        let path = format!("/piles/{}/events", self.id);
        let answer = http::send(&self.address, "PUT", &path, &headers, body.as_bytes(), PATIENCE)?;
        if answer.status != 200 {
            return Err(Problem(format!("PUT {path}: {} {} for {body}", answer.status, answer.text())));
        }
        serde_json::from_slice(&answer.body).map_err(doing("the answer is not JSON"))
    }
}

fn body(report: &PileReport, shift: i64) -> Value {
    let mut body = Map::new();
    let mut say = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    match report {
        PileReport::Began { .. } => say("event", json!("began")),
        PileReport::Reading { .. } => say("event", json!("reading")),
        PileReport::Stopped { reason, .. } => {
            say("event", json!("stopped"));
            say("reason", json!(reason_word(*reason)));
        }
        PileReport::Status(status) => {
            say("event", json!("status"));
            say("status", json!(status_word(*status)));
        }
    }
    if let Some(session) = report.session() {
        say("session", json!(session.as_str()));
    }
    if let Some(Reading { seq, at, register, power }) = report.reading() {
        say("seq", json!(seq));
        say("at", json!(instant(at, shift)));
        say("register_wh", json!(watt_hours(register)));
        if let Some(power) = power {
            say("power_w", json!(power.watts()));
        }
    }
    Value::Object(body)
}

fn instant(at: Moment, shift: i64) -> String {
    let at = Timestamp::from_millisecond(at.ceil().floor_millis() + shift);
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// To the tenth decimal, so that the millijoule is exact again.
fn watt_hours(register: Energy) -> String {
    const PER_WATT_HOUR: i128 = 3_600_000;
    let millijoules = register.millijoules().floor();
    let parts = (millijoules % PER_WATT_HOUR * 10_000_000_000 + PER_WATT_HOUR / 2) / PER_WATT_HOUR;
    format!("{}.{parts:010}", millijoules / PER_WATT_HOUR)
}

fn reason_word(reason: StopReason) -> &'static str {
    match reason {
        StopReason::Full => "full",
        StopReason::Unplugged => "unplugged",
        StopReason::Asked => "asked",
        StopReason::Fault => "fault",
        StopReason::Lost => "lost",
    }
}

fn status_word(status: PileStatus) -> &'static str {
    match status {
        PileStatus::Available => "available",
        PileStatus::Occupied => "occupied",
        PileStatus::Faulted => "faulted",
        PileStatus::Unavailable => "unavailable",
    }
}
