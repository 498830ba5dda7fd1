//! Requests to the running stack, and the meaning of their answers in the words of the scenarios.

use super::http;
use crate::{Problem, Result, doing};
use serde_json::Value;
use shared::domain::reason::Reason;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
/// The scheduler may be writing the same station.
const TRIES: u32 = 40;
/// The start of each refusal of a change; the place of the car follows.
const NO_CHANGE: &str = "不能修改";
/// A mode for which the station has no piles.
const NO_PILES: &str = "该充电站没有";

pub(crate) struct Api {
    address: String,
    admin: String,
}

/// An answer.
pub(crate) struct ApiAnswer {
    status: u16,
    body: Value,
    /// The message for people.
    pub text: String,
}

impl Api {
    pub fn new(address: &str, admin: &str) -> Self {
        Self { address: address.to_owned(), admin: admin.to_owned() }
    }

    pub fn form(&self, path: &str, token: Option<&str>, fields: &[(&str, &str)]) -> Result<ApiAnswer> {
        let body =
            fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&");
        self.send("POST", path, token, Some(("application/x-www-form-urlencoded", &body)))
    }

    pub fn put(&self, path: &str, body: &Value) -> Result<ApiAnswer> {
        self.send("PUT", path, Some(&self.admin), Some(("application/json", &body.to_string())))
    }

    pub fn get(&self, path: &str, token: &str) -> Result<Value> {
        self.send("GET", path, Some(token), None)?.done()
    }

    pub fn get_as_admin(&self, path: &str) -> Result<Value> {
        self.get(path, &self.admin)
    }

    fn send(&self, method: &str, path: &str, token: Option<&str>, body: Option<(&str, &str)>) -> Result<ApiAnswer> {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers: Vec<(&str, &str)> = bearer.iter().map(|bearer| ("Authorization", bearer.as_str())).collect();
        headers.extend(body.iter().map(|(kind, _)| ("Content-Type", *kind)));
        let body = body.map(|(_, body)| body.as_bytes()).unwrap_or_default();
        for _ in 0..TRIES {
            let answer = http::send(&self.address, method, path, &headers, body, PATIENCE)?;
            if answer.status == 429 {
                // Nothing was written, and the other writer of the station needs only a moment.
                std::thread::sleep(Duration::from_millis(50));
                continue;
            }
            return ApiAnswer::read(&answer);
        }
        Err(Problem(format!("{method} {path}: the stack is too busy")))
    }
}

impl ApiAnswer {
    fn read(answer: &http::Answer) -> Result<Self> {
        let body = if answer.body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&answer.body) };
        let body = body.map_err(doing(format!("the answer is not JSON ({})", answer.text())))?;
        let text = body["msg"].as_str().or(body["message"].as_str()).unwrap_or_default().to_owned();
        Ok(Self { status: answer.status, body, text })
    }

    fn is_done(&self) -> bool {
        (200..300).contains(&self.status) && (self.body["code"].is_null() || self.body["code"] == 200)
    }

    pub fn done(self) -> Result<Value> {
        if self.is_done() { Ok(self.body) } else { Err(Problem(format!("{} {}", self.status, self.body))) }
    }

    /// `ok`, `rejected:…` or `ignored:…`; none for another answer.
    pub fn outcome(&self) -> Option<String> {
        let is = |reason: Reason| self.text == reason.text();
        let outcome = if self.is_done() {
            "ok"
        } else if is(Reason::QueueFull) {
            "rejected:full"
        } else if is(Reason::AlreadyQueued) {
            "rejected:live_request"
        } else if self.text.contains(NO_PILES) {
            "rejected:no_piles"
        } else if self.text.contains(NO_CHANGE) {
            "rejected:change_not_allowed"
        } else if is(Reason::NothingQueued) {
            "ignored:no_live_request"
        } else if self.text == "充电桩已处于故障状态" {
            "ignored:already_failed"
        } else if self.text == "充电桩已处于正常状态" {
            "ignored:already_working"
        } else {
            return None;
        };
        Some(outcome.to_owned())
    }
}

fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
