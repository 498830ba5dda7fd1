//! After a hundred wrong passwords in a row the password alone opens nothing, and a code does.

use super::{WRONG, seconds};
use http::Method;
use jiff::SignedDuration;
use serde_json::json;
use tests::{
    answer::Answer,
    capacity::bill,
    plaza::{PASSWORD, Plaza, TestDriver},
    request::{Request, post},
};

const PHONE: &str = "13912345678";
const PHRASE: &str = "another phrase 7";
const TEXT: &str = "密码连续错误次数过多，请改用短信验证码登录或重置密码";

/// A hundred guesses, each as soon as it is looked at.
async fn guess(plaza: &Plaza, realm: &str, name: &str) {
    for _ in 0..100 {
        let answer = plaza.sign_in(realm, name, WRONG).await;
        assert_eq!(answer.status, 401, "{}", answer.text());
        plaza.watch.advance(seconds(900));
    }
}

async fn bind(plaza: &Plaza, driver: &TestDriver) {
    let body = json!({"phoneNum": PHONE, "code": plaza.drivers_code(&driver.token, PHONE).await});
    let request = Request::new(Method::PUT, "/customer/customers/phone").bearer(&driver.token).json(&body);
    assert_eq!(plaza.ev_customer(request).await.status, 200);
}

/// A driver with a bound phone, after a hundred wrong guesses.
async fn guessed_at() -> Plaza {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    bind(&plaza, &driver).await;
    guess(&plaza, "ev", "wyc2002").await;
    plaza
}

fn appointment(name: &str) -> first_admin::Appointment {
    serde_json::from_value(json!({"username": name, "password": PHRASE})).unwrap()
}

fn is_refused(answer: &Answer) -> bool {
    answer.whole() == (403, json!({"code": "second_proof_required", "message": TEXT}).to_string())
}

async fn code(plaza: &Plaza, realm: &str, purpose: &str) -> String {
    assert_eq!(plaza.ask_code(realm, PHONE, purpose).await.status, 200);
    plaza.code_for(PHONE).await
}

#[tokio::test]
async fn the_right_password_is_refused_however_long_one_waits() {
    let plaza = guessed_at().await;
    assert!(is_refused(&plaza.sign_in("ev", "wyc2002", PASSWORD).await));
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.whole(), (403, format!(r#"{{"code":-1,"msg":"{TEXT}"}}"#)));
    plaza.watch.advance(SignedDuration::from_hours(24 * 364));
    for password in [PASSWORD, WRONG] {
        assert!(is_refused(&plaza.sign_in("ev", "wyc2002", password).await));
    }
}

#[tokio::test]
async fn a_sign_in_by_code_ends_the_series_and_the_password_opens_again() {
    let plaza = guessed_at().await;
    let code = code(&plaza, "ev", "login").await;
    assert_eq!(plaza.sign_in_by_code("ev", PHONE, "000000").await.status, 401);
    assert!(is_refused(&plaza.sign_in("ev", "wyc2002", PASSWORD).await), "a wrong code ends nothing");
    assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 200);
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
}

#[tokio::test]
async fn so_does_a_password_that_a_code_has_set_anew() {
    let plaza = guessed_at().await;
    let code = code(&plaza, "ev", "reset").await;
    assert_eq!(plaza.reset("ev", PHONE, &code, PHRASE).await.status, 200);
    assert_eq!(plaza.log_in("wyc2002", PHRASE).await.json()["code"], 200);
}

#[tokio::test]
async fn a_session_changes_the_password_though_others_have_guessed() {
    let plaza = guessed_at().await;
    let code = code(&plaza, "ev", "login").await;
    let session = plaza.sign_in_by_code("ev", PHONE, &code).await.token();
    guess(&plaza, "ev", "wyc2002").await;
    let body = json!({"oldPassword": PASSWORD, "newPassword": PHRASE});
    let request = Request::new(Method::PUT, "/customer/customers/password").bearer(&session).json(&body);
    assert_eq!(plaza.ev_customer(request).await.status, 200, "the session is a known device");
    assert!(is_refused(&plaza.sign_in("ev", "wyc2002", PHRASE).await), "the guessers end nothing by it");
}

/// Names with a phone, without one, and without an account: what a guesser reads of each does not differ.
#[tokio::test]
async fn existing_names_and_others_are_answered_alike_in_every_realm() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let admin = plaza.customer("51idc").await;
    let login_id = plaza.login_ids(&admin).await.swap_remove(0);
    plaza.first_admin.appoint(appointment("root-admin"), "request".into()).await.unwrap();
    for (realm, existing) in [("ev", "wyc2002"), ("cloud", &login_id), ("platform", "root-admin")] {
        let mut read = Vec::new();
        for name in [existing, "unknown-name"] {
            guess(&plaza, realm, name).await;
            read.push(plaza.sign_in(realm, name, WRONG).await.whole());
        }
        assert_eq!(read[0], read[1], "{realm}");
        assert_eq!(read[0].0, if realm == "platform" { 401 } else { 403 }, "{realm}");
    }
}

#[tokio::test]
async fn dealers_and_accounts_of_the_portal_with_a_phone_are_asked_for_a_code_too() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    guess(&plaza, "mall-dealer", PHONE).await;
    let form = json!({"telephone": PHONE, "password": PASSWORD});
    let answer = plaza.mall_dealer(post("/user/dealer/login").json(&form)).await;
    assert_eq!(answer.whole(), (403, json!({"errCode": 403, "msg": TEXT}).to_string()), "{}", dealer.phone);

    let admin = plaza.customer("51idc").await;
    let login_ids = plaza.login_ids(&admin).await;
    guess(&plaza, "cloud", &login_ids[0]).await;
    assert!(is_refused(&plaza.portal_sign_in(&login_ids[0]).await));
}

#[tokio::test]
async fn the_refusal_costs_two_reads_and_no_write() {
    let plaza = guessed_at().await;
    plaza.database.take_calls();
    plaza.sign_in("ev", "wyc2002", PASSWORD).await;
    assert_eq!(bill(&plaza.database.take_calls()), "Query 1 + GetItem 1");
}
