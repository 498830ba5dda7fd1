//! Reading a body: JSON, form or multipart, whichever it is.

use super::{
    fields::{SentField, Value, urlencoded},
    json,
};
use crate::domain::{
    image::LARGEST_UPLOAD,
    reason::{Failure, Reason},
};
use axum::body::HttpBody as _;
use bytes::Bytes;
use http::{HeaderMap, header::CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::convert::Infallible;

/// What a route reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyRule {
    /// Fields only: JSON, a form or multipart, small.
    Fields,
    /// One picture, alone or among the fields of a multipart body.
    Picture,
    /// Nothing: the handler gets what was sent, byte for byte.
    AsSent,
}

impl BodyRule {
    /// The most a body may hold. A multipart body has a little around its picture.
    pub(super) const fn largest(self) -> usize {
        match self {
            Self::Fields | Self::AsSent => 256 * 1024,
            Self::Picture => LARGEST_UPLOAD + 64 * 1024,
        }
    }
}

/// No document has more; a limit keeps the duplicate check cheap.
const MOST_FIELDS: usize = 500;

/// Collects a body up to `limit`; the gateway's own limit lies above it. One that says of itself that it is longer is
/// not even begun.
pub(super) async fn collect(body: axum::body::Body, limit: usize) -> Result<Bytes, Failure> {
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(Reason::TooLarge.into());
    }
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Reason::TooLarge.into()),
        Err(_) => Err(Reason::Malformed.into()),
    }
}

/// The fields of a body that may be a picture and nothing else: anything that is neither multipart, JSON nor a form is taken
/// for one, and its first bytes tell whether it is.
pub(super) async fn picture(headers: &HeaderMap, body: Bytes) -> Result<Vec<SentField>, Failure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let has_fields = media_type == "multipart/form-data"
        || media_type.ends_with("json")
        || media_type == "application/x-www-form-urlencoded";
    if has_fields || body.is_empty() {
        return fields(headers, body).await;
    }
    Ok(vec![SentField { name: "file".to_owned(), value: Value::File(body) }])
}

/// The fields of a body. JSON under a form's content type, as `curl --data` sends it, is read as JSON.
pub(super) async fn fields(headers: &HeaderMap, body: Bytes) -> Result<Vec<SentField>, Failure> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = media_type.ends_with("/json") || media_type.ends_with("+json");
    let fields = match media_type.as_str() {
        "multipart/form-data" => multipart(content_type, body).await,
        "" | "text/plain" | "application/x-www-form-urlencoded" if body.trim_ascii_start().first() != Some(&b'{') => {
            urlencoded(&body)
        }
        "" | "text/plain" | "application/x-www-form-urlencoded" => json::object(utf8(&body)?),
        _ if is_json => json::object(utf8(&body)?),
        _ => Err(Reason::UnsupportedType.into()),
    }?;
    if fields.len() > MOST_FIELDS {
        return Err(Failure::malformed("参数过多"));
    }
    Ok(fields)
}

fn utf8(body: &[u8]) -> Result<&str, Failure> {
    let text = std::str::from_utf8(body).map_err(|_| Failure::malformed("请求内容不是有效的 UTF-8 文本"))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

async fn multipart(content_type: &str, body: Bytes) -> Result<Vec<SentField>, Failure> {
    let malformed = |_| Failure::malformed("multipart 格式错误");
    let boundary = multer::parse_boundary(content_type).map_err(malformed)?;
    let whole = http_body_util::BodyStream::new(http_body_util::Full::new(body));
    let mut parts = multer::Multipart::new(frames(whole), boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(malformed)? {
        let Some(name) = part.name().map(ToOwned::to_owned) else { continue };
        // Some apps name no file but say that it is a picture.
        let is_file = part.file_name().is_some()
            || part.content_type().is_some_and(|kind| matches!(kind.type_().as_str(), "image" | "application"));
        let content = part.bytes().await.map_err(malformed)?;
        let value = if is_file { Value::File(content) } else { Value::Text(utf8(&content)?.to_owned()) };
        fields.push(SentField { name, value });
        if fields.len() > MOST_FIELDS {
            break;
        }
    }
    Ok(fields)
}

/// The data of a body as the stream that the multipart reader wants.
fn frames(
    body: http_body_util::BodyStream<http_body_util::Full<Bytes>>,
) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    use futures_util::StreamExt as _;
    body.filter_map(|frame| std::future::ready(frame.map(|frame| frame.into_data().ok()).transpose()))
}
