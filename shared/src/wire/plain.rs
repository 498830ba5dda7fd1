//! Our own extensions (`/auth`, `/operator`): JSON in and out, failures with their true status and `{"code","message"}`.

use super::envelope::{Envelope, File, Response, failed, file, json, raw, rest_status, with_token};
use crate::{auth::tokens::SessionToken, domain::reason::Failure};
use axum::body::Body;
use http::{
    HeaderValue, StatusCode,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE},
};
use serde::Serialize;
use serde_json::value::RawValue;

pub struct Plain;

#[derive(Debug)]
pub enum Success {
    /// 204
    Nothing,
    Content {
        body: Box<RawValue>,
        token: Option<SessionToken>,
    },
    /// A file for a spreadsheet.
    Csv {
        name: String,
        body: String,
    },
    File(File),
}

impl Success {
    pub fn content(body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self::Content { body: raw(body)?, token: None })
    }

    /// The same, and a session in the header.
    #[must_use]
    pub fn with_token(self, session: SessionToken) -> Self {
        match self {
            Self::Content { body, .. } => Self::Content { body, token: Some(session) },
            other => other,
        }
    }
}

#[derive(Serialize)]
pub(super) struct FailureBody<'a> {
    code: &'static str,
    message: &'a str,
}

impl Envelope for Plain {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(success: Success) -> Result<Response, Failure> {
        match success {
            Success::Nothing => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NO_CONTENT;
                Ok(response)
            }
            Success::Csv { name, body } => {
                let mut response = Response::new(Body::from(body));
                let headers = response.headers_mut();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
                let file = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
                headers.extend(file.ok().map(|file| (CONTENT_DISPOSITION, file)));
                Ok(response)
            }
            Success::File(content) => file(content),
            Success::Content { body, token } => token.iter().try_fold(json(StatusCode::OK, &body)?, with_token),
        }
    }

    fn failure(failure: &Failure) -> Response {
        bare_failure(failure)
    }
}

/// `{"code","message"}` with its true status. The business portal and the shops chose the same shape for their
/// failures, on which their documents are silent.
pub(super) fn bare_failure(failure: &Failure) -> Response {
    let text = failure.text();
    // The people who read these answers also write the calls, so the field's own name stands beside what people call it.
    let named = failure.field().filter(|field| !text.contains(field)).map(|field| format!("{text}（{field}）"));
    let message = named.as_deref().unwrap_or(text);
    failed(rest_status(failure), failure, &FailureBody { code: failure.reason().code(), message })
}
