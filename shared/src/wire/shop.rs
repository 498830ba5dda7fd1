//! Shops (`shop-customers.md`): bare resource objects with a version as `ETag`; failures `{"code","message"}`.

use super::{
    envelope::{Envelope, Response, json},
    plain::bare_failure,
};
use crate::domain::reason::Failure;
use http::{HeaderValue, StatusCode, header::ETAG};
use serde_json::value::RawValue;

pub struct Shop;

#[derive(Debug)]
pub struct Success {
    pub body: Box<RawValue>,
    /// Of a single record; lists have none.
    pub version: Option<u64>,
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
