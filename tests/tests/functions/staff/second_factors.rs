//! Time-based codes and recovery codes of staff.

use super::{actions, code, refused};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    plaza::Plaza,
    request::{get, post},
    settings::Settings,
    staff::{Authenticator, FIRST, OWN, account_of},
};

/// An auditor with an authenticator and recovery codes.
struct Auditor {
    plaza: Plaza,
    authenticator: Authenticator,
    recovery: Vec<String>,
    token: String,
}

impl Auditor {
    async fn enrolled() -> Self {
        let plaza = Plaza::open();
        plaza.appointed("wang", Role::Auditor, "").await;
        let first = plaza.sign_in("platform", "wang", FIRST).await.token();
        let changed = plaza.change_own_password(&first, "wang", FIRST, OWN).await;
        assert_eq!(changed.json()["next"], "enrol_second_factor");
        let (authenticator, answer) = plaza.enrolled("wang", OWN, &changed.token()).await;
        let recovery = answer["recovery_codes"].as_array().unwrap();
        let recovery = recovery.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        let token = answer["token"].as_str().unwrap().to_owned();
        plaza.watch.advance(SignedDuration::from_secs(60));
        Self { plaza, authenticator, recovery, token }
    }

    async fn sign_in(&self, more: Value) -> Answer {
        self.plaza.staff_sign_in("platform", "wang", OWN, &more).await
    }

    fn code(&self) -> String {
        self.authenticator.code_at(self.plaza.watch.now())
    }
}

#[tokio::test]
async fn an_auditor_without_a_second_factor_gets_a_session_that_can_only_enrol() {
    let plaza = Plaza::open();
    plaza.appointed("wang", Role::Auditor, "").await;
    let first = plaza.sign_in("platform", "wang", FIRST).await.token();
    let token = plaza.change_own_password(&first, "wang", FIRST, OWN).await.token();
    for request in [get("/auth/sessions"), post("/auth/password"), post("/auth/logout")] {
        assert_eq!(code(&plaza.session(request.bearer(&token)).await), refused(403, "sign_in_unfinished"));
    }
    let papers = || get("/operator/papers");
    assert_eq!(code(&plaza.operator(papers().bearer(&token)).await), refused(403, "sign_in_unfinished"));
    let wrong = plaza.offer("wang", "not the password", &token, &json!({})).await;
    assert_eq!(code(&wrong), refused(400, "wrong_password"));
    let unasked = plaza.confirm_enrolment("wang", &token, "123456").await;
    assert_eq!(code(&unasked), refused(409, "wrong_state"));

    let offer = plaza.offer("wang", OWN, &token, &json!({})).await.json();
    let (secret, uri) = (offer["secret"].as_str().unwrap(), offer["uri"].as_str().unwrap());
    assert_eq!(secret.len(), 32);
    assert!(uri.starts_with("otpauth://totp/ev-plaza:wang%20%28auditor%29?") && uri.contains(secret), "{uri}");
    let stored = plaza.database.items(tests::database::MAIN).iter().map(Value::to_string).collect::<String>();
    assert!(!stored.contains(secret), "the secret is not stored");
    let code_now = Authenticator::of(secret).code_at(plaza.watch.now());
    let confirmed = plaza.confirm_enrolment("wang", &token, &code_now).await.json();
    let whole = confirmed["token"].as_str().unwrap();
    assert_eq!(plaza.operator(papers().bearer(whole)).await.status, 200);
    let codes = confirmed["recovery_codes"].as_array().unwrap();
    assert_eq!(codes.len(), 10);
    let stored = plaza.database.items(tests::database::MAIN).iter().map(Value::to_string).collect::<String>();
    assert!(!codes.iter().any(|code| stored.contains(&code.as_str().unwrap().replace('-', ""))));
    assert!(actions(&plaza, &account_of(whole)).contains(&"second-factor-enrolled".to_owned()));
}

#[tokio::test]
async fn without_a_code_the_right_password_opens_no_session_and_a_code_works_once() {
    let auditor = Auditor::enrolled().await;
    let wanted = auditor.sign_in(json!({})).await;
    assert_eq!(code(&wanted), refused(403, "second_factor_required"));
    assert!(wanted.header("x-access-token").is_none());
    let wrong_password = auditor.plaza.staff_sign_in("platform", "wang", FIRST, &json!({"totp": auditor.code()})).await;
    assert_eq!(code(&wrong_password), refused(401, "wrong_credentials"), "a wrong password spends no code");

    let now = auditor.code();
    let signed_in = auditor.sign_in(json!({"totp": now})).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let papers = get("/operator/papers").bearer(&signed_in.token());
    assert_eq!(auditor.plaza.operator(papers).await.status, 200);
    assert_eq!(code(&auditor.sign_in(json!({"totp": now})).await), refused(400, "wrong_code"), "used");
    auditor.plaza.watch.advance(SignedDuration::from_secs(30));
    assert_eq!(auditor.sign_in(json!({"totp": auditor.code()})).await.status, 200);
}

#[tokio::test]
async fn of_parallel_sign_ins_with_one_code_one_opens_a_session() {
    let auditor = Auditor::enrolled().await;
    let now = auditor.code();
    let all = futures_util::future::join_all((0..4).map(|_| auditor.sign_in(json!({"totp": now})))).await;
    assert_eq!(all.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test]
async fn five_wrong_codes_end_the_attempt_and_a_recovery_code_passes_the_limit_of_the_account() {
    let auditor = Auditor::enrolled().await;
    for _ in 0..5 {
        let wrong = auditor.sign_in(json!({"totp": "000000"})).await;
        if wrong.status == 429 {
            // The wait after wrong passwords is not what is shown here.
            auditor.plaza.watch.advance(SignedDuration::from_secs(2));
        }
    }
    auditor.plaza.watch.advance(SignedDuration::from_secs(20));
    for body in [json!({"totp": auditor.code()}), json!({"recovery_code": auditor.recovery[0]})] {
        assert_eq!(auditor.sign_in(body).await.status, 429, "the right one comes too late");
    }
    auditor.plaza.watch.advance(SignedDuration::from_mins(16));
    assert_eq!(auditor.sign_in(json!({"totp": auditor.code()})).await.status, 200);

    // As if many networks had guessed all day.
    let account = account_of(&auditor.token);
    let day = auditor.plaza.watch.now().as_second() / 86_400;
    auditor.plaza.database.put(&json!({
        "pk": {"S": format!("SECOND-FACTOR#platform#{account}")}, "sk": {"S": format!("ALL#{day}")}, "n": {"N": "100"}
    }));
    auditor.plaza.watch.advance(SignedDuration::from_mins(1));
    assert_eq!(auditor.sign_in(json!({"totp": auditor.code()})).await.status, 429);
    assert_eq!(auditor.sign_in(json!({"recovery_code": auditor.recovery[0]})).await.status, 200);
}

#[tokio::test]
async fn each_recovery_code_works_once() {
    let auditor = Auditor::enrolled().await;
    for recovery in &auditor.recovery[..2] {
        let typed = recovery.to_lowercase().replace('-', " ");
        assert_eq!(auditor.sign_in(json!({"recovery_code": typed})).await.status, 200);
        assert_eq!(code(&auditor.sign_in(json!({"recovery_code": typed})).await), refused(400, "wrong_code"));
    }
    let used = actions(&auditor.plaza, &account_of(&auditor.token));
    assert_eq!(used.iter().filter(|action| *action == "recovery-code-used").count(), 2);
}

#[tokio::test]
async fn another_authenticator_takes_over_when_its_first_code_is_right() {
    let auditor = Auditor::enrolled().await;
    let plaza = &auditor.plaza;
    let without = plaza.offer("wang", OWN, &auditor.token, &json!({})).await;
    assert_eq!(code(&without), refused(403, "second_factor_required"), "a session alone enrols nothing");
    let offer = plaza.offer("wang", OWN, &auditor.token, &json!({"totp": auditor.code()})).await.json();
    let other = Authenticator::of(offer["secret"].as_str().unwrap());
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(auditor.sign_in(json!({"totp": auditor.code()})).await.status, 200, "not confirmed yet");
    let confirmed = plaza.confirm_enrolment("wang", &auditor.token, &other.code_at(plaza.watch.now())).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(code(&auditor.sign_in(json!({"totp": auditor.code()})).await), refused(400, "wrong_code"));
    assert_eq!(auditor.sign_in(json!({"totp": other.code_at(plaza.watch.now())})).await.status, 200);
    let old = auditor.sign_in(json!({"recovery_code": auditor.recovery[0]})).await;
    assert_eq!(code(&old), refused(400, "wrong_code"), "recovery codes of the old one are gone");
}

#[tokio::test]
async fn a_setting_says_which_roles_must_have_one_and_managers_may() {
    for (setting, manager, auditor) in [
        ("admin,auditor", Value::Null, json!("enrol_second_factor")),
        ("shop-manager", json!("enrol_second_factor"), Value::Null),
        ("none", Value::Null, Value::Null),
    ] {
        let plaza = Plaza::with(Settings::default().with("SECOND_FACTOR_ROLES", setting));
        for (name, role, shops, next) in
            [("li", Role::ShopManager, "S1", &manager), ("wang", Role::Auditor, "", &auditor)]
        {
            plaza.appointed(name, role, shops).await;
            let first = plaza.sign_in(role.realm().as_str(), name, FIRST).await.token();
            let changed = plaza.change_own_password(&first, name, FIRST, OWN).await;
            assert_eq!(changed.json()["next"], *next, "{setting}: {name}");
            plaza.enrolled(name, OWN, &changed.token()).await;
            let wanted = plaza.sign_in(role.realm().as_str(), name, OWN).await;
            assert_eq!(code(&wanted), refused(403, "second_factor_required"), "{setting}: {name}");
        }
    }
}
