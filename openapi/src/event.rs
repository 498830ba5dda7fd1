//! Calls as API Gateway (HTTP API, payload 2.0) hands them to a function: `cargo run -p openapi -- event POST /u/login`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use describe::{Described, Input, Operation};
use serde_json::{Map, Value, json};
use shared::wire::{FieldPlace, Way};

/// Values of fields and of parameters of the path, by name.
pub type Values = Map<String, Value>;

/// One call, before the gateway has seen it.
#[derive(Clone, Debug, Default)]
pub struct SampleCall {
    pub method: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

const BOUNDARY: &str = "--------------------------410728375901463582907654";
/// A PNG of eight pixels a side.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGP4xcWFFTEMLQkAnE5DgcPp0KUAAAAASUVORK5CYII=";
const HOST: &str = "abcdefghij.execute-api.cn-north-1.amazonaws.com.cn";
const HOME: &str = "203.0.113.9";
const AGENT: &str = "curl/8.7.1";

/// The values of a sample as its declaration has them.
pub fn own_values(operation: &Operation) -> Values {
    let fields = operation.inputs.iter().map(|input| (input.name.to_owned(), input.example.clone()));
    let in_path = operation.path_examples.iter().map(|(name, example)| ((*name).to_owned(), json!(example)));
    fields.chain(in_path).collect()
}

/// The call that the reference page sends: all that has an example, but of a form what is needed alone.
pub fn sample(operation: &Operation, way: Way, values: &Values, token: Option<&str>) -> SampleCall {
    let text = |name: &str| {
        let value = values.get(name).unwrap_or(&Value::Null);
        value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
    };
    let filled = |path: String, (name, _): &(&str, &str)| path.replace(&format!("{{{name}}}"), &text(name));
    let pairs = |place| operation.sample_in(place).map(|input| (input.name.to_owned(), text(input.name)));
    let mut call = SampleCall {
        method: way.method.to_owned(),
        path: operation.path_examples.iter().fold(way.path.to_owned(), filled),
        query: pairs(FieldPlace::Query).collect(),
        headers: pairs(FieldPlace::Header).collect(),
        body: Vec::new(),
    };
    call.headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    let body: Vec<_> = operation.sample_in(FieldPlace::Body).collect();
    if body.is_empty() {
        return call;
    }
    let is_any_needed = body.iter().any(|input| input.required);
    let needed = body.iter().filter(|input| !input.is_file() && (input.required || !is_any_needed));
    let needed: Vec<_> = needed.map(|input| (input.name, text(input.name))).collect();
    let file = body.iter().find(|input| input.is_file());
    let (content_type, body) = match (operation.media.first().copied(), file) {
        (_, Some(_)) | (Some("multipart/form-data"), None) => {
            (format!("multipart/form-data; boundary={BOUNDARY}"), multipart(&needed, file.map(|file| file.name)))
        }
        _ => {
            let typed = body.iter().map(|input| (input.name.to_owned(), typed(input, values))).collect::<Values>();
            ("application/json".to_owned(), Value::Object(typed).to_string().into_bytes())
        }
    };
    call.headers.push(("content-type".to_owned(), content_type));
    call.body = body;
    call
}

fn multipart(fields: &[(&str, String)], file: Option<&str>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some(name) = file {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"picture.png\"\r\nContent-Type: \
             image/png\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(BASE64_STANDARD.decode(PICTURE).unwrap_or_default());
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

/// As JSON shows the field: a code that is documented as a number is sent as one.
fn typed(input: &Input, values: &Values) -> Value {
    let value = values.get(input.name).cloned().unwrap_or_default();
    let digits = value.as_str().filter(|_| input.example.is_number()).and_then(|text| text.parse::<u64>().ok());
    digits.map_or(value, Value::from)
}

/// The event of a call to a function: routed by the prefix that the template sends to it, as the gateway writes it.
pub fn event(function: &Described, call: &SampleCall) -> Value {
    let (key, parameters) = route(&function.catch_all, &call.path);
    let mut headers: Vec<(String, String)> = [
        ("accept", "*/*".to_owned()),
        ("content-length", call.body.len().to_string()),
        ("host", HOST.to_owned()),
        ("user-agent", AGENT.to_owned()),
        ("x-amzn-trace-id", "Root=1-6840c8dd-1f0d8c2b5a3e4f6071829304".to_owned()),
        ("x-forwarded-for", HOME.to_owned()),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    headers.retain(|(name, _)| name != "content-length" || !call.body.is_empty());
    headers.extend(call.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
    let cookies: Vec<_> =
        headers.iter().filter(|(name, _)| name == "cookie").flat_map(|(_, all)| all.split("; ")).collect();
    let cookies: Vec<String> = cookies.into_iter().map(ToOwned::to_owned).collect();
    headers.retain(|(name, _)| name != "cookie");

    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish();
    let mut event = json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": call.path,
        "rawQueryString": query,
        "headers": joined(&headers),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": HOST,
            "domainPrefix": "abcdefghij",
            "http": {
                "method": call.method, "path": call.path, "protocol": "HTTP/1.1", "sourceIp": HOME, "userAgent": AGENT
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": key,
            "stage": "$default",
            "time": "01/Jun/2026:00:30:05 +0000",
            "timeEpoch": 0
        },
        "isBase64Encoded": false
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !call.query.is_empty() {
        event["queryStringParameters"] = joined(&call.query);
    }
    if let Some(proxy) = parameters {
        event["pathParameters"] = json!({ "proxy": proxy });
    }
    if !call.body.is_empty() {
        let media = headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, value)| value.as_str());
        let text = if is_text(media) { std::str::from_utf8(&call.body).ok() } else { None };
        event["isBase64Encoded"] = text.is_none().into();
        event["body"] = text.map_or_else(|| BASE64_STANDARD.encode(&call.body), ToOwned::to_owned).into();
    }
    event
}

/// What comes more than once is joined by commas.
fn joined(pairs: &[(String, String)]) -> Value {
    let mut whole = Values::new();
    for (name, value) in pairs {
        let known = whole.get(name).and_then(Value::as_str).map(|known| format!("{known},{value}"));
        whole.insert(name.clone(), known.unwrap_or_else(|| value.clone()).into());
    }
    whole.into()
}

/// The route of the template: a path that is written out, else the longest prefix, else `$default`.
fn route(catch_all: &[&str], path: &str) -> (String, Option<String>) {
    if catch_all.contains(&path) {
        return (format!("ANY {path}"), None);
    }
    let prefixes = catch_all.iter().filter_map(|sent| sent.strip_suffix("{proxy+}"));
    let fitting = prefixes.filter(|prefix| path.len() > prefix.len() && path.starts_with(prefix));
    match fitting.max_by_key(|prefix| prefix.len()) {
        Some(prefix) => (format!("ANY {prefix}{{proxy+}}"), Some(path[prefix.len()..].to_owned())),
        None => ("$default".to_owned(), None),
    }
}

/// The media types that the gateway passes on as they are; everything else it encodes with Base64, forms too.
fn is_text(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let others = ["application/json", "application/javascript", "application/xml", "application/vnd.api+json"];
    media.starts_with("text/") || others.contains(&media.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function() -> Described {
        crate::functions().into_iter().find(|one| one.function == "ev-charging").unwrap()
    }

    #[test]
    fn what_comes_twice_is_joined_and_forms_are_encoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let call = SampleCall {
            method: "POST".to_owned(),
            path: "/user/charge/apply".to_owned(),
            query: vec![pair("a", "1"), pair("b", "x y"), pair("a", "2")],
            headers: vec![pair("X-One", "a"), pair("x-one", "b"), pair("Cookie", "k=1; l=2")],
            body: b"mode=fast".to_vec(),
        };
        let form = [call.headers.clone(), vec![pair("Content-Type", "application/x-www-form-urlencoded")]].concat();
        let event = event(&function(), &SampleCall { headers: form, ..call });
        assert_eq!(event["routeKey"], "ANY /user/charge/{proxy+}");
        assert_eq!(event["pathParameters"], json!({ "proxy": "apply" }));
        assert_eq!(event["rawQueryString"], "a=1&b=x+y&a=2");
        assert_eq!(event["queryStringParameters"], json!({ "a": "1,2", "b": "x y" }));
        assert_eq!((&event["headers"]["x-one"], &event["cookies"]), (&json!("a,b"), &json!(["k=1", "l=2"])));
        assert_eq!((&event["isBase64Encoded"], &event["body"]), (&json!(true), &json!("bW9kZT1mYXN0")));
    }

    #[test]
    fn json_is_passed_on_as_it_is() {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        let call =
            SampleCall { path: "/user/bills".to_owned(), headers, body: b"{}".to_vec(), ..SampleCall::default() };
        let event = event(&function(), &call);
        assert_eq!((&event["routeKey"], &event["pathParameters"]), (&json!("ANY /user/bills"), &Value::Null));
        assert_eq!((&event["isBase64Encoded"], &event["body"]), (&json!(false), &json!("{}")));
    }
}
