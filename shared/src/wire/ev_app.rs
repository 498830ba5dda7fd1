//! The charging app (`charging-app.md`): `{"code":200,"msg":"…", token|data|log}`, failures always `-1`.

use super::envelope::{Envelope, Response, app_status, failed, json, raw, with_device_token};
use crate::{
    auth::tokens::SessionToken,
    domain::{account::AccountId, charging::Moment, reason::Failure},
};
use http::{StatusCode, header::RETRY_AFTER};
use jiff::{Timestamp, tz};
use serde::Serialize;
use serde_json::value::RawValue;

pub struct EvApp;

/// An answer that went well: a text for the user, and one of the three things the document knows.
#[derive(Debug)]
pub struct Success {
    msg: &'static str,
    content: EvAppContent,
    /// What the next page is asked for with.
    next: Option<String>,
    /// Seconds after which the answer is worth asking for again.
    retry_after: Option<u32>,
}

#[derive(Debug)]
enum EvAppContent {
    Nothing,
    Token(SessionToken),
    Data(Box<RawValue>),
    Log(Box<RawValue>),
}

impl Success {
    pub fn token(msg: &'static str, token: SessionToken) -> Self {
        Self::with(msg, EvAppContent::Token(token))
    }

    pub fn data(msg: &'static str, data: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self::with(msg, EvAppContent::Data(raw(data)?)))
    }

    pub fn log(msg: &'static str, log: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self::with(msg, EvAppContent::Log(raw(log)?)))
    }

    pub fn done(msg: &'static str) -> Self {
        Self::with(msg, EvAppContent::Nothing)
    }

    /// The same as a page of a list; `next` stands beside the list and is absent on the last page.
    #[must_use]
    pub fn before(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }

    /// The same with the seconds after which it is worth asking again, in `Retry-After`.
    #[must_use]
    pub fn again_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    fn with(msg: &'static str, content: EvAppContent) -> Self {
        Self { msg, content, next: None, retry_after: None }
    }
}

#[derive(Serialize)]
struct EvAppBody<'a> {
    code: i16,
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

impl Envelope for EvApp {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = Some("token");

    fn success(Success { msg, content, next, retry_after }: Success) -> Result<Response, Failure> {
        let body = EvAppBody { code: 200, msg, token: None, data: None, log: None, next: next.as_deref() };
        let body = match &content {
            EvAppContent::Nothing => body,
            EvAppContent::Token(token) => EvAppBody { token: Some(token.expose_secret()), ..body },
            EvAppContent::Data(data) => EvAppBody { data: Some(data), ..body },
            EvAppContent::Log(log) => EvAppBody { log: Some(log), ..body },
        };
        let mut response = json(StatusCode::OK, &body)?;
        response.headers_mut().extend(retry_after.map(|seconds| (RETRY_AFTER, seconds.into())));
        if let EvAppContent::Token(token) = &content { with_device_token(response, token) } else { Ok(response) }
    }

    fn failure(failure: &Failure) -> Response {
        let body = EvAppBody { code: -1, msg: failure.text(), token: None, data: None, log: None, next: None };
        failed(app_status(failure), failure, &body)
    }
}

/// RFC 3339 with the app's own offset, to the second.
pub fn time(at: Timestamp) -> String {
    at.to_zoned(tz::offset(8).to_time_zone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// An instant of a station, to the nearest second, as everything about charging is shown.
pub fn time_of(at: Moment) -> String {
    time(Timestamp::from_second(at.nearest_second()).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// The app shows the account's number as a string.
pub fn user_id(account: &AccountId) -> &str {
    account.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_carry_the_offset_of_the_app() {
        assert_eq!(time("2026-06-01T00:30:59.9Z".parse().unwrap()), "2026-06-01T08:30:59+08:00");
    }
}
