//! Calls that are sent again because their answer was lost, and codes that were asked for with or without a session.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    plaza::Plaza,
    portal::{PHRASE, put},
    request::{Request, post},
};

const PHONE: &str = "13912345678";
const NEW: &str = "13800138000";
const DEVICE: &str = "a3f0c2d4-dealer";
const OPEN_ID: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJE";
const USED: &str = "手机验证码错误：该验证码已使用过，请重新获取";
const REGISTERED: &str = "用户已存在，请直接登录";

fn mall(code: u16, msg: &str) -> (u16, String) {
    (200, json!({"errCode": code, "msg": msg}).to_string())
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn another_minute(plaza: &Plaza) {
    plaza.deliver_sms().await;
    plaza.watch.advance(SignedDuration::from_secs(61));
}

#[tokio::test]
async fn a_vehicle_that_is_unbound_already_is_unbound() {
    let plaza = Plaza::open();
    let (driver, other) = (plaza.driver_of("wyc2002", "皖A12345").await, plaza.driver("other").await);
    let info = || plaza.ev_customer(tests::request::get("/customer/customers/myInfo").bearer(&driver.token));
    let vehicle = info().await.json()["data"]["vehicles"][0]["id"].clone();
    let unbind = |token: &str, vehicle: &Value| {
        let path = format!("/customer/customers/vehicleUnbinding?vehicleId={vehicle}");
        plaza.ev_customer(Request::new(http::Method::PUT, &path).bearer(token))
    };
    let gone = (200, r#"{"status":true,"data":"车辆解绑成功"}"#.to_owned());
    for _ in 0..2 {
        assert_eq!(unbind(&driver.token, &vehicle).await.whole(), gone);
    }
    assert_eq!(info().await.json()["data"]["vehicles"], json!([]));
    assert_eq!(unbind(&other.token, &vehicle).await.json()["status"], false, "it never was this driver's");
    assert_eq!(unbind(&driver.token, &json!(1001)).await.json()["status"], false, "nor was that one");
}

/// The answer to #23 was lost: the same device learns that the account is there, and no other one does.
#[tokio::test]
async fn a_registration_that_is_sent_again_hears_that_the_account_exists() {
    let plaza = Plaza::open();
    let code = plaza.dealers_code(DEVICE, PHONE, None).await;
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 200);
    let again = || plaza.register_dealer(DEVICE, PHONE, &code, &letters);
    assert_eq!(again().await.whole(), mall(2017, REGISTERED));

    let spent = mall(2018, "图形验证码错误");
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &wrong(&code), &letters).await.whole(), spent);
    assert_eq!(plaza.register_dealer("another-device", PHONE, &code, &letters).await.whole(), spent);
    let (fresh, _) = plaza.picture(DEVICE).await;
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &fresh).await.whole(), mall(2017, REGISTERED));

    // The code of an account that was made is no licence to guess: five tries in all, and then it says nothing.
    for _ in 0..3 {
        again().await;
    }
    assert_eq!(again().await.whole(), spent);
}

#[tokio::test]
async fn joining_again_hears_that_the_account_exists() {
    let plaza = Plaza::open();
    plaza.ask_portal_code(None, PHONE).await;
    let code = plaza.code_for(PHONE).await;
    let join = |code: &str| {
        let body = json!({"cus_name": "51idc", "short_name": "idc", "passwd": PHRASE, "cus_type": "FIRM",
            "mobile": PHONE, "verification_code": code});
        plaza.cloud(post("/v2/zone/ac1/join").json(&body))
    };
    assert_eq!(join(&code).await.status, 200);
    let exists = (409, json!({"code": "username_taken", "message": REGISTERED}).to_string());
    assert_eq!(join(&code).await.whole(), exists);
    assert_eq!(join(&wrong(&code)).await.json(), json!({"code": "wrong_code", "message": "手机验证码错误"}));
    assert_eq!(plaza.sign_in_by_code("cloud", PHONE, &code).await.status, 401, "and it opens nothing");
}

#[tokio::test]
async fn a_code_signs_in_once_and_says_that_it_was_used() {
    let plaza = Plaza::open();
    let code = plaza.consumers_code(OPEN_ID, PHONE).await;
    assert_eq!(plaza.verify_consumer(OPEN_ID, PHONE, &code).await.json()["errCode"], "200");
    assert_eq!(plaza.verify_consumer(OPEN_ID, PHONE, &code).await.whole(), mall(2016, USED));
    let plain = mall(2016, "手机验证码错误");
    assert_eq!(plaza.verify_consumer(OPEN_ID, PHONE, &wrong(&code)).await.whole(), plain);
    assert_eq!(plaza.verify_consumer("another-openId", PHONE, &code).await.whole(), plain);

    another_minute(&plaza).await;
    let code = plaza.agents_code(OPEN_ID, PHONE, None).await;
    assert_eq!(plaza.verify_agent(OPEN_ID, PHONE, &code).await.json()["errCode"], "200");
    assert_eq!(plaza.verify_agent(OPEN_ID, PHONE, &code).await.whole(), mall(2016, USED));
    plaza.watch.advance(SignedDuration::from_secs(300));
    assert_eq!(plaza.verify_agent(OPEN_ID, PHONE, &code).await.whole(), plain, "it is over");
}

/// #10 without a session, then #13 with one: the code went to the new number for the same openId.
#[tokio::test]
async fn an_agent_changes_with_a_code_that_was_asked_for_without_a_session() {
    let plaza = Plaza::open();
    let agent = plaza.agent(OPEN_ID, PHONE).await;
    let code = plaza.agents_code(OPEN_ID, NEW, None).await;
    let switched = plaza.switch_agent(&agent, NEW, &code).await;
    assert_eq!(switched.whole(), (200, r#"{"errCode":"200","msg":"sucess"}"#.to_owned()));
    assert_eq!(plaza.verify_agent(OPEN_ID, NEW, &code).await.whole(), mall(2016, USED), "spent once for all");
}

#[tokio::test]
async fn a_code_of_another_open_id_or_number_changes_no_agent() {
    let plaza = Plaza::open();
    let agent = plaza.agent(OPEN_ID, PHONE).await;
    let foreign = plaza.agents_code("another-openId", NEW, None).await;
    assert_eq!(plaza.switch_agent(&agent, NEW, &foreign).await.json()["errCode"], 2016);
    assert_eq!(plaza.switch_agent(&agent, "13700137000", &foreign).await.json()["errCode"], 2016);
}

async fn edit_phone(plaza: &Plaza, token: &str, device: &str, code: &str) -> Answer {
    let form = json!({"username": PHONE, "telephone": NEW, "deviceId": device, "phoneNum": code});
    plaza.mall_dealer(post("/user/dealer/editPhone").bearer(token).json(&form)).await
}

/// #19 and #20 without a session or with one, then #25. That the sign-in is recent stays asked for.
#[tokio::test]
async fn a_dealer_moves_with_a_code_that_was_asked_for_without_a_session() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let code = plaza.dealers_code(&dealer.device, NEW, None).await;
    let verify = json!({"deviceId": dealer.device, "telephone": NEW, "phoneNum": code});
    let verified = plaza.mall_dealer(post("/user/dealer/verifyPhoneNum").bearer(&dealer.token).json(&verify)).await;
    assert_eq!(verified.json()["errCode"], "200");
    assert_eq!(edit_phone(&plaza, &dealer.token, "another-device", &code).await.json()["errCode"], 2016);
    assert_eq!(edit_phone(&plaza, &dealer.token, &dealer.device, &code).await.json()["errCode"], 200);
}

#[tokio::test]
async fn a_code_without_a_session_does_not_stand_in_for_a_recent_sign_in() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    plaza.watch.advance(SignedDuration::from_mins(11));
    let code = plaza.dealers_code(&dealer.device, NEW, None).await;
    assert_eq!(edit_phone(&plaza, &dealer.token, &dealer.device, &code).await.status, 403);
}

#[tokio::test]
async fn of_two_codes_the_newer_one_changes_the_account() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let with_session = plaza.dealers_code(&dealer.device, NEW, Some(&dealer.token)).await;
    plaza.watch.advance(SignedDuration::from_secs(61));
    let without = plaza.dealers_code(&dealer.device, NEW, None).await;
    assert_eq!(edit_phone(&plaza, &dealer.token, &dealer.device, &with_session).await.json()["errCode"], 2016);
    assert_eq!(edit_phone(&plaza, &dealer.token, &dealer.device, &without).await.json()["errCode"], 200);
}

/// The other way round nothing changes: what was asked for with a session makes and opens no account.
#[tokio::test]
async fn a_code_that_was_asked_for_with_a_session_opens_nothing() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let code = plaza.dealers_code(&dealer.device, NEW, Some(&dealer.token)).await;
    let (letters, _) = plaza.picture(&dealer.device).await;
    let registered = plaza.register_dealer(&dealer.device, NEW, &code, &letters).await;
    assert_eq!(registered.whole(), mall(2016, "手机验证码错误"));
}

/// The portal's samples send no credential with #56.
#[tokio::test]
async fn a_portal_account_changes_with_a_code_that_was_asked_for_without_a_session() {
    let plaza = Plaza::open();
    let joined = plaza.join("ac1", "51idc", PHONE).await;
    let token = joined.header("x-access-token").unwrap();
    another_minute(&plaza).await;
    plaza.ask_portal_code(None, NEW).await;
    let code = plaza.code_for(NEW).await;
    let bind = json!({"mobile": NEW, "verification_code": code, "action_type": 0});
    assert_eq!(plaza.cloud(put("/customer/account/phone").bearer(token).json(&bind)).await.status, 200);
}

#[tokio::test]
async fn resetting_takes_no_code_for_signing_in() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    another_minute(&plaza).await;
    plaza.ask_code("mall-dealer", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    let reset = plaza.reset("mall-dealer", PHONE, &code, "another phrase 7").await;
    assert_eq!(reset.json()["code"], "wrong_code");
}
