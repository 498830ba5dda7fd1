//! Each call of a use case fails in every way: nothing half done stays, and the next try goes through.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    database::Fate,
    plaza::Plaza,
    request::{get, post},
    staff::{FIRST, OWN, account_of},
};

/// A code is spent with the session that it opens, or the next one opens it.
#[tokio::test]
async fn a_sign_in_with_a_second_factor_under_every_fault_is_whole_or_nothing() {
    for fate in Fate::FAULTS {
        for at in 0..4 {
            let plaza = Plaza::open();
            plaza.appointed("wang", Role::Auditor, "").await;
            let first = plaza.sign_in("platform", "wang", FIRST).await.token();
            let token = plaza.change_own_password(&first, "wang", FIRST, OWN).await.token();
            let (authenticator, confirmed) = plaza.enrolled("wang", OWN, &token).await;
            let account = account_of(confirmed["token"].as_str().unwrap());
            plaza.watch.advance(SignedDuration::from_secs(60));
            let live = || {
                let record = plaza.database.item(&format!("ACCOUNT#platform#{account}"), "SESSIONS").unwrap();
                record["live"]["M"].as_object().unwrap().len()
            };
            let before = live();
            let code = authenticator.code_at(plaza.watch.now());
            plaza.database.at(at, fate);
            let answer = plaza.staff_sign_in("platform", "wang", OWN, &json!({"totp": code})).await;
            plaza.database.heal();
            let what = format!("{fate:?} at {at}: {}", answer.text());
            if answer.status == 200 {
                assert_eq!(live(), before + 1, "{what}");
            } else {
                assert!(answer.status.is_server_error() || answer.status == 429, "{what}");
            }
            plaza.watch.advance(SignedDuration::from_secs(60));
            let code = authenticator.code_at(plaza.watch.now());
            let next = plaza.staff_sign_in("platform", "wang", OWN, &json!({"totp": code})).await;
            assert_eq!(next.status, 200, "{what}, then {}", next.text());
        }
    }
}

/// An appointment is confirmed whole, role and list together, or not at all.
#[tokio::test]
async fn a_confirmation_under_every_fault_is_whole_or_nothing() {
    for fate in Fate::FAULTS {
        for at in 1..4 {
            let plaza = Plaza::open();
            let (one, two) = (plaza.token_of(Role::Admin), plaza.token_of(Role::Admin));
            let body = json!({"username": "wang", "password": FIRST, "role": "auditor"});
            let made = plaza.operator(post("/operator/people").bearer(&one).json(&body)).await.json();
            let account = made["account_id"].as_str().unwrap();
            let confirm = || {
                let path = format!("/operator/people/platform/{account}/confirmation");
                plaza.operator(post(&path).bearer(&two))
            };
            plaza.database.at(at, fate);
            let answer = confirm().await;
            plaza.database.heal();
            let listed = plaza.operator(get("/operator/people?realm=platform").bearer(&two)).await.json();
            let record = plaza.database.item(&format!("ACCOUNT#platform#{account}"), "SESSIONS").unwrap();
            let is_in_effect = record["enabled"]["BOOL"] == true;
            assert_eq!(listed["people"][0]["proposed"] == Value::Null, is_in_effect, "{fate:?} at {at}");
            assert!(is_in_effect || answer.status != 200, "{fate:?} at {at}");
            assert_eq!(confirm().await.status, 200, "{fate:?} at {at}");
            assert_eq!(plaza.sign_in("platform", "wang", FIRST).await.status, 200, "{fate:?} at {at}");
        }
    }
}

/// The last use is noted at best effort: a request goes through without it, and the next one notes it.
#[tokio::test]
async fn a_use_that_cannot_be_written_refuses_no_request() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Conflict, Fate::Break] {
        let plaza = Plaza::open();
        plaza.appointed("li", Role::ShopStaff, "S1").await;
        let token = plaza.finished("li", Role::ShopStaff).await;
        plaza.watch.advance(SignedDuration::from_mins(20));
        plaza.database.follow(move |call| if call.operation == "TransactWriteItems" { fate } else { Fate::Apply });
        let list = || plaza.session(get("/auth/sessions").bearer(&token));
        assert_eq!(list().await.status, 200, "{fate:?}");
        plaza.database.heal();
        assert_eq!(list().await.status, 200, "{fate:?}");
        plaza.watch.advance(SignedDuration::from_mins(29));
        assert_eq!(list().await.status, 200, "{fate:?}");
    }
}
