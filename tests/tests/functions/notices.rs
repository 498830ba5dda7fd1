//! Notices to the owners of accounts: which changes they report, and that no caller can cause many SMS.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;
use shared::domain::{account::Realm, phone::Phone, sms::Notice};
use tests::{
    plaza::{PASSWORD, Plaza, Settings},
    request::{Request, post},
};

const PHONE: &str = "13912345678";
const OTHER: &str = "another long phrase";

/// #24 needs no session and no code.
async fn change_back_and_forth(plaza: &Plaza, times: usize) {
    for n in 0..times {
        let (old, new) = if n % 2 == 0 { (PASSWORD, OTHER) } else { (OTHER, PASSWORD) };
        let body = json!({"username": PHONE, "oldPS": old, "newPS": new});
        assert!(plaza.mall_dealer(post("/user/dealer/reset").json(&body)).await.succeeded());
    }
    plaza.deliver_sms().await;
}

#[tokio::test]
async fn a_password_that_is_changed_to_and_fro_makes_one_sms() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    let before = plaza.sent_to(PHONE).len();
    change_back_and_forth(&plaza, 12).await;
    assert_eq!(plaza.sent_to(PHONE)[before..], ["password-changed"]);
    plaza.watch.advance(SignedDuration::from_mins(61));
    change_back_and_forth(&plaza, 2).await;
    assert_eq!(plaza.sent_to(PHONE)[before..], ["password-changed"; 2], "an hour later it is news again");
}

/// The notices of all products, with any text.
#[tokio::test]
async fn a_phone_gets_ten_notices_a_day() {
    let plaza = Plaza::open();
    let phone = Phone::parse(PHONE).unwrap();
    for n in 0..30 {
        let realm = [Realm::Ev, Realm::Cloud, Realm::MallDealer][n % 3];
        let notice = if n % 2 == 0 { Notice::PasswordChanged } else { Notice::PhoneChanged };
        plaza.codes.notices.notify(realm, &phone, notice, plaza.watch.now()).await;
    }
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE).len(), 10);
    plaza.watch.advance(SignedDuration::from_hours(24));
    plaza.codes.notices.notify(Realm::Ev, &phone, Notice::PhoneChanged, plaza.watch.now()).await;
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE).len(), 11);
}

#[tokio::test]
async fn the_kill_switch_stops_notices_too() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    let plaza = plaza.restarted(|settings: &mut Settings| settings.set("OTP_ENABLED", "false"));
    change_back_and_forth(&plaza, 1).await;
    assert_eq!(plaza.sent_to(PHONE), [""; 0]);
}

#[tokio::test]
async fn a_driver_is_told_of_a_changed_password() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let code = plaza.drivers_code(&driver.token, PHONE).await;
    let put = |path: &str| Request::new(Method::PUT, path).bearer(&driver.token);
    let bound = put("/customer/customers/phone").json(&json!({"phoneNum": PHONE, "code": code}));
    assert!(plaza.ev_customer(bound).await.succeeded());
    let token = plaza.log_in("wyc2002", PASSWORD).await.token();
    let before = plaza.sent_to(PHONE).len();
    let body = json!({"oldPassword": PASSWORD, "newPassword": OTHER});
    let changed = Request::new(Method::PUT, "/customer/customers/password").bearer(&token).json(&body);
    assert!(plaza.ev_customer(changed).await.succeeded());
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE)[before..], ["password-changed"]);
}
