//! What a plaza's day leaves in logs, metrics and tables: no secret, and nothing that identifies a person where it
//! does not belong.

use jiff::SignedDuration;
use regex_lite::Regex;
use serde_json::{Value, json};
use shared::domain::{account::Role, otp::Code};
use std::{
    io::Write,
    sync::{Arc, LazyLock, Mutex},
};
use tests::{
    database::{AUDIT, Fate, MAIN},
    mall_user::{self, OPEN_ID},
    papers::{self, Applicant},
    plaza::{PASSWORD, Plaza},
    request::{get, post},
};
use tracing_subscriber::fmt::MakeWriter;

const PHONE: &str = "13912345678";
const OTHER_PHONE: &str = "13800138000";
const ID_NUMBER: &str = "11010519491231002X";
/// Faults that still leave an answer, soon.
const FAULTS: [Fate; 4] = [Fate::Break, Fate::Refuse, Fate::Throttle, Fate::Apply];

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
    plaza.ev_account(get(&format!("/unknown/{PHONE}?token={token}"))).await;
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
    let record = json!({"shopId": "S1", "name": PHONE, "gender": "male", "mobile": PHONE, "idcard": ID_NUMBER});
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
    plaza.log_out(&token).await;
    for _ in 0..6 {
        plaza.log_in("wyc2002", "123456wyd").await;
    }
    for kind in mall_user::Kind::BOTH {
        codes(plaza, kind).await;
    }
    switch(plaza).await;
    dealer(plaza).await;
    for kind in papers::Kind::BOTH {
        papers(plaza, kind).await;
    }
}

/// This happens to every call, or to those alone that write several items.
fn meet(plaza: &Plaza, fate: Fate, only_writes: bool) {
    plaza.database.follow(
        move |call| {
            if only_writes && call.operation != "TransactWriteItems" { Fate::Apply } else { fate }
        },
    );
}

/// Codes that are asked for, sent, guessed and right, hours apart, because a telephone gets few.
async fn codes(plaza: &Plaza, kind: mall_user::Kind) {
    for fate in FAULTS {
        for only_writes in [false, true] {
            plaza.watch.advance(SignedDuration::from_hours(4));
            meet(plaza, fate, only_writes);
            kind.send(plaza, OPEN_ID, PHONE).await;
            plaza.deliver_sms().await;
            kind.verify(plaza, OPEN_ID, PHONE, "123456").await;
            plaza.database.heal();
            plaza.watch.advance(SignedDuration::from_mins(2));
            let code = kind.code(plaza, OPEN_ID, PHONE).await;
            meet(plaza, fate, only_writes);
            kind.verify(plaza, OPEN_ID, PHONE, &code).await;
            plaza.database.heal();
        }
    }
}

/// #12 and #13.
async fn switch(plaza: &Plaza) {
    plaza.watch.advance(SignedDuration::from_hours(24));
    let agent = plaza.agent(OPEN_ID, PHONE).await;
    let code = plaza.agents_code(OPEN_ID, OTHER_PHONE, Some(&agent.token)).await;
    plaza.switch_agent(&agent, OTHER_PHONE, "123456").await;
    for fate in FAULTS {
        meet(plaza, fate, fate == Fate::Throttle);
        let asked = post("/user/proxy/identifyPUser").bearer(&agent.token).json(&json!({"telephone": PHONE}));
        plaza.mall_agent(asked).await;
        let answer = plaza.switch_agent(&agent, OTHER_PHONE, &code).await;
        assert_eq!(answer.json()["errCode"] == "200", fate == Fate::Apply, "{}", answer.text());
    }
    plaza.database.heal();
}

/// Registering, signing in right and wrong, another password, another telephone.
async fn dealer(plaza: &Plaza) {
    plaza.watch.advance(SignedDuration::from_hours(24));
    let dealer = plaza.dealer(PHONE).await;
    let code = plaza.dealers_code(&dealer.device, OTHER_PHONE, Some(&dealer.token)).await;
    for fate in FAULTS {
        meet(plaza, fate, fate == Fate::Throttle);
        for password in ["123456wyd", PASSWORD] {
            let login = json!({"telephone": PHONE, "password": password});
            plaza.mall_dealer(post("/user/dealer/login").json(&login)).await;
        }
        let reset = json!({"username": PHONE, "oldPS": PASSWORD, "newPS": "a long phrase for staff"});
        plaza.mall_dealer(post("/user/dealer/reset").json(&reset)).await;
        let form = json!({"username": PHONE, "telephone": OTHER_PHONE, "deviceId": dealer.device, "phoneNum": code});
        plaza.mall_dealer(post("/user/dealer/editPhone").bearer(&dealer.token).json(&form)).await;
    }
    plaza.database.heal();
}

/// Papers that are handed in, read and decided on, with faults at every call and then at writes alone; and their pictures,
/// which go.
async fn papers(plaza: &Plaza, kind: papers::Kind) {
    plaza.watch.advance(SignedDuration::from_hours(24));
    let whose: Applicant = plaza.applicant_of(kind, "13700137000").await;
    let auditor = plaza.auditor();
    let (front, qualification) = plaza.both_pictures(&whose).await;
    let one = format!("/operator/papers/{}/{}", whose.realm, whose.id);
    for fate in FAULTS {
        for only_writes in [false, true] {
            meet(plaza, fate, only_writes);
            plaza.send(whose.function, whose.submission(ID_NUMBER, &front, &qualification)).await;
            plaza.operator(get("/operator/papers").bearer(&auditor)).await;
            plaza.operator(get(&one).bearer(&auditor)).await;
            plaza.decide(&auditor, &whose, 2).await;
        }
    }
    assert_eq!(whose.standing(plaza).0, 2);
    plaza.watch.advance(SignedDuration::from_hours(24 * 30));
    for fate in FAULTS {
        plaza.bucket.follow(move |_| fate);
        plaza.wake(json!({"pictures": true})).await;
    }
    let gone = plaza.operator(get(&one).bearer(&plaza.auditor())).await;
    assert_eq!((gone.status.as_u16(), &gone.json()["front_img"]), (200, &Value::Null));
}

/// No code that was sent stands there by itself; among other digits and letters it may come about by chance.
fn assert_no_code(what: &str, text: &str, plaza: &Plaza) {
    let outbox = plaza.outbox.lock().unwrap();
    let codes: Vec<_> = outbox.iter().filter_map(|message| message.code.as_ref()).map(Code::expose).collect();
    assert!(codes.len() > 10, "{}", codes.len());
    let joins = |byte: Option<&u8>| byte.is_some_and(|it| it.is_ascii_alphanumeric() || b"+/=".contains(it));
    for code in codes {
        let alone = memchr::memmem::find_iter(text.as_bytes(), code).find(|&at| {
            let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            !joins(before) && !joins(text.as_bytes().get(at + code.len()))
        });
        assert_eq!(alone, None, "{what} holds the code {code}");
    }
}

fn assert_clean(what: &str, text: &str, allowed: &[&str]) {
    let phone = r"(^|[^0-9A-Za-z_-])1[3-9][0-9]{9}([^0-9A-Za-z_-]|$)";
    let id_number = r"(^|[^0-9A-Za-z_-])[1-9][0-9]{16}[0-9Xx]([^0-9A-Za-z_-]|$)";
    let secrets = [PASSWORD, "123456wyd", "a long phrase for staff", "eyJ", "X-Amz-Signature", "$argon2"];
    let personal = [PHONE, OTHER_PHONE, ID_NUMBER, OPEN_ID, "王小明", "wengyuechuan", "wyc2002", "皖A12345"];
    let is_allowed = |pattern: &str| allowed.iter().any(|allowed| pattern.contains(allowed));
    let literals = secrets.into_iter().chain(personal).filter(|it| !is_allowed(it)).map(|it| (it, text.find(it)));
    let shapes = [phone, id_number].into_iter().filter(|it| !is_allowed(it));
    let shapes = shapes.map(|it| (it, Regex::new(it).unwrap().find(text).map(|found| found.start())));
    for (pattern, found) in literals.chain(shapes) {
        let around = found.map(|found| {
            let begins = text[..found].char_indices().rev().nth(80).map_or(0, |(at, _)| at);
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
    assert!(log.contains("request failed") && log.contains("audit entry of a failed sign-in was not written"));
    assert_clean("the log", &log, &[]);
    assert_no_code("the log", &log, &plaza);
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
        // Names, plates and addresses are what these items are for; a phone number may be a login name.
        let kept = ["wyc2002", "wengyuechuan", "皖A12345", "1[3-9]", PHONE, OTHER_PHONE, ID_NUMBER, "[1-9][0-9]{16}"];
        let of_the_mall = [OPEN_ID, "王小明"];
        assert_clean("an item", &item.to_string(), &[kept.as_slice(), &of_the_mall].concat());
        assert_no_code("an item", &item.to_string(), &plaza);
    }
    let trail = json!(plaza.database.items(AUDIT)).to_string();
    assert_clean("the audit trail", &trail, &[]);
    assert_no_code("the audit trail", &trail, &plaza);
}

#[tokio::test]
async fn every_request_leaves_one_metric_line_that_cloudwatch_can_read() {
    LazyLock::force(&LOG);
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.detail(&driver.token).await;
    plaza.log_in("wyc2002", "123456wyd").await;
    plaza.ev_account(get("/user/unknown")).await;
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
