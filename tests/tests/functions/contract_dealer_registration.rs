//! `mall-users.md`, dealers (经销商): #19 to #23, from the first code to the account, as the document shows them.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    capacity::bill,
    database::{AUDIT, Fate},
    plaza::{PASSWORD, Plaza, Settings},
    request::post,
};

const PHONE: &str = "13912345678";
const DEVICE: &str = "a3f0c2d4-dealer";
const NO_PROFILE: &str = r#"{"telephone":"13912345678","nickName":"","favicon":"","gender":0,"status":0}"#;

fn done() -> (u16, String) {
    (200, r#"{"errCode":"200","msg":"sucess"}"#.to_owned())
}

fn failure(status: u16, code: u16, msg: &str) -> (u16, String) {
    (status, json!({"errCode": code, "msg": msg}).to_string())
}

async fn call(plaza: &Plaza, path: &str, body: &Value) -> Answer {
    plaza.mall_dealer(post(&format!("/user/dealer/{path}")).json(body)).await
}

async fn send(plaza: &Plaza, phone: &str) -> Answer {
    call(plaza, "sendPhoneNum", &json!({"deviceId": DEVICE, "telephone": phone})).await
}

async fn verify(plaza: &Plaza, device: &str, code: &str) -> Answer {
    call(plaza, "verifyPhoneNum", &json!({"deviceId": device, "telephone": PHONE, "phoneNum": code})).await
}

/// A plaza where both codes are known.
async fn ready() -> (Plaza, String, String) {
    let plaza = Plaza::open();
    let code = plaza.dealers_code(DEVICE, PHONE, None).await;
    let (letters, _) = plaza.picture(DEVICE).await;
    (plaza, code, letters)
}

fn wrong(code: &str) -> String {
    wrong_by(code, 1)
}

fn wrong_by(code: &str, n: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + n) % 1_000_000)
}

/// Registered or not, and nothing in between.
fn assert_whole_or_nothing(plaza: &Plaza) -> bool {
    let count = |pk: &str, sk: &str| plaza.database.under(pk).iter().filter(|item| item["sk"]["S"] == sk).count();
    let created = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "account-created").count();
    let spent =
        plaza.database.item(&format!("CAPTCHA#{DEVICE}"), "PICTURE").is_some_and(|item| item.get("spent").is_some());
    let consumed = plaza.database.under("CODE#").iter().filter(|item| item["st"]["S"] == "consumed").count();
    let counts = [
        count("LOGIN#mall-dealer#", "CREDENTIAL"),
        count("PHONE#mall-dealer#", "HOLDER"),
        count("ACCOUNT#mall-dealer#", "PROFILE"),
        count("ACCOUNT#mall-dealer#", "SESSIONS"),
        created,
        usize::from(spent),
        consumed,
    ];
    assert!(counts == [0; 7] || counts == [1; 7], "{counts:?}");
    counts == [1; 7]
}

#[tokio::test]
async fn the_whole_way_as_the_document_prints_it() {
    let plaza = Plaza::open();
    assert_eq!(send(&plaza, PHONE).await.whole(), done());
    let code = plaza.code_for(PHONE).await;
    assert_eq!(verify(&plaza, DEVICE, &wrong(&code)).await.whole(), failure(200, 2016, "手机验证码错误"));
    assert_eq!(verify(&plaza, DEVICE, &code).await.whole(), done());
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_eq!(plaza.solve(DEVICE, &letters).await.whole(), done());
    let answer = plaza.register_dealer(DEVICE, PHONE, &code, &letters.to_lowercase()).await;
    assert_eq!(answer.whole(), (200, format!(r#"{{"errCode":200,"msg":"success","data":{NO_PROFILE}}}"#)));
    assert!(assert_whole_or_nothing(&plaza));

    let token = answer.header("x-access-token").unwrap();
    let edit = post("/user/dealer/editGender").bearer(token).json(&json!({"username": PHONE, "gender": 1}));
    assert_eq!(plaza.mall_dealer(edit).await.json()["errCode"], 200, "the session is good at once");
    let login = call(&plaza, "login", &json!({"telephone": PHONE, "password": PASSWORD})).await;
    assert_eq!(login.json()["data"]["telephone"], PHONE);
}

#[tokio::test]
async fn verifying_a_code_uses_it_up_no_more_than_a_try() {
    let (plaza, code, letters) = ready().await;
    for _ in 0..4 {
        assert_eq!(verify(&plaza, DEVICE, &code).await.whole(), done());
    }
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 200);
    assert_eq!(verify(&plaza, DEVICE, &code).await.json()["errCode"], 2016, "spent");
}

/// Asked whether it is right (#20), or tried at once (#23): both count, and both are compared five times together.
#[tokio::test]
async fn of_a_thousand_guesses_at_once_five_are_compared_and_the_right_one_after_them_is_refused() {
    let (plaza, code, letters) = ready().await;
    let guesses: Vec<_> = (1..=1000).map(|n| wrong_by(&code, n)).collect();
    let (asked, tried) = guesses.split_at(900);
    let asked = join_all(asked.iter().map(|guess| verify(&plaza, DEVICE, guess)));
    let tried = join_all(tried.iter().map(|guess| plaza.register_dealer(DEVICE, PHONE, guess, &letters)));
    let (asked, tried) = futures_util::future::join(asked, tried).await;
    for answer in &asked {
        assert_eq!(answer.whole(), failure(200, 2016, "手机验证码错误"));
    }
    for answer in &tried {
        assert!(matches!(answer.json()["errCode"].as_u64(), Some(2016 | 2018 | 2019)), "{}", answer.text());
    }
    let compared = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "code-refused").count();
    assert_eq!(compared, 5);
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_eq!(verify(&plaza, DEVICE, &code).await.json()["errCode"], 2016);
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 2016);
    assert!(!assert_whole_or_nothing(&plaza));
}

#[tokio::test]
async fn a_code_is_good_on_the_device_that_asked_for_it() {
    let (plaza, code, _) = ready().await;
    assert_eq!(verify(&plaza, "another-device", &code).await.json()["errCode"], 2016);
    let (letters, _) = plaza.picture("another-device").await;
    assert_eq!(plaza.register_dealer("another-device", PHONE, &code, &letters).await.json()["errCode"], 2016);
    assert!(!assert_whole_or_nothing(&plaza));
}

#[tokio::test]
async fn each_of_the_two_codes_is_needed() {
    let (plaza, code, letters) = ready().await;
    let picture = failure(200, 2018, "图形验证码错误");
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, "AAAAA").await.whole(), picture);
    let bad = plaza.register_dealer(DEVICE, PHONE, &wrong(&code), &letters).await;
    assert_eq!(bad.whole(), failure(200, 2016, "手机验证码错误"));
    for (field, text) in [("phoneNum", "缺少短信验证码"), ("picCode", "缺少图形验证码"), ("password", "缺少密码")]
    {
        let mut form = json!({"deviceId": DEVICE, "telephone": PHONE, "phoneNum": code, "picCode": letters,
            "password": PASSWORD});
        form.as_object_mut().unwrap().remove(field);
        assert_eq!(call(&plaza, "register", &form).await.whole(), failure(400, 400, text));
    }
    assert!(!assert_whole_or_nothing(&plaza));

    let without = Plaza::open();
    let code = without.dealers_code(DEVICE, PHONE, None).await;
    assert_eq!(without.register_dealer(DEVICE, PHONE, &code, "AAAAA").await.whole(), picture, "no picture was shown");
    let (letters, _) = without.picture(DEVICE).await;
    without.watch.advance(SignedDuration::from_secs(181));
    assert_eq!(without.register_dealer(DEVICE, PHONE, &code, &letters).await.whole(), picture, "the picture is over");
}

#[tokio::test]
async fn both_codes_are_spent_by_one_registration() {
    let (plaza, code, letters) = ready().await;
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 200);
    let other = plaza.dealers_code(DEVICE, "13800138000", None).await;
    let with_it = plaza.register_dealer(DEVICE, "13800138000", &other, &letters).await;
    assert_eq!(with_it.json()["errCode"], 2018, "the picture");
    assert_eq!(verify(&plaza, DEVICE, &code).await.json()["errCode"], 2016, "the code");
}

#[tokio::test]
async fn a_taken_phone_is_reported_to_its_holder() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.dealers_code(DEVICE, PHONE, None).await;
    let (letters, _) = plaza.picture(DEVICE).await;
    let taken = plaza.register_dealer(DEVICE, PHONE, &code, &letters).await;
    assert_eq!(taken.whole(), failure(200, 2017, "用户已存在"));
}

#[tokio::test]
async fn a_weak_password_costs_neither_code() {
    let (plaza, code, letters) = ready().await;
    let weak = failure(200, 2022, "密码强度不足：需 8 至 128 个字符，且不能是常见密码");
    for password in ["12345678", "short7!", "13912345678!", &"x1".repeat(65)] {
        let form = json!({"deviceId": DEVICE, "telephone": PHONE, "phoneNum": code, "picCode": letters,
            "password": password});
        assert_eq!(call(&plaza, "register", &form).await.whole(), weak, "{password}");
    }
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 200);
}

#[tokio::test]
async fn a_code_that_a_dealer_asked_for_makes_no_other_account() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer("13800138000").await;
    let code = plaza.dealers_code(DEVICE, PHONE, Some(&dealer.token)).await;
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 2016);
    assert_eq!(verify(&plaza, DEVICE, &code).await.json()["errCode"], 2016, "nor is it right without the session");
    let form = json!({"deviceId": DEVICE, "telephone": PHONE, "phoneNum": code});
    let asked = post("/user/dealer/verifyPhoneNum").bearer(&dealer.token).json(&form);
    assert_eq!(plaza.mall_dealer(asked).await.whole(), done());
}

#[tokio::test]
async fn a_known_and_an_unknown_number_are_one_answer() {
    let plaza = Plaza::open();
    plaza.dealer(PHONE).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let (known, unknown) = (send(&plaza, PHONE).await, send(&plaza, "13800138000").await);
    assert_eq!((known.whole(), &known.headers), (unknown.whole(), &unknown.headers));
    let (known, unknown) = (send(&plaza, PHONE).await, send(&plaza, "13800138000").await);
    assert_eq!(known.whole(), failure(429, 2019, "请求过于频繁，请在 60 秒后重试"));
    assert_eq!((known.whole(), &known.headers), (unknown.whole(), &unknown.headers));
}

#[tokio::test]
async fn the_third_message_of_a_device_in_an_hour_costs_a_solved_picture() {
    let plaza = Plaza::open();
    for phone in ["13800138001", "13800138002"] {
        assert_eq!(send(&plaza, phone).await.whole(), done());
    }
    let wanted = failure(200, 2018, "请先完成图形验证");
    assert_eq!(send(&plaza, PHONE).await.whole(), wanted);
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_eq!(send(&plaza, PHONE).await.whole(), wanted, "looking at it is not enough");
    plaza.solve(DEVICE, "AAAAA").await;
    assert_eq!(send(&plaza, PHONE).await.whole(), wanted);
    plaza.deliver_sms().await;
    assert!(plaza.sent_to(PHONE).is_empty(), "nothing was sent");

    assert_eq!(plaza.solve(DEVICE, &letters).await.whole(), done());
    assert_eq!(send(&plaza, PHONE).await.whole(), done());
    let code = plaza.code_for(PHONE).await;
    assert_eq!(send(&plaza, "13800138003").await.whole(), wanted, "one picture, one message");
    let other = json!({"deviceId": "another-device", "telephone": "13800138003"});
    assert_eq!(call(&plaza, "sendPhoneNum", &other).await.whole(), done(), "another device has its own two");
    let answer = plaza.register_dealer(DEVICE, PHONE, &code, &letters).await;
    assert_eq!(answer.json()["errCode"], 200, "what paid for a message still opens an account");

    plaza.watch.advance(SignedDuration::from_hours(2));
    assert_eq!(send(&plaza, "13800138004").await.whole(), done());
}

#[tokio::test]
async fn of_many_messages_at_once_one_picture_pays_for_one() {
    let plaza = Plaza::open();
    for phone in ["13800138001", "13800138002"] {
        send(&plaza, phone).await;
    }
    let (letters, _) = plaza.picture(DEVICE).await;
    plaza.solve(DEVICE, &letters).await;
    let phones = ["13800138003", "13800138004", PHONE];
    let answers = join_all(phones.map(|phone| send(&plaza, phone))).await;
    assert_eq!(answers.iter().filter(|answer| answer.whole() == done()).count(), 1);
}

#[tokio::test]
async fn of_many_registrations_at_once_one_is_made() {
    let (plaza, code, letters) = ready().await;
    let answers = join_all((0..3).map(|_| plaza.register_dealer(DEVICE, PHONE, &code, &letters))).await;
    let made = answers.iter().filter(|answer| answer.json()["errCode"] == 200).count();
    assert_eq!(made, 1, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    assert!(assert_whole_or_nothing(&plaza));
}

#[tokio::test]
async fn nothing_of_a_form_but_its_own_fields_is_stored() {
    let (plaza, code, letters) = ready().await;
    let form = json!({"deviceId": DEVICE, "telephone": PHONE, "phoneNum": code, "picCode": letters,
        "password": PASSWORD, "status": 3, "role": "admin", "id": "1", "account": "1", "nickName": "x", "gender": 3,
        "favicon": "x", "created_at": "1999", "enabled": false, "shops": ["s"], "realm": "platform"});
    let answer = call(&plaza, "register", &form).await;
    assert_eq!(answer.whole(), (200, format!(r#"{{"errCode":200,"msg":"success","data":{NO_PROFILE}}}"#)));
    let sessions = plaza.database.under("ACCOUNT#mall-dealer#");
    let sessions = sessions.iter().find(|item| item["sk"]["S"] == "SESSIONS").unwrap();
    assert_eq!((&sessions["role"]["S"], &sessions["enabled"]["BOOL"]), (&json!("dealer"), &json!(true)));
    assert!(plaza.lines().last().unwrap().contains(r#""UnknownField":11"#));
}

#[tokio::test]
async fn one_address_registers_so_many_a_minute() {
    let plaza = Plaza::with(Settings::default().with("REGISTER_PER_IP_MINUTE", 1));
    plaza.dealer("13800138000").await;
    let code = plaza.dealers_code(DEVICE, PHONE, None).await;
    let (letters, _) = plaza.picture(DEVICE).await;
    let refused = plaza.register_dealer(DEVICE, PHONE, &code, &letters).await;
    let seconds = refused.header("retry-after").unwrap();
    assert_eq!(refused.whole(), failure(429, 2019, &format!("请求过于频繁，请在 {seconds} 秒后重试")));
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(plaza.register_dealer(DEVICE, PHONE, &code, &letters).await.json()["errCode"], 200);
}

#[tokio::test]
async fn a_fault_at_any_call_leaves_a_whole_account_or_none() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::Break, Fate::HangAfter] {
        for call in 0..5 {
            for lasting in [false, true] {
                let (plaza, code, letters) = ready().await;
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let answer = plaza.register_dealer(DEVICE, PHONE, &code, &letters).await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert!(matches!(answer.status.as_u16(), 200 | 429 | 500), "{what}");
                let is_there = assert_whole_or_nothing(&plaza);
                assert!(is_there || answer.json()["errCode"] != 200, "{what}");
                if !is_there && !lasting {
                    let again = plaza.register_dealer(DEVICE, PHONE, &code, &letters).await;
                    assert_eq!(again.json()["errCode"], 200, "{what}: it can be tried again");
                }
                if is_there {
                    let login = json!({"telephone": PHONE, "password": PASSWORD});
                    assert_eq!(log_in(&plaza, &login).await.json()["errCode"], 200, "{what}");
                }
            }
        }
    }
}

async fn log_in(plaza: &Plaza, login: &Value) -> Answer {
    call(plaza, "login", login).await
}

#[tokio::test]
async fn what_it_costs() {
    let (plaza, code, letters) = ready().await;
    plaza.database.take_calls();
    plaza.register_dealer(DEVICE, PHONE, &code, &letters).await;
    let expected = "UpdateItem 1 + UpdateItem 1 + GetItem 1 + TransactWriteItems 4 + TransactWriteItems 14";
    assert_eq!(bill(&plaza.database.take_calls()), expected);
    call(&plaza, "login", &json!({"telephone": PHONE, "password": PASSWORD})).await;
    let expected = "Query 1 + GetItem 1 + TransactWriteItems 6 + TransactWriteItems 10 + Query 1";
    assert_eq!(bill(&plaza.database.take_calls()), expected);
}
