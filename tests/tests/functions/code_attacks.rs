//! What others can do to a phone's codes: nothing that keeps a known device out.

use jiff::SignedDuration;
use serde_json::json;
use tests::{
    answer::Answer,
    mall_user::{Kind, OPEN_ID, SENT},
    plaza::{Plaza, Settings},
    request::post,
};

const PHONE: &str = "13800138000";
const STRANGER: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJF";

fn minute(plaza: &Plaza) {
    plaza.watch.advance(SignedDuration::from_secs(60));
}

async fn ask(plaza: &Plaza, realm: &str, purpose: &str, from: &str, device: Option<&str>) -> Answer {
    let body = json!({"realm": realm, "telephone": PHONE, "purpose": purpose});
    let request = post("/auth/code").json(&body).from(from);
    plaza.session(device.map_or(request.clone(), |device| request.header("x-device-token", device))).await
}

fn device(answer: &Answer) -> String {
    answer.header("x-device-token").unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

/// A driver whose phone is bound, and the token of a device that has signed in by a code.
async fn driver() -> (Plaza, String) {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", PHONE, &driver.id, "wyc2002");
    plaza.ask_code("ev", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    let token = device(&plaza.sign_in_by_code("ev", PHONE, &code).await);
    minute(&plaza);
    (plaza, token)
}

async fn sign_in(plaza: &Plaza, code: &str, device: Option<&str>) -> u16 {
    let body = json!({"realm": "ev", "telephone": PHONE, "code": code});
    let request = post("/auth/token").json(&body);
    let request = device.map_or(request.clone(), |device| request.header("x-device-token", device));
    plaza.session(request).await.status.as_u16()
}

#[tokio::test]
async fn asks_in_realms_without_an_account_cost_the_phone_nothing() {
    let plaza = Plaza::open();
    Kind::Consumer.sign_in(&plaza, OPEN_ID, PHONE).await;
    plaza.outbox.lock().unwrap().clear();
    for (realm, purpose) in [("platform", "login"), ("shop", "login"), ("ev", "reset"), ("mall-agent", "login")] {
        for _ in 0..10 {
            minute(&plaza);
            ask(&plaza, realm, purpose, "198.51.100.7", None).await;
            plaza.deliver_sms().await;
        }
    }
    assert_eq!(plaza.sent_to(PHONE), [""; 0]);
    Kind::Consumer.code(&plaza, STRANGER, PHONE).await;
    assert_eq!(Kind::Agent.send(&plaza, STRANGER, PHONE).await.whole(), (200, SENT.to_owned()), "nor a new account");
}

#[tokio::test]
async fn asks_that_send_nothing_leave_the_messages_of_a_product_alone() {
    let plaza = Plaza::open();
    for n in 0..3 {
        plaza.ask_code("mall-consumer", &format!("1390013900{n}"), "reset").await;
    }
    plaza.deliver_sms().await;
    assert!(plaza.database.under("PRODUCT#").is_empty());
    let code = Kind::Consumer.code(&plaza, OPEN_ID, PHONE).await;
    assert_eq!(plaza.database.under("PRODUCT#mall-consumer")[0]["sk"]["S"], "CODES#UNKNOWN-NUMBER");
    Kind::Consumer.verify(&plaza, OPEN_ID, PHONE, &code).await;
}

#[tokio::test]
async fn a_phone_that_others_have_closed_is_open_to_its_own_open_id() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        for _ in 0..10 {
            plaza.watch.advance(SignedDuration::from_mins(20));
            kind.send(&plaza, STRANGER, PHONE).await;
            plaza.deliver_sms().await;
        }
        minute(&plaza);
        let closed = kind.send(&plaza, "oGZUI0egBJY1zhBYw2KhdUfwVJJG", PHONE).await;
        assert_eq!(closed.status, 429, "{kind:?}: strangers have used theirs up");
        kind.sign_in(&plaza, OPEN_ID, PHONE).await;
    }
}

#[tokio::test]
async fn a_phone_that_others_have_closed_is_open_to_a_device_that_shows_its_token() {
    let (plaza, known) = driver().await;
    for _ in 0..10 {
        plaza.watch.advance(SignedDuration::from_mins(20));
        ask(&plaza, "ev", "login", "198.51.100.7", None).await;
        plaza.deliver_sms().await;
    }
    minute(&plaza);
    assert_eq!(ask(&plaza, "ev", "login", "203.0.113.9", None).await.status, 429);
    assert_eq!(ask(&plaza, "ev", "login", "203.0.113.9", Some(&known)).await.status, 200);
    let code = plaza.code_for(PHONE).await;
    assert_eq!(sign_in(&plaza, &code, None).await, 401, "the code is bound to the device that asked for it");
    assert_eq!(sign_in(&plaza, &code, Some(&known)).await, 200);
}

#[tokio::test]
async fn an_address_that_others_have_used_up_is_open_to_a_known_device() {
    let plaza = Plaza::with(Settings::default().with("OTP_PER_IP_HOUR", 3));
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", PHONE, &driver.id, "wyc2002");
    let known = device(&plaza.log_in("wyc2002", tests::plaza::PASSWORD).await);
    for n in 0..3 {
        plaza.ask_code("ev", &format!("1390013900{n}"), "login").await;
    }
    assert_eq!(plaza.ask_code("ev", PHONE, "login").await.status, 429);
    let lines = plaza.lines();
    assert!(lines.last().unwrap().contains(r#""limit":"address""#), "{lines:?}");
    assert_eq!(ask(&plaza, "ev", "login", "203.0.113.9", Some(&known)).await.status, 200);
}

#[tokio::test]
async fn neither_asks_nor_guesses_of_others_kill_a_code_under_way() {
    let (plaza, known) = driver().await;
    assert_eq!(ask(&plaza, "ev", "login", "203.0.113.9", Some(&known)).await.status, 200);
    let code = plaza.code_for(PHONE).await;
    assert_eq!(ask(&plaza, "ev", "login", "198.51.100.7", None).await.status, 200);
    for n in 0..60 {
        assert_eq!(sign_in(&plaza, &format!("{n:06}"), None).await, 401);
    }
    assert_eq!(sign_in(&plaza, &code, Some(&known)).await, 200);
}

#[tokio::test]
async fn fifty_guesses_of_others_close_the_phone_for_others_alone() {
    let plaza = Plaza::with(
        Settings::default()
            .with("OTP_PER_PHONE_HOUR", 100)
            .with("OTP_PER_PHONE_DAY", 100)
            .with("OTP_PER_DEVICE_HOUR", 100),
    );
    Kind::Agent.sign_in(&plaza, OPEN_ID, PHONE).await;
    for _ in 0..10 {
        minute(&plaza);
        Kind::Agent.send(&plaza, STRANGER, PHONE).await;
        plaza.deliver_sms().await;
        let code = plaza.last_code_for(PHONE).unwrap();
        let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
        for _ in 0..5 {
            Kind::Agent.verify(&plaza, STRANGER, PHONE, &wrong).await;
        }
    }
    minute(&plaza);
    let sent = plaza.sent_to(PHONE).len();
    assert_eq!(Kind::Agent.send(&plaza, STRANGER, PHONE).await.status, 200, "they are not told");
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE).len(), sent, "strangers get none");
    Kind::Agent.sign_in(&plaza, OPEN_ID, PHONE).await;
}

#[tokio::test]
async fn a_phone_gets_so_many_messages_over_all_products_and_what_is_over_is_counted() {
    let plaza = Plaza::open();
    let mut over = 0;
    for n in 0..12 {
        plaza.watch.advance(SignedDuration::from_mins(20));
        let kind = Kind::BOTH[n % 2];
        assert_eq!(kind.send(&plaza, OPEN_ID, PHONE).await.status, 200);
        plaza.deliver_sms().await;
        over += usize::from(plaza.lines().last().unwrap().contains(r#""SmsOverLimit":1"#));
    }
    assert_eq!((plaza.sent_to(PHONE).len(), over), (10, 2));
}

#[tokio::test]
async fn a_full_product_delays_a_message_while_its_code_lives() {
    let plaza = Plaza::with(Settings::default().with("OTP_PER_PRODUCT_MINUTE", 1));
    Kind::Consumer.send(&plaza, STRANGER, "13900139000").await;
    Kind::Consumer.send(&plaza, OPEN_ID, PHONE).await;
    let waiting = plaza.sms_messages.lock().unwrap()[1].clone();
    assert_eq!(plaza.deliver_sms().await.batch_item_failures.len(), 1, "the queue brings it again");
    plaza.watch.advance(SignedDuration::from_secs(119));
    plaza.sms_messages.lock().unwrap().push(waiting);
    let code = plaza.code_for(PHONE).await;
    assert_eq!(Kind::Consumer.verify(&plaza, OPEN_ID, PHONE, &code).await.status, 200);
}

/// #19 for a new number from a new device; the code of the answer.
async fn send(plaza: &Plaza, n: u32, address: &str) -> u64 {
    let form = json!({"deviceId": format!("device-{n}"), "telephone": format!("139001390{n:02}")});
    let answer = plaza.mall_dealer(post("/user/dealer/sendPhoneNum").json(&form).from(address)).await;
    plaza.deliver_sms().await;
    let code = &answer.json()["errCode"];
    code.as_u64().or_else(|| code.as_str()?.parse().ok()).unwrap()
}

#[tokio::test]
async fn a_dealers_captcha_is_asked_for_by_address_too_and_above_half_load() {
    let plaza = Plaza::with(Settings::default().with("CAPTCHA_AFTER_IP_SENDS", 5));
    for n in 0..5 {
        assert_eq!(send(&plaza, n, "203.0.113.9").await, 200, "{n}");
    }
    assert_eq!(send(&plaza, 5, "203.0.113.9").await, 2018, "a fresh device does not avoid it");
    assert_eq!(send(&plaza, 6, "198.51.100.7").await, 200);

    let busy = Plaza::with(Settings::default().with("OTP_PER_PRODUCT_MINUTE", 4));
    let answers =
        [send(&busy, 0, "10.0.0.1").await, send(&busy, 1, "10.0.1.1").await, send(&busy, 2, "10.0.2.1").await];
    assert_eq!(answers, [200, 200, 2018], "half of the messages to unknown numbers are used");
}
