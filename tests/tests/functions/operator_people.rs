//! People and the audit trail: staff with roles, accounts locked and signed out, and what the trail says of it.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    capacity::bill,
    database::AUDIT,
    plaza::{PASSWORD, Plaza},
    request::{Request, get, post},
    staff::FIRST,
};

struct Desk {
    plaza: Plaza,
    admin: String,
}

impl Desk {
    fn open() -> Self {
        let plaza = Plaza::open();
        Self { admin: plaza.token_of(Role::Admin), plaza }
    }

    async fn send(&self, method: Method, target: &str, body: Option<Value>) -> Answer {
        let request = Request::new(method, &format!("/operator/{target}")).bearer(&self.admin);
        self.plaza.operator(body.iter().fold(request, Request::json)).await
    }

    async fn appoint(&self, name: &str, role: &str, shops: &str) -> Value {
        let body = json!({"username": name, "password": FIRST, "role": role, "shops": shops});
        let answer = self.send(Method::POST, "people", Some(body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.plaza.confirm_all().await;
        let mut made = answer.json();
        made["proposed"].take();
        made
    }

    async fn lock(&self, whom: &str, locked: bool) -> Answer {
        self.send(Method::PUT, &format!("people/{whom}/lock"), Some(json!({"locked": locked, "reason": "test"}))).await
    }

    async fn get(&self, target: &str) -> Value {
        let answer = self.send(Method::GET, target, None).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    fn actions(&self) -> Vec<String> {
        let mut actions: Vec<_> =
            self.plaza.database.items(AUDIT).iter().map(|it| it["action"]["S"].as_str().unwrap().to_owned()).collect();
        actions.sort();
        actions
    }
}

fn code(answer: &Answer) -> (u16, Value) {
    (answer.status.as_u16(), answer.json()["code"].clone())
}

#[tokio::test]
async fn staff_sign_in_with_the_password_that_they_were_given() {
    let desk = Desk::open();
    let made = desk.appoint("Li-Manager", "shop-manager", "s2, s1,s2").await;
    assert_eq!(
        (&made["realm"], &made["role"], &made["shops"]),
        (&json!("shop"), &json!("shop-manager"), &json!(["s1", "s2"]))
    );
    let auditor = desk.appoint("wang", "auditor", "").await;
    let token = desk.plaza.finished("wang", Role::Auditor).await;
    let report = get("/operator/stations").bearer(&token);
    assert_eq!(desk.plaza.operator(report).await.status, 200, "an auditor reads");
    desk.plaza.finished("li-manager", Role::ShopManager).await;
    let again = json!({"username": "LI-manager", "password": FIRST, "role": "shop-staff", "shops": "s1"});
    assert_eq!(code(&desk.send(Method::POST, "people", Some(again)).await), (409, json!("username_taken")));
    let listed = desk.get("people?realm=shop").await;
    assert_eq!(listed["people"], json!([made]));
    assert_eq!(desk.get("people?realm=platform").await["people"], json!([auditor]));
    let found = desk.get("people?realm=shop&username=LI-MANAGER").await;
    assert_eq!((&found["account_id"], &found["live_sessions"]), (&made["account_id"], &json!(1)));
}

#[tokio::test]
async fn weak_passwords_odd_roles_and_odd_shops_are_refused() {
    let desk = Desk::open();
    for (change, refusal) in [
        (json!({"password": "12345678"}), "weak_password"),
        (json!({"password": "li-manager1"}), "weak_password"),
        (json!({"role": "driver"}), "invalid_parameter"),
        (json!({"role": "cloud-admin"}), "invalid_parameter"),
        (json!({"shops": ""}), "invalid_parameter"),
        (json!({"shops": "s#1"}), "invalid_parameter"),
        (json!({"role": "auditor"}), "invalid_parameter"),
        (json!({"username": "x"}), "invalid_parameter"),
    ] {
        let mut body = json!({"username": "li-manager", "password": FIRST, "role": "shop-staff", "shops": "s1"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(code(&desk.send(Method::POST, "people", Some(body)).await), (400, json!(refusal)), "{change}");
    }
    assert!(desk.plaza.database.under("STAFF#").is_empty() && desk.actions().is_empty());
}

/// A request with server-owned names changes only the fields of the form.
#[tokio::test]
async fn nothing_but_the_form_is_written() {
    let desk = Desk::open();
    let body = json!({"username": "li", "password": FIRST, "role": "shop-staff", "shops": "s1", "account": "me",
        "enabled": false, "live": {"x": 1}, "created_at": "1999-01-01T00:00:00Z", "pk": "x", "hash": "y"});
    let made = desk.send(Method::POST, "people", Some(body)).await.json();
    let id = made["account_id"].as_str().unwrap();
    assert_ne!(id, "me");
    let record = desk.plaza.database.item(&format!("ACCOUNT#shop#{id}"), "SESSIONS").unwrap();
    assert_eq!((&record["enabled"]["BOOL"], &record["live"]), (&json!(true), &json!({"M": {}})));
}

#[tokio::test]
async fn another_role_counts_from_the_next_request_on() {
    let desk = Desk::open();
    let auditor = desk.appoint("wang", "auditor", "").await;
    let token = desk.plaza.finished("wang", Role::Auditor).await;
    let whom = format!("people/platform/{}", auditor["account_id"].as_str().unwrap());
    let people = || desk.plaza.operator(get("/operator/people?realm=platform").bearer(&token));
    assert_eq!(people().await.status, 403);
    for _ in 0..2 {
        let changed = desk.send(Method::PUT, &whom, Some(json!({"role": "admin"}))).await;
        assert_eq!((changed.status.as_u16(), &changed.json()["proposed"]["role"]), (200, &json!("admin")));
    }
    assert_eq!(people().await.status, 403, "not confirmed yet");
    desk.plaza.confirm_all().await;
    assert_eq!(people().await.status, 200);
    let proposed = desk.actions().into_iter().filter(|action| action == "role-proposed").count();
    assert_eq!(proposed, 1, "once, although it was said twice");
    for role in ["shop-staff", "driver", ""] {
        assert_eq!(desk.send(Method::PUT, &whom, Some(json!({"role": role, "shops": "s1"}))).await.status, 400);
    }
    let unknown = desk.send(Method::PUT, "people/platform/unknown", Some(json!({"role": "admin"}))).await;
    assert_eq!(code(&unknown), (404, json!("not_found")));
}

#[tokio::test]
async fn a_locked_account_is_out_at_once_and_in_again_when_it_is_unlocked() {
    let desk = Desk::open();
    let driver = desk.plaza.driver("wyc2002").await;
    let whom = format!("ev/{}", driver.id);
    for _ in 0..2 {
        let locked = desk.lock(&whom, true).await;
        assert_eq!((locked.status.as_u16(), &locked.json()["locked"]), (200, &json!(true)));
    }
    assert_eq!(desk.plaza.detail(&driver.token).await.status, 401);
    assert_ne!(desk.plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    assert_eq!(desk.lock(&whom, false).await.json()["locked"], false);
    assert_eq!(desk.plaza.detail(&driver.token).await.status, 401, "old sessions stay ended");
    assert_eq!(desk.plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    let entries = desk.actions();
    for action in ["account-locked", "account-unlocked"] {
        assert_eq!(entries.iter().filter(|it| *it == action).count(), 1, "{action}");
    }
    assert_eq!(desk.lock("ev/12345", true).await.status, 404);
    assert_eq!(desk.lock("ev/a%20b", true).await.status, 404);
}

#[tokio::test]
async fn signing_out_ends_all_sessions_and_locks_no_account() {
    let desk = Desk::open();
    let driver = desk.plaza.driver("wyc2002").await;
    let other = desk.plaza.log_in("wyc2002", PASSWORD).await.token();
    let target = format!("people/ev/{}/sessions", driver.id);
    for _ in 0..2 {
        assert_eq!(desk.send(Method::DELETE, &target, None).await.status, 204);
    }
    for token in [&driver.token, &other] {
        assert_eq!(desk.plaza.detail(token).await.status, 401);
    }
    assert_eq!(desk.plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    assert_eq!(desk.actions().iter().filter(|it| *it == "signed-out-by-operator").count(), 1);
}

#[tokio::test]
async fn administrators_cannot_lock_themselves_or_each_other() {
    let desk = Desk::open();
    let second = desk.appoint("second", "admin", "").await["account_id"].as_str().unwrap().to_owned();
    let token = desk.plaza.finished("second", Role::Admin).await;
    let himself = Request::new(Method::PUT, &format!("/operator/people/platform/{second}/lock"));
    let answer = desk.plaza.operator(himself.bearer(&token).json(&json!({"locked": true}))).await;
    assert_eq!(code(&answer), (409, json!("last_admin")));

    let third = desk.appoint("third", "admin", "").await["account_id"].as_str().unwrap().to_owned();
    let other = desk.plaza.finished("third", Role::Admin).await;
    let lock = |whom: &str, by: &str| {
        let request = Request::new(Method::PUT, &format!("/operator/people/platform/{whom}/lock"));
        desk.plaza.operator(request.bearer(by).json(&json!({"locked": true})))
    };
    let (one, two) = futures_util::future::join(lock(&third, &token), lock(&second, &other)).await;
    let done = [&one, &two].into_iter().filter(|answer| answer.status == 200).count();
    assert!(done <= 1, "{} {}", one.text(), two.text());
    let enabled = [&second, &third].into_iter().filter(|id| {
        desk.plaza.database.item(&format!("ACCOUNT#platform#{id}"), "SESSIONS").unwrap()["enabled"]["BOOL"] == true
    });
    assert!(enabled.count() >= 1);
}

#[tokio::test]
async fn the_trail_is_read_by_subject_and_time_page_by_page() {
    let desk = Desk::open();
    let driver = desk.plaza.driver("wyc2002").await;
    for _ in 0..5 {
        desk.plaza.watch.advance(SignedDuration::from_hours(1));
        desk.plaza.log_in("wyc2002", PASSWORD).await.token();
    }
    let subject = format!("audit?kind=ev&subject={}", driver.id);
    let all = desk.get(&subject).await;
    let actions: Vec<_> = all["entries"].as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["signed-in", "signed-in", "signed-in", "signed-in", "signed-in", "account-created"]);
    assert_eq!((&all["entries"][0]["actor"], &all["entries"][5]["role"]), (&json!(driver.id), &json!("driver")));
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("{subject}&limit=2{next}")).await;
        seen.extend(page["entries"].as_array().unwrap().clone());
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&before={}", cursor.replace('#', "%23"));
    }
    assert_eq!(Value::from(seen), all["entries"]);
    // It is 08:30:05 in Shanghai when the driver registers.
    let some = desk.get(&format!("{subject}&from=2026-06-01T09:00:00%2B08:00&to=2026-06-01T11:00:00%2B08:00")).await;
    assert_eq!(some["entries"].as_array().unwrap().len(), 2);
    for odd in ["audit", "audit?kind=ev", "audit?kind=e%20v&subject=1", "audit?kind=ev&subject=1&from=today"] {
        assert_eq!(desk.send(Method::GET, odd, None).await.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn shops_are_made_and_belong_to_groups() {
    let desk = Desk::open();
    let shop = |group: Option<&str>| json!({"name": "一号店", "group": group, "signin_points": 5});
    let early = desk.send(Method::PUT, "shops/s1", Some(shop(Some("east")))).await;
    assert_eq!(code(&early), (404, json!("not_found")), "there is no such group yet");
    assert_eq!(desk.send(Method::PUT, "shop-groups/east", Some(json!({"name": "华东"}))).await.status, 204);
    for _ in 0..2 {
        assert_eq!(desk.send(Method::PUT, "shops/s1", Some(shop(Some("east")))).await.status, 200);
    }
    let made = json!({"shop_id": "s1", "name": "一号店", "group": "east", "signin_points": 5});
    assert_eq!(desk.get("shops/s1").await, made);
    assert_eq!(desk.get("shop-groups/east").await, json!({"group_id": "east", "name": "华东", "shops": ["s1"]}));
    assert_eq!(desk.send(Method::PUT, "shops/s1", Some(shop(None))).await.status, 200);
    assert_eq!(desk.get("shop-groups/east").await["shops"], json!([]));
    for (target, body) in [
        ("shops/s1", json!({})),
        ("shops/s1", json!({"name": "x", "signin_points": -1})),
        ("shop-groups/east", json!({})),
    ] {
        assert_eq!(desk.send(Method::PUT, target, Some(body.clone())).await.status, 400, "{body}");
    }
    for missing in ["shops/s9", "shop-groups/west"] {
        assert_eq!(desk.send(Method::GET, missing, None).await.status, 404);
    }
}

#[tokio::test]
async fn what_people_and_the_trail_cost() {
    let desk = Desk::open();
    let driver = desk.plaza.driver("wyc2002").await;
    desk.plaza.database.take_calls();
    let cost = || bill(&desk.plaza.database.take_calls());
    let body = json!({"username": "wang", "password": FIRST, "role": "auditor"});
    desk.send(Method::POST, "people", Some(body)).await;
    assert_eq!(cost(), "GetItem 1 + TransactWriteItems 8");
    desk.get("people?realm=platform").await;
    assert_eq!(cost(), "GetItem 1 + Query 0.5");
    desk.get(&format!("people/ev/{}", driver.id)).await;
    assert_eq!(cost(), "GetItem 1 + GetItem 1");
    desk.lock(&format!("ev/{}", driver.id), true).await;
    assert_eq!(cost(), "GetItem 1 + GetItem 1 + TransactWriteItems 6");
    desk.get(&format!("audit?kind=ev&subject={}", driver.id)).await;
    assert_eq!(cost(), "GetItem 1 + Query 0.5");
}

#[tokio::test]
async fn only_admins_manage_people_and_read_the_trail() {
    let desk = Desk::open();
    let driver = desk.plaza.driver("wyc2002").await;
    let whom = format!("/operator/people/ev/{}", driver.id);
    for role in [Role::Auditor, Role::ShopManager, Role::ShopStaff] {
        let token = desk.plaza.token_of(role);
        for request in [
            get("/operator/people?realm=platform"),
            get("/operator/audit?kind=station&subject=S1"),
            get(&whom),
            post("/operator/people").json(&json!({"username": "x1", "password": FIRST, "role": "admin"})),
            Request::new(Method::PUT, &format!("{whom}/lock")).json(&json!({"locked": true})),
            Request::new(Method::DELETE, &format!("{whom}/sessions")),
        ] {
            let status = desk.plaza.operator(request.bearer(&token)).await.status.as_u16();
            assert_eq!(status, 403, "{role:?}");
        }
    }
    assert_eq!(desk.plaza.detail(&driver.token).await.status, 200);
}

#[tokio::test]
async fn a_member_that_is_sent_back_whole_passes_and_what_another_call_changes_is_refused_by_name() {
    let desk = Desk::open();
    let made = desk.appoint("li", "shop-staff", "s1").await;
    let target = format!("people/shop/{}", made["account_id"].as_str().unwrap());
    let mut body = desk.get(&target).await;
    body["role"] = json!("shop-manager");
    let changed = desk.send(Method::PUT, &target, Some(body)).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["role"]), (200, &json!("shop-manager")), "{}", changed.text());
    for (field, value) in [("account_id", json!("x")), ("realm", json!("platform")), ("locked", json!(true))] {
        let mut body = desk.get(&target).await;
        (body[field], body["role"]) = (value, json!("shop-staff"));
        let answer = desk.send(Method::PUT, &target, Some(body)).await;
        assert_eq!(code(&answer), (400, json!("invalid_parameter")), "{field}");
        assert!(answer.text().contains(field), "{}", answer.text());
    }
    assert_eq!(desk.get(&target).await["role"], "shop-manager");
}
