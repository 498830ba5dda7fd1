//! The mistakes that people and programs make in a request: each is told in the app's own envelope, with its place where
//! it has one.

use http::Method;
use openapi::event::{event, own_values, sample};
use serde_json::{Value, json};
use shared::{domain::account::Role, wire::Way};
use tests::{
    answer::Answer,
    plaza::{PASSWORD, Plaza},
    request::{Request, get, post},
};

fn said(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    assert_eq!(body["code"], -1, "{body}");
    (answer.status.as_u16(), body["msg"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_answered_in_the_apps_envelope() {
    let plaza = Plaza::open();
    for target in ["/u/logon", "/user/details", "/u/", "/user", "/u/login/", "/U/login", "/u/%6Cogin/x", "//u/login"] {
        assert_eq!(said(&plaza.ev_account(get(target)).await), (404, "接口不存在".into()), "{target}");
    }
    for (method, target, allowed) in [
        (Method::GET, "/u/login", "POST"),
        (Method::PUT, "/u/register", "POST"),
        (Method::POST, "/user/detail", "GET"),
        (Method::DELETE, "/user/detail?token=x", "GET"),
        (Method::OPTIONS, "/u/login", "POST"),
        (Method::from_bytes(b"BREW").unwrap(), "/u/login", "POST"),
    ] {
        let answer = plaza.ev_account(Request::new(method, target)).await;
        assert_eq!(said(&answer), (405, "请求方法不支持".into()), "{target}");
        assert_eq!(answer.header("allow"), Some(allowed), "{target}");
    }
}

#[tokio::test]
async fn mistakes_in_json_are_named_with_their_place() {
    let plaza = Plaza::open();
    for (body, msg) in [
        (
            "{\"username\":\"wyc2002\"，\"password\":\"123456wyc\"}",
            "JSON 第 1 行第 22 个字符处有全角逗号“，”，请改为半角逗号“,”",
        ),
        ("{\n  \"username\": \"wyc2002\",\n  \"password\" 1\n}", "JSON 格式错误：第 3 行第 14 个字符附近"),
        ("{\"username\":\"a\",\"username\":\"b\"}", "JSON 中字段重复：username（第 1 行第 17 个字符）"),
        ("[\"wyc2002\"]", "请求内容应为 JSON 对象"),
        ("\"wyc2002\"", "请求内容应为 JSON 对象"),
        ("null", "请求内容应为 JSON 对象"),
        ("{", "JSON 格式错误：第 1 行第 1 个字符附近"),
        ("{}", "缺少用户名"),
        ("", "缺少用户名"),
    ] {
        let answer = plaza.ev_account(post("/u/login").body("application/json", body)).await;
        assert_eq!(said(&answer), (400, msg.into()), "{body}");
    }
}

/// `false` where a text is wanted is a mistake of the program, not the text «false».
#[tokio::test]
async fn a_boolean_is_no_text() {
    let plaza = Plaza::open();
    for body in [r#"{"username":false,"password":"x"}"#, r#"{"username":"wyc2002","password":true}"#] {
        let answer = plaza.ev_account(post("/u/login").body("application/json", body)).await;
        assert_eq!(said(&answer).0, 400, "{body}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_malformed_wherever_they_are() {
    let plaza = Plaza::open();
    let multipart = b"--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\n\xff\xfe\r\n--b--\r\n";
    for request in [
        post("/u/login").body("application/json", b"{\"username\":\"\xff\"}".as_slice()),
        post("/u/login").body("application/x-www-form-urlencoded", b"username=\xff".as_slice()),
        post("/u/login").body("application/x-www-form-urlencoded", "username=%ff"),
        post("/u/login").body("multipart/form-data; boundary=b", multipart.as_slice()),
        post("/u/login?username=%FF"),
    ] {
        assert_eq!(said(&plaza.ev_account(request.clone()).await).0, 400, "{request:?}");
    }
}

#[tokio::test]
async fn a_broken_multipart_body_is_malformed() {
    let plaza = Plaza::open();
    for (content_type, body) in [
        ("multipart/form-data", "--b\r\n"),
        ("multipart/form-data; boundary=", "--b\r\n"),
        ("multipart/form-data; boundary=b", "no boundary at all"),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nwyc"),
        ("multipart/form-data; boundary=b", "--b\r\nno header\r\n\r\nwyc\r\n--b--\r\n"),
    ] {
        let answer = plaza.ev_account(post("/u/login").body(content_type, body)).await;
        assert_eq!(said(&answer), (400, "multipart 格式错误".into()), "{content_type} {body}");
    }
    let file = "--b\r\nContent-Disposition: form-data; name=\"username\"; filename=\"a.txt\"\r\n\r\nwyc\r\n--b--\r\n";
    let answer = plaza.ev_account(post("/u/login").body("multipart/form-data; boundary=b", file)).await;
    assert_eq!(said(&answer), (400, "用户名的类型不正确".into()));
}

#[tokio::test]
async fn too_large_and_unsupported_bodies_have_their_own_status() {
    let plaza = Plaza::open();
    let fill = |bytes: usize| format!("{{\"username\":\"{}\",\"password\":\"x\"}}", "x".repeat(bytes - 32));
    let just = plaza.ev_account(post("/u/login").body("application/json", fill(256 * 1024))).await;
    assert_eq!(said(&just).1, "用户名或密码不正确");
    for content_type in ["application/json", "multipart/form-data; boundary=b", "image/png", ""] {
        let over = post("/u/login").body(content_type, fill(256 * 1024 + 33));
        assert_eq!(said(&plaza.ev_account(over).await), (413, "请求内容过大".into()), "{content_type}");
    }
    for content_type in ["image/png", "application/xml", "text/html", "application/octet-stream"] {
        let answer = plaza.ev_account(post("/u/login").body(content_type, "username=a&password=b")).await;
        assert_eq!(said(&answer), (415, "不支持的内容类型".into()), "{content_type}");
    }
    let many: Vec<_> = (0..501).map(|n| format!("f{n}=1")).collect();
    let answer = plaza.ev_account(post("/u/login").body("application/x-www-form-urlencoded", many.join("&"))).await;
    assert_eq!(said(&answer), (400, "参数过多".into()));
}

#[tokio::test]
async fn depth_and_length_do_no_harm() {
    let plaza = Plaza::open();
    let deep = format!("{{\"username\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = plaza.ev_account(post("/u/login").body("application/json", deep)).await;
    assert_eq!(said(&answer).0, 400);
    let objects = format!("{}1{}", "{\"a\":".repeat(40_000), "}".repeat(40_000));
    let answer = plaza.ev_account(post("/u/login").body("application/json", objects)).await;
    assert_eq!(said(&answer).0, 400);
    // One character that becomes eighteen when it is normalised.
    let swelling = "\u{fdfa}".repeat(80_000);
    let answer = plaza.ev_account(post("/u/login").form(&[("username", &swelling), ("password", "x")])).await;
    assert_eq!(said(&answer).0, 413, "percent-encoded it is too large");
    let answer = plaza.ev_account(post("/u/login").json(&json!({"username": swelling, "password": "x"}))).await;
    assert_eq!(said(&answer).1, "用户名或密码不正确");
}

/// The same name in another form is another name for DynamoDB, so control characters and the like must not break keys.
#[tokio::test]
async fn any_text_may_be_a_name_at_the_door() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for name in
        ["\u{0}", "a\u{0}b", "#", "ev#wyc2002", "wyc2002#", "\u{202e}", "𝓌𝓎𝒸", "\u{1f468}\u{200d}\u{1f469}", "ﷺ", "İ"]
    {
        let answer = plaza.ev_account(post("/u/login").json(&json!({"username": name, "password": PASSWORD}))).await;
        assert_eq!(said(&answer), (200, "用户名或密码不正确".into()), "{name:?}");
    }
}

/// An endpoint's sample as the gateway hands it over.
fn event_of(way: &'static str, token: &str) -> Value {
    let (functions, way) = (openapi::functions(), Way::to(way));
    let (function, operation) = openapi::find(&functions, way).unwrap();
    event(function, &sample(operation, way, &own_values(operation), Some(token)))
}

/// The gateway hands the path over decoded and the query as it came, so neither need be what a URI allows.
#[tokio::test]
async fn what_the_gateway_lets_through_is_answered_and_breaks_nothing() {
    let plaza = Plaza::open();
    let event = event_of("GET /user/detail", "x.y.z");
    let with = |name: &str, value: &str| {
        let mut event = event.clone();
        event[name] = value.into();
        event.to_string()
    };
    for odd in ["上海", "a b", "a?b", "a#b", "%", "%zz", "<>\"{}|\\^`", "\u{7f}", "\u{0}", "/x", "../x", "a%2Fb"] {
        let answer = plaza.replay("ev-account", &with("rawPath", &format!("/user/{odd}"))).await;
        assert_eq!(said(&answer), (404, "接口不存在".into()), "{odd:?}");
        let answer = plaza.replay("ev-account", &with("rawQueryString", &format!("a={odd}&token=x"))).await;
        assert_eq!(answer.status, 401, "{odd:?}");
    }
    let mut foreign = event.clone();
    foreign["headers"]["host"] = "a b:99999999".into();
    foreign["headers"]["x-forwarded-proto"] = "a b".into();
    assert_eq!(plaza.replay("ev-account", &foreign.to_string()).await.status, 401);
}

#[tokio::test]
async fn a_parameter_of_the_path_is_decoded_once() {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    let event = event_of("GET /operator/stations/{station}", &plaza.token_of(Role::Admin));
    for (station, status) in [("S1", 200), ("S%31", 400), ("站", 400), ("S9", 404)] {
        // The gateway has decoded it already, so what still looks encoded was meant so.
        let mut event = event.clone();
        event["rawPath"] = format!("/operator/stations/{station}").into();
        assert_eq!(plaza.replay("operator", &event.to_string()).await.status, status, "{station}");
    }
}
