//! #39 to #41, #46, #52, #53: the customer's own record.

use super::{assert_empty, refusal, refused};
use jiff::SignedDuration;
use serde_json::json;
use shared::domain::account::Role;
use tests::{
    plaza::Plaza,
    portal::put,
    request::{get, post},
};

#[tokio::test]
async fn the_record_is_the_documents_without_what_is_unset() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let new = plaza.cloud(get("/v2/zone/ac1/customer").bearer(&admin)).await;
    let expected = r#"{"cus_name":"51idc","cus_type":"FIRM","tel":"021-9621312","mobile":"13300000000"}"#;
    assert_eq!(new.whole(), (200, expected.to_owned()));

    let change = json!({"tel": "021-45612", "address": "宝山", "postcode": "201900", "fax": "021-45612"});
    let form = put("/v2/zone/ac1/customer").bearer(&admin);
    assert_empty(&plaza.cloud(form.body("application/x-www-form-urlencoded", change.to_string())).await);
    let auth = json!({"post_field": "auth", "authorization": "121"});
    assert_empty(&plaza.cloud(put("/customer").bearer(&admin).json(&auth)).await);
    let changed = plaza.cloud(get("/customer").bearer(&admin)).await;
    let expected = concat!(
        r#"{"cus_name":"51idc","cus_type":"FIRM","tel":"021-45612","address":"宝山","postcode":"201900","#,
        r#""fax":"021-45612","mobile":"13300000000","authorization":"121"}"#
    );
    assert_eq!(changed.text(), expected);

    let cleared = json!({"tel": "", "address": ""});
    assert_empty(&plaza.cloud(put("/customer").bearer(&admin).json(&cleared)).await);
    let record = plaza.cloud(get("/customer").bearer(&admin)).await.json();
    assert!(record.get("tel").is_none() && record.get("address").is_none() && record["fax"] == "021-45612");
}

#[tokio::test]
async fn the_service_authorisation_code_is_for_admins_and_asks_to_be_named() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let silent = json!({"authorization": "121"});
    let unnamed = plaza.cloud(put("/customer").bearer(&admin).json(&silent)).await;
    assert_eq!(refused(&unnamed), refusal(400, "invalid_parameter"));
    assert!(unnamed.text().contains("authorization"), "{}", unnamed.text());
    assert!(plaza.cloud(get("/customer").bearer(&admin)).await.json().get("authorization").is_none());

    let named = json!({"post_field": "auth", "authorization": "121"});
    assert_empty(&plaza.cloud(put("/customer").bearer(&admin).json(&named)).await);
    assert_eq!(plaza.cloud(get("/customer").bearer(&admin)).await.json()["authorization"], "121");
    assert!(plaza.cloud(get("/customer").bearer(&sub)).await.json().get("authorization").is_none());

    plaza.watch.advance(SignedDuration::from_secs(601));
    let late = plaza.cloud(put("/customer").bearer(&admin).json(&named)).await;
    assert_eq!(refused(&late), refusal(403, "recent_sign_in_required"));
}

#[tokio::test]
async fn nothing_that_is_the_servers_can_be_written_with_the_record() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let before = plaza.cloud(get("/customer").bearer(&admin)).await.text().to_owned();
    for (field, value) in [("cus_name", "x"), ("cus_type", "SELF"), ("mobile", "13800138000"), ("authorization", "x")] {
        for path in ["/customer", "/customer/profession", "/customer/papers"] {
            let answer = plaza.cloud(put(path).bearer(&admin).json(&json!({ field: value }))).await;
            assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{path} {field}");
            assert!(answer.text().contains(field), "{}", answer.text());
        }
    }
    let body = json!({"version": 9, "manager": {"name": "x"}, "created_at": "x", "account_type": "admin", "zone": "bj2",
        "n": 1, "admins": 9});
    assert_empty(&plaza.cloud(put("/customer").bearer(&admin).json(&body)).await);
    assert_empty(&plaza.cloud(put("/customer/profession").bearer(&admin).json(&body)).await);
    assert_eq!(plaza.cloud(get("/customer").bearer(&admin)).await.text(), before);
    assert_eq!(plaza.cloud(get("/customer/accountmanager").bearer(&admin)).await.text(), "{}");
}

#[tokio::test]
async fn a_record_that_is_changed_wrongly_stays_as_it_is() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    for body in [
        json!({"post_field": "mobile"}),
        json!({"address": "长".repeat(201)}),
        json!({"tel": ["021"]}),
        json!({"postcode": "2019\u{0}00"}),
        json!({"postcode": "abc"}),
        json!({"postcode": "20190"}),
    ] {
        let answer = plaza.cloud(put("/customer").bearer(&admin).json(&body)).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{body}");
    }
    for website in ["51idc.com", "javascript:alert(1)", "ftp://51idc.com"] {
        let answer = plaza.cloud(put("/customer/profession").bearer(&admin).json(&json!({"website": website}))).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{website}");
    }
}

#[tokio::test]
async fn the_business_is_empty_until_somebody_says_it() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let empty = r#"{"industry_application":"","main_business":"","website":""}"#;
    let profession = |token: &str| plaza.cloud(get("/v2/zone/ac1/customer/profession").bearer(token));
    assert_eq!(profession(&sub).await.whole(), (200, empty.to_owned()));
    let change = json!({"industry_application": "游戏", "website": "http://www.51idc.com"});
    assert_empty(&plaza.cloud(put("/v2/zone/ac1/customer/profession").bearer(&admin).json(&change)).await);
    let said = r#"{"industry_application":"游戏","main_business":"","website":"http://www.51idc.com"}"#;
    assert_eq!(profession(&admin).await.text(), said);
    let document = json!({"industry_application": "", "main_business": "", "website": ""});
    assert_empty(&plaza.cloud(put("/customer/profession").bearer(&admin).json(&document)).await);
    assert_eq!(profession(&admin).await.text(), empty);
}

#[tokio::test]
async fn a_sub_account_reads_and_changes_nothing_of_it() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    for path in ["/customer", "/customer/profession", "/customer/accountmanager"] {
        assert_eq!(plaza.cloud(get(path).bearer(&sub)).await.status, 200, "{path}");
    }
    for path in ["/customer", "/customer/profession"] {
        let answer = plaza.cloud(put(path).bearer(&sub).json(&json!({"tel": "1", "website": ""}))).await;
        assert_eq!(refused(&answer), refusal(403, "forbidden"), "{path}");
    }
}

#[tokio::test]
async fn the_account_manager_is_whom_the_operator_names() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    assert_eq!(plaza.cloud(get("/customer/accountmanager").bearer(&admin)).await.whole(), (200, "{}".to_owned()));
    let operator = plaza.token_of(Role::Admin);
    let found = plaza.operator(get("/operator/customers?cus_name=51IDC").bearer(&operator)).await.json();
    let path = format!("/operator/customers/ac1/{}/manager", found["customer_id"].as_str().unwrap());
    let manager = json!({"name": "51idc", "mobile": "134123456", "email": "242200@test.com", "qq": "445646"});
    assert_eq!(plaza.operator(put(&path).bearer(&operator).json(&manager)).await.status, 200);
    let named = plaza.cloud(get("/v2/zone/ac1/customer/accountmanager").bearer(&admin)).await;
    let expected = r#"{"name":"51idc","mobile":"134123456","email":"242200@test.com","qq":"445646"}"#;
    assert_eq!(named.whole(), (200, expected.to_owned()));
}

#[tokio::test]
async fn a_name_is_available_under_both_paths_until_it_is_taken() {
    let plaza = Plaza::open();
    let paths = ["/v2/zone/ac1/customer/available?cus_name=", "/customer/available:customer_name?cus_name="];
    for path in paths {
        let free = plaza.cloud(get(&format!("{path}51idc"))).await;
        assert_eq!(free.whole(), (200, r#"{"available":{"cus_name":"51idc"}}"#.to_owned()));
    }
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "test@51idc.com", "sub").await;
    for (path, name) in [(paths[0], "51IDC"), (paths[1], "５１idc"), (paths[0], "test@51idc.com")] {
        let taken = plaza.cloud(get(&format!("{path}{name}"))).await;
        assert_eq!(taken.whole(), (200, r#"{"available":{}}"#.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn an_invalid_name_and_an_unknown_zone_are_refused_as_such() {
    let plaza = Plaza::open();
    for query in ["", "?cus_name=", "?cus_name=a%2Cb"] {
        let answer = plaza.cloud(get(&format!("/customer/available{query}"))).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{query}");
    }
    let unknown = plaza.cloud(get("/v2/zone/sh3/customer/available?cus_name=51idc")).await;
    assert_eq!(refused(&unknown), refusal(404, "not_found"));
}

#[tokio::test]
async fn an_address_asks_for_names_ten_times_a_minute() {
    let plaza = Plaza::open();
    let ask = |address: &'static str| plaza.cloud(get("/customer/available?cus_name=51idc").from(address));
    for _ in 0..10 {
        assert_eq!(ask("203.0.113.1").await.status, 200);
    }
    let eleventh = ask("203.0.113.1").await;
    assert_eq!(refused(&eleventh), refusal(429, "too_many_requests"));
    assert_eq!(eleventh.header("retry-after"), Some("55"));
    assert_eq!(ask("203.0.113.2").await.status, 200);
    plaza.watch.advance(SignedDuration::from_secs(55));
    assert_eq!(ask("203.0.113.1").await.status, 200);
}

#[tokio::test]
async fn the_name_stays_the_customers_when_its_first_account_is_gone() {
    let plaza = Plaza::open();
    let first = plaza.customer("51idc").await;
    let admin = plaza.portal_account(&first, "admin@51idc.com", "admin").await;
    let deleted = plaza.cloud(tests::portal::delete("/customer/accounts/51idc").bearer(&admin)).await;
    assert_eq!(deleted.json(), json!({"account_ids": ["51idc"]}));
    let asked = plaza.cloud(get("/customer/available?cus_name=51idc")).await;
    assert_eq!(asked.text(), r#"{"available":{}}"#);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_the_portals_way() {
    let plaza = Plaza::open();
    for path in ["/customer/nothing", "/v2/zone/ac1/nothing", "/v2/zone/ac1/customer/", "/v2/zone"] {
        assert_eq!(refused(&plaza.cloud(get(path)).await), refusal(404, "not_found"), "{path}");
    }
    let wrong = plaza.cloud(post("/v2/zone/ac1/customer")).await;
    assert_eq!(refused(&wrong), refusal(405, "method_not_allowed"));
    assert_eq!(wrong.header("allow"), Some("GET, PUT"));
}
