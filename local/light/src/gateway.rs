//! Requests as events of API Gateway, and answers back, so that functions see what they see on AWS.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use local::{front::Request, http::Answer};
use serde_json::{Map, Value, json};

/// The event of a request.
pub fn event(request: &Request) -> Value {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let headers = headers(request);
    let kind = headers.get("content-type").and_then(Value::as_str).unwrap_or("application/json");
    let is_text = kind.starts_with("text/") || kind.starts_with("application/json");
    let text = String::from_utf8(request.body.clone()).ok().filter(|_| is_text);
    let is_encoded = text.is_none();
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
        "body": text.unwrap_or_else(|| BASE64_STANDARD.encode(&request.body)), "isBase64Encoded": is_encoded,
        "requestContext": {
            "requestId": "local", "stage": "$default", "timeEpoch": 0,
            "http": { "method": request.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1" },
        },
    })
}

/// Names in lower case, equal ones joined.
fn headers(request: &Request) -> Map<String, Value> {
    let mut headers = Map::new();
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value).into_owned();
        let name = name.to_ascii_lowercase();
        let joined = headers.get(&name).and_then(Value::as_str).map(|first| format!("{first},{value}"));
        headers.insert(name, joined.unwrap_or(value).into());
    }
    headers
}

/// The answer in what a function returns.
pub fn answer(returned: &Value) -> Option<Answer> {
    let status = u16::try_from(returned["statusCode"].as_u64()?).ok()?;
    let text = |(name, value): (&String, &Value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned()));
    let mut headers: Vec<_> = returned["headers"].as_object().into_iter().flatten().filter_map(text).collect();
    for (name, values) in returned["multiValueHeaders"].as_object().into_iter().flatten() {
        let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
        let known = headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        headers.extend(values.filter(|_| !known).map(|value| (name.to_ascii_lowercase(), value.to_owned())));
    }
    headers.retain(|(name, _)| name != "content-length");
    let body = returned["body"].as_str().unwrap_or_default();
    let is_encoded = returned["isBase64Encoded"] == true;
    let body = if is_encoded { BASE64_STANDARD.decode(body).ok()? } else { body.as_bytes().to_vec() };
    Some(Answer { status, headers, body })
}
