//! Answers as an app sees them.

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::collections::BTreeSet;

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The fields that its form asked for.
    pub asked: BTreeSet<&'static str>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The token in the body, where the charging app and `/auth/token` put it.
    pub fn token(&self) -> String {
        self.json()["token"].as_str().unwrap_or_else(|| panic!("no token: {}", self.text())).to_owned()
    }

    /// Status and body in one line, for comparing two answers byte for byte.
    pub fn whole(&self) -> (u16, String) {
        (self.status.as_u16(), self.text().to_owned())
    }

    pub fn succeeded(&self) -> bool {
        is_success(self.status.as_u16(), &self.body)
    }
}

/// Whether an answer is a success in its document's own words.
pub fn is_success(status: u16, body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let failed = body["code"] == -1 || body["status"] == "FAILURE" || body["status"] == false;
    let in_the_mall = body.get("errCode").is_none_or(|code| *code == 200 || *code == "200");
    status < 400 && !failed && in_the_mall
}
