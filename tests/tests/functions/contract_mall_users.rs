//! `mall-users.md`, consumers (c端用户) and agents (代理商): #8 to #12, as the document shows them, and whose a telephone and
//! an openId are after each sign-in.

use futures_util::future::{join, join_all};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    capacity::bill,
    database::AUDIT,
    mall_user::{DONE, Kind, OPEN_ID, SENT, TestMallUser},
    papers::ID_NO,
    plaza::{Plaza, Settings},
    request::{get, post},
};

const PHONE: &str = "13912345678";
const OTHER: &str = "13800138000";
const OTHER_ID: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJF";
const STRANGER: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJH";

fn failure(status: u16, code: u16, msg: &str) -> (u16, String) {
    (status, json!({"errCode": code, "msg": msg}).to_string())
}

fn wrong_code() -> (u16, String) {
    failure(200, 2016, "手机验证码错误")
}

fn wrong(code: &str, n: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1 + n) % 1_000_000)
}

/// What the tables say of one realm: each account with its telephone and openId. Both maps and the way back agree, and
/// each account has its session record.
fn accounts(plaza: &Plaza, realm: &str) -> Vec<(String, String, Option<String>)> {
    let holders = |kind: &str| -> Vec<(String, String)> {
        let prefix = format!("{kind}#{realm}#");
        let items = plaza.database.holders(&prefix);
        let of = |item: &Value| {
            let name = item["pk"]["S"].as_str().unwrap().strip_prefix(&prefix).unwrap().to_owned();
            (item["account"]["S"].as_str().unwrap().to_owned(), name)
        };
        let mut holders: Vec<_> = items.iter().map(of).collect();
        holders.sort();
        holders
    };
    let items = plaza.database.under(&format!("ACCOUNT#{realm}#"));
    let of = |item: &Value| {
        let id = item["pk"]["S"].as_str().unwrap().rsplit('#').next().unwrap().to_owned();
        let text = |name: &str| item[name]["S"].as_str().map(ToOwned::to_owned);
        (id, text("phone"), text("open_id"))
    };
    let mut records: Vec<_> = items.iter().filter(|item| item["sk"]["S"] == "PROFILE").map(of).collect();
    records.sort();
    let phones: Vec<_> = records.iter().map(|(id, phone, _)| (id.clone(), phone.clone().unwrap())).collect();
    assert_eq!(holders("PHONE"), phones, "telephones");
    let open_ids: Vec<_> = records.iter().filter_map(|(id, _, open_id)| Some((id.clone(), open_id.clone()?))).collect();
    assert_eq!(holders("OPENID"), open_ids, "openIds");
    assert_eq!(items.iter().filter(|item| item["sk"]["S"] == "SESSIONS").count(), records.len());
    let of = |(id, phone, open_id): &(String, Option<String>, Option<String>)| {
        (id.clone(), phone.as_ref().unwrap().strip_prefix("+86").unwrap().to_owned(), open_id.clone())
    };
    records.iter().map(of).collect()
}

fn open_id_of(plaza: &Plaza, realm: &str, user: &TestMallUser) -> Option<String> {
    accounts(plaza, realm).into_iter().find(|(id, _, _)| *id == user.id).unwrap().2
}

async fn is_alive(plaza: &Plaza, user: &TestMallUser) -> bool {
    plaza.log_out(&user.token).await.status == 204
}

fn actions(plaza: &Plaza) -> Vec<(String, String)> {
    let text = |item: &Value, name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    let items = plaza.database.items(AUDIT);
    let mut actions: Vec<_> = items.iter().map(|item| (text(item, "action"), text(item, "subject"))).collect();
    actions.sort();
    actions
}

#[tokio::test]
async fn the_whole_way_as_the_document_prints_it() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &wrong(&code, 0)).await.whole(), wrong_code());
        let answer = kind.verify(&plaza, OPEN_ID, PHONE, &code).await;
        assert_eq!(answer.whole(), (200, DONE.to_owned()));
        let user = TestMallUser::of(OPEN_ID, PHONE, &answer);
        let expected = (user.id.clone(), PHONE.to_owned(), Some(OPEN_ID.to_owned()));
        assert_eq!(accounts(&plaza, kind.realm()), [expected], "{kind:?}");
        let spent = failure(200, 2016, "手机验证码错误：该验证码已使用过，请重新获取");
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &code).await.whole(), spent, "once");
        assert!(is_alive(&plaza, &user).await);

        let again = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        assert_eq!((again.id, accounts(&plaza, kind.realm()).len()), (user.id.clone(), 1), "the same account");
        let told = [("account-created", user.id.as_str()), ("code-refused", ""), ("signed-in", user.id.as_str())];
        assert_eq!(actions(&plaza), told.map(|(action, subject)| (action.to_owned(), subject.to_owned())));
    }
}

#[tokio::test]
async fn a_consumer_an_agent_and_a_dealer_of_one_telephone_are_three() {
    let plaza = Plaza::open();
    let consumer = Kind::Consumer.sign_in(&plaza, OPEN_ID, PHONE).await;
    let agent = Kind::Agent.sign_in(&plaza, OPEN_ID, PHONE).await;
    assert_ne!(consumer.id, agent.id);
    plaza.watch.advance(SignedDuration::from_secs(60));
    plaza.dealer(PHONE).await;
    let asked = post("/user/proxy/identifyPUser").bearer(&consumer.token).json(&json!({"telephone": PHONE}));
    assert_eq!(plaza.mall_agent(asked).await.whole(), failure(403, 403, "没有权限"));
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.consumers_code(OPEN_ID, PHONE).await;
    assert_eq!(plaza.verify_agent(OPEN_ID, PHONE, &code).await.whole(), wrong_code(), "another product's");
}

#[tokio::test]
async fn a_code_is_good_for_the_telephone_and_the_open_id_that_asked_for_it_and_for_five_minutes() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        assert_eq!(kind.verify(&plaza, OTHER_ID, PHONE, &code).await.whole(), wrong_code());
        assert_eq!(kind.verify(&plaza, OPEN_ID, OTHER, &code).await.whole(), wrong_code());
        assert!(accounts(&plaza, kind.realm()).is_empty());
        plaza.watch.advance(SignedDuration::from_secs(299));
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &code).await.whole(), (200, DONE.to_owned()));

        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        plaza.watch.advance(SignedDuration::from_secs(301));
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &code).await.whole(), wrong_code(), "over");
        let first = kind.code(&plaza, OPEN_ID, PHONE).await;
        plaza.watch.advance(SignedDuration::from_secs(60));
        let second = kind.code(&plaza, OPEN_ID, PHONE).await;
        assert_ne!(first, second);
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &first).await.whole(), wrong_code(), "a newer one came");
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &second).await.whole(), (200, DONE.to_owned()));
    }
}

#[tokio::test]
async fn of_a_thousand_guesses_at_once_five_are_compared_and_the_right_one_after_them_is_refused() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        let guesses: Vec<_> = (0..1000).map(|n| wrong(&code, n)).collect();
        let answers = join_all(guesses.iter().map(|guess| kind.verify(&plaza, OPEN_ID, PHONE, guess))).await;
        assert!(answers.iter().all(|answer| answer.whole() == wrong_code()));
        assert_eq!(actions(&plaza).len(), 5, "five were compared");
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &code).await.whole(), wrong_code());
        assert!(accounts(&plaza, kind.realm()).is_empty());
    }
}

#[tokio::test]
async fn of_many_right_codes_at_once_one_signs_in() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        let answers = join_all((0..4).map(|_| kind.verify(&plaza, OPEN_ID, PHONE, &code))).await;
        assert_eq!(answers.iter().filter(|answer| answer.whole() == (200, DONE.to_owned())).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.whole() == wrong_code()).count(), 3);
        assert_eq!(accounts(&plaza, kind.realm()).len(), 1);
    }
}

#[tokio::test]
async fn the_telephone_that_was_proved_last_has_the_open_id() {
    for kind in Kind::BOTH {
        let (plaza, realm) = (Plaza::open(), kind.realm());
        let one = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        let two = kind.sign_in(&plaza, OPEN_ID, OTHER).await;
        assert_ne!(one.id, two.id);
        assert_eq!(open_id_of(&plaza, realm, &one), None);
        assert_eq!(open_id_of(&plaza, realm, &two).as_deref(), Some(OPEN_ID));
        assert!(actions(&plaza).contains(&("open-id-lost".to_owned(), one.id.clone())));
        assert!(is_alive(&plaza, &one).await, "an openId is no secret, so naming it ends no session");

        let back = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        assert_eq!((&back.id, open_id_of(&plaza, realm, &one).as_deref()), (&one.id, Some(OPEN_ID)));
        assert_eq!(open_id_of(&plaza, realm, &two), None);
        let elsewhere = kind.sign_in(&plaza, OTHER_ID, PHONE).await;
        assert_eq!((&elsewhere.id, open_id_of(&plaza, realm, &one).as_deref()), (&one.id, Some(OTHER_ID)));
        let free = kind.sign_in(&plaza, OPEN_ID, OTHER).await;
        assert_eq!((&free.id, open_id_of(&plaza, realm, &two).as_deref()), (&two.id, Some(OPEN_ID)));
        let swapped = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        assert_eq!((&swapped.id, open_id_of(&plaza, realm, &two)), (&one.id, None));
        assert_eq!(accounts(&plaza, realm).len(), 2);
        let bound = actions(&plaza).iter().filter(|(action, _)| action == "open-id-bound").count();
        assert_eq!(bound, 4, "each that came to an account that was there");
    }
}

#[tokio::test]
async fn of_many_telephones_that_bring_one_open_id_at_once_one_has_it() {
    for kind in Kind::BOTH {
        for there_before in [false, true] {
            let plaza = Plaza::open();
            let phones: Vec<_> = (0..4).map(|n| format!("1380013800{n}")).collect();
            for phone in phones.iter().filter(|_| there_before) {
                kind.sign_in(&plaza, &format!("of-{phone}"), phone).await;
            }
            plaza.watch.advance(SignedDuration::from_secs(60));
            let mut codes = Vec::new();
            for phone in &phones {
                codes.push(kind.code(&plaza, OPEN_ID, phone).await);
            }
            let all = phones.iter().zip(&codes).map(|(phone, code)| kind.verify(&plaza, OPEN_ID, phone, code));
            for answer in join_all(all).await {
                assert!(answer.whole() == (200, DONE.to_owned()) || answer.status == 429, "{}", answer.text());
            }
            let accounts = accounts(&plaza, kind.realm());
            let with_it = accounts.iter().filter(|(_, _, open_id)| open_id.as_deref() == Some(OPEN_ID)).count();
            assert_eq!(with_it, 1, "{accounts:?}");
        }
    }
}

#[tokio::test]
async fn two_who_exchange_their_open_ids_at_once_end_with_one_each_or_none() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        kind.sign_in(&plaza, OTHER_ID, OTHER).await;
        plaza.watch.advance(SignedDuration::from_secs(60));
        let (one, two) = (kind.code(&plaza, OTHER_ID, PHONE).await, kind.code(&plaza, OPEN_ID, OTHER).await);
        let (one, two) =
            join(kind.verify(&plaza, OTHER_ID, PHONE, &one), kind.verify(&plaza, OPEN_ID, OTHER, &two)).await;
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (200, 200), "{} {}", one.text(), two.text());
        assert_eq!(accounts(&plaza, kind.realm()).len(), 2);
    }
}

#[tokio::test]
async fn a_known_and_an_unknown_number_are_one_answer_for_the_same_work() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        plaza.watch.advance(SignedDuration::from_secs(60));
        plaza.database.take_calls();
        // With another openId: with its own one the number is asked for by a known device, and counted for itself.
        let known = kind.send(&plaza, STRANGER, PHONE).await;
        let cost = bill(&plaza.database.take_calls());
        let unknown = kind.send(&plaza, OTHER_ID, OTHER).await;
        assert_eq!((known.whole(), &known.headers), (unknown.whole(), &unknown.headers));
        assert_eq!(cost.replace("GetItem 0.5", "GetItem 1"), bill(&plaza.database.take_calls()));
        let (known, unknown) = (kind.send(&plaza, STRANGER, PHONE).await, kind.send(&plaza, OTHER_ID, OTHER).await);
        assert_eq!(known.whole(), failure(429, 2019, "请求过于频繁，请在 60 秒后重试"));
        assert_eq!((known.whole(), &known.headers), (unknown.whole(), &unknown.headers));
        assert_eq!(known.header("retry-after"), Some("60"));
        // A wrong code costs the same, too: whose the number is is looked at when the code was right.
        for (open_id, phone) in [(STRANGER, PHONE), (OTHER_ID, OTHER)] {
            plaza.database.take_calls();
            assert_eq!(kind.verify(&plaza, open_id, phone, "000000").await.whole(), wrong_code());
            assert_eq!(bill(&plaza.database.take_calls()), "GetItem 1 + TransactWriteItems 4 + PutItem 1");
        }
    }
}

#[tokio::test]
async fn an_open_id_an_address_and_the_product_have_limits_of_their_own() {
    for kind in Kind::BOTH {
        let plaza = Plaza::with(Settings::default().with("OTP_PER_IP_HOUR", 6));
        for n in 0..5 {
            let phone = format!("1380013800{n}");
            assert_eq!(kind.send(&plaza, OPEN_ID, &phone).await.whole(), (200, SENT.to_owned()));
        }
        let throttled = |answer: Answer| {
            let seconds = answer.header("retry-after").unwrap().to_owned();
            assert_eq!(answer.whole(), failure(429, 2019, &format!("请求过于频繁，请在 {seconds} 秒后重试")));
        };
        throttled(kind.send(&plaza, OPEN_ID, "13800138005").await);
        assert_eq!(kind.send(&plaza, OTHER_ID, "13800138005").await.whole(), (200, SENT.to_owned()));
        throttled(kind.send(&plaza, OTHER_ID, "13800138006").await);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_400_and_what_was_typed_wrongly_can_be_shown() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let open_id = "微信用户标识应为 1 至 128 个可见 ASCII 字符，不能包含 #";
        for (id, phone, text) in [
            ("", PHONE, "缺少微信用户标识"),
            (OPEN_ID, "", "缺少手机号"),
            ("微信", PHONE, open_id),
            ("a#b", PHONE, open_id),
        ] {
            assert_eq!(kind.send(&plaza, id, phone).await.whole(), failure(400, 400, text));
            assert_eq!(kind.verify(&plaza, id, phone, "123456").await.whole(), failure(400, 400, text));
        }
        let typed = failure(200, 2024, "手机号格式不正确：应为 11 位大陆手机号");
        assert_eq!(kind.send(&plaza, OPEN_ID, "12345678910").await.whole(), typed);
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, "").await.whole(), failure(400, 400, "缺少短信验证码"));
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, "abcdef").await.whole(), wrong_code());
        assert_eq!(plaza.sms_messages.lock().unwrap().len(), 0);
    }
    let plaza = Plaza::open();
    assert_eq!(plaza.mall_consumer(get("/user/custom/verifyPhoneNum")).await.status, 405);
    assert_eq!(plaza.mall_agent(get("/user/proxy/switchPUser")).await.status, 405);
}

#[tokio::test]
async fn nothing_of_a_form_but_its_own_fields_is_stored() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        let form = json!({"openId": OPEN_ID, "telephone": PHONE, "phoneNum": code, "status": 3, "role": "admin",
            "account": "1", "enabled": false, "shops": ["s"], "created_at": "1999", "realm": "platform"});
        let answer = match kind {
            Kind::Consumer => plaza.mall_consumer(post("/user/custom/verifyPhoneNum").json(&form)).await,
            Kind::Agent => plaza.mall_agent(post("/user/proxy/verifyPhoneNum").json(&form)).await,
        };
        assert_eq!(answer.whole(), (200, DONE.to_owned()));
        assert!(plaza.lines().last().unwrap().contains(r#""UnknownField":7"#));
        let items = plaza.database.under(&format!("ACCOUNT#{}#", kind.realm()));
        let record = items.iter().find(|item| item["sk"]["S"] == "PROFILE").unwrap();
        let names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["created_at", "open_id", "phone", "pk", "sk", "updated_at"]);
        let sessions = items.iter().find(|item| item["sk"]["S"] == "SESSIONS").unwrap();
        let role = kind.realm().strip_prefix("mall-").unwrap();
        assert_eq!((&sessions["role"]["S"], &sessions["enabled"]["BOOL"]), (&json!(role), &json!(true)));
    }
}

#[tokio::test]
async fn the_twenty_first_session_ends_the_oldest() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let first = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        for n in 0..20 {
            plaza.watch.advance(SignedDuration::from_hours(if n % 4 == 3 { 20 } else { 2 }));
            kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        }
        let id = format!("ACCOUNT#{}#{}", kind.realm(), first.id);
        let sessions = plaza.database.item(&id, "SESSIONS").unwrap();
        assert_eq!(sessions["live"]["M"].as_object().unwrap().len(), 20);
        assert!(!is_alive(&plaza, &first).await);
    }
}

#[tokio::test]
async fn the_sign_in_of_all_realms_signs_them_in_and_out_too() {
    for kind in Kind::BOTH {
        let (plaza, realm) = (Plaza::open(), kind.realm());
        plaza.ask_code(realm, PHONE, "login").await;
        plaza.deliver_sms().await;
        assert!(plaza.sent_to(PHONE).is_empty(), "the number is unknown and gets no message");
        assert_eq!(plaza.sign_in_by_code(realm, PHONE, "123456").await.status, 401);
        let user = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        plaza.watch.advance(SignedDuration::from_secs(60));
        plaza.ask_code(realm, PHONE, "login").await;
        let code = plaza.code_for(PHONE).await;
        assert_eq!(kind.verify(&plaza, OPEN_ID, PHONE, &code).await.whole(), wrong_code(), "no openId asked for it");
        let answer = plaza.sign_in_by_code(realm, PHONE, &code).await;
        assert_eq!((answer.status.as_u16(), answer.json()["expires_in"].as_i64()), (200, Some(30 * 86_400)));
        let again = TestMallUser::of(OPEN_ID, PHONE, &answer);
        assert_eq!(again.id, user.id);
        assert!(is_alive(&plaza, &again).await && !is_alive(&plaza, &again).await, "signing out is heard of at once");
        assert_eq!(plaza.sign_in(realm, PHONE, "a password 7").await.status, 401, "there is none");
        plaza.watch.advance(SignedDuration::from_secs(60));
        plaza.ask_code(realm, PHONE, "reset").await;
        let code = plaza.code_for(PHONE).await;
        let reset = plaza.reset(realm, PHONE, &code, "another phrase 7").await;
        assert_eq!(reset.json()["code"], "wrong_code", "nor can one be made");
    }
}

#[tokio::test]
async fn the_operator_finds_them_by_telephone_and_locks_and_signs_them_out() {
    for kind in Kind::BOTH {
        let (plaza, realm) = (Plaza::open(), kind.realm());
        let (user, admin) = (kind.sign_in(&plaza, OPEN_ID, PHONE).await, plaza.token_of(Role::Admin));
        let find = |phone: &str| get(&format!("/operator/people?realm={realm}&username={phone}")).bearer(&admin);
        let found = plaza.operator(find("139-1234-5678")).await.json();
        assert_eq!((&found["account_id"], &found["live_sessions"]), (&json!(user.id), &json!(1)), "{found}");
        for unknown in [OTHER, "another"] {
            assert_eq!(plaza.operator(find(unknown)).await.status, 404);
        }
        let target = format!("/operator/people/{realm}/{}", user.id);
        let out = tests::request::Request::new(http::Method::DELETE, &format!("{target}/sessions")).bearer(&admin);
        assert_eq!(plaza.operator(out).await.status, 204);
        assert!(!is_alive(&plaza, &user).await);

        let again = kind.sign_in(&plaza, OPEN_ID, PHONE).await;
        let lock = |locked: bool| {
            let request = tests::request::Request::new(http::Method::PUT, &format!("{target}/lock")).bearer(&admin);
            request.json(&json!({"locked": locked, "reason": "test"}))
        };
        assert_eq!(plaza.operator(lock(true)).await.json()["locked"], true);
        assert!(!is_alive(&plaza, &again).await);
        plaza.watch.advance(SignedDuration::from_secs(60));
        let code = kind.code(&plaza, OTHER_ID, PHONE).await;
        assert_eq!(kind.verify(&plaza, OTHER_ID, PHONE, &code).await.whole(), wrong_code(), "locked");
        assert_eq!(open_id_of(&plaza, realm, &user).as_deref(), Some(OPEN_ID), "and nothing is bound");
        assert_eq!(plaza.operator(lock(false)).await.json()["locked"], false);
        kind.sign_in(&plaza, OPEN_ID, PHONE).await;
    }
}

#[tokio::test]
async fn an_agent_reads_its_own_status_and_staff_that_of_anybody() {
    let plaza = Plaza::open();
    let agent = Kind::Agent.sign_in(&plaza, OPEN_ID, PHONE).await;
    let other = Kind::Agent.sign_in(&plaza, OTHER_ID, OTHER).await;
    let ask =
        |token: &str, phone: &str| post("/user/proxy/identifyPUser").bearer(token).json(&json!({"telephone": phone}));
    let zero = (200, r#"{"errCode":"200","msg":"sucess","data":{"status":0}}"#.to_owned());
    assert_eq!(plaza.mall_agent(ask(&agent.token, "+86 139-1234-5678")).await.whole(), zero);
    for not_own in [other.phone.as_str(), "13600136000"] {
        let refused = plaza.mall_agent(ask(&agent.token, not_own)).await;
        assert_eq!(refused.whole(), failure(403, 403, "记录不存在"), "there or not");
    }
    for role in [Role::Admin, Role::Auditor] {
        let token = plaza.token_of(role);
        for phone in [PHONE, "13600136000"] {
            assert_eq!(plaza.mall_agent(ask(&token, phone)).await.whole(), zero, "{role:?} {phone}");
        }
    }
    assert_eq!(plaza.mall_agent(ask(&plaza.token_of(Role::Dealer), PHONE)).await.status, 403);
    let unsigned = post("/user/proxy/identifyPUser").json(&json!({"telephone": PHONE}));
    assert_eq!(plaza.mall_agent(unsigned).await.status, 401);
}

#[tokio::test]
async fn the_status_is_that_of_the_papers() {
    let plaza = Plaza::open();
    let agent = Kind::Agent.sign_in(&plaza, OPEN_ID, PHONE).await;
    let dealer = plaza.waiting(OTHER, ID_NO).await;
    let mut papers = dealer.papers(&plaza).unwrap();
    papers["pk"] = json!({"S": format!("ACCOUNT#mall-agent#{}", agent.id)});
    for status in 1..=3 {
        papers["status"] = json!({"N": status.to_string()});
        plaza.database.put(&papers);
        for token in [&agent.token, &plaza.token_of(Role::Auditor)] {
            let asked = post("/user/proxy/identifyPUser").bearer(token).json(&json!({"telephone": PHONE}));
            let expected = format!(r#"{{"errCode":"200","msg":"sucess","data":{{"status":{status}}}}}"#);
            assert_eq!(plaza.mall_agent(asked).await.whole(), (200, expected));
        }
    }
}

#[tokio::test]
async fn what_they_cost() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let cost = || bill(&plaza.database.take_calls());
        let code = kind.code(&plaza, OPEN_ID, PHONE).await;
        cost();
        kind.verify(&plaza, OPEN_ID, PHONE, &code).await;
        let head = "GetItem 1 + TransactWriteItems 4 + ";
        assert_eq!(cost(), format!("{head}GetItem 1 + GetItem 1 + TransactWriteItems 12"), "a new account");
        for (open_id, phone, rest, what) in [
            (OPEN_ID, PHONE, "GetItem 1 + GetItem 1 + TransactWriteItems 6", "the usual"),
            (OPEN_ID, OTHER, "GetItem 1 + GetItem 1 + TransactWriteItems 16", "new, with another account's openId"),
            (OPEN_ID, PHONE, "GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 16", "the openId comes back"),
        ] {
            plaza.watch.advance(SignedDuration::from_secs(60));
            let code = kind.code(&plaza, open_id, phone).await;
            cost();
            kind.verify(&plaza, open_id, phone, &code).await;
            assert_eq!(cost(), format!("{head}{rest}"), "{kind:?}: {what}");
        }
        plaza.watch.advance(SignedDuration::from_secs(60));
        cost();
        kind.send(&plaza, OPEN_ID, PHONE).await;
        let reads = "Query 1 + GetItem 1 + GetItem 1 + GetItem 1";
        assert_eq!(cost(), format!("{reads} + TransactWriteItems 6"), "{kind:?}: a code");
        kind.send(&plaza, OTHER_ID, PHONE).await;
        let beside = format!("{reads} + TransactWriteItems 0 + {reads} + TransactWriteItems 10");
        assert_eq!(cost(), beside, "{kind:?}: a code for another openId, beside a live one");
        plaza.watch.advance(SignedDuration::from_secs(300));
        kind.send(&plaza, OTHER_ID, PHONE).await;
        assert_eq!(cost(), format!("{reads} + TransactWriteItems 10"), "{kind:?}: when that one is over");
    }
    let plaza = Plaza::open();
    let agent = Kind::Agent.sign_in(&plaza, OPEN_ID, PHONE).await;
    plaza.database.take_calls();
    let asked = post("/user/proxy/identifyPUser").bearer(&agent.token).json(&json!({"telephone": PHONE}));
    plaza.mall_agent(asked).await;
    assert_eq!(bill(&plaza.database.take_calls()), "GetItem 1 + GetItem 1 + GetItem 1");
}
