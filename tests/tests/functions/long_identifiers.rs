//! What becomes a key has a bound: an identifier of 2 kB is answered in the document's own words, and so is a period of the
//! trail that ends before it begins.

use http::Method;
use serde_json::json;
use shared::domain::account::Role;
use tests::{
    plaza::{PASSWORD, Plaza},
    request::{Request, get, post},
};

#[tokio::test]
async fn an_identifier_of_two_kilobytes_is_unknown() {
    let plaza = Plaza::open();
    for long in ["x".repeat(2048), "车".repeat(2048)] {
        let form = json!({"username": long, "oldPS": "old phrase 7", "newPS": "another phrase 7"});
        let answer = plaza.mall_dealer(post("/user/dealer/reset").json(&form)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errCode"]), (200, &json!(2017)), "{}", answer.text());
        for realm in ["ev", "mall-dealer", "cloud", "shop", "platform"] {
            assert_eq!(plaza.sign_in(realm, &long, PASSWORD).await.status, 401, "{realm}");
        }
        assert_eq!(plaza.log_in(&long, PASSWORD).await.json()["code"], -1);
    }
    let driver = plaza.driver("wyc2002").await;
    for request in [
        get(&format!("/customer/customers/{}", "1".repeat(2048))),
        Request::new(Method::DELETE, &format!("/customer/customers/{}", "x".repeat(2048))),
    ] {
        let status = plaza.ev_customer(request.bearer(&driver.token)).await.status.as_u16();
        assert!((400..500).contains(&status), "{status}");
    }
}

#[tokio::test]
async fn a_period_of_the_trail_that_ends_before_it_begins_is_refused() {
    let plaza = Plaza::open();
    let admin = plaza.token_of(Role::Admin);
    let ask = async |query: &str| {
        let request = get(&format!("/operator/audit?kind=station&subject=S1&{query}")).bearer(&admin);
        plaza.operator(request).await.status.as_u16()
    };
    let (early, late) = ("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
    assert_eq!(ask(&format!("from={early}&to={late}")).await, 200);
    assert_eq!(ask(&format!("from={late}&to={early}")).await, 400);
    assert_eq!(ask("before=0").await, 400);
    assert_eq!(ask(&format!("from={late}&before=001780000000000%23r-0")).await, 400, "older than the period");
}
