//! Anything at all may come in: no panic, no 5xx, and always the app's own envelope.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    plaza::{PASSWORD, Plaza},
    request::{Request, post},
};

fn one_of<const N: usize>(texts: [&str; N]) -> impl Strategy<Value = String> + Clone {
    select(texts.map(ToOwned::to_owned).to_vec())
}

fn field_name() -> impl Strategy<Value = String> + Clone {
    let known =
        one_of(["username", "password", "email", "license_plate", "battery_capcity", "realm", "mode", "quantity"]);
    prop_oneof![4 => known, 1 => any::<String>()]
}

fn field_value() -> impl Strategy<Value = Value> + Clone {
    prop_oneof![
        3 => any::<String>().prop_map(Value::from),
        2 => one_of(["wyc2002", PASSWORD, "w@163.com", "皖A12345", "60.5", "ev", "", " ", "fast"]).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![json!(null), json!(true), json!([]), json!({}), json!([[1], {"a": 2}])]),
    ]
}

/// A body with the content type that it should have, or another one.
fn body() -> impl Strategy<Value = (String, Vec<u8>)> {
    let fields = vec((field_name(), field_value()), 0..8);
    let json = fields.clone().prop_map(|fields| {
        let fields = fields.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
        ("application/json".to_owned(), format!("{{{}}}", fields.collect::<Vec<_>>().join(",")).into_bytes())
    });
    let form = fields.clone().prop_map(|fields| {
        let mut body = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &fields {
            body.append_pair(name, value.as_str().unwrap_or("1"));
        }
        ("application/x-www-form-urlencoded".to_owned(), body.finish().into_bytes())
    });
    let multipart = fields.prop_map(|fields| {
        let part = |(name, value): &(String, Value)| {
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{}\r\n",
                value.as_str().unwrap_or("1")
            )
        };
        let body: String = fields.iter().map(part).collect();
        ("multipart/form-data; boundary=b".to_owned(), (body + "--b--\r\n").into_bytes())
    });
    let content_type = prop_oneof![
        one_of([
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=b",
            "text/plain",
            "image/png",
            "",
            "application/json; charset=gbk",
            "a/b+json",
            "multipart/form-data; boundary=\""
        ]),
        "[ -~]{0,40}",
    ];
    let noise = (content_type.clone(), vec(any::<u8>(), 0..300));
    let almost = (json.clone(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|((kind, mut body), at, byte)| {
        let at = at.index(body.len());
        body[at] = byte;
        (kind, body)
    });
    let other_type = (content_type, form.clone()).prop_map(|(kind, (_, body))| (kind, body));
    prop_oneof![3 => json, 2 => form, 2 => multipart, 2 => almost, 1 => other_type, 2 => noise]
}

fn target() -> impl Strategy<Value = String> + Clone {
    let path = prop_oneof![
        5 => one_of(["/u/login", "/u/register", "/user/detail", "/auth/token", "/auth/logout", "/user/charge/apply",
            "/user/charge/cancel", "/user/charge/modify", "/user/charge/info", "/user/log/get",
            "/operator/stations/S1", "/operator/stations/%FF%2F/piles/%", "/operator/stations/S1/piles/F1"]),
        1 => "(/[a-zA-Z0-9%._~!$&'()*+,;=:@-]{0,12}){1,4}",
    ];
    let query =
        prop_oneof![Just(String::new()), "\\?[!$-;=?-~]{0,60}", Just("?token=".to_owned()), Just("?num=10".to_owned())];
    (path, query).prop_map(|(path, query)| path + &query)
}

fn request() -> impl Strategy<Value = Request> {
    let method = one_of(["GET", "POST", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);
    let authorization =
        prop_oneof![Just(None), "[ -~]{0,80}".prop_map(Some), "Bearer [A-Za-z0-9_.-]{0,200}".prop_map(Some)];
    let header = prop_oneof![Just(None), ("[ -~]{0,60}").prop_map(Some)];
    (method, target(), body(), authorization, header).prop_map(
        |(method, target, (kind, body), authorization, header)| {
            let mut request = Request::new(method.parse().unwrap(), &target).body(&kind, body);
            for (name, value) in [("authorization", authorization), ("idempotency-key", header)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            request
        },
    )
}

/// Every answer of a function, right or wrong, has the shape that its document gives it.
fn assert_in_shape(function: &str, answer: &Answer, is_head: bool) {
    let status = answer.status.as_u16();
    assert!(status < 500, "{status} {:?}", answer.whole());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(status != 429 || answer.header("retry-after").is_some());
    if status == 204 || is_head {
        return;
    }
    let body = answer.json();
    match function {
        "ev-account" | "ev-charging" => {
            assert!(body["msg"].is_string(), "{body}");
            assert!(body["code"] == -1 || (body["code"] == 200 && status == 200), "{status} {body}");
        }
        _ => assert!(status < 400 || (body["code"].is_string() && body["message"].is_string()), "{status} {body}"),
    }
}

/// Runs `test` on one plaza for all cases, with the token of a driver.
fn with_any<S: Strategy>(cases: u32, strategy: &S, test: &impl AsyncFn(&Plaza, &str, S::Value)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let plaza = Plaza::open();
    let token = runtime.block_on(async {
        plaza.station(|_| {}).await;
        plaza.driver_of("another", "皖A54321").await.token
    });
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let run = |value| {
        runtime.block_on(test(&plaza, &token, value));
        Ok(())
    };
    proptest::test_runner::TestRunner::new(config).run(strategy, run).unwrap();
}

#[test]
fn no_request_makes_any_function_fail() {
    let any = (one_of(["cloud-customer", "ev-account", "ev-charging", "operator", "session"]), request());
    with_any(3000, &any, &async |plaza, _, (function, request)| {
        let is_head = request.is_head();
        let answer = plaza.send(&function, request).await;
        assert_in_shape(&function, &answer, is_head);
    });
}

#[test]
fn no_body_makes_a_route_fail_that_has_let_its_caller_in() {
    let routes = vec![
        ("ev-account", "/u/login", false),
        ("ev-account", "/u/register", false),
        ("session", "/auth/token", false),
        ("ev-charging", "/user/charge/apply", true),
        ("ev-charging", "/user/charge/modify", true),
    ];
    with_any(2000, &(select(routes), body()), &async |plaza, token, ((function, path, guarded), (kind, body))| {
        let request = post(path).body(&kind, body);
        let request = if guarded { request.bearer(token) } else { request };
        let answer = plaza.send(function, request).await;
        assert_in_shape(function, &answer, false);
    });
}
