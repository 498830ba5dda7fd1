//! `mall-users.md`, dealers (经销商): #18 and #24 to #29 as the document shows them, and what it leaves open.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    dealer::TestDealer,
    plaza::{PASSWORD, Plaza, Settings},
    request::{Request, get, post},
};

const PHONE: &str = "13912345678";
const NEW_PASSWORD: &str = "a new phrase for 2026";

fn done() -> (u16, String) {
    (200, r#"{"errCode":200,"msg":"success"}"#.to_owned())
}

fn failure(status: u16, code: u16, msg: &str) -> (u16, String) {
    (status, json!({"errCode": code, "msg": msg}).to_string())
}

async fn log_in(plaza: &Plaza, phone: &str, password: &str) -> Answer {
    plaza.mall_dealer(post("/user/dealer/login").json(&json!({"telephone": phone, "password": password}))).await
}

async fn edit(plaza: &Plaza, dealer: &TestDealer, path: &str, body: &Value) -> Answer {
    plaza.mall_dealer(post(&format!("/user/dealer/{path}")).bearer(&dealer.token).json(body)).await
}

/// What the app shows: the data of a sign-in.
async fn shown(plaza: &Plaza, dealer: &TestDealer) -> Value {
    log_in(plaza, &dealer.phone, PASSWORD).await.json()["data"].take()
}

#[tokio::test]
async fn a_sign_in_answers_as_the_document_prints_it_and_carries_its_session_in_a_header() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    let answer = log_in(&plaza, PHONE, PASSWORD).await;
    let data = r#"{"telephone":"13912345678","nickName":"","favicon":"","gender":0,"status":0}"#;
    assert_eq!(answer.whole(), (200, format!(r#"{{"errCode":200,"msg":"success","data":{data}}}"#)));
    let token = answer.header("x-access-token").unwrap().to_owned();
    assert!(!answer.text().contains(&token));
    let named = json!({"username": PHONE, "gender": "1"});
    assert_eq!(plaza.mall_dealer(post("/user/dealer/editGender").bearer(&token).json(&named)).await.whole(), done());
}

#[tokio::test]
async fn a_telephone_is_one_however_it_is_typed() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    for typed in ["+86 139-1234-5678", "１３９１２３４５６７８", "008613912345678"] {
        assert_eq!(log_in(&plaza, typed, PASSWORD).await.json()["data"]["telephone"], PHONE, "{typed}");
    }
    let by_token = plaza.sign_in("mall-dealer", PHONE, PASSWORD).await;
    assert_eq!(by_token.status, 200, "{}", by_token.text());
    let typed = failure(200, 2024, "手机号格式不正确：应为 11 位大陆手机号");
    assert_eq!(log_in(&plaza, "12345", PASSWORD).await.whole(), typed);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_telephone_are_one_answer_unless_the_setting_tells_them_apart() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    let (wrong, unknown) = (log_in(&plaza, PHONE, "123456wyd").await, log_in(&plaza, "13800138000", PASSWORD).await);
    assert_eq!(wrong.whole(), failure(200, 2017, "密码不正确"));
    assert_eq!((wrong.whole(), &wrong.headers), (unknown.whole(), &unknown.headers));

    let telling = plaza.restarted(|settings| settings.set("MALL_TELL_UNKNOWN_USER", true));
    assert_eq!(log_in(&telling, "13800138000", PASSWORD).await.whole(), failure(200, 2017, "用户不存在"));
    assert_eq!(log_in(&telling, PHONE, "123456wyd").await.whole(), failure(200, 2017, "密码不正确"));
}

#[tokio::test]
async fn five_wrong_passwords_slow_the_sixth_down_and_the_change_of_password_too() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    for _ in 0..3 {
        log_in(&plaza, PHONE, "123456wyd").await;
    }
    let reset = json!({"username": PHONE, "oldPS": "123456wyd", "newPS": NEW_PASSWORD});
    for _ in 0..2 {
        let wrong = plaza.mall_dealer(post("/user/dealer/reset").json(&reset)).await;
        assert_eq!(wrong.whole(), failure(200, 2017, "原密码不正确"));
    }
    let right = json!({"username": PHONE, "oldPS": PASSWORD, "newPS": NEW_PASSWORD});
    for throttled in
        [log_in(&plaza, PHONE, PASSWORD).await, plaza.mall_dealer(post("/user/dealer/reset").json(&right)).await]
    {
        assert_eq!(throttled.whole(), failure(429, 2019, "请求过于频繁，请在 1 秒后重试"));
        assert_eq!(throttled.header("retry-after"), Some("1"));
    }
    plaza.watch.advance(SignedDuration::from_secs(1));
    assert_eq!(log_in(&plaza, PHONE, PASSWORD).await.json()["errCode"], 200);
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_and_gives_a_new_one() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    for (named, old, new) in [(PHONE, PASSWORD, NEW_PASSWORD), (dealer.id.as_str(), NEW_PASSWORD, PASSWORD)] {
        let before = log_in(&plaza, PHONE, old).await.header("x-access-token").unwrap().to_owned();
        let fields = json!({"username": named, "oldPS": old, "newPS": new});
        let answer = plaza.mall_dealer(post("/user/dealer/reset").json(&fields)).await;
        assert_eq!(answer.whole(), done());
        let gender = json!({"username": PHONE, "gender": 1});
        let by = |token: &str| post("/user/dealer/editGender").bearer(token).json(&gender);
        for ended in [&before, &dealer.token] {
            assert_eq!(plaza.mall_dealer(by(ended)).await.status, 401);
        }
        assert_eq!(plaza.mall_dealer(by(answer.header("x-access-token").unwrap())).await.whole(), done());
        assert_eq!(log_in(&plaza, PHONE, old).await.whole(), failure(200, 2017, "密码不正确"));
        assert_eq!(log_in(&plaza, PHONE, new).await.json()["errCode"], 200);
    }
}

#[tokio::test]
async fn a_weak_new_password_and_an_unknown_name_are_refused() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    let weak = "密码强度不足：需 8 至 128 个字符，且不能是常见密码";
    for (named, new, expected) in [
        (PHONE, "12345678", failure(200, 2022, weak)),
        (PHONE, "a13912345678!", failure(200, 2017, "原密码不正确")),
        (PHONE, "13912345678!", failure(200, 2022, weak)),
        ("13800138000", NEW_PASSWORD, failure(200, 2017, "原密码不正确")),
        ("0123456789abcdef0123456789abcdef", NEW_PASSWORD, failure(200, 2017, "原密码不正确")),
        ("unknown#at all", NEW_PASSWORD, failure(200, 2017, "原密码不正确")),
    ] {
        let fields = json!({"username": named, "oldPS": "not the password", "newPS": new});
        let answer = plaza.mall_dealer(post("/user/dealer/reset").json(&fields)).await;
        assert_eq!(answer.whole(), expected, "{named} {new}");
    }
}

#[tokio::test]
async fn gender_and_nickname_are_set_by_either_method_and_either_name() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    for (method, named, gender) in [("POST", PHONE, json!("2")), ("PUT", dealer.id.as_str(), json!(3))] {
        let request = |path: &str| Request::new(method.parse().unwrap(), path).bearer(&dealer.token);
        let form = json!({"username": named, "gender": gender});
        assert_eq!(plaza.mall_dealer(request("/user/dealer/editGender").json(&form)).await.whole(), done());
        let name = format!("  老王 {method} ");
        let form = json!({"username": named, "nickName": name});
        assert_eq!(plaza.mall_dealer(request("/user/dealer/editNickname").json(&form)).await.whole(), done());
        let data = shown(&plaza, &dealer).await;
        let number: u64 = gender.as_str().map_or_else(|| gender.as_u64(), |text| text.parse().ok()).unwrap();
        assert_eq!((&data["gender"], &data["nickName"]), (&json!(number), &json!(name.trim())));
    }
}

#[tokio::test]
async fn get_changes_nothing() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    for path in ["editGender", "editNickname", "editFavicon", "uploadFavicon", "euploadFavicon"] {
        let target = format!("/user/dealer/{path}?username={PHONE}&gender=1&nickName=x");
        let answer = plaza.mall_dealer(get(&target).bearer(&dealer.token)).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, Some("POST, PUT")), "{path}");
    }
    assert_eq!(shown(&plaza, &dealer).await["gender"], 0);
}

#[tokio::test]
async fn unfit_values_are_named_and_change_nothing() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    for (path, body, text) in [
        ("editGender", json!({"username": PHONE}), "缺少性别"),
        ("editGender", json!({"gender": 1}), "缺少用户名"),
        ("editGender", json!({"username": PHONE, "gender": 4}), "性别应为 0（未知）、1（男）、2（女）或 3（第三性）"),
        ("editNickname", json!({"username": PHONE, "nickName": "  "}), "缺少昵称"),
        ("editNickname", json!({"username": PHONE, "nickName": "a\u{7}"}), "昵称需 1 至 32 个字符，不能包含不可见字符"),
        (
            "editNickname",
            json!({"username": PHONE, "nickName": "车".repeat(33)}),
            "昵称需 1 至 32 个字符，不能包含不可见字符",
        ),
        ("editFavicon", json!({"username": PHONE}), "缺少头像地址"),
    ] {
        let (status, number) = if text.starts_with("昵称需") { (200, 2024) } else { (400, 400) };
        assert_eq!(edit(&plaza, &dealer, path, &body).await.whole(), failure(status, number, text));
    }
    let data = json!({"telephone": PHONE, "nickName": "", "favicon": "", "gender": 0, "status": 0});
    assert_eq!(shown(&plaza, &dealer).await, data);
}

#[tokio::test]
async fn another_dealers_name_is_refused_like_an_unknown_one() {
    let plaza = Plaza::open();
    let (dealer, other) = (plaza.dealer(PHONE).await, plaza.dealer("13800138000").await);
    let refused = failure(403, 403, "记录不存在");
    for named in [other.phone.as_str(), &other.id, "13700137000", "0123456789abcdef0123456789abcdef", "x"] {
        for (path, field, value) in [
            ("editGender", "gender", "1"),
            ("editNickname", "nickName", "mine"),
            ("editFavicon", "favicon", "avatars/x/y.jpg"),
        ] {
            let body = json!({"username": named, field: value});
            let answer = edit(&plaza, &dealer, path, &body).await;
            assert_eq!(answer.whole(), refused, "{path} {named}");
        }
    }
    assert_eq!(shown(&plaza, &other).await["nickName"], "");
}

/// Every server-owned name beside what may be written: nothing of it is.
#[tokio::test]
async fn only_the_field_that_is_meant_can_be_written() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let record = || plaza.database.under(&format!("ACCOUNT#mall-dealer#{}", dealer.id));
    let mut before = record();
    let body = json!({"username": PHONE, "gender": 1, "status": 3, "phone": "+8613800138000", "role": "admin",
        "telephone": "13800138000", "nickName": "x", "nickname": "x", "favicon": "x", "created_at": "1999",
        "updated_at": "1999", "enabled": false, "account": "x", "id": "x", "pk": "x", "sk": "x", "live": {}, "hash": "x"});
    assert_eq!(edit(&plaza, &dealer, "editGender", &body).await.whole(), done());
    let profile = before.iter_mut().find(|item| item["sk"]["S"] == "PROFILE").unwrap();
    profile["gender"] = json!({"N": "1"});
    assert_eq!(record(), before);
}

#[tokio::test]
async fn the_address_limit_holds_for_dealers_too() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    let plaza = plaza.restarted(|settings: &mut Settings| settings.set("LOGIN_PER_IP_MINUTE", 1));
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(log_in(&plaza, "13800138000", PASSWORD).await.status, 200);
    assert_eq!(log_in(&plaza, PHONE, PASSWORD).await.status, 429);
}
