//! `charging-app.md`, user management (用户管理): #30 to #32, with the document's own example calls.

use serde_json::{Value, json};
use tests::{
    answer::Answer,
    plaza::{PASSWORD, Plaza},
    request::{Request, get, post},
};

/// The document's example, with real values where it prints placeholders.
const EXAMPLE: [(&str, &str); 5] = [
    ("username", "wyc2002"),
    ("password", "123456wyc"),
    ("email", "wengyuechuan@163.com"),
    ("license_plate", "皖A12345"),
    ("battery_capcity", "60.5"),
];

fn with(name: &str, value: &str) -> Vec<(&'static str, String)> {
    let change = |(field, old): (&'static str, &str)| (field, if field == name { value } else { old }.to_owned());
    EXAMPLE.into_iter().map(change).collect()
}

fn register(fields: &[(&str, String)]) -> Request {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post("/u/register").multipart(&fields)
}

/// The whole body, with the one part that differs from call to call replaced.
fn golden(answer: &Answer) -> Value {
    let mut body = answer.json();
    if let Some(token) = body.get_mut("token") {
        assert!(token.as_str().is_some_and(|token| token.split('.').count() == 3), "{token}");
        *token = "string".into();
    }
    body
}

fn assert_failure(answer: &Answer, status: u16, msg: &str) {
    assert_eq!(answer.whole(), (status, json!({"code": -1, "msg": msg}).to_string()));
}

#[tokio::test]
async fn registering_as_the_document_shows_it_signs_the_driver_in() {
    let plaza = Plaza::open();
    let answer = plaza.ev_account(post("/u/register").multipart(&EXAMPLE)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(golden(&answer), json!({"code": 200, "msg": "注册成功", "token": "string"}));
    assert_eq!(plaza.detail(&answer.token()).await.status, 200, "the token is good at once");
}

#[tokio::test]
async fn signing_in_as_the_document_shows_it_gives_a_token() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let answer =
        plaza.ev_account(post("/u/login").multipart(&[("username", "wyc2002"), ("password", "123456wyc")])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(golden(&answer), json!({"code": 200, "msg": "登录成功", "token": "string"}));
}

#[tokio::test]
async fn the_details_are_the_documents_fields_and_no_other() {
    let plaza = Plaza::open();
    let token = plaza.ev_account(post("/u/register").multipart(&EXAMPLE)).await.token();
    let answer = plaza.ev_account(get(&format!("/user/detail?token={token}"))).await;
    let mut body = answer.json();
    let id = body["data"]["user_id"].take();
    assert!(id.as_str().unwrap().parse::<u64>().unwrap() < 1 << 53, "{id}");
    assert_eq!(
        body,
        json!({"code": 200, "msg": "获取用户信息成功", "data": {
            "user_id": null, "username": "wyc2002", "email": "wengyuechuan@163.com", "license_plate": "皖A12345",
            "battery_capacity": 60.5, "created_at": "2026-06-01T08:30:05+08:00", "updated_at": "2026-06-01T08:30:05+08:00"
        }})
    );
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("strict-transport-security", "max-age=31536000"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value));
    }
}

#[tokio::test]
async fn what_is_unset_is_empty_or_zero_and_never_missing() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let data = plaza.detail(&driver.token).await.json()["data"].take();
    assert_eq!((&data["license_plate"], &data["battery_capacity"]), (&json!(""), &json!(0)));
    assert_eq!(data["user_id"], json!(driver.id));
}

#[tokio::test]
async fn multipart_form_and_json_mean_the_same() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let fields = [("username", "wyc2002"), ("password", PASSWORD)];
    let json = json!({"username": "wyc2002", "password": PASSWORD});
    for request in [
        post("/u/login").multipart(&fields),
        post("/u/login").form(&fields),
        post("/u/login").json(&json),
        post("/u/login").body("application/json; charset=utf-8", json.to_string()),
        // What `curl --data` sends when it is given JSON.
        post("/u/login").body("application/x-www-form-urlencoded", json.to_string()),
        post("/u/login?username=wyc2002&password=123456wyc"),
        post("/u/login?username=another").form(&fields),
    ] {
        let answer = plaza.ev_account(request.clone()).await;
        assert_eq!(answer.json()["code"], 200, "{request:?}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_one_answer() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let wrong = plaza.log_in("wyc2002", "123456wyd").await;
    assert_failure(&wrong, 200, "用户名或密码不正确");
    let unknown = plaza.log_in("unknown", "123456wyd").await;
    assert_eq!(wrong.whole(), unknown.whole());
    assert_eq!(wrong.headers, unknown.headers);
}

#[tokio::test]
async fn both_spellings_of_the_capacity_are_read() {
    let plaza = Plaza::open();
    for (name, spelling) in [("first", "battery_capcity"), ("second", "battery_capacity")] {
        let body = json!({"username": name, "password": PASSWORD, "email": "w@163.com", spelling: 100.4});
        let token = plaza.ev_account(post("/u/register").json(&body)).await.token();
        assert_eq!(plaza.detail(&token).await.json()["data"]["battery_capacity"], json!(100.4), "{spelling}");
    }
}

#[tokio::test]
async fn the_name_is_one_in_every_case_and_width() {
    let plaza = Plaza::open();
    plaza.driver("Wyc2002").await;
    for name in ["wyc2002", "WYC2002", "ｗｙｃ２００２", " wyc2002 "] {
        let taken = plaza.ev_account(register(&with("username", name))).await;
        assert_failure(&taken, 200, "用户名已存在");
        assert_eq!(plaza.log_in(name, PASSWORD).await.json()["code"], 200, "{name}");
    }
    let token = plaza.log_in("wyc2002", PASSWORD).await.token();
    assert_eq!(plaza.detail(&token).await.json()["data"]["username"], "Wyc2002", "shown as it was chosen");
}

#[tokio::test]
async fn a_plate_is_kept_in_its_normal_form_and_has_one_holder() {
    let plaza = Plaza::open();
    let fields = with("license_plate", " 皖ａ·１２３４５");
    let token = plaza.ev_account(register(&fields)).await.token();
    assert_eq!(plaza.detail(&token).await.json()["data"]["license_plate"], "皖A12345");

    let mut second = EXAMPLE.to_vec();
    second[0].1 = "another-name";
    let refused = plaza.ev_account(post("/u/register").multipart(&second)).await;
    assert_failure(&refused, 200, "车牌号已被其他用户绑定");
    assert!(plaza.database.under("LOGIN#ev#another-name").is_empty(), "the name is still free");
    second[3].1 = "";
    assert_eq!(plaza.ev_account(post("/u/register").multipart(&second)).await.json()["code"], 200);
}

#[tokio::test]
async fn of_many_who_want_one_plate_or_one_name_at_once_one_gets_it() {
    let plaza = Plaza::open();
    let by_plate = (0..10).map(|n| register(&with("username", &format!("driver-{n}"))));
    let by_name = (0..10).map(|n| {
        let fields = [("username", "one-name"), ("password", PASSWORD), ("email", "w@163.com")];
        let plate = format!("沪B1234{n}");
        post("/u/register").form(&[fields.as_slice(), &[("license_plate", plate.as_str())]].concat())
    });
    for (requests, refusal) in
        [(by_plate.collect::<Vec<_>>(), "车牌号已被其他用户绑定"), (by_name.collect(), "用户名已存在")]
    {
        let answers = futures_util::future::join_all(requests.into_iter().map(|r| plaza.ev_account(r))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.json()["code"] == 200);
        assert_eq!(won.len(), 1);
        for answer in lost {
            assert_failure(answer, 200, refusal);
        }
    }
    assert_eq!(plaza.database.under("PLATE#").len(), 2);
}

#[tokio::test]
async fn bad_values_are_named() {
    let plaza = Plaza::open();
    let plate = "车牌号格式不正确（参照 GA 36-2018，例如 皖A12345 或 皖AD12345）";
    let capacity = "电池容量应为 0 至 10000 之间、最多三位小数的数字（kWh）";
    for (field, value, msg) in [
        ("username", "w", "用户名需 2 至 32 个字符，不能包含空格、# 或不可见字符"),
        ("username", "", "缺少用户名"),
        ("password", "", "缺少密码"),
        ("email", "", "缺少邮箱"),
        ("email", "wengyuechuan", "邮箱格式不正确"),
        ("email", "wengyuechuan@163", "邮箱格式不正确"),
        // The document's own placeholders.
        ("license_plate", "车牌号", plate),
        ("battery_capcity", "电池容量", capacity),
        ("battery_capcity", "-1", capacity),
        ("battery_capcity", "1e3", capacity),
    ] {
        // What a person typed is a business outcome; a field that is not there is the program's mistake.
        let status = if value.is_empty() { 400 } else { 200 };
        assert_failure(&plaza.ev_account(register(&with(field, value))).await, status, msg);
    }
    assert!(plaza.database.under("ACCOUNT#").is_empty());
}

#[tokio::test]
async fn a_number_in_json_is_read_digit_by_digit_and_never_through_a_float() {
    let plaza = Plaza::open();
    for (number, name, shown) in
        [("1e3", "first", None), ("100.400", "second", Some("100.4")), ("7", "third", Some("7"))]
    {
        let body = format!(
            r#"{{"username":"{name}","password":"{PASSWORD}","email":"w@163.com","battery_capcity":{number}}}"#
        );
        let answer = plaza.ev_account(post("/u/register").body("application/json", body)).await;
        match shown {
            None => assert_failure(&answer, 200, "电池容量应为 0 至 10000 之间、最多三位小数的数字（kWh）"),
            Some(shown) => {
                let detail = plaza.detail(&answer.token()).await;
                assert!(detail.text().contains(&format!("\"battery_capacity\":{shown},")), "{}", detail.text());
            }
        }
    }
}

#[tokio::test]
async fn weak_passwords_are_a_business_outcome() {
    let plaza = Plaza::open();
    let msg = "密码强度不足：需 8 至 128 个字符，且不能是常见密码";
    for weak in ["password", "12345678", "short7!", "wyc20021", &"x1".repeat(65)] {
        assert_failure(&plaza.ev_account(register(&with("password", weak))).await, 200, msg);
    }
}

#[tokio::test]
async fn missing_fields_are_named_at_login_too() {
    let plaza = Plaza::open();
    assert_failure(&plaza.ev_account(post("/u/login")).await, 400, "缺少用户名");
    let without = post("/u/login").form(&[("username", "wyc2002")]);
    assert_failure(&plaza.ev_account(without).await, 400, "缺少密码");
    let nested = post("/u/login").json(&json!({"username": {"$ne": ""}, "password": ["123456wyc"]}));
    assert_failure(&plaza.ev_account(nested).await, 400, "用户名的类型不正确");
}

#[tokio::test]
async fn full_width_input_is_read_as_it_was_meant_but_a_password_is_left_alone() {
    let plaza = Plaza::open();
    let mut fields = with("battery_capcity", "６０．５");
    fields[2].1 = "ｗｙｃ＠１６３．ｃｏｍ".to_owned();
    fields[1].1 = "１２３４５６ｗｙｃ".to_owned();
    let token = plaza.ev_account(register(&fields)).await.token();
    let data = plaza.detail(&token).await.json()["data"].take();
    assert_eq!((&data["email"], &data["battery_capacity"]), (&json!("wyc@163.com"), &json!(60.5)));
    assert_failure(&plaza.log_in("wyc2002", "123456wyc").await, 200, "用户名或密码不正确");
    assert_eq!(plaza.log_in("wyc2002", "１２３４５６ｗｙｃ").await.json()["code"], 200);
}

#[tokio::test]
async fn details_need_a_token_in_the_query_or_in_the_header() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let refused = "未登录或登录已失效";
    for target in ["/user/detail", "/user/detail?token", "/user/detail?token=", "/user/detail?access_token=x"] {
        assert_failure(&plaza.ev_account(get(target)).await, 401, refused);
    }
    let other_parameter = format!("/user/detail?access_token={}", driver.token);
    assert_failure(&plaza.ev_account(get(&other_parameter)).await, 401, refused);
    let in_query = plaza.ev_account(get(&format!("/user/detail?token={}", driver.token))).await;
    assert_eq!(in_query.whole(), plaza.detail(&driver.token).await.whole());
    let lower = get("/user/detail").header("authorization", format!("bearer {}", driver.token));
    assert_eq!(plaza.ev_account(lower).await.status, 200);
}

#[tokio::test]
async fn fields_that_no_form_has_change_nothing_and_are_counted() {
    let plaza = Plaza::open();
    let body = json!({"username": "wyc2002", "password": PASSWORD, "email": "w@163.com",
        "user_id": "1", "role": "admin", "created_at": "1999-01-01T00:00:00+08:00", "enabled": false, "balance": 9});
    let token = plaza.ev_account(post("/u/register").json(&body)).await.token();
    let data = plaza.detail(&token).await.json()["data"].take();
    assert_eq!(data["created_at"], "2026-06-01T08:30:05+08:00");
    assert_ne!(data["user_id"], "1");
    let line: Value = serde_json::from_str(&plaza.lines()[0]).unwrap();
    assert_eq!(line["UnknownField"], 5);
    let sessions = plaza.database.under("ACCOUNT#ev#").into_iter().find(|item| item["sk"]["S"] == "SESSIONS").unwrap();
    assert_eq!(sessions["role"]["S"], "driver");
}

/// Our extension: what was registered is the first, and what was bound later follows it.
#[tokio::test]
async fn a_drivers_vehicles_are_listed_as_they_were_registered_and_bound() {
    let plaza = Plaza::open();
    let token = plaza.ev_account(post("/u/register").multipart(&EXAMPLE)).await.token();
    let binding = json!({"carPlate": "皖A54321", "vehicleType": "02", "vin": "123456"});
    let bind = Request::new(http::Method::PUT, "/customer/customers/vehicleBinding").bearer(&token).json(&binding);
    assert_eq!(plaza.ev_customer(bind).await.json()["status"], true);

    let mut listed = plaza.ev_account(get("/user/vehicles").bearer(&token)).await.json();
    let ids: Vec<_> = listed["data"].as_array_mut().unwrap().iter_mut().map(|one| one["id"].take()).collect();
    assert!(ids.len() == 2 && ids[0].is_u64() && ids[0] != ids[1], "{ids:?}");
    let vehicle = |plate: &str, battery: Value, kind: &str, vin: &str| json!({"id": null, "license_plate": plate, "battery_capacity": battery, "vehicleType": kind, "vin": vin});
    let vehicles = [vehicle("皖A12345", json!(60.5), "", ""), vehicle("皖A54321", json!(0), "02", "123456")];
    assert_eq!(listed, json!({"code": 200, "msg": "查询成功", "data": vehicles}));
}

#[tokio::test]
async fn a_driver_without_vehicles_has_an_empty_list_and_a_stranger_none() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let listed = plaza.ev_account(get("/user/vehicles").bearer(&driver.token)).await;
    assert_eq!(listed.json(), json!({"code": 200, "msg": "查询成功", "data": []}));
    assert_eq!(plaza.ev_account(get("/user/vehicles")).await.status, 401);
}
