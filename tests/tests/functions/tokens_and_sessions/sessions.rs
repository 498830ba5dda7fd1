//! How long a session lasts, and what ends it.

use super::{is_refused, seconds};
use jiff::SignedDuration;
use serde_json::json;
use tests::plaza::{PASSWORD, Plaza};

#[tokio::test]
async fn a_drivers_session_lasts_thirty_days() {
    let plaza = Plaza::open();
    let token = plaza.driver("wyc2002").await.token;
    plaza.watch.advance(SignedDuration::from_hours(30 * 24) - seconds(1));
    assert!(!is_refused(&plaza, &token).await);
    plaza.watch.advance(seconds(1));
    assert!(is_refused(&plaza, &token).await);
}

#[tokio::test]
async fn a_session_is_over_at_the_next_request_after_signing_out() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let other = plaza.log_in("wyc2002", PASSWORD).await.token();
    plaza.log_out(&driver.token).await;
    assert!(is_refused(&plaza, &driver.token).await);
    assert!(is_refused(&plaza.restarted(|_| ()), &driver.token).await, "in every environment");
    assert!(!is_refused(&plaza, &other).await);
}

#[tokio::test]
async fn an_account_that_is_disabled_is_shut_out_at_once_and_cannot_sign_in() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let mut item = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "SESSIONS").unwrap();
    item["enabled"] = json!({"BOOL": false});
    plaza.database.put(&item);
    assert!(is_refused(&plaza, &driver.token).await);
    let answer = plaza.log_in("wyc2002", PASSWORD).await;
    assert_eq!(answer.whole(), (200, r#"{"code":-1,"msg":"用户名或密码不正确"}"#.to_owned()));
    assert_eq!(plaza.log_out(&driver.token).await.status, 401);

    item["enabled"] = json!({"BOOL": true});
    plaza.database.put(&item);
    assert!(!is_refused(&plaza, &driver.token).await);
}

#[tokio::test]
async fn a_token_of_an_account_that_is_gone_opens_nothing() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let fresh = Plaza::open();
    assert!(is_refused(&fresh, &driver.token).await, "the keys are the same, the accounts are not");
}

#[tokio::test]
async fn the_twenty_first_session_ends_the_oldest() {
    let plaza = Plaza::open();
    let mut tokens = vec![plaza.driver("wyc2002").await.token];
    for _ in 0..20 {
        plaza.watch.advance(seconds(1));
        tokens.push(plaza.log_in("wyc2002", PASSWORD).await.token());
    }
    assert!(is_refused(&plaza, &tokens[0]).await);
    for token in &tokens[1..] {
        assert!(!is_refused(&plaza, token).await);
    }
}

#[tokio::test]
async fn sessions_that_are_over_make_room_before_live_ones_do() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for _ in 0..18 {
        plaza.log_in("wyc2002", PASSWORD).await.token();
    }
    plaza.watch.advance(SignedDuration::from_hours(24));
    let live = plaza.log_in("wyc2002", PASSWORD).await.token();
    plaza.watch.advance(SignedDuration::from_hours(29 * 24));
    let newest = plaza.log_in("wyc2002", PASSWORD).await.token();
    for token in [&live, &newest] {
        assert!(!is_refused(&plaza, token).await);
    }
}

#[tokio::test]
async fn many_sign_ins_at_once_never_leave_more_than_twenty_sessions() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    for _ in 0..10 {
        futures_util::future::join_all((0..4).map(|_| plaza.log_in("wyc2002", PASSWORD))).await;
        plaza.watch.advance(seconds(901));
    }
    let item = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "SESSIONS").unwrap();
    assert_eq!(item["live"]["M"].as_object().unwrap().len(), 20);
}
