//! Unintended input: of every field of the portal, the shops and the drivers' pages, every kind of value that
//! it is not. The sender is told so in the document's own words; nothing breaks.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    plaza::{PASSWORD, Plaza, Settings},
    portal::PHRASE,
    request::{Request, get, post},
};

/// As they stand in a JSON body.
fn values() -> Vec<String> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(5_000), close.repeat(5_000));
    let texts = [
        "",
        " ",
        "\u{0}",
        "\u{7f}",
        "\u{85}",
        "\u{202e}",
        "\u{feff}",
        "\u{10ffff}",
        "🔋",
        "e\u{301}",
        "#",
        "a#b",
        "##",
        "%00",
        "%",
        "a/b",
        "../..",
        "a,b",
        ",",
        "，",
        "null",
        "NaN",
        "-0",
        "0x10",
        "+1",
        "1e5",
        "-1",
        "0.1",
        "18446744073709551616",
        "9223372036854775807",
        "-9223372036854775808",
        "١٢٣",
        "１２３",
        "2026-02-30",
        "9999-12-31",
        "-9999-01-01",
        "0000-00-00",
        "'; DROP TABLE",
        "<script>",
        "\r\n",
        "\\",
        "\"",
    ];
    let numbers = [
        "0",
        "-1",
        "1.5",
        "-0.0",
        "1e400",
        "-1e400",
        "1e-400",
        "99999999999999999999999999",
        "9223372036854775808",
        "4294967296",
        "0.000000000000000000000000000001",
    ];
    let rest = [
        "null",
        "true",
        "false",
        "[]",
        "[null]",
        "[1]",
        "[\"#\"]",
        "[[]]",
        "{}",
        "{\"id\":1}",
        "{\"id\":\"#\",\"name\":\"\"}",
        "{\"\":\"\"}",
    ];
    let mut values: Vec<_> = texts.iter().map(|text| json!(text).to_string()).collect();
    values.extend(numbers.iter().chain(&rest).map(|raw| (*raw).to_owned()));
    values.extend(
        [json!("9".repeat(400)), json!("字".repeat(5_000)), json!("x".repeat(70_000))].map(|it| it.to_string()),
    );
    values.extend([json!(vec!["x"; 1_000]), json!(vec![json!({"id": "a"}); 200])].map(|it| it.to_string()));
    values.extend([deep("[", "]"), deep("{\"a\":", "}").replace(":}", ":1}")]);
    values
}

/// As they stand in a path or a query.
const IN_ADDRESSES: [&str; 22] = [
    "%00",
    "%FF",
    "%C3%28",
    "%2F",
    "%2E%2E",
    "%23",
    "%25",
    "%20",
    "-1",
    "0",
    "1.5",
    "18446744073709551616",
    "%F0%9F%94%8B",
    "%E2%80%AE",
    "S1.",
    ".",
    "S1.zz",
    "con_",
    "%2C",
    "a%2Cb",
    "x%0Ay",
    "%EF%BC%91",
];

/// A request that would do, but for what is put in its place.
#[derive(Clone)]
struct Base {
    function: &'static str,
    method: Method,
    path: String,
    token: String,
    body: Value,
}

impl Base {
    fn request(&self, body: String) -> Request {
        let request = Request::new(self.method.clone(), &self.path).bearer(&self.token);
        if self.method == Method::GET { request } else { request.body("application/json", body) }
    }
}

/// Every endpoint of the three functions with what it needs.
async fn bases(plaza: &Plaza) -> Vec<Base> {
    [of_drivers(plaza).await, of_the_portal(plaza).await, of_shops(plaza).await].concat()
}

async fn of_drivers(plaza: &Plaza) -> Vec<Base> {
    let mut all = Vec::new();
    let driver = plaza.driver_of("wyc2002", "皖A12345").await;
    let info = plaza.ev_customer(get("/customer/customers/myInfo").bearer(&driver.token)).await.json();
    let vehicle = info["data"]["vehicles"][0]["id"].to_string();
    let id = &driver.id;
    for (method, path, body) in [
        (
            "PUT",
            format!("/customer/customers/{id}"),
            json!({"realName": "张三", "gender": 1, "email": "1@qq.com", "nickname": "zz"}),
        ),
        (
            "PUT",
            "/customer/customers/vehicleBinding".into(),
            json!({"customerId": id, "vehicleType": "02", "carPlate": "皖A12345", "vin": "123456"}),
        ),
        (
            "PUT",
            "/customer/customers/vehicleUnbinding".into(),
            json!({"customerId": id, "vehicleId": vehicle.clone() + "1"}),
        ),
        ("PUT", "/customer/customers/password".into(), json!({"oldPassword": PASSWORD, "newPassword": PASSWORD})),
        ("PUT", "/customer/customers/phone".into(), json!({"phoneNum": "13800138000", "code": "123456"})),
        ("PUT", "/customer/customers/uploadAvatar".into(), json!({"id": id})),
    ] {
        let method = method.parse().unwrap();
        all.push(Base { function: "ev-customer", method, path, token: driver.token.clone(), body });
    }
    all
}

async fn of_the_portal(plaza: &Plaza) -> Vec<Base> {
    let mut all = Vec::new();
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "sub", "sub").await;
    let contact = plaza.add_contact(&admin, &json!({})).await;
    let contacts = json!({"contact_id": contact, "name": "小李", "sex": "M", "tel": "021-1", "mobile": "15721460942",
        "email": "test2@heheda.net", "con_type": "STYPE", "cred_type": "IDENTITY", "credentials": "728923198511293151"});
    for (method, path, body) in [
        (
            "POST",
            "/join",
            json!({"cus_name": "new", "short_name": "idc", "passwd": PHRASE, "cus_type": "FIRM", "tel": "021-1",
            "mobile": "13900000009", "verification_code": "123456"}),
        ),
        (
            "POST",
            "/verification_code",
            json!({"addition": "a", "smsype": "certify", "smstype": "certify", "mobile": "13900000008"}),
        ),
        (
            "PUT",
            "/customer",
            json!({"post_field": "phone", "mobile": "13900000009", "verification_code": "1", "tel": "1",
            "address": "a", "postcode": "200000", "fax": "1", "authorization": "x"}),
        ),
        (
            "PUT",
            "/customer",
            json!({"post_field": "auth", "authorization": "x", "tel": "1", "address": "a", "postcode": "2", "fax": "1"}),
        ),
        (
            "PUT",
            "/customer/papers",
            json!({"cred_type": "IDENTITY", "credentials": "1", "permit_number": "1",
            "organizationcode": "1", "permit_addr": "", "organizationCode_addr": ""}),
        ),
        ("POST", "/customer/contacts", contacts.clone()),
        ("PUT", "/customer/contacts", contacts),
        ("DELETE", "/customer/contacts", json!({"contact_ids": "con_X"})),
        (
            "POST",
            "/customer/accounts",
            json!({"login_id": "x", "passwd": PHRASE, "account_type": "sub", "contact_name": "n"}),
        ),
        ("DELETE", "/customer/accounts", json!({"account_ids": "unknown"})),
        ("PUT", "/customer/accounts/sub/disabled", json!({"account_id": "sub", "reason": "x"})),
        ("PUT", "/customer/accounts/sub/undisabled", json!({"account_id": "sub", "reason": "x"})),
        (
            "PUT",
            "/customer/profession",
            json!({"industry_application": "a", "main_business": "b", "website": "http://a.cn"}),
        ),
        (
            "PUT",
            "/customer/account/passwd",
            json!({"login_id": "51idc", "old_passwd": PHRASE, "new_passwd": "another phrase 7",
            "verify_type": "phone", "cell_number": "13300000000", "verify_code": "1"}),
        ),
        (
            "PUT",
            "/customer/account/phone",
            json!({"mobile": "13900000007", "verification_code": "1", "action_type": 0}),
        ),
    ] {
        let method = method.parse().unwrap();
        all.push(Base { function: "cloud-customer", method, path: path.into(), token: admin.clone(), body });
    }
    all
}

async fn of_shops(plaza: &Plaza) -> Vec<Base> {
    let mut all = Vec::new();
    for shop in ["S1", "S2"] {
        plaza.shop(shop, Some("G1")).await;
    }
    let manager = plaza.staff_of(Role::ShopManager, &["S1", "S2"]);
    let record = json!({"shopId": "S1", "name": "王小明", "gender": "male", "mobile": "13800138000", "birthday": "1990-01-31",
        "idcard": "11010519491231002X", "country": "c", "province": "p", "city": "c", "county": "c", "address": "a",
        "tag": ["VIP"], "fromChannel": "x", "fromReferrer": {"id": "1", "name": "n"}, "fromActivity": {"id": "1", "name": "n"}});
    let made = plaza.shop_customer(post("/customer/v1/customer").bearer(&manager).json(&record)).await.json();
    let at = format!("/customer/v1/customer/{}", made["id"].as_str().unwrap());
    for (method, path, body) in [
        ("POST", "/customer/v1/customer".to_owned(), record.clone()),
        ("PATCH", at.clone(), record),
        ("POST", format!("{at}/links"), json!({"customerId": made["id"]})),
        ("POST", format!("{at}/entries"), json!({"account": "credit", "amount": 1, "reason": "x", "key": "k"})),
    ] {
        let method = method.parse().unwrap();
        all.push(Base { function: "shop-customer", method, path, token: manager.clone(), body });
    }
    all
}

/// Nothing broke, and the body is a failure or an answer.
fn assert_told(plaza: &Plaza, answer: &tests::answer::Answer, what: &str) {
    assert!(answer.status.as_u16() < 500, "{what}: {} {} {:?}", answer.status, answer.text(), plaza.lines().last());
    if answer.status.as_u16() >= 400 {
        assert!(answer.json().is_object(), "{what}");
    }
}

fn plaza() -> Plaza {
    let (many, settings) = (100_000, Settings::default());
    let settings = settings.with("OTP_PER_PHONE_MINUTE", many).with("OTP_PER_PHONE_HOUR", many);
    Plaza::with(settings.with("CLOUD_ACCOUNTS_PER_CUSTOMER", many).with("CLOUD_CONTACTS_PER_CUSTOMER", many))
}

#[tokio::test]
async fn a_value_of_the_wrong_kind_is_a_client_error_in_every_field() {
    let (plaza, values) = (plaza(), values());
    for base in bases(&plaza).await {
        let fields = base.body.as_object().unwrap();
        for name in fields.keys() {
            for value in &values {
                let others = fields.iter().filter(|(other, _)| *other != name);
                let mut parts: Vec<_> = others.map(|(other, value)| format!("{}:{value}", json!(other))).collect();
                parts.push(format!("{}:{value}", json!(name)));
                let answer = plaza.send(base.function, base.request(format!("{{{}}}", parts.join(",")))).await;
                let shown: String = value.chars().take(60).collect();
                assert_told(&plaza, &answer, &format!("{} {} {name}={shown}", base.method, base.path));
            }
        }
        // A wrong password that comes often makes the name wait; time heals it.
        plaza.watch.advance(SignedDuration::from_secs(1));
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_of_fields_is_the_senders_to_mend() {
    let (plaza, values) = (plaza(), values());
    for base in bases(&plaza).await {
        for body in values.iter().map(String::as_str).chain([
            "",
            "{",
            "{\"a\"",
            "{\"a\":1,\"a\":2}",
            "\u{feff}{}",
            "{}{}",
            "＂",
        ]) {
            let answer = plaza.send(base.function, base.request(body.to_owned())).await;
            let shown: String = body.chars().take(60).collect();
            assert_told(&plaza, &answer, &format!("{} {} {shown}", base.method, base.path));
        }
        for kind in
            ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png", "text/plain", "x"]
        {
            for body in [
                "=",
                "&&&",
                "%",
                "%FF=%FF",
                "a=%00",
                "--x\r\n\r\n--x--",
                "--x\r\nContent-Disposition: x\r\n\r\n\r\n--x--",
            ] {
                let request = Request::new(base.method.clone(), &base.path).bearer(&base.token).body(kind, body);
                let answer = plaza.send(base.function, request).await;
                assert_told(&plaza, &answer, &format!("{} {} {kind} {body}", base.method, base.path));
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_names_nothing_is_told_so() {
    let plaza = plaza();
    let bases = bases(&plaza).await;
    let token = |function: &str| bases.iter().find(|base| base.function == function).unwrap().token.clone();
    for (function, method, paths) in [
        ("ev-customer", "PUT", vec!["/customer/customers/{}"]),
        ("ev-customer", "DELETE", vec!["/customer/customers/{}"]),
        ("ev-customer", "GET", vec!["/customer/customers/{}/avatar", "/customer/customers/{}"]),
        (
            "ev-customer",
            "PUT",
            vec![
                "/customer/customers/vehicleUnbinding?customerId={}&vehicleId=1",
                "/customer/customers/vehicleUnbinding?vehicleId={}",
                "/customer/customers/uploadAvatar?id={}",
            ],
        ),
        (
            "cloud-customer",
            "GET",
            vec![
                "/v2/zone/{}/customer",
                "/customer/contacts?offset={}",
                "/customer/contacts?limit={}",
                "/customer/accounts?login_id={}",
                "/customer/accounts?status={}",
                "/customer/accounts?offset={}&limit={}",
                "/customer/available?cus_name={}",
                "/customer/{}",
            ],
        ),
        (
            "cloud-customer",
            "DELETE",
            vec!["/customer/contacts/{}", "/customer/accounts/{}", "/customer/contacts?contact_ids={}"],
        ),
        ("cloud-customer", "PUT", vec!["/customer/accounts/{}/disabled", "/v2/zone/{}/customer/profession"]),
        (
            "shop-customer",
            "GET",
            vec![
                "/customer/v1/customer/{}",
                "/customer/v1/customer?shopId={}",
                "/customer/v1/customer?shopId=S1&keyword={}",
                "/customer/v1/customer?shopId=S1&mobile={}",
                "/customer/v1/customer?shopId=S1&tag={}",
                "/customer/v1/customer?shopId=S1&limit={}",
                "/customer/v1/customer?shopId=S1&cursor={}",
                "/customer/v1/customer/linked-account?customerId={}",
                "/customer/v1/customer/linked-account?customerId=S1.0&shopId={}&expand={}",
            ],
        ),
        ("shop-customer", "DELETE", vec!["/customer/v1/customer/{}"]),
        ("shop-customer", "PATCH", vec!["/customer/v1/customer/{}"]),
        (
            "shop-customer",
            "POST",
            vec![
                "/customer/v1/customer/{}/links",
                "/customer/v1/customer/{}/entries",
                "/customer/v1/customer/{}/signin",
            ],
        ),
    ] {
        for path in paths {
            let long = "x".repeat(3_000);
            for value in IN_ADDRESSES.into_iter().chain([long.as_str()]) {
                let target = path.replace("{}", value);
                let request = Request::new(method.parse().unwrap(), &target).bearer(&token(function));
                let request = if method == "GET" { request } else { request.json(&json!({"name": "x"})) };
                let answer = plaza.send(function, request).await;
                assert_told(&plaza, &answer, &format!("{method} {target}"));
                plaza.watch.advance(SignedDuration::from_secs(6));
            }
        }
    }
    for header in ["if-match", "idempotency-key", "if-none-match", "content-type", "authorization"] {
        for value in ["", "\"", "*", "-1", "18446744073709551616", "W/\"1\"", "#", "a#b", "\u{e9}", &"x".repeat(5_000)]
        {
            for base in bases.iter().filter(|base| base.function == "shop-customer" || header == "authorization") {
                let request = Request::new(base.method.clone(), &base.path).header(header, value);
                let request = if header == "authorization" { request } else { request.bearer(&base.token) };
                let request = if header == "content-type" { request } else { request.json(&base.body) };
                let answer = plaza.send(base.function, request).await;
                assert_told(&plaza, &answer, &format!("{} {} {header}: {value}", base.method, base.path));
            }
        }
    }
}
