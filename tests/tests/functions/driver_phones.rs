//! A driver's phone (`PUT /customer/customers/phone`): what proves it, what it opens, who is told, and when it is free.

use futures_util::future::join;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    capacity::bill,
    database::{AUDIT, Fate, killed},
    plaza::{PASSWORD, Plaza, TestDriver},
    request::{Request, get, post},
};

const OLD: &str = "13912345678";
const NEW: &str = "13800138000";
const PHRASE: &str = "another phrase 7";

fn done() -> (u16, String) {
    (200, r#"{"status":"SUCCESS"}"#.to_owned())
}

fn failure(status: u16, message: &str) -> (u16, String) {
    (status, format!(r#"{{"status":"FAILURE","message":"{message}"}}"#))
}

async fn put_phone(plaza: &Plaza, token: &str, body: &Value) -> Answer {
    plaza.ev_customer(Request::new(Method::PUT, "/customer/customers/phone").bearer(token).json(body)).await
}

async fn bind(plaza: &Plaza, driver: &TestDriver, number: &str, code: &str) -> Answer {
    put_phone(plaza, &driver.token, &json!({"phoneNum": number, "code": code})).await
}

async fn shown(plaza: &Plaza, token: &str) -> Value {
    plaza.ev_customer(get("/customer/customers/myInfo").bearer(token)).await.json()["data"]["phoneNum"].take()
}

async fn close(plaza: &Plaza, driver: &TestDriver) -> Answer {
    let path = format!("/customer/customers/{}", driver.id);
    plaza.ev_customer(Request::new(Method::DELETE, &path).bearer(&driver.token)).await
}

fn new_session() -> (u16, String) {
    (200, r#"{"status":"SUCCESS","data":{"expires_in":2592000}}"#.to_owned())
}

fn renewed(driver: &TestDriver, answer: &Answer) -> TestDriver {
    assert_eq!(answer.whole(), new_session());
    TestDriver { token: answer.header("x-access-token").unwrap().to_owned(), ..driver.clone() }
}

async fn signed_in_again(plaza: &Plaza, driver: &TestDriver) -> TestDriver {
    TestDriver { token: plaza.log_in(&driver.name, PASSWORD).await.token(), ..driver.clone() }
}

/// A driver who has bound [`OLD`], a minute ago.
async fn with_phone() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let code = plaza.drivers_code(&driver.token, OLD).await;
    let driver = renewed(&driver, &bind(&plaza, &driver, OLD, &code).await);
    plaza.watch.advance(SignedDuration::from_secs(60));
    (plaza, driver)
}

/// The same, and the code that went to the new number.
async fn ready() -> (Plaza, TestDriver, String) {
    let (plaza, driver) = with_phone().await;
    let code = plaza.drivers_code(&driver.token, NEW).await;
    (plaza, driver, code)
}

/// Profile, lock and trail agree on which number it is.
fn assert_one_number(plaza: &Plaza, driver: &TestDriver, what: &str) -> String {
    let profile = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "PROFILE").unwrap();
    let number = profile["phone"]["S"].as_str().unwrap().to_owned();
    let held = plaza.database.holders("PHONE#ev#");
    let held: Vec<_> = held.iter().map(|item| (&item["pk"]["S"], &item["account"]["S"], &item["login"]["S"])).collect();
    let pk = json!(format!("PHONE#ev#{number}"));
    assert_eq!(held, [(&pk, &json!(driver.id), &json!("wyc2002"))], "{what}");
    let changes = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "phone-changed").count();
    let number = number.strip_prefix("+86").unwrap().to_owned();
    assert_eq!(changes, 1 + usize::from(number != OLD), "{what}");
    number
}

#[tokio::test]
async fn a_phone_is_bound_with_the_code_that_went_there_and_shown() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let other_session = plaza.log_in("wyc2002", PASSWORD).await.token();
    let code = plaza.drivers_code(&driver.token, OLD).await;
    let answer = bind(&plaza, &driver, "+86 139-1234-5678", &code).await;
    let token = renewed(&driver, &answer).token;
    assert_eq!(shown(&plaza, &token).await, OLD);
    for ended in [&driver.token, &other_session] {
        assert_eq!(plaza.detail(ended).await.status, 401);
    }
    assert_eq!(assert_one_number(&plaza, &driver, "bound"), OLD);
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(OLD), ["change"], "there is no old number to tell");
}

#[tokio::test]
async fn the_other_number_takes_the_place_of_the_old_one_which_is_told() {
    let (plaza, driver, code) = ready().await;
    let moved = renewed(&driver, &bind(&plaza, &driver, NEW, &code).await);
    assert_eq!(assert_one_number(&plaza, &driver, "moved"), NEW);
    assert_eq!(shown(&plaza, &moved.token).await, NEW);
    plaza.deliver_sms().await;
    assert_eq!((plaza.sent_to(OLD), plaza.sent_to(NEW)), (vec!["change", "phone-changed"], vec!["change"]));

    plaza.watch.advance(SignedDuration::from_secs(60));
    let other = plaza.driver("another").await;
    let code = plaza.drivers_code(&other.token, OLD).await;
    assert_eq!(bind(&plaza, &other, OLD, &code).await.whole(), new_session(), "the old number is free");
}

#[tokio::test]
async fn a_bound_phone_signs_in_and_sets_a_forgotten_password_anew() {
    let (plaza, driver) = with_phone().await;
    plaza.ask_code("ev", OLD, "login").await;
    let code = plaza.code_for(OLD).await;
    let signed_in = plaza.sign_in_by_code("ev", OLD, &code).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    assert_eq!(plaza.detail(&signed_in.token()).await.json()["data"]["user_id"], driver.id.as_str());
    plaza.watch.advance(SignedDuration::from_secs(60));
    plaza.ask_code("ev", OLD, "reset").await;
    let code = plaza.code_for(OLD).await;
    assert_eq!(plaza.reset("ev", OLD, &code, OLD).await.json()["code"], "weak_password", "one's own number");
    assert_eq!(plaza.reset("ev", OLD, &code, PHRASE).await.whole(), (200, "{}".to_owned()));
    assert_eq!(plaza.log_in("wyc2002", PHRASE).await.json()["code"], 200);
    for ended in [&driver.token, &signed_in.token()] {
        assert_eq!(plaza.detail(ended).await.status, 401);
    }
}

#[tokio::test]
async fn ones_own_number_is_no_password() {
    let (plaza, driver) = with_phone().await;
    let body = json!({"oldPassword": PASSWORD, "newPassword": OLD});
    let request = Request::new(Method::PUT, "/customer/customers/password").bearer(&driver.token).json(&body);
    let answer = plaza.ev_customer(request).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("密码"), "{}", answer.text());
}

#[tokio::test]
async fn binding_asks_for_a_sign_in_of_the_last_ten_minutes_the_first_time_too() {
    let plaza = Plaza::open();
    let mut driver = plaza.driver("wyc2002").await;
    for number in [OLD, NEW] {
        plaza.watch.advance(SignedDuration::from_secs(601));
        let code = plaza.drivers_code(&driver.token, number).await;
        assert_eq!(bind(&plaza, &driver, number, &code).await.whole(), failure(403, "请重新登录后再操作"));
        let fresh = signed_in_again(&plaza, &driver).await;
        driver = renewed(&fresh, &bind(&plaza, &fresh, number, &code).await);
        assert_eq!(shown(&plaza, &driver.token).await, number, "the same account's code");
    }
}

#[tokio::test]
async fn only_a_code_that_this_account_asked_for_proves_the_number() {
    let (plaza, driver, code) = ready().await;
    let wrong = failure(400, "手机验证码错误");
    let other = plaza.driver("another").await;
    assert_eq!(bind(&plaza, &other, NEW, &code).await.whole(), wrong, "another driver");
    assert_eq!(bind(&plaza, &driver, "13600136000", &code).await.whole(), wrong, "another number");
    assert_eq!(bind(&plaza, &driver, NEW, "no code").await.whole(), wrong);
    // A code for signing in goes to numbers with an account alone.
    assert_eq!(plaza.sign_in_by_code("ev", NEW, &code).await.status, 401, "and it opens nothing");
    assert_eq!(bind(&plaza, &driver, NEW, &code).await.whole(), new_session());
    let now = TestDriver { token: plaza.log_in("wyc2002", PASSWORD).await.token(), ..driver };
    assert_eq!(bind(&plaza, &now, OLD, &code).await.whole(), wrong);
}

#[tokio::test]
async fn a_code_for_a_change_wants_a_drivers_session() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let admin = plaza.token_of(shared::domain::account::Role::Admin);
    let ask = |realm: &str| post("/auth/code").json(&json!({"realm": realm, "telephone": NEW, "purpose": "change"}));
    for request in
        [ask("ev"), ask("ev").bearer(&admin), ask("cloud").bearer(&driver.token), ask("platform").bearer(&admin)]
    {
        let answer = plaza.session(request).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("unauthorized")));
    }
    assert!(plaza.sms_messages.lock().unwrap().is_empty());
    let query = format!("/auth/code?access_token={}", driver.token);
    let body = json!({"realm": "ev", "telephone": NEW, "purpose": "change"});
    assert_eq!(plaza.session(post(&query).json(&body)).await.status, 401, "the token goes into the header here");
}

#[tokio::test]
async fn what_is_missing_or_no_number_is_named() {
    let (plaza, driver, code) = ready().await;
    for (body, message) in [
        (json!({"code": code}), "缺少手机号"),
        (json!({"phoneNum": NEW}), "缺少短信验证码"),
        (json!({"phoneNum": "12345678910", "code": code}), "手机号格式不正确：应为 11 位大陆手机号"),
        (json!({"phoneNum": [NEW], "code": code}), "短信验证码的类型不正确"),
    ] {
        assert_eq!(put_phone(&plaza, &driver.token, &body).await.whole(), failure(400, message), "{body}");
    }
    let number: u32 = code.parse().unwrap();
    let as_numbers = json!({"telephone": 13_800_138_000_u64, "code": number});
    assert_eq!(
        put_phone(&plaza, &driver.token, &as_numbers).await.whole(),
        new_session(),
        "as numbers, and under another name"
    );
}

#[tokio::test]
async fn a_number_that_another_driver_has_is_refused_and_ones_own_changes_nothing() {
    let (plaza, driver, _) = ready().await;
    let other = plaza.driver("another").await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.drivers_code(&other.token, OLD).await;
    assert_eq!(bind(&plaza, &other, OLD, &code).await.whole(), failure(409, "手机号已被其他用户绑定"));
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.drivers_code(&driver.token, OLD).await;
    let again = bind(&plaza, &driver, OLD, &code).await;
    assert_eq!((again.whole(), again.header("x-access-token")), (done(), None));
    assert_eq!(shown(&plaza, &driver.token).await, OLD);
    assert_eq!(shown(&plaza, &other.token).await, "");
}

#[tokio::test]
async fn of_two_drivers_who_want_one_number_at_once_one_gets_it() {
    let plaza = Plaza::open();
    let (one, two) = (plaza.driver("wyc2002").await, plaza.driver("another").await);
    let first = plaza.drivers_code(&one.token, NEW).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let second = plaza.drivers_code(&two.token, NEW).await;
    let answers = join(bind(&plaza, &one, NEW, &first), bind(&plaza, &two, NEW, &second)).await;
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(plaza.database.holders("PHONE#ev#").len(), 1);
}

#[tokio::test]
async fn of_two_numbers_that_one_driver_binds_at_once_one_stays() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let first = plaza.drivers_code(&driver.token, OLD).await;
    let second = plaza.drivers_code(&driver.token, NEW).await;
    let answers = join(bind(&plaza, &driver, OLD, &first), bind(&plaza, &driver, NEW, &second)).await;
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "the first one has ended the other's session");
    assert_eq!(plaza.database.holders("PHONE#ev#").len(), 1);
}

/// A code for the old number is no longer valid.
#[tokio::test]
async fn a_code_for_the_old_number_opens_nothing_that_the_change_does_not_end() {
    for purpose in ["login", "reset"] {
        let (plaza, driver, code) = ready().await;
        plaza.watch.advance(SignedDuration::from_secs(60));
        plaza.ask_code("ev", OLD, purpose).await;
        let old = plaza.code_for(OLD).await;
        let late = async {
            match purpose {
                "login" => plaza.sign_in_by_code("ev", OLD, &old).await,
                _ => plaza.reset("ev", OLD, &old, PHRASE).await,
            }
        };
        let (bound, opened) = join(bind(&plaza, &driver, NEW, &code), late).await;
        if bound.status == 200 {
            assert_eq!(assert_one_number(&plaza, &driver, purpose), NEW);
        }
        let renewed = bound.header("x-access-token");
        if let (Some(renewed), "login") = (renewed, purpose) {
            assert_eq!(plaza.detail(renewed).await.status, 200);
            if opened.status == 200 {
                assert_eq!(
                    plaza.detail(&opened.token()).await.status,
                    401,
                    "it came before the change, which ended it"
                );
            }
        }
        assert!(bound.status == 200 || purpose == "reset" && opened.status == 200, "{}", bound.text());
    }
}

#[tokio::test]
async fn closing_the_account_frees_the_number() {
    let (plaza, driver) = with_phone().await;
    assert_eq!(close(&plaza, &driver).await.whole(), done());
    assert!(plaza.database.holders("PHONE#ev#").is_empty());
    plaza.ask_code("ev", OLD, "login").await;
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(OLD), ["change"], "no account has it, so nothing is sent");
    plaza.watch.advance(SignedDuration::from_secs(60));
    let other = plaza.driver("another").await;
    let code = plaza.drivers_code(&other.token, OLD).await;
    assert_eq!(bind(&plaza, &other, OLD, &code).await.whole(), new_session());
}

/// Whichever is first, no number is left to an account that is no more.
#[tokio::test]
async fn closing_while_a_number_is_bound_releases_the_number() {
    for _ in 0..5 {
        let (plaza, driver, code) = ready().await;
        let (bound, closed) = join(bind(&plaza, &driver, NEW, &code), close(&plaza, &driver)).await;
        let profile = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "PROFILE");
        let held = plaza.database.holders("PHONE#ev#").len();
        assert_eq!(held, usize::from(profile.is_some()), "{} {}", bound.text(), closed.text());
        assert!(closed.status == 200 || bound.status == 200, "{} {}", bound.text(), closed.text());
    }
}

#[tokio::test]
async fn a_fault_at_any_call_moves_everything_or_nothing() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::Break, Fate::HangAfter] {
        for call in 0..6 {
            for lasting in [false, true] {
                let (plaza, driver, code) = ready().await;
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let answer = bind(&plaza, &driver, NEW, &code).await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert!(matches!(answer.status.as_u16(), 200 | 429 | 500), "{what}");
                let number = assert_one_number(&plaza, &driver, &what);
                assert!(number == NEW || answer.status != 200, "{what}");
                let is_open = plaza.detail(&driver.token).await.status == 200;
                assert_eq!(is_open, number == OLD, "{what}: the session ends with the change and not without it");
                if number == OLD && !lasting {
                    assert_eq!(
                        bind(&plaza, &driver, NEW, &code).await.whole(),
                        new_session(),
                        "{what}: it can be tried again"
                    );
                }
            }
        }
    }
}

/// A function that is killed after any of its calls has left nothing that hinders the next one.
#[tokio::test]
async fn a_crash_between_any_two_calls_blocks_no_later_call() {
    for calls_before in 0..6 {
        let (plaza, driver, code) = ready().await;
        let answer = killed(&plaza.database, calls_before, Fate::Die, bind(&plaza, &driver, NEW, &code)).await;
        assert!(answer.is_none(), "after {calls_before} calls");
        let number = assert_one_number(&plaza, &driver, &format!("after {calls_before} calls"));
        if number == OLD {
            assert_eq!(bind(&plaza, &driver, NEW, &code).await.whole(), new_session(), "after {calls_before} calls");
        }
    }
}

#[tokio::test]
async fn what_it_costs() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let cost = || bill(&plaza.database.take_calls());
    cost();
    let body = json!({"realm": "ev", "telephone": OLD, "purpose": "change"});
    plaza.session(post("/auth/code").bearer(&driver.token).json(&body)).await;
    assert_eq!(cost(), "GetItem 1 + Query 1 + GetItem 1 + TransactWriteItems 8", "asking");
    let code = plaza.code_for(OLD).await;
    cost();
    let driver = renewed(&driver, &bind(&plaza, &driver, OLD, &code).await);
    assert_eq!(cost(), "GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4 + TransactWriteItems 10", "the first");
    let code = plaza.drivers_code(&driver.token, NEW).await;
    cost();
    bind(&plaza, &driver, NEW, &code).await;
    let expected =
        "GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4 + TransactWriteItems 12 + TransactWriteItems 4";
    assert_eq!(cost(), expected, "another");
}
