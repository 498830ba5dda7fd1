//! The business portal (`cloud-customers.md`): a bare object or a truly empty body; failures `{"code","message"}`.

use super::{
    envelope::{Envelope, Response, json, raw, with_token},
    plain::bare_failure,
};
use crate::{auth::tokens::SessionToken, domain::reason::Failure};
use axum::body::Body;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

pub struct Cloud;

#[derive(Debug)]
pub struct Success {
    /// Nothing at all where the document says so: 200 and zero bytes.
    pub body: Option<Box<RawValue>>,
    pub token: Option<SessionToken>,
}

impl Success {
    pub fn content(body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { body: Some(raw(body)?), token: None })
    }

    /// Where the document says that there is nothing to say.
    pub fn nothing() -> Self {
        Self { body: None, token: None }
    }

    /// The same, and a session in the header.
    #[must_use]
    pub fn with_token(self, session: SessionToken) -> Self {
        Self { token: Some(session), ..self }
    }
}

/// `2013-08-30T05:13:32Z`, as the document writes it.
pub fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

impl Envelope for Cloud {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(Success { body, token }: Success) -> Result<Response, Failure> {
        let response = match body {
            Some(body) => json(StatusCode::OK, &body)?,
            None => Response::new(Body::empty()),
        };
        token.iter().try_fold(response, with_token)
    }

    fn failure(failure: &Failure) -> Response {
        bare_failure(failure)
    }
}
