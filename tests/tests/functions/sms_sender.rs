//! Sending SMS: once each, again when the provider wants that, never what cannot be sent; and Aliyun's signature, checked
//! by a stand-in that knows the secret.

use aws_lc_rs::{digest, hmac};
use futures_util::future::{Either, select};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::{
    auth::codes::CodeKey,
    domain::{
        account::Realm,
        otp::{Code, Limits},
        phone::Phone,
        sms::Notice,
    },
    outside::{
        random::Random,
        sms::{Aliyun, AliyunKey, Message, RegisteredNames, Sender, SmsError},
    },
    service::sms::Sms,
    store::Store,
    wire::Sink,
};
use sms_sender::{Answer, App, Batch, Record};
use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpListener,
    pin::pin,
    sync::{Arc, Mutex},
};
use tests::{
    database::{AUDIT, MAIN},
    plaza::{CODE_KEY, Plaza},
};
use tokio::sync::Notify;

const PHONE: &str = "13800138000";

/// A sender whose provider answers what the test says, one answer after the other, and then takes everything.
struct Post {
    app: App,
    taken: Arc<Mutex<usize>>,
    lines: Arc<Mutex<Vec<String>>>,
}

fn post(plaza: &Plaza, answers: &[SmsError]) -> Post {
    let (taken, lines) = (Arc::<Mutex<usize>>::default(), Arc::<Mutex<Vec<String>>>::default());
    let answers = Arc::new(Mutex::new(answers.to_vec()));
    let sender = {
        let taken = Arc::clone(&taken);
        Sender::from_fn(move |_, _| {
            let mut answers = answers.lock().unwrap();
            let outcome = if answers.is_empty() { Ok(()) } else { Err(answers.remove(0)) };
            *taken.lock().unwrap() += usize::from(outcome.is_ok());
            std::future::ready(outcome)
        })
    };
    let store = Store::new(plaza.database.client(), MAIN, AUDIT);
    let written = Arc::clone(&lines);
    let sink = Sink::from_fn(move |line| written.lock().unwrap().push(line.to_owned()));
    let sms = Sms::new(store, CodeKey::read(&CODE_KEY.into()).unwrap(), sender, Limits::default());
    Post { app: App { sms, clock: plaza.watch.clock(), sink }, taken, lines }
}

impl Post {
    async fn deliver(&self, bodies: &[String]) -> Vec<String> {
        let record = |(n, body): (usize, &String)| Record { message_id: format!("m{n}"), body: body.clone() };
        let Answer { batch_item_failures } =
            self.app.handle(Batch { records: bodies.iter().enumerate().map(record).collect() }).await;
        batch_item_failures.into_iter().map(|failed| failed.item_identifier).collect()
    }

    fn taken(&self) -> usize {
        *self.taken.lock().unwrap()
    }

    fn last(&self, metric: &str) -> Value {
        let line: Value = serde_json::from_str(self.lines.lock().unwrap().last().unwrap()).unwrap();
        line[metric].clone()
    }
}

/// The body of the message that the queue would bring for one code.
async fn sms_message(plaza: &Plaza) -> String {
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", PHONE, &driver.id, "wyc2002");
    plaza.ask_code("ev", PHONE, "login").await;
    json!(plaza.sms_messages.lock().unwrap()[0]).to_string()
}

#[tokio::test]
async fn a_message_that_comes_twice_is_sent_once() {
    let plaza = Plaza::open();
    let (body, post) = (sms_message(&plaza).await, post(&plaza, &[]));
    assert_eq!(post.deliver(&[body.clone(), body.clone()]).await, [""; 0]);
    assert_eq!((post.taken(), post.last("OtpSend"), post.last("SmsDropped")), (1, json!(1), json!(1)));
    assert_eq!(post.deliver(&[body]).await, [""; 0]);
    assert_eq!(post.taken(), 1);
}

#[tokio::test]
async fn a_message_of_the_release_before_was_counted_when_it_was_asked_for() {
    let plaza = Plaza::open();
    let (body, post) = (sms_message(&plaza).await, post(&plaza, &[]));
    let mut job = plaza.database.under("SMS#").swap_remove(0);
    job.as_object_mut().unwrap().remove("share").unwrap();
    plaza.database.put(&job);
    post.deliver(&[body]).await;
    assert_eq!(post.taken(), 1);
    assert!(plaza.database.under("PHONE#+86").is_empty(), "and is not counted again");
}

#[tokio::test]
async fn what_the_provider_does_not_take_now_comes_again_and_alone() {
    for refusal in [SmsError::Throttled("busy".into()), SmsError::Retryable("broken".into())] {
        let plaza = Plaza::open();
        let (body, post) = (sms_message(&plaza).await, post(&plaza, &[refusal]));
        let poison = "{\"station\":\"S1\"}".to_owned();
        assert_eq!(post.deliver(&[body.clone(), poison, "\u{0}".to_owned()]).await, ["m0"]);
        assert_eq!((post.last("SmsLater"), post.last("Quarantined")), (json!(1), json!(2)));
        assert_eq!(post.deliver(&[body]).await, [""; 0], "at once, nothing is left reserved");
        assert_eq!(post.taken(), 1);
    }
}

#[tokio::test]
async fn what_the_provider_never_takes_is_given_up_and_counted() {
    for (refusal, metric) in [(SmsError::Permanent("template".into()), "SmsRefused"), (SmsError::Blocked, "SmsBlocked")]
    {
        let plaza = Plaza::open();
        let (body, post) = (sms_message(&plaza).await, post(&plaza, &[refusal]));
        assert_eq!(post.deliver(std::slice::from_ref(&body)).await, [""; 0]);
        assert_eq!(post.last(metric), json!(1));
        post.deliver(&[body]).await;
        assert_eq!(post.taken(), 0);
    }
}

#[tokio::test]
async fn a_code_that_is_over_is_not_sent_and_an_unknown_id_is_quarantined() {
    let plaza = Plaza::open();
    let (body, post) = (sms_message(&plaza).await, post(&plaza, &[]));
    plaza.watch.advance(SignedDuration::from_secs(300));
    assert_eq!(post.deliver(&[body, json!({"job": "nothing"}).to_string()]).await, [""; 0]);
    assert_eq!((post.taken(), post.last("SmsDropped"), post.last("Quarantined")), (0, json!(1), json!(1)));
}

#[tokio::test]
async fn a_sender_that_died_leaves_its_message_to_another_after_a_minute() {
    let plaza = Plaza::open();
    let body = sms_message(&plaza).await;
    let store = Store::new(plaza.database.client(), MAIN, AUDIT);
    let at_provider = Arc::new(Notify::new());
    let reached = Arc::clone(&at_provider);
    let hangs = Sender::from_fn(move |_, _| {
        reached.notify_one();
        std::future::pending()
    });
    let dying = Sms::new(store, CodeKey::read(&CODE_KEY.into()).unwrap(), hangs, Limits::default());
    let job: Value = serde_json::from_str(&body).unwrap();
    let sending = dying.send(job["job"].as_str().unwrap(), plaza.watch.now());
    let died = matches!(select(pin!(sending), pin!(at_provider.notified())).await, Either::Right(_));
    assert!(died, "it never came to an end");
    let post = post(&plaza, &[]);
    assert_eq!(post.deliver(std::slice::from_ref(&body)).await, ["m0"], "it may still be at it");
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(post.deliver(&[body]).await, [""; 0]);
    assert_eq!(post.taken(), 1);
}

#[tokio::test]
async fn a_notice_goes_out_and_names_no_code() {
    let plaza = Plaza::open();
    let phone = Phone::parse(PHONE).unwrap();
    plaza.codes.notices.notify(Realm::Ev, &phone, Notice::PhoneChanged, plaza.watch.now()).await;
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE), ["phone-changed"]);
    assert!(plaza.outbox.lock().unwrap()[0].code.is_none());
}

/// What arrives names the app and what the code is for, so that its owner does not hand it to a caller who asks for it.
#[tokio::test]
async fn texts_name_the_app_and_the_purpose() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", PHONE, &driver.id, "wyc2002");
    let texts = || plaza.outbox.lock().unwrap().iter().map(Message::signed_text).collect::<Vec<_>>();
    for (purpose, doing) in [("login", "登录或注册"), ("reset", "重置登录密码")] {
        plaza.watch.advance(SignedDuration::from_secs(61));
        plaza.ask_code("ev", PHONE, purpose).await;
        let code = plaza.code_for(PHONE).await;
        let text =
            format!("【电动汽车充电】您正在{doing}，验证码 {code}，5 分钟内有效。如非本人操作请忽略，切勿告诉他人。");
        assert_eq!(texts().last(), Some(&text));
    }
    plaza.watch.advance(SignedDuration::from_secs(61));
    let code = plaza.dealers_code("a-device", "13912345678", None).await;
    assert!(texts().last().unwrap().starts_with(&format!("【汽车商城经销商】您正在登录或注册，验证码 {code}，")));
    let phone = Phone::parse(PHONE).unwrap();
    plaza.codes.notices.notify(Realm::Cloud, &phone, Notice::PhoneChanged, plaza.watch.now()).await;
    plaza.deliver_sms().await;
    assert!(texts().last().unwrap().starts_with("【企业客户门户】您的账号已换绑"));
}

type Parameters = BTreeMap<String, String>;

const SECRET: &str = "a secret of Aliyun's";

/// Answers each request with the next body, if the request is signed as Aliyun wants it; gives the parameters back.
fn stand_in(answers: Vec<(&'static str, &'static str)>) -> (String, Arc<Mutex<Vec<Parameters>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::<Mutex<Vec<Parameters>>>::default();
    let written = Arc::clone(&seen);
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut text, mut byte) = (Vec::new(), [0]);
            while !text.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                text.push(byte[0]);
            }
            let (is_signed, parameters) = look_at(std::str::from_utf8(&text).unwrap());
            written.lock().unwrap().push(parameters);
            let (status, body) =
                if is_signed { (status, body) } else { ("403 Forbidden", r#"{"Code":"SignatureDoesNotMatch"}"#) };
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (endpoint, seen)
}

/// The signature worked out a second time, from what arrived.
fn look_at(request: &str) -> (bool, Parameters) {
    let mut lines = request.split("\r\n");
    let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
    let query = target.split(' ').next().unwrap().split_once('?').unwrap().1;
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let authorization = &headers["authorization"];
    let part =
        |name: &str| authorization.split([' ', ',']).find_map(|part| part.strip_prefix(name)).unwrap().to_owned();
    let signed = part("SignedHeaders=");
    let lines: Vec<_> = signed.split(';').map(|name| format!("{name}:{}\n", headers[name])).collect();
    let canonical = format!("{method}\n/\n{query}\n{}\n{signed}\n{}", lines.concat(), headers["x-acs-content-sha256"]);
    let digest = hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let signature = hex(hmac::sign(&key, format!("ACS3-HMAC-SHA256\n{digest}").as_bytes()).as_ref());
    let needs =
        ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];
    let is_signed = authorization.starts_with("ACS3-HMAC-SHA256 ")
        && part("Credential=") == "an-id"
        && part("Signature=") == signature
        && needs.iter().all(|name| signed.split(';').any(|one| one == *name))
        && headers["x-acs-action"] == "SendSms"
        && headers["x-acs-date"] == "2026-06-01T00:30:05Z"
        && headers["x-acs-content-sha256"] == hex(digest::digest(&digest::SHA256, b"").as_ref());
    (is_signed, form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

fn aliyun(endpoint: &str, secret: &str) -> Sender {
    let key = json!({"id": "an-id", "secret": secret}).to_string();
    let account = Aliyun {
        key: AliyunKey::read(&key.into()).unwrap(),
        sign_name: RegisteredNames::read("cloud=企业门户,充电广场").unwrap(),
        code_template: RegisteredNames::read("reset=SMS_3,SMS_1").unwrap(),
        notice_template: RegisteredNames::read("SMS_2").unwrap(),
    };
    Sender::aliyun_at(endpoint, account, Random::system()).unwrap()
}

fn message(code: Option<&str>) -> Message {
    let code = code.map(|code| Code::read(code).unwrap());
    let to = Phone::parse(PHONE).unwrap();
    let (job, realm, text) = ("j1".to_owned(), Some(Realm::Ev), "您好 *~/&=+".to_owned());
    Message { job, to, realm, app: "电动汽车充电", purpose: "login", code, text }
}

#[tokio::test]
async fn aliyun_gets_signed_requests_and_its_answers_are_understood() {
    let now = "2026-06-01T00:30:05Z".parse().unwrap();
    let (endpoint, seen) = stand_in(vec![
        ("200 OK", r#"{"Message":"OK","RequestId":"r","Code":"OK","BizId":"b"}"#),
        ("200 OK", r#"{"Code":"OK"}"#),
        ("200 OK", r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL"}"#),
        ("200 OK", r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#),
        ("200 OK", r#"{"Code":"isp.SYSTEM_ERROR"}"#),
        ("400 Bad Request", r#"{"Code":"isv.SMS_TEMPLATE_ILLEGAL"}"#),
        ("503 Service Unavailable", "try later"),
    ]);
    let sender = aliyun(&endpoint, SECRET);
    let mut outcomes = vec![sender.send(message(Some("000042")), now).await];
    for _ in 0..6 {
        outcomes.push(sender.send(message(None), now).await);
    }
    let expected = [
        Ok(()),
        Ok(()),
        Err(SmsError::Throttled("isv.BUSINESS_LIMIT_CONTROL".into())),
        Err(SmsError::Blocked),
        Err(SmsError::Retryable("isp.SYSTEM_ERROR".into())),
        Err(SmsError::Permanent("isv.SMS_TEMPLATE_ILLEGAL".into())),
        Err(SmsError::Retryable("status 503".into())),
    ];
    assert_eq!(outcomes, expected);
    let seen = seen.lock().unwrap();
    let of_code = json!({"OutId": "j1", "PhoneNumbers": PHONE, "SignName": "充电广场", "TemplateCode": "SMS_1",
        "TemplateParam": r#"{"code":"000042"}"#});
    assert_eq!(json!(seen[0]), of_code);
    assert_eq!(seen[1]["TemplateParam"], r#"{"text":"您好 *~/&=+"}"#);
    assert_eq!(seen[1]["TemplateCode"], "SMS_2");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_a_provider_that_is_away_is_tried_again() {
    let now = "2026-06-01T00:30:05Z".parse().unwrap();
    let (endpoint, _) = stand_in(vec![("200 OK", r#"{"Code":"OK"}"#)]);
    let refused = aliyun(&endpoint, "another secret").send(message(None), now).await;
    assert_eq!(refused, Err(SmsError::Permanent("SignatureDoesNotMatch".into())));
    let away = aliyun("http://127.0.0.1:1", SECRET).send(message(None), now).await;
    assert_eq!(away, Err(SmsError::Retryable("Aliyun was not reached".into())));
}
