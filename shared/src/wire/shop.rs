//! Shops (`shop-customers.md`): bare resource objects with a version as `ETag`; failures `{"code","message"}`.

use super::{
    envelope::{Envelope, Response, json, raw},
    plain::bare_failure,
};
use crate::domain::reason::Failure;
use http::{HeaderValue, StatusCode, header::ETAG};
use serde::Serialize;
use serde_json::value::RawValue;

pub struct Shop;

#[derive(Debug)]
pub struct Success {
    pub body: Box<RawValue>,
    /// Of a single record; lists have none.
    pub version: Option<u64>,
}

impl Success {
    /// One record, with its version as `ETag`.
    pub fn record(body: &impl Serialize, version: u64) -> Result<Self, Failure> {
        Ok(Self { body: raw(body)?, version: Some(version) })
    }

    /// Anything without a version.
    pub fn content(body: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { body: raw(body)?, version: None })
    }
}

impl Envelope for Shop {
    type Success = Success;

    const QUERY_TOKEN: Option<&'static str> = None;

    fn success(Success { body, version }: Success) -> Result<Response, Failure> {
        let mut response = json(StatusCode::OK, &body)?;
        let tag = version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok());
        response.headers_mut().extend(tag.map(|tag| (ETAG, tag)));
        Ok(response)
    }

    fn failure(failure: &Failure) -> Response {
        bare_failure(failure)
    }
}
