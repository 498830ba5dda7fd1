//! The business portal (`cloud-customers.md`): a bare object or a truly empty body; failures `{"code","message"}`.

use super::{
    envelope::{Envelope, Response, json, with_token},
    plain::bare_failure,
};
use crate::domain::reason::Failure;
use axum::body::Body;
use http::StatusCode;
use secrecy::SecretString;
use serde_json::value::RawValue;

pub struct Cloud;

#[derive(Debug)]
pub struct Success {
    /// Nothing at all where the document says so: 200 and zero bytes.
    pub body: Option<Box<RawValue>>,
    pub token: Option<SecretString>,
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
