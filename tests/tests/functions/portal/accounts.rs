//! #47 to #51: login accounts.

use super::{refusal, refused};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    database::AUDIT,
    plaza::{Plaza, Settings},
    portal::{PHRASE, delete, put},
    request::{HOME, get, post},
};

async fn switch(plaza: &Plaza, token: &str, login_id: &str, verb: &str) -> Answer {
    let body = json!({ "account_id": login_id });
    plaza.cloud(put(&format!("/customer/accounts/{login_id}/{verb}")).bearer(token).json(&body)).await
}

async fn page(plaza: &Plaza, token: &str, query: &str) -> Value {
    let answer = plaza.cloud(get(&format!("/customer/accounts?{query}")).bearer(token)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn ids(page: &Value) -> Vec<&str> {
    page["accounts"].as_array().unwrap().iter().map(|account| account["login_id"].as_str().unwrap()).collect()
}

fn actions(plaza: &Plaza) -> Vec<String> {
    let trail = plaza.database.items(AUDIT);
    trail.iter().map(|entry| entry["action"]["S"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_is_the_documents() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = json!({"login_id": "test@51idc.com", "passwd": PHRASE, "account_type": "sub", "contact_name": "小李"});
    let made = plaza.cloud(post("/v2/zone/ac1/customer/accounts").bearer(&admin).json(&sub)).await;
    assert_eq!(made.whole(), (200, r#"{"login_id":"test@51idc.com"}"#.to_owned()));
    plaza.watch.advance(SignedDuration::from_millis(61_500));
    plaza.portal_sign_in("TEST@51idc.com").await.token();

    let listed = plaza.cloud(get("/v2/zone/ac1/customer/accounts").bearer(&admin)).await;
    let expected = concat!(
        r#"{"accounts":[{"login_id":"51idc","account_type":"admin","contact_name":"","last_logintime":"","#,
        r#""last_loginip":"","status":"ACTIVITY"},{"login_id":"test@51idc.com","account_type":"sub","#,
        r#""contact_name":"小李","last_logintime":"2026-06-01T00:31:06Z","last_loginip":"203.0.113.9","#,
        r#""status":"ACTIVITY"}],"total_count":2}"#
    );
    assert_eq!(listed.whole(), (200, expected.to_owned()));
    assert_eq!(HOME, "203.0.113.9");
}

#[tokio::test]
async fn the_list_is_filtered_counted_and_cut() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    for n in 0..12 {
        plaza.make_account(&admin, &format!("Sub-{n:02}@51idc.com"), "sub").await;
    }
    switch(&plaza, &admin, "Sub-03@51idc.com", "disabled").await;

    let first = page(&plaza, &admin, "").await;
    assert_eq!((ids(&first).len(), &first["total_count"]), (10, &json!(13)), "ten unless it says otherwise");
    let rest = page(&plaza, &admin, "offset=10&limit=100").await;
    assert_eq!(ids(&rest), ["Sub-09@51idc.com", "Sub-10@51idc.com", "Sub-11@51idc.com"]);
    let fuzzy = page(&plaza, &admin, "login_id=UB-0&limit=2&offset=1").await;
    assert_eq!((ids(&fuzzy), &fuzzy["total_count"]), (vec!["Sub-01@51idc.com", "Sub-02@51idc.com"], &json!(10)));
    let disabled = page(&plaza, &admin, "status=DISABLED").await;
    assert_eq!((ids(&disabled), &disabled["total_count"]), (vec!["Sub-03@51idc.com"], &json!(1)));
    assert_eq!(page(&plaza, &admin, "status=&login_id=").await["total_count"], 13, "empty is no filter");
    assert_eq!(page(&plaza, &admin, "status=ACTIVITY").await["total_count"], 12);
    assert_eq!(page(&plaza, &admin, "login_id=unknown").await, json!({"accounts": [], "total_count": 0}));
    assert_eq!(ids(&page(&plaza, &admin, "offset=9999999999").await), [""; 0]);
}

#[tokio::test]
async fn a_list_that_is_asked_for_wrongly_says_so() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    for query in ["limit=101", "limit=-1", "offset=-1", "limit=x", "offset=1.5", "status=ACTIVE"] {
        let answer = plaza.cloud(get(&format!("/customer/accounts?{query}")).bearer(&admin)).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{query}");
    }
}

#[tokio::test]
async fn an_account_is_made_of_good_parts_or_not_at_all() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let good = json!({"login_id": "new@51idc.com", "passwd": PHRASE, "account_type": "sub"});
    for (field, value, expected) in [
        ("login_id", "", refusal(400, "invalid_parameter")),
        ("login_id", "a,b", refusal(400, "invalid_parameter")),
        ("login_id", "51IDC", refusal(409, "username_taken")),
        ("passwd", "", refusal(400, "invalid_parameter")),
        ("passwd", "123abc", refusal(400, "weak_password")),
        ("passwd", "new@51idc.com1", refusal(400, "weak_password")),
        ("account_type", "owner", refusal(400, "invalid_parameter")),
        ("account_type", "", refusal(400, "invalid_parameter")),
    ] {
        let mut body = good.clone();
        body[field] = json!(value);
        let answer = plaza.cloud(post("/customer/accounts").bearer(&admin).json(&body)).await;
        assert_eq!(refused(&answer), expected, "{field} {value}");
    }
    assert_eq!(plaza.login_ids(&admin).await, ["51idc"]);
    // JSON as `curl --data` sends it.
    let form = post("/customer/accounts").bearer(&admin).body("application/x-www-form-urlencoded", good.to_string());
    assert_eq!(plaza.cloud(form).await.status, 200);
}

#[tokio::test]
async fn a_setting_lets_the_documents_own_password_in() {
    let plaza = Plaza::with(Settings::default().with("CLOUD_PASSWORD_MIN", 6));
    let admin = plaza.customer("51idc").await;
    let body = json!({"login_id": "test@51idc.com", "passwd": "123abc", "account_type": "admin"});
    assert_eq!(plaza.cloud(post("/customer/accounts").bearer(&admin).json(&body)).await.status, 200);
    assert_eq!(plaza.sign_in("cloud", "test@51idc.com", "123abc").await.status, 200);
}

#[tokio::test]
async fn nothing_that_is_the_servers_can_be_written_with_an_account() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let body = json!({"login_id": "test@51idc.com", "passwd": PHRASE, "account_type": "sub", "role": "cloud-admin",
        "status": "DISABLED", "account": "x", "last_login": "2020-01-01T00:00:00Z", "last_loginip": "9.9.9.9",
        "last_logintime": "x", "phone": "13800138000", "tenant": {"zone": "bj2"}, "enabled": false, "admins": 9,
        "created_at": "2020-01-01T00:00:00Z", "zone": "bj2", "customer": "x", "shops": ["s"]});
    assert_eq!(plaza.cloud(post("/customer/accounts").bearer(&admin).json(&body)).await.status, 200);
    let listed = page(&plaza, &admin, "login_id=test").await;
    let expected = json!({"login_id": "test@51idc.com", "account_type": "sub", "contact_name": "",
        "last_logintime": "", "last_loginip": "", "status": "ACTIVITY"});
    assert_eq!(listed["accounts"], json!([expected]));
    let token = plaza.portal_sign_in("test@51idc.com").await.token();
    assert_eq!(plaza.cloud(get("/customer/accounts").bearer(&token)).await.status, 403, "a sub all the same");
    let stored = json!(plaza.database.under("Z#")).to_string();
    assert!(!stored.contains("13800138000") && !stored.contains("9.9.9.9") && !stored.contains("2020-01-01"));
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_back_after_signing_in_again() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "test@51idc.com", "sub").await;
    let contacts = || plaza.cloud(get("/customer/contacts").bearer(&sub));
    assert_eq!(contacts().await.status, 200);

    let path = "/v2/zone/ac1/customer/accounts/test%4051idc.com/disabled";
    let body = json!({"account_id": "test@51idc.com", "reason": "离职"});
    let disabled = plaza.cloud(put(path).bearer(&admin).json(&body)).await;
    assert_eq!(disabled.whole(), (200, r#"{"account_id":"test@51idc.com","status":"DISABLED"}"#.to_owned()));
    assert_eq!(refused(&contacts().await), refusal(401, "unauthorized"));
    assert_eq!(plaza.portal_sign_in("test@51idc.com").await.status, 401);
    let kept = plaza.database.under("Z#").into_iter().find(|item| item["sk"]["S"] == "ACCOUNT#test@51idc.com").unwrap();
    assert_eq!(kept["reason"]["S"], "离职");

    let enabled = switch(&plaza, &admin, "test@51idc.com", "undisabled").await;
    assert_eq!(enabled.whole(), (200, r#"{"account_id":"test@51idc.com","status":"ACTIVITY"}"#.to_owned()));
    assert_eq!(contacts().await.status, 401, "the old session stays ended");
    assert_eq!(plaza.portal_sign_in("test@51idc.com").await.status, 200);
}

#[tokio::test]
async fn the_same_switch_twice_is_one_change() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "two@51idc.com", "admin").await;
    for verb in ["disabled", "disabled", "undisabled", "undisabled", "disabled"] {
        assert_eq!(switch(&plaza, &admin, "two@51idc.com", verb).await.status, 200);
    }
    let expected =
        ["account-created", "account-created", "account-disabled", "account-enabled", "account-disabled"].to_vec();
    let (mut found, mut expected) = (actions(&plaza), expected);
    found.sort();
    expected.sort_unstable();
    assert_eq!(found, expected);
    // The count of admins is still right: one is left, who cannot go.
    switch(&plaza, &admin, "two@51idc.com", "undisabled").await;
    let two = plaza.portal_sign_in("two@51idc.com").await.token();
    assert_eq!(switch(&plaza, &two, "51idc", "disabled").await.status, 200);
    assert_eq!(refused(&switch(&plaza, &two, "two@51idc.com", "disabled").await), refusal(409, "last_admin"));
}

#[tokio::test]
async fn a_body_that_names_another_account_than_the_path_is_refused() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "test@51idc.com", "sub").await;
    let path = "/customer/accounts/test@51idc.com/disabled";
    let answer = plaza.cloud(put(path).bearer(&admin).json(&json!({"account_id": "51idc"}))).await;
    assert_eq!(refused(&answer), refusal(400, "invalid_parameter"));
    let long = json!({"reason": "长".repeat(201)});
    assert_eq!(refused(&plaza.cloud(put(path).bearer(&admin).json(&long)).await), refusal(400, "invalid_parameter"));
    assert_eq!(plaza.cloud(put(path).bearer(&admin)).await.status, 200, "a body is not needed");
}

#[tokio::test]
async fn an_admin_cannot_disable_or_delete_itself() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "two@51idc.com", "admin").await;
    plaza.make_account(&admin, "sub@51idc.com", "sub").await;
    assert_eq!(refused(&switch(&plaza, &admin, "51IDC", "disabled").await), refusal(409, "last_admin"));
    let path = "/customer/accounts/sub@51idc.com,51idc";
    assert_eq!(refused(&plaza.cloud(delete(path).bearer(&admin)).await), refusal(409, "last_admin"));
    assert_eq!(plaza.login_ids(&admin).await.len(), 3, "the whole request is refused");
}

#[tokio::test]
async fn accounts_are_deleted_in_bulk_and_those_that_are_not_there_are_no_mistake() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let other = plaza.customer("another").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    plaza.make_account(&admin, "two@51idc.com", "admin").await;

    let path = "/customer/accounts/two%4051idc.com,unknown,SUB@51idc.com,another,sub@51idc.com";
    let deleted = plaza.cloud(delete(path).bearer(&admin)).await;
    assert_eq!(deleted.whole(), (200, r#"{"account_ids":["two@51idc.com","sub@51idc.com"]}"#.to_owned()));
    assert_eq!(plaza.cloud(get("/customer/contacts").bearer(&sub)).await.status, 401, "its session is over");
    assert_eq!(plaza.portal_sign_in("sub@51idc.com").await.status, 401);
    assert_eq!(plaza.login_ids(&admin).await, ["51idc"]);
    assert_eq!(plaza.login_ids(&other).await, ["another"]);

    let again = plaza.cloud(delete("/customer/accounts?account_ids=sub@51idc.com").bearer(&admin)).await;
    assert_eq!(again.whole(), (200, r#"{"account_ids":[]}"#.to_owned()), "as the document's own answer");
    let placeholder = plaza.cloud(delete("/customer/accounts/:account_ids").bearer(&admin)).await;
    assert_eq!(placeholder.whole(), (200, r#"{"account_ids":[]}"#.to_owned()));
    // The name is free again, for anybody.
    assert_eq!(plaza.make_account(&other, "sub@51idc.com", "sub").await.status, 200);
    let deletions = actions(&plaza).iter().filter(|action| *action == "account-deleted").count();
    assert_eq!(deletions, 2);
}

#[tokio::test]
async fn ids_may_come_as_numbers_in_a_list_and_never_more_than_a_hundred() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    for login_id in ["1001", "1002", "1003"] {
        plaza.make_account(&admin, login_id, "sub").await;
    }
    let body = json!({"account_ids": [1001, "1002"]});
    let deleted = plaza.cloud(delete("/customer/accounts").bearer(&admin).json(&body)).await;
    assert_eq!(deleted.json(), json!({"account_ids": ["1001", "1002"]}));
    let many: Vec<_> = (0..101).map(|n| format!("sub-{n}")).collect();
    let path = format!("/customer/accounts/{}", many.join(","));
    assert_eq!(refused(&plaza.cloud(delete(&path).bearer(&admin)).await), refusal(400, "invalid_parameter"));
    let none = plaza.cloud(delete("/customer/accounts").bearer(&admin)).await;
    assert_eq!(refused(&none), refusal(400, "invalid_parameter"));
    let wrong =
        plaza.cloud(delete("/customer/accounts").bearer(&admin).json(&json!({"account_ids": [["1003"]]}))).await;
    assert_eq!(refused(&wrong), refusal(400, "invalid_parameter"));
}

#[tokio::test]
async fn a_hundred_accounts_go_at_once() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let names: Vec<_> = (0..100).map(|n| format!("sub-{n:03}")).collect();
    for (n, name) in names.iter().enumerate() {
        plaza.make_account(&admin, name, if n % 10 == 0 { "admin" } else { "sub" }).await;
    }
    let deleted = plaza.cloud(delete(&format!("/customer/accounts/{}", names.join(","))).bearer(&admin)).await;
    assert_eq!(deleted.json(), json!({ "account_ids": names }));
    assert_eq!(page(&plaza, &admin, "").await["total_count"], 1);
    assert_eq!(plaza.database.under("LOGIN#cloud#sub-").len(), 0);
    assert_eq!(plaza.database.under("ACCOUNT#cloud#").len(), 1);
}

#[tokio::test]
async fn a_customer_has_no_more_accounts_than_the_setting_says() {
    let plaza = Plaza::with(Settings::default().with("CLOUD_ACCOUNTS_PER_CUSTOMER", 3));
    let admin = plaza.customer("51idc").await;
    for login_id in ["one", "two"] {
        assert_eq!(plaza.make_account(&admin, login_id, "sub").await.status, 200);
    }
    let refusal_of_third = refused(&plaza.make_account(&admin, "three", "sub").await);
    assert_eq!(refusal_of_third, refusal(409, "limit_reached"));
    assert!(plaza.database.under("LOGIN#cloud#three").is_empty(), "nothing is left of it");
    plaza.cloud(delete("/customer/accounts/one").bearer(&admin)).await;
    assert_eq!(plaza.make_account(&admin, "three", "sub").await.status, 200, "there is room again");
}

#[tokio::test]
async fn anothers_account_is_an_account_that_does_not_exist() {
    let plaza = Plaza::open();
    let (admin, other) = (plaza.customer("51idc").await, plaza.customer("another").await);
    let sub = plaza.portal_account(&other, "sub@another.com", "sub").await;
    for verb in ["disabled", "undisabled"] {
        let foreign = plaza.cloud(put(&format!("/customer/accounts/sub@another.com/{verb}")).bearer(&admin)).await;
        let missing = plaza.cloud(put(&format!("/customer/accounts/sub@unknown.com/{verb}")).bearer(&admin)).await;
        assert_eq!(foreign.whole(), missing.whole());
        assert_eq!(refused(&foreign), refusal(404, "not_found"));
    }
    let deleted = plaza.cloud(delete("/customer/accounts/sub@another.com").bearer(&admin)).await;
    assert_eq!(deleted.json(), json!({"account_ids": []}));
    assert_eq!(plaza.cloud(get("/customer/contacts").bearer(&sub)).await.status, 200);
    assert_eq!(refused(&plaza.make_account(&admin, "sub@another.com", "sub").await), refusal(409, "username_taken"));
}

#[tokio::test]
async fn a_sub_account_manages_no_account() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    for request in [
        get("/customer/accounts"),
        post("/customer/accounts").json(&json!({"login_id": "x1", "passwd": PHRASE, "account_type": "admin"})),
        delete("/customer/accounts/51idc"),
        put("/customer/accounts/51idc/disabled"),
        put("/customer/accounts/sub@51idc.com/undisabled"),
    ] {
        assert_eq!(refused(&plaza.cloud(request.bearer(&sub)).await), refusal(403, "forbidden"));
    }
    assert_eq!(plaza.login_ids(&admin).await.len(), 2);
}
