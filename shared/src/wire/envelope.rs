//! The one idea behind the five envelopes: a document says what its successes and its failures look like.

use crate::{
    auth::tokens::SessionToken,
    domain::reason::{Failure, Reason},
};
use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderValue, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, RETRY_AFTER, VARY},
};
use serde::Serialize;
use serde_json::value::RawValue;

pub type Response = http::Response<Body>;

/// One document's way of writing answers; chosen once per function.
pub trait Envelope: 'static {
    /// What a view of this document hands over.
    type Success: Send;

    /// The query parameter in which the document shows its token, for the two that do.
    const QUERY_TOKEN: Option<&'static str>;

    fn success(success: Self::Success) -> Result<Response, Failure>;

    /// Rests on the table of reasons in `domain::reason`; the golden table of `tests/` shows all of them in all envelopes.
    fn failure(failure: &Failure) -> Response;
}

/// A picture of ours as an answer.
#[derive(Clone, Debug)]
pub struct PictureAnswer {
    /// What tells it from another one, in quotes.
    pub tag: String,
    /// `None`: the caller has it already.
    pub content: Option<Bytes>,
    /// `Cache-Control`
    pub keep: &'static str,
}

impl PictureAnswer {
    /// For the caller alone, who asks again each time whether it is still the same.
    pub const PRIVATE: &'static str = "private, no-cache";
    /// For everybody: under this address there is never another one.
    pub const PUBLIC: &'static str = "public, max-age=86400, immutable";
}

/// A file that the function itself holds.
#[derive(Clone, Debug)]
pub struct File {
    pub media: &'static str,
    /// What tells it from another version, in quotes.
    pub tag: String,
    /// `None`: the caller has it already.
    pub content: Option<Bytes>,
    /// Whether the content is compressed with gzip.
    pub is_packed: bool,
    /// `Cache-Control`
    pub keep: &'static str,
    /// `Content-Security-Policy`
    pub policy: Option<&'static str>,
}

/// A JSON answer.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Result<Response, Failure> {
    let text = serde_json::to_vec(body)
        .map_err(|error| Failure::internal(format!("response could not be serialised: {error}")))?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    Ok(response)
}

/// A picture, or that the caller has it already.
pub(super) fn picture(picture: &PictureAnswer) -> Result<Response, Failure> {
    let mut response = match &picture.content {
        Some(content) => Response::new(Body::from(content.clone())),
        None => Response::new(Body::empty()),
    };
    let headers = response.headers_mut();
    let tag =
        HeaderValue::from_str(&picture.tag).map_err(|_| Failure::internal("picture tag is not a valid header"))?;
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(picture.keep));
    if picture.content.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    } else {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    Ok(response)
}

/// A file of ours, or that the caller has it already. The same text is one version, compressed or not.
pub(super) fn file(file: File) -> Result<Response, Failure> {
    let tag = HeaderValue::from_str(&format!("W/{}", file.tag));
    let tag = tag.map_err(|_| Failure::internal("file tag is not a valid header"))?;
    let is_known = file.content.is_none();
    let mut response = Response::new(file.content.map_or_else(Body::empty, Body::from));
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(file.keep));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.extend(file.policy.map(|policy| (CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.media));
    headers.extend(file.is_packed.then(|| (CONTENT_ENCODING, HeaderValue::from_static("gzip"))));
    Ok(response)
}

/// A failure's answer, with the headers its reason asks for.
pub(super) fn failed(status: StatusCode, failure: &Failure, body: &impl Serialize) -> Response {
    let mut response = json(status, body).unwrap_or_else(|_| Response::new(Body::empty()));
    *response.status_mut() = status;
    if let Some(seconds) = failure.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    if failure.reason() == Reason::WrongMethod && !failure.allowed().is_empty() {
        let allowed = HeaderValue::from_str(&failure.allowed().join(", "));
        response.headers_mut().extend(allowed.ok().map(|allowed| (ALLOW, allowed)));
    }
    response
}

/// The header in which a client keeps that it has signed in on this device, and sends it along the next time.
pub(super) const DEVICE_TOKEN: &str = "x-device-token";

/// The header in which a session travels where a document has no field for it, and the one of its device.
pub(super) fn with_token(response: Response, token: &SessionToken) -> Result<Response, Failure> {
    let mut response = with_device_token(response, token)?;
    response.headers_mut().insert("x-access-token", secret(token.expose_secret())?);
    Ok(response)
}

/// The header of the device alone, where a document has a field for the session.
pub(super) fn with_device_token(mut response: Response, token: &SessionToken) -> Result<Response, Failure> {
    response.headers_mut().insert(DEVICE_TOKEN, secret(token.device())?);
    Ok(response)
}

fn secret(token: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(token).map_err(|_| Failure::internal("token is not a valid header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The status of a failure where a document prints business outcomes under 200.
pub(super) fn app_status(failure: &Failure) -> StatusCode {
    status(failure.reason().app_status())
}

/// The status of a failure in the documents that speak in HTTP statuses.
pub(super) fn rest_status(failure: &Failure) -> StatusCode {
    status(failure.reason().rest_status())
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The part of an answer that a view made, with every number as the view wrote it.
pub(super) fn raw(view: &impl Serialize) -> Result<Box<RawValue>, Failure> {
    serde_json::value::to_raw_value(view)
        .map_err(|error| Failure::internal(format!("response could not be serialised: {error}")))
}
