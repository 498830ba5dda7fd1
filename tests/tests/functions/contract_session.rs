//! The `/auth` group, our extension: getting a credential in any realm, and giving it back.

use serde_json::json;
use tests::{
    plaza::{PASSWORD, Plaza},
    request::{get, post},
};

const ADMIN_PASSWORD: &str = "a long phrase for staff";

async fn with_admin() -> Plaza {
    let plaza = Plaza::open();
    let appointment = json!({"username": "root-admin", "password": ADMIN_PASSWORD});
    plaza.first_admin.appoint(serde_json::from_value(appointment).unwrap(), "request".into()).await.unwrap();
    plaza
}

#[tokio::test]
async fn a_token_comes_with_its_life_and_in_the_header_too() {
    let plaza = with_admin().await;
    plaza.driver("wyc2002").await;
    for (realm, name, password, rest) in [
        ("ev", "wyc2002", PASSWORD, json!({"expires_in": 2_592_000})),
        ("platform", "root-admin", ADMIN_PASSWORD, json!({"expires_in": 900, "next": "enrol_second_factor"})),
    ] {
        let answer = plaza.sign_in(realm, name, password).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let (token, mut expected) = (answer.token(), rest);
        expected["token"] = json!(token);
        assert_eq!(answer.json(), expected);
        assert_eq!(answer.header("x-access-token"), Some(token.as_str()));
    }
}

#[tokio::test]
async fn a_driver_signed_in_here_is_signed_in_to_the_app() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let token = plaza.sign_in("ev", "WYC2002", PASSWORD).await.token();
    assert_eq!(plaza.detail(&token).await.json()["data"]["user_id"], json!(driver.id));
}

#[tokio::test]
async fn a_wrong_password_an_unknown_name_and_the_wrong_realm_are_one_401() {
    let plaza = with_admin().await;
    plaza.driver("wyc2002").await;
    let whole = (401, r#"{"code":"wrong_credentials","message":"用户名或密码不正确"}"#.to_owned());
    for (realm, name, password) in [
        ("ev", "wyc2002", "123456wyd"),
        ("ev", "unknown", PASSWORD),
        ("platform", "wyc2002", PASSWORD),
        ("shop", "wyc2002", PASSWORD),
        ("ev", "root-admin", ADMIN_PASSWORD),
    ] {
        let answer = plaza.sign_in(realm, name, password).await;
        assert_eq!(answer.whole(), whole, "{realm} {name}");
        assert_eq!(answer.header("x-access-token"), None);
    }
}

#[tokio::test]
async fn an_unknown_realm_is_malformed() {
    let answer = Plaza::open().sign_in("moon", "wyc2002", PASSWORD).await;
    assert_eq!(answer.whole(), (400, r#"{"code":"invalid_parameter","message":"用户群不正确"}"#.to_owned()));
}

#[tokio::test]
async fn signing_out_is_204_and_the_token_opens_nothing_afterwards() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let other = plaza.log_in("wyc2002", PASSWORD).await.token();
    let answer = plaza.log_out(&driver.token).await;
    assert_eq!(answer.whole(), (204, String::new()));
    assert_eq!(answer.header("content-type"), None);
    assert_eq!(plaza.detail(&driver.token).await.status, 401);
    let again = plaza.log_out(&driver.token).await;
    assert_eq!(again.whole(), (401, r#"{"code":"unauthorized","message":"未登录或登录已失效"}"#.to_owned()));
    assert_eq!(plaza.detail(&other).await.status, 200, "other sessions go on");
}

#[tokio::test]
async fn a_member_of_staff_signs_out_too() {
    let plaza = with_admin().await;
    let signed_in = plaza.sign_in("platform", "root-admin", ADMIN_PASSWORD).await;
    let token = plaza.finish("root-admin", ADMIN_PASSWORD, &signed_in).await;
    let foreign = plaza.detail(&token).await;
    assert_eq!(foreign.whole(), (403, r#"{"code":-1,"msg":"没有权限"}"#.to_owned()), "alive, and of another realm");
    assert_eq!(plaza.log_out(&token).await.status, 204);
    assert_eq!(plaza.detail(&token).await.status, 401, "ended in every realm");
}

#[tokio::test]
async fn a_token_in_the_query_ends_no_session() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    for parameter in ["token", "access_token"] {
        let request = post(&format!("/auth/logout?{parameter}={}", driver.token));
        assert_eq!(plaza.session(request).await.status, 401);
    }
    assert_eq!(plaza.detail(&driver.token).await.status, 200);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_plainly() {
    let plaza = Plaza::open();
    for target in ["/", "/auth", "/auth/", "/auth/token/", "/somewhere/else", "/u"] {
        let whole = (404, r#"{"code":"not_found","message":"接口不存在"}"#.to_owned());
        assert_eq!(plaza.session(get(target)).await.whole(), whole, "{target}");
    }
    let answer = plaza.session(get("/auth/token")).await;
    assert_eq!(answer.whole(), (405, r#"{"code":"method_not_allowed","message":"请求方法不支持"}"#.to_owned()));
    assert_eq!(answer.header("allow"), Some("POST"));
}
