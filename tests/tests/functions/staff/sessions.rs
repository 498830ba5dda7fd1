//! Sessions: the idle timeout of staff, and what everybody sees and ends of their own.

use super::{actions, code, refused};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    capacity::bill,
    plaza::{PASSWORD, Plaza},
    request::{get, post},
    staff::account_of,
};

#[tokio::test]
async fn a_session_of_staff_that_is_not_used_for_half_an_hour_is_over() {
    let plaza = Plaza::open();
    plaza.appointed("li", Role::ShopStaff, "S1").await;
    let token = plaza.finished("li", Role::ShopStaff).await;
    let is_in = async || plaza.session(get("/auth/sessions").bearer(&token)).await.status == 200;
    for _ in 0..4 {
        plaza.watch.advance(SignedDuration::from_mins(29));
        assert!(is_in().await, "every use begins the half hour again");
    }
    plaza.watch.advance(SignedDuration::from_mins(31));
    assert!(!is_in().await);
}

#[tokio::test]
async fn use_does_not_prolong_a_session_beyond_its_absolute_life() {
    let plaza = Plaza::open();
    plaza.appointed("li", Role::ShopStaff, "S1").await;
    let token = plaza.finished("li", Role::ShopStaff).await;
    let is_in = async || plaza.session(get("/auth/sessions").bearer(&token)).await.status == 200;
    for _ in 0..35 {
        plaza.watch.advance(SignedDuration::from_mins(20));
        assert!(is_in().await);
    }
    plaza.watch.advance(SignedDuration::from_mins(21));
    assert!(!is_in().await);
}

/// One read a request, and at most one write in five minutes.
#[tokio::test]
async fn what_the_idle_timeout_costs() {
    let plaza = Plaza::open();
    plaza.appointed("li", Role::ShopStaff, "S1").await;
    let token = plaza.finished("li", Role::ShopStaff).await;
    plaza.database.take_calls();
    let cost = async |minutes| {
        plaza.watch.advance(SignedDuration::from_mins(minutes));
        plaza.shop_customer(get("/customer/v1/nothing").bearer(&token)).await;
        plaza.session(post("/auth/password").bearer(&token)).await;
        bill(&plaza.database.take_calls())
    };
    assert_eq!(cost(4).await, "GetItem 1");
    assert_eq!(cost(1).await, "GetItem 1 + TransactWriteItems 2");
    assert_eq!(cost(4).await, "GetItem 1");
}

/// A record with all that it can hold of staff in five shops is one read unit.
#[tokio::test]
async fn a_session_record_of_staff_stays_under_a_kilobyte() {
    let plaza = Plaza::open();
    plaza.appointed("li", Role::ShopManager, "S1,S2,S3,S4,S5").await;
    let token = plaza.finished("li", Role::ShopManager).await;
    for _ in 0..25 {
        plaza.watch.advance(SignedDuration::from_secs(1));
        assert_eq!(plaza.sign_in("shop", "li", tests::staff::OWN).await.status, 200);
    }
    let record = plaza.database.item(&format!("ACCOUNT#shop#{}", account_of(&token)), "SESSIONS").unwrap();
    assert_eq!(record["live"]["M"].as_object().unwrap().len(), 20);
    plaza.database.take_calls();
    let last = plaza.sign_in("shop", "li", tests::staff::OWN).await.token();
    plaza.database.take_calls();
    plaza.session(get("/auth/sessions").bearer(&last)).await;
    assert_eq!(bill(&plaza.database.take_calls()), "GetItem 1 + GetItem 1");
}

#[tokio::test]
async fn everybody_sees_their_own_sessions_and_ends_them_all() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.watch.advance(SignedDuration::from_hours(1));
    let other = plaza.log_in("wyc2002", PASSWORD).await.token();
    let list = |token: &str| plaza.session(get("/auth/sessions").bearer(token));
    let sessions = list(&other).await.json()["sessions"].take();
    let of =
        |field: &str| sessions.as_array().unwrap().iter().map(|session| session[field].clone()).collect::<Vec<_>>();
    assert_eq!(of("current"), [json!(true), json!(false)]);
    assert_eq!(of("created"), [json!("2026-06-01T09:30:05+08:00"), json!("2026-06-01T08:30:05+08:00")]);
    assert_eq!(of("last_used"), [Value::Null, Value::Null]);

    let stranger = plaza.driver("stranger").await;
    let all = post("/auth/logout").bearer(&driver.token).json(&json!({"all": true}));
    assert_eq!(plaza.session(all).await.status, 204);
    for token in [&driver.token, &other] {
        assert_eq!(code(&list(token).await), refused(401, "unauthorized"));
    }
    assert_eq!(list(&stranger.token).await.status, 200);
    assert!(actions(&plaza, &driver.id).contains(&"sessions-ended".to_owned()));
}

#[tokio::test]
async fn without_all_a_sign_out_ends_one_session() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let other = plaza.log_in("wyc2002", PASSWORD).await.token();
    for body in [json!({"all": false}), json!({})] {
        let token = plaza.log_in("wyc2002", PASSWORD).await.token();
        assert_eq!(plaza.session(post("/auth/logout").bearer(&token).json(&body)).await.status, 204);
        assert_eq!(plaza.detail(&token).await.status, 401);
    }
    assert_eq!(plaza.detail(&driver.token).await.status, 200);
    assert_eq!(plaza.detail(&other).await.status, 200);
}

/// `last_used` of staff moves with use.
#[tokio::test]
async fn staff_see_when_a_session_was_used() {
    let plaza = Plaza::open();
    plaza.appointed("li", Role::ShopStaff, "S1").await;
    let token = plaza.finished("li", Role::ShopStaff).await;
    plaza.watch.advance(SignedDuration::from_mins(10));
    plaza.session(get("/auth/sessions").bearer(&token)).await;
    plaza.watch.advance(SignedDuration::from_mins(3));
    let session = plaza.session(get("/auth/sessions").bearer(&token)).await.json()["sessions"][0].take();
    assert_eq!(session["created"], "2026-06-01T08:30:05+08:00");
    assert_eq!(session["last_used"], "2026-06-01T08:40:05+08:00");
}

/// What `cargo local token` gives counts as confirmed and with a second factor, and has no idle timeout.
#[tokio::test]
async fn a_local_token_lives_twelve_hours_unused() {
    let plaza = Plaza::open();
    let token = plaza.token_of(Role::Admin);
    plaza.watch.advance(SignedDuration::from_mins(12 * 60 - 1));
    assert_eq!(plaza.operator(get("/operator/people?realm=platform").bearer(&token)).await.status, 200);
}
