//! Running a function behind API Gateway, which hands over what callers wrote in forms that a URI does not have.

use axum::Router;
use http::header::HOST;
use lambda_http::{Adapter, LambdaEvent, request::LambdaRequest};
use std::fmt::Write as _;
use tower::ServiceExt as _;

/// What has happened to a path before a function sees it. A parameter is decoded once in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawPath {
    /// The gateway has decoded it, so a percent sign is one.
    Decoded,
    /// It is as it was sent: what stands in for the gateway on a developer's machine has not decoded it.
    Encoded,
}

/// Takes events from the Lambda runtime until the environment ends.
pub async fn run(router: Router, path: RawPath) -> Result<(), lambda_http::Error> {
    let readable = move |LambdaEvent { payload, context }| LambdaEvent { payload: readable(payload, path), context };
    lambda_http::lambda_runtime::run(Adapter::from(router).map_request(readable)).await
}

/// The same event with a path and a query that make a URI. `lambda_http` panics where they do not, and every scanner
/// that tries `?q=<script>` would be a 500.
pub fn readable(mut event: LambdaRequest, path: RawPath) -> LambdaRequest {
    let LambdaRequest::ApiGatewayV2(request) = &mut event else { return event };
    let plain = |byte: u8| byte == b'/' || (byte == b'%' && path == RawPath::Encoded) || is_unreserved(byte);
    request.raw_path = request.raw_path.take().map(|sent| escaped(&sent, plain));
    let kept = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'#');
    request.raw_query_string = request.raw_query_string.take().map(|query| escaped(&query, kept));
    // The address would be built from them, and nothing of ours asks where it was called.
    request.headers.remove(HOST);
    request.headers.remove("x-forwarded-proto");
    event
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

fn escaped(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_uri_is_escaped_and_the_rest_left_alone() {
        let query = |text| escaped(text, |byte| byte.is_ascii_graphic() && byte != b'<');
        assert_eq!(query("a=%20+b&c=<上>"), "a=%20+b&c=%3C%E4%B8%8A>");
        assert_eq!(escaped("/user/a b%?", |byte| byte == b'/' || is_unreserved(byte)), "/user/a%20b%25%3F");
    }
}
