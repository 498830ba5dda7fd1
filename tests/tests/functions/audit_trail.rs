//! What the audit trail keeps: one entry for each thing it covers, written together with it, and no secret in any.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use shared::{domain::account::Role, outside::random::Random};
use tests::{
    database::{AUDIT, Fate},
    plaza::{PASSWORD, Plaza, Settings},
    request::{HOME, Request, post},
};

const STAFF_PASSWORD: &str = "a long phrase for staff";

/// The entries since the last look, oldest first.
struct Trail<'p> {
    plaza: &'p Plaza,
    seen: Vec<Value>,
}

impl<'p> Trail<'p> {
    fn of(plaza: &'p Plaza) -> Self {
        Self { plaza, seen: plaza.database.items(AUDIT) }
    }

    fn new_entries(&mut self) -> Vec<Value> {
        let all = self.plaza.database.items(AUDIT);
        let new = all.iter().filter(|entry| !self.seen.contains(entry)).cloned().collect();
        self.seen = all;
        new
    }

    fn one(&mut self) -> Value {
        let new = self.new_entries();
        assert_eq!(new.len(), 1, "{new:?}");
        new[0].clone()
    }
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name]["S"].as_str().unwrap_or_default()
}

fn appointment(name: &str) -> first_admin::Appointment {
    serde_json::from_value(json!({"username": name, "password": STAFF_PASSWORD})).unwrap()
}

#[tokio::test]
async fn a_registration_leaves_one_entry() {
    let plaza = Plaza::open();
    let mut trail = Trail::of(&plaza);
    let driver = plaza.driver("wyc2002").await;
    let entry = trail.one();
    assert_eq!(text(&entry, "pk"), format!("SUBJECT#ev#{}", driver.id));
    assert!(text(&entry, "sk").starts_with("001780273805000#"), "by time: {entry}");
    assert_eq!(text(&entry, "action"), "account-created");
    assert_eq!((text(&entry, "subject"), text(&entry, "actor")), (driver.id.as_str(), driver.id.as_str()));
    assert_eq!((text(&entry, "realm"), text(&entry, "role")), ("ev", "driver"));
    assert_eq!((text(&entry, "address"), text(&entry, "request")), (HOME, "gateway-request"));
    assert_eq!(text(&entry, "at"), "2026-06-01T00:30:05Z");
}

#[tokio::test]
async fn a_sign_in_leaves_one_entry_through_either_door() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let mut trail = Trail::of(&plaza);
    plaza.log_in("wyc2002", PASSWORD).await.token();
    let by_app = trail.one();
    plaza.sign_in("ev", "wyc2002", PASSWORD).await.token();
    for entry in [by_app, trail.one()] {
        assert_eq!((text(&entry, "action"), text(&entry, "actor")), ("signed-in", driver.id.as_str()));
    }
}

#[tokio::test]
async fn a_failed_sign_in_leaves_one_entry_under_its_account_or_under_unknown() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let mut trail = Trail::of(&plaza);
    for (name, subject) in [("wyc2002", driver.id.as_str()), ("unknown", "")] {
        plaza.log_in(name, "123456wyd").await;
        let entry = trail.one();
        assert_eq!((text(&entry, "action"), text(&entry, "subject")), ("sign-in-failed", subject));
        assert_eq!((text(&entry, "actor"), text(&entry, "address")), ("", HOME), "the caller is unproven");
    }
    plaza.log_in("wyc2002", &"x1".repeat(100)).await;
    assert_eq!(text(&trail.one(), "action"), "sign-in-failed");
}

#[tokio::test]
async fn the_right_password_of_a_disabled_account_is_a_failed_sign_in() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let mut item = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "SESSIONS").unwrap();
    item["enabled"] = json!({"BOOL": false});
    plaza.database.put(&item);
    let mut trail = Trail::of(&plaza);
    plaza.log_in("wyc2002", PASSWORD).await;
    assert_eq!(text(&trail.one(), "action"), "sign-in-failed");
}

#[tokio::test]
async fn what_was_refused_before_anything_was_looked_at_leaves_nothing() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for _ in 0..5 {
        plaza.log_in("wyc2002", "123456wyd").await;
    }
    let mut trail = Trail::of(&plaza);
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.status, 429);
    let taken = [("username", "WYC2002"), ("password", PASSWORD), ("email", "w@163.com")];
    plaza.ev_account(post("/u/register").form(&taken)).await;
    plaza.ev_account(post("/u/register")).await;
    assert_eq!(trail.new_entries(), Vec::<Value>::new());
}

#[tokio::test]
async fn the_first_administrator_leaves_one_entry_and_signs_in() {
    let plaza = Plaza::open();
    let mut trail = Trail::of(&plaza);
    let appointed = plaza.first_admin.appoint(appointment("root-admin"), "request".into()).await.unwrap();
    let entry = trail.one();
    assert_eq!(text(&entry, "pk"), format!("SUBJECT#platform#{}", appointed.account));
    assert_eq!((text(&entry, "action"), text(&entry, "role")), ("account-created", "admin"));
    assert_eq!((text(&entry, "actor"), text(&entry, "request")), ("", "request"));
    assert_eq!(plaza.sign_in("platform", "Root-Admin", STAFF_PASSWORD).await.status, 200);
}

#[tokio::test]
async fn there_is_a_first_administrator_only_once() {
    let plaza = Plaza::open();
    plaza.first_admin.appoint(appointment("root-admin"), "request".into()).await.unwrap();
    let mut trail = Trail::of(&plaza);
    for name in ["root-admin", "another-admin"] {
        let refused = plaza.first_admin.appoint(appointment(name), "request".into()).await.unwrap_err();
        assert_eq!(refused.to_string(), "the first administrator exists already");
    }
    assert_eq!(plaza.database.under("LOGIN#platform#").len(), 1);
    assert_eq!(trail.new_entries(), Vec::<Value>::new());
}

#[tokio::test]
async fn of_several_first_administrators_at_once_one_is_appointed() {
    let plaza = Plaza::open();
    let names: Vec<_> = (0..5).map(|n| format!("admin-{n}")).collect();
    let calls = names.iter().map(|name| plaza.first_admin.appoint(appointment(name), "request".into()));
    let appointed = join_all(calls).await.into_iter().flatten().count();
    assert_eq!(appointed, 1);
    assert_eq!(plaza.database.under("LOGIN#platform#").len(), 1);
    assert_eq!(plaza.database.items(AUDIT).len(), 1);
}

#[tokio::test]
async fn a_weak_password_makes_no_administrator() {
    let plaza = Plaza::open();
    let weak = serde_json::from_value(json!({"username": "root-admin", "password": "root-admin1"})).unwrap();
    plaza.first_admin.appoint(weak, "request".into()).await.unwrap_err();
    assert!(plaza.database.under("PLATFORM").is_empty());
}

#[tokio::test]
async fn no_entry_holds_a_secret_or_what_identifies_a_person() {
    let plaza = Plaza::open();
    let fields = [("username", "wyc2002"), ("password", PASSWORD), ("email", "wengyuechuan@163.com")];
    let fields = [fields.as_slice(), &[("license_plate", "皖A12345")]].concat();
    let token = plaza.ev_account(post("/u/register").form(&fields)).await.token();
    plaza.log_in("wyc2002", PASSWORD).await.token();
    plaza.log_in("wyc2002", "123456wyd").await;
    plaza.log_in("13912345678", "123456wyd").await;
    plaza.log_out(&token).await;
    let trail = json!(plaza.database.items(AUDIT)).to_string();
    for secret in [PASSWORD, "123456wyd", "wyc2002", "wengyuechuan", "皖A12345", "13912345678", "eyJ", "$argon2"] {
        assert!(!trail.contains(secret), "{secret}: {trail}");
    }
}

/// Ids of entries are drawn; a source of chance that always draws the same makes two entries meet in one place.
#[tokio::test]
async fn an_entry_is_never_written_over() {
    let random = Random::from_fn(|bytes| bytes.fill(7));
    let plaza = Plaza::with(Settings { random, ..Settings::default() });
    let failing = |address: &str| {
        let fields = [("username", "unknown"), ("password", "not the password")];
        plaza.ev_account(post("/u/login").form(&fields).from(address))
    };
    failing("203.0.113.9").await;
    let before = plaza.database.items(AUDIT);
    assert_eq!(before.len(), 1);
    failing("203.0.113.10").await;
    assert_eq!(plaza.database.items(AUDIT), before);
}

/// The answer to the first try is lost, and the second one finds the entry of the first.
#[tokio::test]
async fn an_entry_whose_answer_is_lost_is_written_once_and_is_no_failure() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let mut trail = Trail::of(&plaza);
    let lost = std::sync::atomic::AtomicBool::new(false);
    plaza.database.follow(move |call| {
        let is_entry = call.body["TableName"] == AUDIT;
        let is_first = is_entry && !lost.swap(true, std::sync::atomic::Ordering::Relaxed);
        if is_first { Fate::LoseAnswer } else { Fate::Apply }
    });
    assert_eq!(plaza.log_in(&driver.name, "not the password").await.status, 200);
    assert_eq!(text(&trail.one(), "action"), "sign-in-failed");
    let tries = plaza.database.take_calls().into_iter().filter(|call| call.body["TableName"] == AUDIT).count();
    assert_eq!(tries, 2);
}

/// What another person changes of a driver's data leaves the names of the fields, and none of their values.
#[tokio::test]
async fn an_administrators_change_of_a_drivers_data_names_the_fields() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let change = |token: &str, body: &Value| {
        let path = format!("/customer/customers/{}", driver.id);
        plaza.ev_customer(Request::new(Method::PUT, &path).bearer(token).json(body))
    };
    let admin = plaza.token_of(Role::Admin);
    let mut trail = Trail::of(&plaza);
    let body = json!({"realName": "王小明", "email": "other@163.com", "nickname": ""});
    assert!(change(&admin, &body).await.succeeded());
    let entry = trail.one();
    assert_eq!(text(&entry, "pk"), format!("SUBJECT#ev#{}", driver.id));
    assert_eq!((text(&entry, "action"), text(&entry, "role")), ("profile-changed", "admin"));
    assert_eq!(text(&entry, "change"), "real_name, email");
    assert!(!entry.to_string().contains("王小明") && !entry.to_string().contains("other@163.com"));

    assert!(change(&admin, &body).await.succeeded());
    assert!(change(&driver.token, &json!({"nickname": "小明"})).await.succeeded());
    assert_eq!(trail.new_entries(), Vec::<Value>::new(), "nothing changed, and a driver's own change");
}

#[tokio::test]
async fn a_change_of_a_shop_record_names_the_fields() {
    let plaza = Plaza::open();
    plaza.shop("S1", None).await;
    let staff = plaza.staff_of(Role::ShopStaff, &["S1"]);
    let made = json!({"shopId": "S1", "name": "王小明", "gender": "male", "mobile": "13912345678"});
    let made = plaza.shop_customer(post("/customer/v1/customer").bearer(&staff).json(&made)).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let mut trail = Trail::of(&plaza);
    let edit = |body: &Value| {
        let path = format!("/customer/v1/customer/{id}");
        plaza.shop_customer(Request::new(Method::PATCH, &path).bearer(&staff).json(body))
    };
    let edited = edit(&json!({"name": "王大明", "idcard": "11010519491231002X", "tag": ["糖尿病"]})).await;
    assert!(edited.succeeded(), "{}", edited.text());
    let entry = trail.one();
    assert_eq!((text(&entry, "action"), text(&entry, "role")), ("customer-changed", "shop-staff"));
    assert_eq!(text(&entry, "change"), "name, idcard, tag");
    assert_eq!(text(&entry, "subject"), id);
    for value in ["王大明", "11010519491231002X", "糖尿病", "13912345678"] {
        assert!(!entry.to_string().contains(value), "{value}");
    }
    assert!(edit(&json!({"name": "王大明"})).await.succeeded());
    assert_eq!(trail.new_entries(), Vec::<Value>::new(), "nothing changed");
}
