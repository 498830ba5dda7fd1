//! One administrator cannot make another, nor an auditor: a second one confirms.

use super::{actions, code, refused};
use http::Method;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    plaza::Plaza,
    request::{Request, get, post},
    settings::Settings,
    staff::{FIRST, OWN},
};

async fn appoint(plaza: &Plaza, by: &str, name: &str, role: &str) -> Value {
    let body = json!({"username": name, "password": FIRST, "role": role});
    let answer = plaza.operator(post("/operator/people").bearer(by).json(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn confirm(plaza: &Plaza, by: &str, account: &str) -> Answer {
    plaza.operator(post(&format!("/operator/people/platform/{account}/confirmation")).bearer(by)).await
}

async fn put(plaza: &Plaza, by: &str, target: &str, body: &Value) -> Answer {
    let request = Request::new(Method::PUT, &format!("/operator/people/platform/{target}"));
    plaza.operator(request.bearer(by).json(body)).await
}

fn id(member: &Value) -> &str {
    member["account_id"].as_str().unwrap()
}

/// What the review did: an administrator made an auditor, signed in with it and read whole ID numbers.
#[tokio::test]
async fn an_administrator_alone_gets_nothing_out_of_an_auditor_of_their_own() {
    let plaza = Plaza::open();
    let (one, two) = (plaza.token_of(Role::Admin), plaza.token_of(Role::Admin));
    let made = appoint(&plaza, &one, "wang", "auditor").await;
    assert_eq!(made["proposed"]["role"], "auditor");
    let sign_in = || plaza.sign_in("platform", "wang", FIRST);
    assert_eq!(code(&sign_in().await), refused(401, "wrong_credentials"));
    assert_eq!(code(&confirm(&plaza, &one, id(&made)).await), refused(403, "forbidden"));
    for body in [json!({"locked": false}), json!({"locked": true})] {
        let answer = put(&plaza, &one, &format!("{}/lock", id(&made)), &body).await;
        assert_eq!(code(&answer), refused(409, "wrong_state"), "no way round it");
    }
    let role = put(&plaza, &one, id(&made), &json!({"role": "admin"})).await;
    assert_eq!(code(&role), refused(409, "wrong_state"));
    let listed = plaza.operator(get("/operator/people?realm=platform").bearer(&two)).await.json();
    assert_eq!(listed["people"][0]["proposed"]["by"], made["proposed"]["by"], "the list shows who waits");
    let record = plaza.database.item(&format!("ACCOUNT#platform#{}", id(&made)), "SESSIONS").unwrap();
    assert_eq!(record["enabled"]["BOOL"], false, "an earlier release opens nothing either");
    assert_eq!(code(&sign_in().await), refused(401, "wrong_credentials"));

    for _ in 0..2 {
        let confirmed = confirm(&plaza, &two, id(&made)).await;
        assert_eq!((confirmed.status.as_u16(), &confirmed.json()["proposed"]), (200, &Value::Null));
    }
    assert_eq!(sign_in().await.status, 200);
    let trail = actions(&plaza, id(&made));
    assert_eq!(trail.iter().filter(|action| *action == "appointment-confirmed").count(), 1);
}

#[tokio::test]
async fn another_role_waits_too_and_is_withdrawn_by_naming_the_present_one() {
    let plaza = Plaza::open();
    let (one, two) = (plaza.token_of(Role::Admin), plaza.token_of(Role::Admin));
    let account = plaza.appointed("wang", Role::Auditor, "").await;
    let token = plaza.finished("wang", Role::Auditor).await;
    let is_admin = async || plaza.operator(get("/operator/people?realm=platform").bearer(&token)).await.status == 200;
    for (role, proposed) in [("admin", json!("admin")), ("auditor", Value::Null), ("admin", json!("admin"))] {
        let changed = put(&plaza, &one, &account, &json!({"role": role})).await.json();
        assert_eq!((&changed["role"], &changed["proposed"]["role"]), (&json!("auditor"), &proposed));
        assert!(!is_admin().await);
    }
    assert_eq!(code(&confirm(&plaza, &one, &account).await), refused(403, "forbidden"));
    assert_eq!(confirm(&plaza, &two, &account).await.json()["role"], "admin");
    assert!(is_admin().await);
}

#[tokio::test]
async fn the_first_administrator_appoints_the_second_one_alone_and_no_third() {
    let plaza = Plaza::open();
    let appointment = json!({"username": "root-admin", "password": FIRST});
    plaza.first_admin.appoint(serde_json::from_value(appointment).unwrap(), "r".into()).await.unwrap();
    let signed_in = plaza.sign_in("platform", "root-admin", FIRST).await;
    let root = plaza.finish("root-admin", FIRST, &signed_in).await;
    let auditor = appoint(&plaza, &root, "auditor", "auditor").await;
    assert_eq!(auditor["proposed"]["role"], "auditor", "one person does not become an auditor");
    let second = appoint(&plaza, &root, "second", "admin").await;
    assert_eq!(second["proposed"], Value::Null);
    let third = appoint(&plaza, &root, "third", "admin").await;
    assert_eq!(third["proposed"]["role"], "admin");
    let other = plaza.finished("second", Role::Admin).await;
    assert_eq!(confirm(&plaza, &other, id(&third)).await.status, 200);
    assert_eq!(confirm(&plaza, &other, id(&auditor)).await.status, 200);
}

/// Giving a password is as good as having it, where no second factor stands beside it.
#[tokio::test]
async fn an_administrator_who_gives_a_password_to_another_needs_a_second_one_unless_a_second_factor_stays() {
    let plaza = Plaza::open();
    let (one, two) = (plaza.token_of(Role::Admin), plaza.token_of(Role::Admin));
    let account = plaza.appointed("wang", Role::Auditor, "").await;
    let give = |reset: bool| {
        let body = json!({"password": "a phrase for the second day", "reset_second_factor": reset});
        let (plaza, one, target) = (&plaza, &one, format!("{account}/password"));
        async move { put(plaza, one, &target, &body).await }
    };
    let sign_in = || plaza.sign_in("platform", "wang", "a phrase for the second day");
    assert_eq!(give(false).await.json()["proposed"]["role"], "auditor", "none is enrolled yet");
    assert_eq!(code(&sign_in().await), refused(401, "wrong_credentials"));
    assert_eq!(code(&confirm(&plaza, &one, &account).await), refused(403, "forbidden"));
    assert_eq!(confirm(&plaza, &two, &account).await.status, 200);
    let answer = sign_in().await;
    let changed = plaza.change_own_password(&answer.token(), "wang", "a phrase for the second day", OWN).await;
    plaza.enrolled("wang", OWN, &changed.token()).await;

    assert_eq!(give(false).await.json()["proposed"], Value::Null);
    assert_eq!(code(&sign_in().await), refused(403, "second_factor_required"), "which the administrator has not");
    assert_eq!(give(true).await.json()["proposed"]["role"], "auditor");
    assert_eq!(code(&sign_in().await), refused(401, "wrong_credentials"));
    assert_eq!(confirm(&plaza, &two, &account).await.status, 200);
    assert_eq!(sign_in().await.json()["next"], "change_password");
}

#[tokio::test]
async fn a_stack_may_do_without_confirmation() {
    let plaza = Plaza::with(Settings::default().with("CONFIRM_STAFF", "false"));
    let one = plaza.token_of(Role::Admin);
    let made = appoint(&plaza, &one, "wang", "auditor").await;
    assert_eq!(made["proposed"], Value::Null);
    assert_eq!(put(&plaza, &one, id(&made), &json!({"role": "admin"})).await.json()["role"], "admin");
    assert_eq!(plaza.sign_in("platform", "wang", FIRST).await.status, 200);
}
