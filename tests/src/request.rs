//! Requests as the gateway hands them to a function.

use axum::body::Body;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderName, HeaderValue, Method, header};
use lambda_http::{RequestExt as _, aws_lambda_events::apigw::ApiGatewayV2httpRequestContext, request::RequestContext};
use serde_json::{Value, json};
use shared::outside::payment::{NoticeKey, SIGNATURE, TIMESTAMP};

/// Where requests come from unless they say otherwise.
pub const HOME: &str = "203.0.113.9";
const BOUNDARY: &str = "--------------------------apifox7MA4YWxk";

/// One request in the making.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    target: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    address: String,
}

pub fn get(target: &str) -> Request {
    Request::new(Method::GET, target)
}

pub fn post(target: &str) -> Request {
    Request::new(Method::POST, target)
}

impl Request {
    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn new(method: Method, target: &str) -> Self {
        Self { method, target: target.to_owned(), headers: Vec::new(), body: Vec::new(), address: HOME.to_owned() }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.parse().unwrap(), HeaderValue::from_bytes(value.as_ref()).unwrap()));
        self
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// As if it came from another address.
    #[must_use]
    pub fn from(self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self }
    }

    #[must_use]
    pub fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self.header("content-type", content_type) }
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    #[must_use]
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", body)
    }

    /// As Apifox, in which the document was written, sends its form-data.
    #[must_use]
    pub fn multipart(self, fields: &[(&str, &str)]) -> Self {
        let part = |(name, value): &(&str, &str)| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = fields.iter().map(part).chain([format!("--{BOUNDARY}--\r\n")]).collect::<String>();
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// The same with one file behind the fields.
    #[must_use]
    pub fn multipart_file(self, fields: &[(&str, &str)], (name, file): (&str, &[u8])) -> Self {
        let Self { body, .. } = self.clone().multipart(fields);
        let end = format!("--{BOUNDARY}--\r\n");
        let mut body = body.strip_suffix(end.as_bytes()).map(<[u8]>::to_vec).unwrap_or_default();
        let head =
            format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg");
        body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").into_bytes());
        body.extend(file);
        body.extend(format!("\r\n{end}").into_bytes());
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// Signed as the payment provider does, over the body as it is now.
    #[must_use]
    pub fn signed(self, key: &NoticeKey, second: i64) -> Self {
        self.signed_in(key, second, (TIMESTAMP, SIGNATURE))
    }

    /// The same in other headers.
    #[must_use]
    pub fn signed_in(self, key: &NoticeKey, second: i64, (timestamp, signature): (&str, &str)) -> Self {
        let tag = key.sign(&second.to_string(), &self.body);
        self.header(timestamp, second.to_string()).header(signature, tag)
    }

    /// Whether the answer has no body in any case.
    pub fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// The event that API Gateway makes of it: names of headers in lower case, equal ones joined by commas, cookies apart,
    /// and everything in Base64 that is neither text nor JSON.
    pub fn into_event(self) -> Value {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let mut headers = serde_json::Map::from_iter([("host".to_owned(), json!("api.ev-plaza.example"))]);
        for (name, value) in &self.headers {
            let value = value.to_str().unwrap();
            let joined = headers.get(name.as_str()).and_then(Value::as_str).map(|first| format!("{first},{value}"));
            headers.insert(name.to_string(), joined.unwrap_or_else(|| value.to_owned()).into());
        }
        let kind = headers.get("content-type").and_then(Value::as_str).unwrap_or("application/json");
        let is_text = kind.starts_with("text/") || kind.starts_with("application/json");
        let encoded = || BASE64_STANDARD.encode(&self.body);
        let body = if is_text { String::from_utf8(self.body.clone()).unwrap() } else { encoded() };
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query,
            "headers": headers, "body": body, "isBase64Encoded": !is_text,
            "requestContext": {
                "accountId": "123456789012", "apiId": "api", "domainName": "api.ev-plaza.example", "domainPrefix": "api",
                "requestId": "gateway-request", "routeKey": "$default", "stage": "$default",
                "time": "30/Nov/2026:00:00:00 +0000", "timeEpoch": 0,
                "http": {
                    "method": self.method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": self.address,
                    "userAgent": "app"
                }
            }
        })
    }

    /// With the context that `lambda_http` makes of an event.
    pub fn into_http(self) -> http::Request<Body> {
        let context: ApiGatewayV2httpRequestContext = serde_json::from_value(json!({
            "apiId": "api", "stage": "$default", "requestId": "gateway-request", "timeEpoch": 0,
            "http": {"method": self.method.as_str(), "path": "/", "protocol": "HTTP/1.1", "sourceIp": self.address}
        }))
        .unwrap();
        let mut request =
            http::Request::builder().method(self.method).uri(&self.target).body(self.body.into()).unwrap();
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("api.ev-plaza.example"));
        for (name, value) in self.headers {
            request.headers_mut().append(name, value);
        }
        request.with_request_context(RequestContext::ApiGatewayV2(context))
    }
}
