//! Answers as an app sees them.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
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
}
