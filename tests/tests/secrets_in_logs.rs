//! What a plaza's day leaves in logs, metrics and tables: no secret, and nothing that identifies a person where it
//! does not belong.

use regex_lite::Regex;
use serde_json::{Value, json};
use shared::domain::account::Role;
use std::{
    io::Write,
    sync::{Arc, LazyLock, Mutex},
};
use tests::{
    database::{AUDIT, Fate, MAIN},
    plaza::{PASSWORD, Plaza},
    request::{get, post},
};
use tracing_subscriber::fmt::MakeWriter;

const PHONE: &str = "13912345678";
const ID_NUMBER: &str = "11010519491231002X";

/// A log that a test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The log of this whole process, at the most that the template's setting allows. It is not per test, because tracing
/// may take the answer of a thread that has no log for everybody's.
static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG);
    let subscriber = subscriber.with_writer(log.clone()).without_time().finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log
});

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Everything that people do, right and wrong, with faults of ours in between.
async fn a_day(plaza: &Plaza) {
    let fields = [("username", "wyc2002"), ("password", PASSWORD), ("email", "wengyuechuan@163.com")];
    let fields = [fields.as_slice(), &[("license_plate", "皖A12345"), ("battery_capcity", "60")]].concat();
    let token = plaza.ev_account(post("/u/register").multipart(&fields)).await.token();
    plaza.ev_account(post("/u/register").multipart(&fields)).await;
    plaza.ev_account(get(&format!("/user/detail?token={token}"))).await;
    plaza.detail(&token).await;
    plaza.detail(&format!("{token}x")).await;
    plaza.ev_account(get(&format!("/nowhere/{PHONE}?token={token}"))).await;
    plaza.ev_account(get(&format!("/u/login?password={PASSWORD}&token={token}"))).await;
    plaza.ev_account(post("/u/login").body("application/json", format!("{{\"password\":\"{PASSWORD}\","))).await;
    plaza.log_in("wyc2002", PASSWORD).await;
    plaza.log_in("wyc2002", "123456wyd").await;
    for name in [PHONE, ID_NUMBER] {
        plaza.log_in(name, PASSWORD).await;
        let fields = [("username", name), ("password", PASSWORD), ("email", "13800138000@163.com"), ("phone", PHONE)];
        plaza.ev_account(post("/u/register").form(&fields)).await;
    }
    let appointment = json!({"username": "root-admin", "password": "a long phrase for staff"});
    for _ in 0..2 {
        let appointment = serde_json::from_value(appointment.clone()).unwrap();
        drop(plaza.first_admin.appoint(appointment, "request".into()).await);
    }
    plaza.sign_in("platform", "root-admin", "a long phrase for staff").await;
    let manager = plaza.staff_of(Role::ShopManager, &["S1"]);
    let record = json!({"name": PHONE, "gender": "male", "mobile": PHONE, "idcard": ID_NUMBER});
    let create = || post("/customer/v1/customer").bearer(&manager).json(&record);
    let made = plaza.shop_customer(create()).await.json();
    let one = format!("/customer/v1/customer/{}", made["id"].as_str().unwrap());
    let search = format!("/customer/v1/customer?mobile={PHONE}&keyword={PHONE}&idcard={ID_NUMBER}");
    for fate in [Fate::Break, Fate::Refuse, Fate::Throttle, Fate::Conflict, Fate::ThrottleItem, Fate::Hang] {
        plaza.database.follow(move |_| fate);
        plaza.log_in("wyc2002", PASSWORD).await;
        plaza.ev_account(post("/u/register").multipart(&fields)).await;
        plaza.detail(&token).await;
        plaza.shop_customer(create()).await;
        plaza.shop_customer(get(&search).bearer(&manager)).await;
        plaza.database.follow(move |call| if call.operation == "PutItem" { fate } else { Fate::Apply });
        plaza.log_in("wyc2002", "123456wyd").await;
    }
    plaza.database.heal();
    plaza.shop_customer(get(&one).bearer(&manager)).await;
    plaza.shop_customer(get(&search).bearer(&manager)).await;
    papers(plaza).await;
    plaza.log_out(&token).await;
    for _ in 0..6 {
        plaza.log_in("wyc2002", "123456wyd").await;
    }
}

/// Papers that are handed in, read and decided on, with faults at every call and then at writes alone.
async fn papers(plaza: &Plaza) {
    let (whose, auditor) = (plaza.applicant(PHONE).await, plaza.auditor());
    let (front, qualification) = plaza.both_pictures(&whose).await;
    for fate in [Fate::Break, Fate::Refuse, Fate::Throttle, Fate::Apply] {
        for only_writes in [false, true] {
            plaza.database.follow(move |call| {
                if only_writes && call.operation != "TransactWriteItems" { Fate::Apply } else { fate }
            });
            plaza.mall_dealer(whose.submission(ID_NUMBER, &front, &qualification)).await;
            plaza.operator(get("/operator/papers").bearer(&auditor)).await;
            plaza.decide(&auditor, &whose, 2).await;
        }
    }
    assert_eq!(whose.standing(plaza).0, 2);
}

fn assert_clean(what: &str, text: &str, allowed: &[&str]) {
    let phone = r"(^|[^0-9A-Za-z_-])1[3-9][0-9]{9}([^0-9A-Za-z_-]|$)";
    let id_number = r"(^|[^0-9A-Za-z_-])[1-9][0-9]{16}[0-9Xx]([^0-9A-Za-z_-]|$)";
    let secrets = [PASSWORD, "123456wyd", "a long phrase for staff"].map(regex_lite::escape);
    let personal = [PHONE, ID_NUMBER, "wengyuechuan", "wyc2002", "皖A12345"].map(regex_lite::escape);
    let shapes = ["eyJ", r"\$argon2", phone, id_number].map(ToOwned::to_owned);
    for pattern in shapes.iter().chain(&secrets).chain(&personal) {
        if allowed.iter().any(|allowed| pattern.contains(allowed)) {
            continue;
        }
        let found = Regex::new(pattern).unwrap().find(text);
        let around = found.map(|found| {
            let begins = text[..found.start()].char_indices().rev().nth(80).map_or(0, |(at, _)| at);
            text[begins..].chars().take(240).collect::<String>()
        });
        assert_eq!(around, None, "{what} holds {pattern}");
    }
}

#[tokio::test]
async fn a_days_logs_and_metrics_hold_nothing_secret_or_personal() {
    let log = &*LOG;
    let plaza = Plaza::open();
    a_day(&plaza).await;
    let log = log.text();
    assert!(log.contains("a request failed") && log.contains("a failed sign-in could not be noted"));
    assert_clean("the log", &log, &[]);
    assert_clean("a metric line", &plaza.lines().join("\n"), &[]);
}

#[tokio::test]
async fn the_tables_hold_no_password_and_no_token_and_hashes_only_as_credentials() {
    LazyLock::force(&LOG);
    let plaza = Plaza::open();
    a_day(&plaza).await;
    for mut item in plaza.database.items(MAIN) {
        if item["sk"]["S"] == "CREDENTIAL" {
            let hash = item["hash"]["S"].take();
            assert!(hash.as_str().unwrap().starts_with("$argon2id$"), "{hash}");
        }
        // Sealed, and random letters may spell anything.
        for sealed in ["private", "id_no", "seal", "nonce"] {
            item[sealed].take();
        }
        // Names, plates and addresses are what these items are for; a phone number may be somebody's name.
        let kept = ["wyc2002", "wengyuechuan", "皖A12345", "1[3-9]", PHONE, ID_NUMBER, "[1-9][0-9]{16}"];
        assert_clean("an item", &item.to_string(), &kept);
    }
    assert_clean("the audit trail", &json!(plaza.database.items(AUDIT)).to_string(), &[]);
}

#[tokio::test]
async fn every_request_leaves_one_metric_line_that_cloudwatch_can_read() {
    LazyLock::force(&LOG);
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.detail(&driver.token).await;
    plaza.log_in("wyc2002", "123456wyd").await;
    plaza.ev_account(get("/user/nowhere")).await;
    plaza.database.follow(|_| Fate::Break);
    plaza.detail(&driver.token).await;
    let lines: Vec<Value> = plaza.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |name: &str| lines.iter().map(|line| line[name].clone()).collect::<Vec<_>>();
    assert_eq!(told("route"), ["/u/register", "/user/detail", "/u/login", "unknown", "/user/detail"]);
    assert_eq!(told("status"), [200, 200, 200, 404, 500]);
    assert_eq!(told("Fault"), [0, 0, 0, 0, 1]);
    assert_eq!(told("Refused"), [0, 0, 1, 1, 0]);
    assert_eq!(told("LoginFailure"), [0, 0, 1, 0, 0]);
    assert_eq!(told("reason")[2..], [json!("WrongCredentials"), json!("NoSuchRoute"), json!("Internal")]);
    for line in lines {
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["request"], "gateway-request");
        assert_eq!(line["_aws"]["Timestamp"], plaza.watch.now().as_millisecond());
        for metric in metrics["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap();
            assert!(line[name].is_number(), "{name} is promised and missing");
        }
        for dimension in metrics["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap()) {
            assert!(line[dimension.as_str().unwrap()].is_string(), "{dimension}");
        }
    }
}
