//! #38, #40, #54 to #56: what codes prove.

use super::{assert_empty, refusal, refused};
use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    database::AUDIT,
    plaza::Plaza,
    portal::{PHRASE, put},
    request::{get, post},
};

const PHONE: &str = "13312345864";

fn joining(code: &Value) -> Value {
    json!({"cus_name": "51idc", "short_name": "idc", "passwd": PHRASE, "cus_type": "FIRM", "tel": "021-9621312",
        "mobile": PHONE, "verification_code": code})
}

async fn join_with(plaza: &Plaza, body: &Value) -> Answer {
    let request = post("/v2/zone/ac1/join").body("application/x-www-form-urlencoded", body.to_string());
    plaza.cloud(request).await
}

async fn asked(plaza: &Plaza) -> String {
    assert_eq!(plaza.ask_portal_code(None, PHONE).await.whole(), (200, "{}".to_owned()));
    plaza.code_for(PHONE).await
}

#[tokio::test]
async fn joining_answers_as_documented_and_signs_in() {
    let plaza = Plaza::open();
    let code = asked(&plaza).await;
    let joined = join_with(&plaza, &joining(&json!(code))).await;
    assert_eq!(joined.whole(), (200, r#"{"cus_name":"51idc"}"#.to_owned()));
    let token = joined.header("x-access-token").unwrap().to_owned();
    let record = plaza.cloud(get("/customer").bearer(&token)).await.json();
    assert_eq!(record, json!({"cus_name": "51idc", "cus_type": "FIRM", "tel": "021-9621312", "mobile": PHONE}));
    assert_eq!(plaza.portal_sign_in("51idc").await.status, 200);
    assert_eq!(plaza.login_ids(&token).await, ["51idc"]);
    assert_eq!(plaza.cloud(get("/customer/available?cus_name=51idc")).await.text(), r#"{"available":{}}"#);
}

#[tokio::test]
async fn a_code_that_came_as_a_number_has_its_zeros_back() {
    // Codes are drawn until one begins with a zero, which one in ten does.
    let plaza = Plaza::open();
    for n in 0..400 {
        let digits = format!("139{n:08}");
        plaza.ask_portal_code(None, &digits).await;
        let code = plaza.code_for(&digits).await;
        if let Some(short) = code.strip_prefix('0') {
            let number: u32 = short.parse().unwrap();
            let mut body = joining(&json!(number));
            body["mobile"] = json!(digits);
            assert_eq!(join_with(&plaza, &body).await.status, 200);
            return;
        }
    }
    panic!("no code begins with a zero");
}

#[tokio::test]
async fn joining_without_a_part_or_with_a_wrong_one_is_refused() {
    let plaza = Plaza::open();
    let code = asked(&plaza).await;
    for name in ["cus_name", "passwd", "cus_type", "mobile", "verification_code"] {
        let mut body = joining(&json!(code));
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&join_with(&plaza, &body).await), refusal(400, "invalid_parameter"), "{name}");
    }
    for (name, value, expected) in [
        ("cus_type", "COMPANY", refusal(400, "invalid_parameter")),
        ("mobile", "134123456", refusal(400, "invalid_parameter")),
        ("passwd", "123abc", refusal(400, "weak_password")),
        ("verification_code", "1234567", refusal(400, "wrong_code")),
        ("mobile", "13312345865", refusal(400, "wrong_code")),
    ] {
        let mut body = joining(&json!(code));
        body[name] = json!(value);
        assert_eq!(refused(&join_with(&plaza, &body).await), expected, "{name}");
    }
    let elsewhere = plaza.cloud(post("/v2/zone/sh3/join").json(&joining(&json!(code)))).await;
    assert_eq!(refused(&elsewhere), refusal(404, "not_found"));
    assert_eq!(join_with(&plaza, &joining(&json!(code))).await.status, 200, "none of it used the code up");
}

#[tokio::test]
async fn a_code_joins_once_and_a_name_and_a_phone_have_one_customer() {
    let plaza = Plaza::open();
    let code = asked(&plaza).await;
    let body = joining(&json!(code));
    let answers = join_all((0..4).map(|_| join_with(&plaza, &body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let customers = plaza.database.under("Z#").iter().filter(|item| item["sk"]["S"] == "CUSTOMER").count();
    assert_eq!(customers, 1);

    assert_eq!(refused(&plaza.join("ac1", "51IDC", "13900000001").await), refusal(409, "username_taken"));
    plaza.watch.advance(SignedDuration::from_secs(61));
    assert_eq!(refused(&plaza.join("ac1", "another", PHONE).await), refusal(409, "phone_taken"));
    assert!(plaza.database.under("LOGIN#cloud#another").is_empty(), "nothing is left of it");
}

#[tokio::test]
async fn a_code_asked_with_a_session_joins_nobody_and_one_without_serves_both() {
    let plaza = Plaza::open();
    let admin = plaza.customer("another").await;
    let code = plaza.change_code(&admin, PHONE).await;
    assert_eq!(refused(&join_with(&plaza, &joining(&json!(code))).await), refusal(400, "wrong_code"));
    plaza.watch.advance(SignedDuration::from_secs(61));
    let code = asked(&plaza).await;
    let body = json!({"mobile": PHONE, "verification_code": code, "action_type": 0});
    let bound = plaza.cloud(put("/customer/account/phone").bearer(&admin).json(&body)).await;
    assert_eq!(bound.status, 200, "{}", bound.text());
}

#[tokio::test]
async fn asking_for_a_code_wants_its_three_parts_and_is_throttled() {
    let plaza = Plaza::open();
    for body in [
        json!({"smsype": "certify", "mobile": PHONE}),
        json!({"addition": "a", "mobile": PHONE}),
        json!({"addition": "a", "smsype": "login", "mobile": PHONE}),
        json!({"addition": "a", "smstype": "certify"}),
        json!({"addition": "a".repeat(257), "smstype": "certify", "mobile": PHONE}),
    ] {
        let answer = plaza.cloud(post("/verification_code").json(&body)).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{body}");
    }
    let document = json!({"addition": "123abc", "smstype": "certify", "mobile": PHONE});
    let request = post("/v2/zone/ac1/verification_code");
    let sent = plaza.cloud(request.clone().body("application/x-www-form-urlencoded", document.to_string())).await;
    assert_eq!(sent.whole(), (200, "{}".to_owned()));
    let again = plaza.cloud(request.json(&document)).await;
    assert_eq!(refused(&again), refusal(429, "too_many_requests"));
    assert_eq!(again.header("retry-after"), Some("60"));
}

/// A customer whose first account has [`PHONE`], with a second session of it.
async fn with_phone(plaza: &Plaza) -> (String, String) {
    let joined = plaza.join("ac1", "51idc", PHONE).await;
    plaza.watch.advance(SignedDuration::from_secs(61));
    let other = plaza.portal_sign_in("51idc").await.token();
    (joined.header("x-access-token").unwrap().to_owned(), other)
}

fn change(code: &str) -> Value {
    json!({"login_id": "51idc", "old_passwd": PHRASE, "new_passwd": "another phrase for it", "verify_type": "phone",
        "cell_number": PHONE, "verify_code": code})
}

#[tokio::test]
async fn a_new_password_wants_the_old_one_and_a_code_and_ends_other_sessions() {
    let plaza = Plaza::open();
    let (token, other) = with_phone(&plaza).await;
    let code = plaza.change_code(&token, PHONE).await;
    for (name, value, expected) in [
        ("old_passwd", "wrong phrase", refusal(400, "wrong_password")),
        ("new_passwd", "password", refusal(400, "weak_password")),
        ("verify_type", "wechat", refusal(400, "unsupported_verify_type")),
        ("verify_type", "pigeon", refusal(400, "invalid_parameter")),
        ("cell_number", "13312345865", refusal(400, "invalid_parameter")),
        ("login_id", "unknown", refusal(404, "not_found")),
        ("verify_code", "", refusal(400, "invalid_parameter")),
    ] {
        let mut body = change(&code);
        body[name] = json!(value);
        let answer = plaza.cloud(put("/customer/account/passwd").bearer(&token).json(&body)).await;
        assert_eq!(refused(&answer), expected, "{name} {value}");
    }
    let changed = plaza.cloud(put("/v2/zone/ac1/customer/account/passwd").bearer(&token).json(&change(&code))).await;
    assert_empty(&changed);
    let new = changed.header("x-access-token").unwrap();
    for (token, status) in [(token.as_str(), 401), (other.as_str(), 401), (new, 200)] {
        assert_eq!(plaza.cloud(get("/customer").bearer(token)).await.status, status);
    }
    assert_eq!(plaza.portal_sign_in("51idc").await.status, 401);
    assert_eq!(plaza.sign_in("cloud", "51idc", "another phrase for it").await.status, 200);
    plaza.deliver_sms().await;
    assert!(plaza.sent_to(PHONE).contains(&"password-changed"), "{:?}", plaza.sent_to(PHONE));
}

#[tokio::test]
async fn a_password_changes_only_for_the_account_itself() {
    let plaza = Plaza::open();
    let (admin, _) = with_phone(&plaza).await;
    let two = plaza.portal_account(&admin, "two@51idc.com", "admin").await;
    let code = plaza.change_code(&two, PHONE).await;
    let answer = plaza.cloud(put("/customer/account/passwd").bearer(&two).json(&change(&code))).await;
    assert_eq!(refused(&answer), refusal(404, "not_found"));
}

async fn phone(plaza: &Plaza, token: &str, digits: &str, code: &str, action: Value) -> Answer {
    let body = json!({"mobile": digits, "verification_code": code, "action_type": action});
    plaza.cloud(put("/v2/zone/ac1/customer/account/phone").bearer(token).json(&body)).await
}

#[tokio::test]
async fn a_phone_is_bound_and_unbound_with_a_code_that_went_there() {
    let plaza = Plaza::open();
    let (token, other) = with_phone(&plaza).await;
    let new = "13900000002";
    let code = plaza.change_code(&token, new).await;
    assert_eq!(refused(&phone(&plaza, &token, new, &code, json!(2)).await), refusal(400, "invalid_parameter"));
    assert_eq!(refused(&phone(&plaza, &token, new, &code, json!(1)).await), refusal(400, "invalid_parameter"));
    let bound = phone(&plaza, &token, new, &code, json!(0)).await;
    assert_empty(&bound);
    let token = bound.header("x-access-token").unwrap().to_owned();
    assert_eq!(plaza.cloud(get("/customer").bearer(&other)).await.status, 401, "other sessions end");
    plaza.deliver_sms().await;
    assert!(plaza.sent_to(PHONE).contains(&"phone-changed"), "the old number gets a notice");
    assert_eq!(plaza.cloud(get("/customer").bearer(&token)).await.json()["mobile"], PHONE, "the customer's own stays");

    plaza.ask_code("cloud", new, "login").await;
    assert_eq!(plaza.database.holders("PHONE#cloud#+8613312345864").len(), 0);
    plaza.watch.advance(SignedDuration::from_secs(61));
    let code = plaza.change_code(&token, new).await;
    let unbound = phone(&plaza, &token, new, &code, json!("1")).await;
    assert_empty(&unbound);
    assert!(plaza.database.holders("PHONE#cloud#").is_empty());
    let changes = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "phone-changed").count();
    assert_eq!(changes, 2);
}

#[tokio::test]
async fn a_bound_phone_is_not_taken_away_by_an_old_session() {
    let plaza = Plaza::open();
    let (token, _) = with_phone(&plaza).await;
    plaza.watch.advance(SignedDuration::from_secs(600));
    let code = plaza.change_code(&token, PHONE).await;
    let late = phone(&plaza, &token, PHONE, &code, json!(1)).await;
    assert_eq!(refused(&late), refusal(403, "recent_sign_in_required"));
}

#[tokio::test]
async fn a_phone_has_one_account_and_goes_with_it() {
    let plaza = Plaza::open();
    let (admin, _) = with_phone(&plaza).await;
    let two = plaza.portal_account(&admin, "two@51idc.com", "admin").await;
    let code = plaza.change_code(&two, PHONE).await;
    assert_eq!(refused(&phone(&plaza, &two, PHONE, &code, json!(0)).await), refusal(409, "phone_taken"));
    let deleted = plaza.cloud(tests::portal::delete("/customer/accounts/51idc").bearer(&two)).await;
    assert_eq!(deleted.json(), json!({"account_ids": ["51idc"]}));
    plaza.watch.advance(SignedDuration::from_secs(61));
    let code = plaza.change_code(&two, PHONE).await;
    assert_empty(&phone(&plaza, &two, PHONE, &code, json!(0)).await);
}

#[tokio::test]
async fn the_customers_number_changes_with_a_code_only() {
    let plaza = Plaza::open();
    let (token, _) = with_phone(&plaza).await;
    let new = "13900000003";
    let change = |body: Value| plaza.cloud(put("/customer").bearer(&token).json(&body));
    for body in
        [json!({"post_field": "phone", "mobile": new}), json!({"post_field": "phone", "verification_code": "123456"})]
    {
        assert_eq!(refused(&change(body).await), refusal(400, "invalid_parameter"));
    }
    let wrong = json!({"post_field": "phone", "mobile": new, "verification_code": "123456"});
    assert_eq!(refused(&change(wrong).await), refusal(400, "wrong_code"));
    let code = plaza.change_code(&token, new).await;
    let right = json!({"post_field": "phone", "mobile": new, "verification_code": code, "fax": "021-1"});
    assert_empty(&change(right.clone()).await);
    let record = plaza.cloud(get("/customer").bearer(&token)).await.json();
    assert_eq!((&record["mobile"], &record["fax"]), (&json!(new), &json!("021-1")));
    assert_eq!(refused(&change(right).await), refusal(400, "wrong_code"), "a code is good for one change");
    let bound = plaza.database.holders("PHONE#cloud#+8613312345864").len();
    assert_eq!(bound, 1, "the account's own phone stays");
}

#[tokio::test]
async fn an_account_signs_in_with_a_code_in_its_own_zone_and_that_is_kept() {
    let plaza = Plaza::open();
    plaza.join("bj2", "north", PHONE).await;
    plaza.watch.advance(SignedDuration::from_secs(61));
    let sign_in = |zone: &'static str, code: String| {
        let body = json!({"realm": "cloud", "telephone": PHONE, "code": code, "zone": zone});
        plaza.session(post("/auth/token").json(&body))
    };
    plaza.ask_code("cloud", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    assert_eq!(sign_in("ac1", code.clone()).await.status, 401);
    let token = sign_in("bj2", code).await.token();
    let listed = plaza.cloud(get("/v2/zone/bj2/customer/accounts").bearer(&token)).await.json();
    assert_eq!(listed["accounts"][0]["last_logintime"], "2026-06-01T00:31:06Z");
}
