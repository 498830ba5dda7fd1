//! Who is let in: zones as boundaries between tenants, and sign-in through `/auth/token`.

use super::{refusal, refused};
use serde_json::json;
use tests::{
    plaza::Plaza,
    portal::{PHRASE, put},
    request::{get, post},
};

#[tokio::test]
async fn a_session_of_one_zone_opens_nothing_in_another_and_is_not_ended_by_it() {
    let plaza = Plaza::open();
    let (here, there) = (plaza.customer("51idc").await, plaza.customer_in("bj2", "north").await);
    for path in ["/customer", "/customer/contacts", "/customer/accounts"] {
        let asked = |prefix: &str, token: &str| plaza.cloud(get(&format!("{prefix}{path}")).bearer(token));
        assert_eq!(asked("", &here).await.status, 200, "the default zone");
        assert_eq!(asked("/v2/zone/ac1", &here).await.status, 200);
        assert_eq!(asked("/v2/zone/AC1", &here).await.status, 200);
        assert_eq!(asked("/v2/zone/bj2", &there).await.status, 200);
        for (prefix, token) in [
            ("/v2/zone/bj2", &here),
            ("/v2/zone/ac1", &there),
            ("", &there),
            ("/v2/zone/sh3", &here),
            ("/v2/zone/%23", &here),
        ] {
            assert_eq!(refused(&asked(prefix, token).await), refusal(403, "forbidden"), "{prefix}{path}");
        }
    }
    let change = put("/v2/zone/bj2/customer").bearer(&here).json(&json!({"tel": "1"}));
    assert_eq!(plaza.cloud(change).await.status, 403);
}

#[tokio::test]
async fn every_key_of_a_customer_carries_its_zone() {
    let plaza = Plaza::open();
    let there = plaza.customer_in("bj2", "north").await;
    plaza.make_account(&there, "sub@north.com", "sub").await;
    assert!(plaza.database.under("Z#ac1#").is_empty());
    assert_eq!(plaza.database.under("Z#bj2#CUS#").len(), 3, "the customer, its account, the count of accounts");
}

#[tokio::test]
async fn accounts_sign_in_in_their_own_zone_and_the_default_is_one() {
    let plaza = Plaza::open();
    plaza.customer("51idc").await;
    plaza.customer_in("bj2", "north").await;
    let sign_in = |name: &'static str, zone: Option<&'static str>| {
        let mut body = json!({"realm": "cloud", "username": name, "password": PHRASE});
        if let Some(zone) = zone {
            body["zone"] = json!(zone);
        }
        plaza.session(post("/auth/token").json(&body))
    };
    for (name, zone) in [("51idc", None), ("51IDC", Some("ac1")), ("north", Some("bj2"))] {
        let answer = sign_in(name, zone).await;
        assert_eq!(answer.json()["expires_in"], 43_200, "{name} {zone:?}");
    }
    for (name, zone) in [("north", None), ("51idc", Some("bj2")), ("51idc", Some("sh3")), ("unknown", None)] {
        let whole = (401, r#"{"code":"wrong_credentials","message":"用户名或密码不正确"}"#.to_owned());
        assert_eq!(sign_in(name, zone).await.whole(), whole, "{name} {zone:?}");
    }
}

#[tokio::test]
async fn a_sign_in_is_kept_with_time_and_address_and_a_failed_one_is_not() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let seen = || async {
        let listed = plaza.cloud(get("/customer/accounts").bearer(&admin)).await.json();
        let of = |name: &str| listed["accounts"][0][name].as_str().unwrap().to_owned();
        (of("last_logintime"), of("last_loginip"))
    };
    assert_eq!(seen().await, (String::new(), String::new()));
    plaza.sign_in("cloud", "51idc", "a wrong phrase").await;
    assert_eq!(seen().await, (String::new(), String::new()));
    let body = json!({"realm": "cloud", "username": "51idc", "password": PHRASE});
    assert_eq!(plaza.session(post("/auth/token").from("2001:db8::7").json(&body)).await.status, 200);
    assert_eq!(seen().await, ("2026-06-01T00:30:05Z".to_owned(), "2001:db8::7".to_owned()));
}

#[tokio::test]
async fn tokens_of_other_realms_open_nothing_here() {
    let plaza = Plaza::open();
    plaza.customer("51idc").await;
    let driver = plaza.driver("wyc2002").await;
    let staff = plaza.token_of(shared::domain::account::Role::Admin);
    for token in [&driver.token, &staff] {
        assert_eq!(refused(&plaza.cloud(get("/customer").bearer(token)).await), refusal(403, "forbidden"));
    }
    assert_eq!(plaza.cloud(get("/customer")).await.status, 401);
    let in_query = plaza.portal_sign_in("51idc").await.token();
    assert_eq!(plaza.cloud(get(&format!("/customer?access_token={in_query}"))).await.status, 401);
}
