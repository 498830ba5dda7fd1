//! SMS codes, item by item as docs/security.md lists them: how many are sent, how often one is compared, and that it
//! opens exactly what it was sent for, once.

use futures_util::future::{join, join_all};
use jiff::SignedDuration;
use serde_json::json;
use shared::{
    domain::{
        account::{AccountId, Realm},
        origin::Origin,
        otp::{Binding, CaptchaAfter, Code, Device, Purpose},
        phone::Phone,
        reason::{Failure, Reason},
    },
    service::codes::{Ask, Proof},
};
use tests::{
    capacity::bill,
    database::{AUDIT, MAIN},
    plaza::{PASSWORD, Plaza, Settings},
};

const PHONE: &str = "13800138000";
const NEW: &str = "another phrase 7";

fn binding(purpose: Purpose, device: Option<&str>) -> Binding {
    let phone = Phone::parse(PHONE).unwrap();
    Binding { product: Realm::MallDealer, purpose, phone, device: device.map(Device::known) }
}

async fn ask_as(plaza: &Plaza, binding: Binding, captcha_after: Option<u32>, address: &str) -> Result<(), Failure> {
    let origin = Origin { address: address.parse().unwrap(), ..Origin::default() };
    let captcha_after = captcha_after.map(|of_device| CaptchaAfter { of_device, of_address: u32::MAX });
    let ask =
        Ask { binding, addition: None, only_known: false, captcha_after, origin: &origin, now: plaza.watch.now() };
    plaza.codes.ask(&ask).await
}

async fn ask(plaza: &Plaza, binding: Binding) -> Result<(), Failure> {
    ask_as(plaza, binding, None, "203.0.113.9").await
}

async fn check(plaza: &Plaza, binding: Binding, code: &str) -> Result<Proof, Failure> {
    plaza.codes.check(binding, &Code::read(code).unwrap(), &Origin::default(), plaza.watch.now()).await
}

fn is_refused<T>(outcome: Result<T, Failure>, reason: Reason) -> bool {
    outcome.is_err_and(|failure| failure.reason() == reason)
}

/// A plaza where a code is under way, and the code.
async fn with_code() -> (Plaza, String) {
    let plaza = Plaza::open();
    ask(&plaza, binding(Purpose::SignIn, None)).await.unwrap();
    let code = plaza.code_for(PHONE).await;
    (plaza, code)
}

fn wrong(code: &str, n: usize) -> String {
    format!("{:06}", (code.parse::<usize>().unwrap() + 1 + n) % 1_000_000)
}

fn advance(plaza: &Plaza, seconds: i64) {
    plaza.watch.advance(SignedDuration::from_secs(seconds));
}

/// A driver whose phone is bound.
async fn driver_with_phone(plaza: &Plaza) -> tests::plaza::TestDriver {
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", PHONE, &driver.id, "wyc2002");
    driver
}

#[tokio::test]
async fn of_a_thousand_guesses_at_once_five_are_compared_and_the_right_one_after_them_is_refused() {
    let (plaza, code) = with_code().await;
    let guesses = (0..1000).map(|n| {
        let (plaza, code) = (&plaza, &code);
        async move { check(plaza, binding(Purpose::SignIn, None), &wrong(code, n)).await }
    });
    assert!(join_all(guesses).await.into_iter().all(|guess| is_refused(guess, Reason::WrongCode)));
    let compared = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "code-refused").count();
    assert_eq!(compared, 5, "each comparison leaves an entry");
    assert!(is_refused(check(&plaza, binding(Purpose::SignIn, None), &code).await, Reason::WrongCode));
}

#[tokio::test]
async fn a_code_works_for_five_minutes_though_its_row_is_still_there() {
    for (seconds, works) in [(299, true), (301, false)] {
        let (plaza, code) = with_code().await;
        advance(&plaza, seconds);
        assert_eq!(check(&plaza, binding(Purpose::SignIn, None), &code).await.is_ok(), works, "{seconds} s");
        assert_eq!(plaza.database.under("CODE#").len(), 1);
    }
}

#[tokio::test]
async fn of_two_right_guesses_at_once_one_is_spent() {
    let plaza = Plaza::open();
    driver_with_phone(&plaza).await;
    plaza.ask_code("ev", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    let (one, two) = join(plaza.sign_in_by_code("ev", PHONE, &code), plaza.sign_in_by_code("ev", PHONE, &code)).await;
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 401, "spent");
}

#[tokio::test]
async fn a_second_code_kills_the_first() {
    let (plaza, first) = with_code().await;
    advance(&plaza, 60);
    ask(&plaza, binding(Purpose::SignIn, None)).await.unwrap();
    let second = plaza.code_for(PHONE).await;
    assert_ne!(first, second);
    assert!(is_refused(check(&plaza, binding(Purpose::SignIn, None), &first).await, Reason::WrongCode));
    check(&plaza, binding(Purpose::SignIn, None), &second).await.unwrap();
}

#[tokio::test]
async fn a_code_does_only_what_it_was_sent_for() {
    let device = Some("device-1");
    let plaza = Plaza::open();
    ask(&plaza, binding(Purpose::SignIn, device)).await.unwrap();
    let code = plaza.code_for(PHONE).await;
    let change = |id: &str| Purpose::Change(AccountId::known(id));
    let another = Binding { product: Realm::MallAgent, ..binding(Purpose::SignIn, device) };
    for other in [
        binding(change("1004"), Some("device-2")),
        binding(Purpose::Reset, device),
        binding(Purpose::SignIn, Some("device-2")),
        binding(Purpose::SignIn, None),
        another,
    ] {
        assert!(is_refused(check(&plaza, other.clone(), &code).await, Reason::WrongCode), "{other:?}");
    }
    check(&plaza, binding(Purpose::SignIn, device), &code).await.unwrap();

    advance(&plaza, 60);
    ask(&plaza, binding(change("1004"), device)).await.unwrap();
    let code = plaza.code_for(PHONE).await;
    for other in [binding(Purpose::SignIn, device), binding(change("1005"), device)] {
        assert!(is_refused(check(&plaza, other, &code).await, Reason::WrongCode));
    }
    check(&plaza, binding(change("1004"), device), &code).await.unwrap();
}

#[tokio::test]
async fn a_code_that_was_shown_to_be_right_can_still_be_used_and_once() {
    let plaza = Plaza::open();
    driver_with_phone(&plaza).await;
    plaza.ask_code("ev", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    let of_driver = Binding { product: Realm::Ev, ..binding(Purpose::SignIn, None) };
    let proof = check(&plaza, of_driver.clone(), &code).await.unwrap();
    plaza.codes.mark_verified(&proof).await.unwrap();
    assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 200);
    assert!(is_refused(plaza.codes.mark_verified(&proof).await, Reason::WrongCode), "it is spent");
}

#[tokio::test]
async fn a_phone_is_asked_for_once_a_minute_five_times_an_hour_and_ten_a_day_in_each_product() {
    let plaza = Plaza::open();
    let one = || binding(Purpose::SignIn, None);
    let wait = |outcome: Result<(), Failure>| outcome.unwrap_err().retry_after().unwrap();
    for hour in 0..2 {
        for n in 0..5 {
            ask(&plaza, one()).await.unwrap_or_else(|failure| panic!("{hour} {n} {failure:?}"));
            assert_eq!(wait(ask(&plaza, one()).await), 60);
            advance(&plaza, 60);
        }
        assert_eq!(wait(ask(&plaza, one()).await), 3300);
        advance(&plaza, 3300);
    }
    // Two hours after the first: the eleventh has to wait until the first is a day old.
    assert_eq!(wait(ask(&plaza, one()).await), 22 * 3600);
    ask(&plaza, Binding { product: Realm::Cloud, ..one() }).await.unwrap();
    advance(&plaza, 22 * 3600 - 1);
    assert_eq!(wait(ask(&plaza, one()).await), 1);
    advance(&plaza, 1);
    ask(&plaza, one()).await.unwrap();
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE).len(), 1, "those that were never delivered in time are over");
}

#[tokio::test]
async fn the_eleventh_code_of_a_day_is_429_at_the_door_however_the_number_is_written() {
    let plaza = Plaza::open();
    let spellings = ["+86 138-0013-8000", "１３８００１３８０００", "138-0013-8000", "0086 13800138000"];
    assert_eq!(plaza.ask_code("ev", PHONE, "login").await.whole(), (200, "{}".to_owned()));
    for spelling in spellings {
        let answer = plaza.ask_code("ev", spelling, "login").await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("60")), "{spelling}");
    }
    for n in 1..10 {
        advance(&plaza, 3600);
        assert_eq!(plaza.ask_code("ev", spellings[n % 4], "login").await.status, 200, "{n}");
    }
    advance(&plaza, 3600);
    assert_eq!(plaza.ask_code("ev", PHONE, "login").await.status, 429);
}

#[tokio::test]
async fn a_device_and_an_address_have_limits_of_their_own_and_a_refusal_burns_no_other() {
    let settings = Settings::default().with("OTP_PER_DEVICE_HOUR", 3).with("OTP_PER_IP_HOUR", 4);
    let plaza = Plaza::with(settings);
    let one = |n: u64, device: &str| {
        let phone = Phone::parse(&format!("138{n:08}")).unwrap();
        Binding { phone, ..binding(Purpose::SignIn, Some(device)) }
    };
    let (home, away) = ("203.0.113.9", "198.51.100.7");
    for n in 0..3 {
        ask_as(&plaza, one(n, "d1"), None, home).await.unwrap();
    }
    let before = plaza.database.items(MAIN);
    assert!(is_refused(ask_as(&plaza, one(3, "d1"), None, away).await, Reason::Throttled), "the device");
    assert_eq!(plaza.database.items(MAIN), before, "nothing is counted for anybody");
    ask_as(&plaza, one(3, "d2"), None, home).await.unwrap();
    assert!(is_refused(ask_as(&plaza, one(4, "d2"), None, home).await, Reason::Throttled), "the address");
    ask_as(&plaza, one(4, "d2"), None, away).await.unwrap();

    // The window before counts in with its share, so that the turn of the hour does not double the limit.
    advance(&plaza, 1800);
    assert!(is_refused(ask_as(&plaza, one(6, "d1"), None, "192.0.2.2").await, Reason::Throttled));
    advance(&plaza, 3600);
    ask_as(&plaza, one(6, "d1"), None, "192.0.2.2").await.unwrap();
}

#[tokio::test]
async fn a_device_reaches_five_phones_a_day() {
    let plaza = Plaza::open();
    let one = |n: u64| {
        let phone = Phone::parse(&format!("138{n:08}")).unwrap();
        Binding { phone, ..binding(Purpose::SignIn, Some("d1")) }
    };
    for n in 0..5 {
        ask(&plaza, one(n)).await.unwrap();
    }
    assert!(is_refused(ask(&plaza, one(5)).await, Reason::Throttled));
    advance(&plaza, 60);
    ask(&plaza, one(0)).await.unwrap();
    advance(&plaza, 86_400);
    ask(&plaza, one(5)).await.unwrap();
}

#[tokio::test]
async fn many_asks_at_once_are_counted_one_by_one() {
    let plaza = Plaza::with(Settings::default().with("OTP_PER_IP_HOUR", 10));
    let asks = (0..40_u64).map(|n| {
        let phone = Phone::parse(&format!("138{n:08}")).unwrap();
        let plaza = &plaza;
        async move { ask(plaza, Binding { phone, ..binding(Purpose::SignIn, None) }).await }
    });
    let sent = join_all(asks).await.into_iter().flatten().count();
    assert!((1..=10).contains(&sent), "{sent}");
    assert_eq!(plaza.sms_messages.lock().unwrap().len(), sent);
    let another = || Binding { product: Realm::Ev, ..binding(Purpose::SignIn, None) };
    let same = join_all((0..20).map(|_| ask_as(&plaza, another(), None, "198.51.100.7")));
    assert_eq!(same.await.into_iter().flatten().count(), 1, "one phone, one code a minute");
}

#[tokio::test]
async fn fifty_tries_close_a_phone_for_a_day_without_a_message() {
    let settings = Settings::default().with("OTP_PER_PHONE_MINUTE", 100).with("OTP_PER_PHONE_HOUR", 100);
    let plaza = Plaza::with(settings.with("OTP_PER_PHONE_DAY", 100));
    driver_with_phone(&plaza).await;
    for _ in 0..10 {
        assert_eq!(plaza.ask_code("ev", PHONE, "login").await.status, 200);
        let code = plaza.code_for(PHONE).await;
        for n in 0..5 {
            assert_eq!(plaza.sign_in_by_code("ev", PHONE, &wrong(&code, n)).await.status, 401);
        }
    }
    let closed = plaza.ask_code("ev", PHONE, "login").await;
    assert_eq!(closed.whole(), (200, "{}".to_owned()), "the usual answer");
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE).len(), 10, "and no message");
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200, "the password still works");
    advance(&plaza, 86_399);
    plaza.ask_code("ev", PHONE, "login").await;
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE).len(), 10);
    advance(&plaza, 1);
    plaza.ask_code("ev", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 200);
}

#[tokio::test]
async fn known_and_unknown_numbers_get_the_same_answer_for_the_same_work() {
    const UNKNOWN: &str = "13900139000";
    let plaza = Plaza::open();
    driver_with_phone(&plaza).await;
    let mut bills = Vec::new();
    for round in 0..10 {
        for phone in [PHONE, UNKNOWN] {
            plaza.database.take_calls();
            let answer = plaza.ask_code("ev", phone, "login").await;
            bills.push(bill(&plaza.database.take_calls()));
            assert_eq!(answer.whole(), (200, "{}".to_owned()), "{round}");
            assert_eq!(answer.headers.len(), 7, "{:?}", answer.headers);
        }
        advance(&plaza, 3600);
    }
    assert_eq!(bills.iter().collect::<std::collections::BTreeSet<_>>().len(), 1, "{bills:?}");
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(UNKNOWN).len(), 0);
    // Time is calls here, and the calls are the same to the unit; a clock would measure the machine.
    for phone in [PHONE, UNKNOWN] {
        let answer = plaza.sign_in_by_code("ev", phone, "000000").await;
        assert_eq!(answer.whole(), plaza.sign_in("ev", "unknown", "wrong password").await.whole(), "{phone}");
    }
}

#[tokio::test]
async fn no_code_is_in_a_log_a_queue_or_a_table() {
    let plaza = Plaza::open();
    driver_with_phone(&plaza).await;
    let mut codes = Vec::new();
    for purpose in ["login", "reset"] {
        plaza.ask_code("ev", PHONE, purpose).await;
        let sms_messages = json!(*plaza.sms_messages.lock().unwrap()).to_string();
        let code = plaza.code_for(PHONE).await;
        assert!(!sms_messages.contains(&code) && !sms_messages.contains(PHONE), "{sms_messages}");
        plaza.sign_in_by_code("ev", PHONE, &code).await;
        plaza.reset("ev", PHONE, &code, NEW).await;
        codes.push(code);
        advance(&plaza, 60);
    }
    let texts = |table| {
        // Random ids and hashes may hold any six digits by chance; what is text is looked at as it is.
        let items = plaza.database.items(table);
        let is_random = |name: &str| matches!(name, "sk" | "pk" | "hash" | "live" | "nonce");
        let fields = items.iter().flat_map(|item| item.as_object().unwrap().clone());
        fields
            .filter(|(name, _)| !is_random(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let everything = format!("{}{}{}", texts(MAIN), texts(AUDIT), plaza.lines().join("\n"));
    for code in codes {
        let quoted = [format!("\"{code}\""), format!(" {code}"), format!("={code}")];
        assert!(quoted.iter().all(|code| !everything.contains(code)), "{code}");
    }
}

#[tokio::test]
async fn a_code_signs_in_and_a_forgotten_password_is_set_anew() {
    let plaza = Plaza::open();
    let driver = driver_with_phone(&plaza).await;
    plaza.ask_code("ev", PHONE, "login").await;
    let code = plaza.code_for(PHONE).await;
    let answer = plaza.sign_in_by_code("ev", "+86 138 0013 8000", &code).await;
    assert_eq!((answer.status.as_u16(), answer.json()["expires_in"].as_i64()), (200, Some(30 * 86_400)));
    assert_eq!(answer.header("x-access-token"), Some(answer.token().as_str()));
    assert_eq!(plaza.detail(&answer.token()).await.json()["data"]["user_id"], driver.id.as_str());

    for _ in 0..5 {
        plaza.log_in("wyc2002", "123456wyd").await;
    }
    advance(&plaza, 60);
    plaza.ask_code("ev", PHONE, "reset").await;
    let code = plaza.code_for(PHONE).await;
    assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 401, "it is for something else");
    let weak = plaza.reset("ev", PHONE, &code, "wyc20021").await;
    assert_eq!((weak.status.as_u16(), &weak.json()["code"]), (400, &json!("weak_password")));
    assert_eq!(plaza.reset("ev", PHONE, &code, NEW).await.whole(), (200, "{}".to_owned()));
    for ended in [&driver.token, &answer.token()] {
        assert_eq!(plaza.detail(ended).await.status, 401);
    }
    assert_eq!(plaza.log_in("wyc2002", NEW).await.json()["code"], 200, "without a wait");
    assert_eq!(plaza.reset("ev", PHONE, &code, "a third phrase 8").await.json()["code"], "wrong_code");
    plaza.deliver_sms().await;
    assert_eq!(plaza.sent_to(PHONE), ["login", "reset", "password-changed"]);
    let entries: Vec<_> = plaza.database.items(AUDIT).iter().map(|entry| entry["action"]["S"].clone()).collect();
    assert_eq!(entries.iter().filter(|action| **action == "password-reset").count(), 1);
}

#[tokio::test]
async fn unreadable_asks_are_400_and_the_kill_switch_is_429() {
    let plaza = Plaza::open();
    for (realm, telephone, purpose) in
        [("ev", "12345678910", "login"), ("ev", PHONE, "register"), ("unknown", PHONE, "login"), ("ev", "", "login")]
    {
        assert_eq!(plaza.ask_code(realm, telephone, purpose).await.status, 400, "{realm} {telephone} {purpose}");
    }
    assert_eq!(plaza.sms_messages.lock().unwrap().len(), 0);
    let off = Plaza::with(Settings::default().with("OTP_ENABLED", false));
    let answer = off.ask_code("ev", PHONE, "login").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, Some("600")));
    assert_eq!(off.database.items(MAIN), [json!(null); 0]);
}

#[tokio::test]
async fn a_device_solves_a_captcha_after_two_codes_in_an_hour() {
    let plaza = Plaza::open();
    let one = || binding(Purpose::SignIn, Some("d1"));
    for _ in 0..2 {
        ask_as(&plaza, one(), Some(2), "203.0.113.9").await.unwrap();
        advance(&plaza, 60);
    }
    assert!(is_refused(ask_as(&plaza, one(), Some(2), "203.0.113.9").await, Reason::CaptchaWanted));
    ask_as(&plaza, one(), None, "203.0.113.9").await.unwrap();
}

#[tokio::test]
async fn asking_and_signing_in_by_code_cost_this_much() {
    let plaza = Plaza::open();
    driver_with_phone(&plaza).await;
    plaza.database.take_calls();
    plaza.ask_code("ev", PHONE, "login").await;
    // Asks of the phone in this realm, its address, the code, the message.
    assert_eq!(bill(&plaza.database.take_calls()), "Query 1 + GetItem 1 + TransactWriteItems 8");
    let code = plaza.code_for(PHONE).await;
    // Lease and message; the account; the messages of the phone and of the product; counting; done.
    let sent = "TransactWriteItems 2 + GetItem 1 + GetItem 1 + GetItem 1 + GetItem 1";
    assert_eq!(bill(&plaza.database.take_calls()), format!("{sent} + TransactWriteItems 6 + TransactWriteItems 2"));
    plaza.sign_in_by_code("ev", PHONE, &code).await;
    let signed_in = bill(&plaza.database.take_calls());
    assert_eq!(signed_in, "GetItem 1 + GetItem 1 + TransactWriteItems 4 + TransactWriteItems 12");
}
