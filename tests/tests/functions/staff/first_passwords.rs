//! A password that an administrator gave is replaced at the first sign-in, within a day.

use super::{code, refused};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    plaza::Plaza,
    request::{Request, get, post},
    staff::{FIRST, OWN},
};

async fn give(plaza: &Plaza, whom: &str, body: &Value) -> Answer {
    let request = Request::new(Method::PUT, &format!("/operator/people/{whom}/password"));
    plaza.operator(request.bearer(&plaza.token_of(Role::Admin)).json(body)).await
}

#[tokio::test]
async fn the_first_sign_in_opens_nothing_but_the_change_of_the_password() {
    let plaza = Plaza::open();
    plaza.shop("S1", None).await;
    plaza.appointed("li", Role::ShopManager, "S1").await;
    let signed_in = plaza.sign_in("shop", "li", FIRST).await;
    assert_eq!((&signed_in.json()["next"], &signed_in.json()["expires_in"]), (&json!("change_password"), &json!(900)));
    let token = signed_in.token();
    for request in [get("/auth/sessions"), post("/auth/logout"), post("/auth/second-factor")] {
        assert_eq!(code(&plaza.session(request.bearer(&token)).await), refused(403, "sign_in_unfinished"));
    }
    let list = get("/customer/v1/customer?shopId=S1");
    assert_eq!(plaza.shop_customer(list.clone().bearer(&token)).await.status, 403);

    let same = plaza.change_own_password(&token, "li", FIRST, FIRST).await;
    assert_eq!(code(&same), refused(400, "weak_password"), "the same one again is no other one");
    let wrong = plaza.change_own_password(&token, "li", "not the first one", OWN).await;
    assert_eq!(code(&wrong), refused(400, "wrong_password"));
    let changed = plaza.change_own_password(&token, "li", FIRST, OWN).await;
    assert_eq!(changed.json()["next"], Value::Null, "{}", changed.text());
    assert_eq!(plaza.shop_customer(list.bearer(&changed.token())).await.status, 200);
    assert_eq!(plaza.session(get("/auth/sessions").bearer(&token)).await.status, 401, "the step is done");
    assert_eq!(code(&plaza.sign_in("shop", "li", FIRST).await), refused(401, "wrong_credentials"));
    let again = plaza.sign_in("shop", "li", OWN).await;
    assert_eq!((again.status.as_u16(), &again.json()["next"]), (200, &Value::Null));
}

#[tokio::test]
async fn a_first_password_expires_after_a_day_and_an_administrator_gives_a_new_one() {
    let plaza = Plaza::open();
    let account = plaza.appointed("li", Role::ShopStaff, "S1").await;
    plaza.watch.advance(SignedDuration::from_secs(24 * 3600 - 1));
    assert_eq!(plaza.sign_in("shop", "li", FIRST).await.status, 200);
    plaza.watch.advance(SignedDuration::from_secs(1));
    assert_eq!(code(&plaza.sign_in("shop", "li", FIRST).await), refused(403, "first_password_expired"));

    let whom = format!("shop/{account}");
    assert_eq!(code(&give(&plaza, &whom, &json!({"password": "12345678"})).await), refused(400, "weak_password"));
    let second = "a phrase for the second day";
    assert_eq!(give(&plaza, &whom, &json!({"password": second})).await.status, 200);
    assert_eq!(code(&plaza.sign_in("shop", "li", FIRST).await), refused(401, "wrong_credentials"));
    assert_eq!(plaza.sign_in("shop", "li", second).await.json()["next"], "change_password");
    assert_eq!(code(&give(&plaza, "shop/unknown", &json!({"password": second})).await), refused(404, "not_found"));
}

#[tokio::test]
async fn a_new_first_password_ends_all_sessions() {
    let plaza = Plaza::open();
    let account = plaza.appointed("li", Role::ShopStaff, "S1").await;
    let token = plaza.finished("li", Role::ShopStaff).await;
    let own = || plaza.session(get("/auth/sessions").bearer(&token));
    assert_eq!(own().await.status, 200);
    give(&plaza, &format!("shop/{account}"), &json!({"password": "a phrase for the second day"})).await;
    assert_eq!(own().await.status, 401);
}

/// An operator's sign-out ends a sign-in that is not finished, too.
#[tokio::test]
async fn an_unfinished_sign_in_ends_with_all_others() {
    let plaza = Plaza::open();
    let account = plaza.appointed("li", Role::ShopStaff, "S1").await;
    let token = plaza.sign_in("shop", "li", FIRST).await.token();
    let end = Request::new(Method::DELETE, &format!("/operator/people/shop/{account}/sessions"));
    assert_eq!(plaza.operator(end.bearer(&plaza.token_of(Role::Admin))).await.status, 204);
    assert_eq!(plaza.change_own_password(&token, "li", FIRST, OWN).await.status, 401);
}

/// The password of the first administrator was typed by the person who uses it.
#[tokio::test]
async fn the_first_administrator_keeps_the_password_that_was_chosen_in_the_terminal() {
    let plaza = Plaza::open();
    let appointment = json!({"username": "root-admin", "password": FIRST});
    plaza.first_admin.appoint(serde_json::from_value(appointment).unwrap(), "r".into()).await.unwrap();
    plaza.watch.advance(SignedDuration::from_hours(48));
    let signed_in = plaza.sign_in("platform", "root-admin", FIRST).await;
    assert_eq!(signed_in.json()["next"], "enrol_second_factor");
    let token = plaza.finish("root-admin", FIRST, &signed_in).await;
    assert_eq!(plaza.operator(get("/operator/people?realm=platform").bearer(&token)).await.status, 200);
}
