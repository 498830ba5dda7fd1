//! Another telephone for a dealer (#25): what proves it, what moves with it, and who is told.

use futures_util::future::join;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    capacity::bill,
    database::{AUDIT, Fate},
    dealer::TestDealer,
    plaza::{PASSWORD, Plaza},
    request::post,
};

const OLD: &str = "13912345678";
const NEW: &str = "13800138000";

fn done() -> (u16, String) {
    (200, r#"{"errCode":200,"msg":"success"}"#.to_owned())
}

fn failure(status: u16, code: u16, msg: &str) -> (u16, String) {
    (status, json!({"errCode": code, "msg": msg}).to_string())
}

async fn edit(plaza: &Plaza, dealer: &TestDealer, body: &Value) -> Answer {
    plaza.mall_dealer(post("/user/dealer/editPhone").bearer(&dealer.token).json(body)).await
}

fn form(dealer: &TestDealer, new: &str, code: &str) -> Value {
    json!({"username": dealer.phone, "telephone": new, "deviceId": dealer.device, "phoneNum": code})
}

async fn log_in(plaza: &Plaza, phone: &str) -> Answer {
    let form = json!({"telephone": phone, "password": PASSWORD});
    plaza.mall_dealer(post("/user/dealer/login").json(&form)).await
}

/// A dealer, and the code that went to the new number.
async fn ready() -> (Plaza, TestDealer, String) {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(OLD).await;
    let code = plaza.dealers_code(&dealer.device, NEW, Some(&dealer.token)).await;
    (plaza, dealer, code)
}

/// Sign-in, lock, record and trail agree on which number it is.
fn assert_one_number(plaza: &Plaza, dealer: &TestDealer) -> String {
    let numbers = |pk: &str, sk: &str, from: &str| -> Vec<String> {
        let items = plaza.database.under(pk).into_iter().filter(|item| item["sk"]["S"] == sk);
        items.map(|item| item["pk"]["S"].as_str().unwrap().strip_prefix(from).unwrap().to_owned()).collect()
    };
    let record = plaza.database.item(&format!("ACCOUNT#mall-dealer#{}", dealer.id), "PROFILE").unwrap();
    let number = record["phone"]["S"].as_str().unwrap().strip_prefix("+86").unwrap().to_owned();
    assert_eq!(numbers("LOGIN#mall-dealer#", "CREDENTIAL", "LOGIN#mall-dealer#"), [number.as_str()]);
    assert_eq!(numbers("PHONE#mall-dealer#", "HOLDER", "PHONE#mall-dealer#+86"), [number.as_str()]);
    let changes = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "phone-changed").count();
    assert_eq!(changes, usize::from(number != OLD));
    number
}

#[tokio::test]
async fn the_account_moves_to_the_new_number_and_the_old_one_is_told() {
    let (plaza, dealer, code) = ready().await;
    let other_session = log_in(&plaza, OLD).await.header("x-access-token").unwrap().to_owned();
    let answer = edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await;
    assert_eq!(answer.whole(), done());
    assert_eq!(assert_one_number(&plaza, &dealer), NEW);
    plaza.deliver_sms().await;
    assert_eq!((plaza.sent_to(OLD).last(), plaza.sent_to(NEW).len()), (Some(&"phone-changed"), 1));

    assert_eq!(log_in(&plaza, NEW).await.json()["data"]["telephone"], NEW);
    assert_eq!(log_in(&plaza, OLD).await.whole(), failure(200, 2017, "密码不正确"));
    let gender = json!({"username": NEW, "gender": 1});
    for (token, status) in
        [(dealer.token.as_str(), 401), (&other_session, 401), (answer.header("x-access-token").unwrap(), 200)]
    {
        let edited = plaza.mall_dealer(post("/user/dealer/editGender").bearer(token).json(&gender)).await;
        assert_eq!(edited.status, status);
    }
    plaza.watch.advance(SignedDuration::from_secs(60));
    plaza.dealer(OLD).await;
}

#[tokio::test]
async fn a_forgotten_password_follows_the_number() {
    let (plaza, dealer, code) = ready().await;
    edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    plaza.ask_code("mall-dealer", NEW, "reset").await;
    let code = plaza.code_for(NEW).await;
    let reset = plaza.reset("mall-dealer", NEW, &code, "another phrase 7").await;
    assert_eq!(reset.status, 200, "{}", reset.text());
    assert_eq!(plaza.sign_in("mall-dealer", NEW, "another phrase 7").await.status, 200);
    assert_eq!(log_in(&plaza, NEW).await.json()["errCode"], 2017);
}

#[tokio::test]
async fn it_asks_for_a_sign_in_of_the_last_ten_minutes() {
    let (plaza, dealer, _) = ready().await;
    plaza.watch.advance(SignedDuration::from_secs(601));
    let code = plaza.dealers_code(&dealer.device, NEW, Some(&dealer.token)).await;
    let stale = edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await;
    assert_eq!(stale.whole(), failure(403, 403, "请重新登录后再操作"));
    let token = log_in(&plaza, OLD).await.header("x-access-token").unwrap().to_owned();
    let fresh = TestDealer { token, ..dealer.clone() };
    assert_eq!(edit(&plaza, &fresh, &form(&dealer, NEW, &code)).await.whole(), done(), "the same account's code");
}

#[tokio::test]
async fn a_code_of_another_account_device_or_number_proves_nothing() {
    let plaza = Plaza::open();
    let (dealer, other) = (plaza.dealer(OLD).await, plaza.dealer("13700137000").await);
    let wrong = failure(200, 2016, "手机验证码错误");
    assert_eq!(edit(&plaza, &dealer, &form(&dealer, NEW, "123456")).await.whole(), wrong, "none was sent");
    let of_another = plaza.dealers_code(&dealer.device.replace("139", "x"), NEW, Some(&other.token)).await;
    assert_eq!(edit(&plaza, &dealer, &form(&dealer, NEW, &of_another)).await.whole(), wrong);
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.dealers_code("another-device", NEW, Some(&dealer.token)).await;
    assert_eq!(edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await.whole(), wrong, "another device");
    assert_eq!(edit(&plaza, &dealer, &form(&dealer, "13600136000", &code)).await.whole(), wrong, "another number");
    let mut right = form(&dealer, NEW, &code);
    right["deviceId"] = json!("another-device");
    assert_eq!(edit(&plaza, &dealer, &right).await.whole(), done());
}

#[tokio::test]
async fn a_number_that_another_dealer_has_and_ones_own_are_refused() {
    let plaza = Plaza::open();
    let (dealer, _other) = (plaza.dealer(OLD).await, plaza.dealer(NEW).await);
    plaza.watch.advance(SignedDuration::from_secs(60));
    let taken = failure(200, 2017, "用户已存在");
    for number in [NEW, OLD] {
        let code = plaza.dealers_code(&dealer.device, number, Some(&dealer.token)).await;
        assert_eq!(edit(&plaza, &dealer, &form(&dealer, number, &code)).await.whole(), taken, "{number}");
    }
    assert_eq!(log_in(&plaza, OLD).await.json()["errCode"], 200);
}

#[tokio::test]
async fn another_accounts_name_is_refused_like_an_unknown_one() {
    let (plaza, dealer, code) = ready().await;
    let other = plaza.dealer("13700137000").await;
    for named in [other.phone.as_str(), &other.id, "13600136000", "x"] {
        let mut form = form(&dealer, NEW, &code);
        form["username"] = json!(named);
        assert_eq!(edit(&plaza, &dealer, &form).await.whole(), failure(403, 403, "记录不存在"), "{named}");
    }
    let mut by_id = form(&dealer, NEW, &code);
    by_id["username"] = json!(dealer.id);
    assert_eq!(edit(&plaza, &dealer, &by_id).await.whole(), done());
}

#[tokio::test]
async fn of_two_dealers_who_want_one_number_at_once_one_gets_it() {
    let plaza = Plaza::open();
    let (one, two) = (plaza.dealer(OLD).await, plaza.dealer("13700137000").await);
    let first = plaza.dealers_code(&one.device, NEW, Some(&one.token)).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let second = plaza.dealers_code(&two.device, NEW, Some(&two.token)).await;
    let (first, second) = (form(&one, NEW, &first), form(&two, NEW, &second));
    let (one_answer, two_answer) = join(edit(&plaza, &one, &first), edit(&plaza, &two, &second)).await;
    let codes = [one_answer.json()["errCode"].clone(), two_answer.json()["errCode"].clone()];
    assert!(codes.contains(&json!(200)) && codes.contains(&json!(2017)), "{codes:?}");
    assert_eq!(plaza.database.holders("PHONE#mall-dealer#").len(), 2);
    assert_eq!(log_in(&plaza, NEW).await.json()["errCode"], 200);
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_opens_no_session_of_the_old_number() {
    let (plaza, dealer, code) = ready().await;
    let (moving, signing_in) = (form(&dealer, NEW, &code), log_in(&plaza, OLD));
    let (moved, signed_in) = join(edit(&plaza, &dealer, &moving), signing_in).await;
    assert_eq!(moved.whole(), done());
    if let Some(token) = signed_in.header("x-access-token") {
        let gender = json!({"username": NEW, "gender": 1});
        let edited = plaza.mall_dealer(post("/user/dealer/editGender").bearer(token).json(&gender)).await;
        assert_eq!(edited.status, 401, "it came before the change, which ended it");
    }
    assert_eq!(assert_one_number(&plaza, &dealer), NEW);
}

/// The session was alive at the door and has been ended by the time the change arrives: what ended it stands.
#[tokio::test]
async fn a_session_that_ends_while_it_asks_moves_nothing_and_opens_nothing() {
    let (plaza, dealer, code) = ready().await;
    let mut is_late = true;
    plaza.database.follow(move |call| {
        let waits = is_late && call.body.to_string().contains("phone-changed");
        is_late &= !waits;
        if waits { Fate::Hang } else { Fate::Apply }
    });
    let (moving, leaving) = (form(&dealer, NEW, &code), plaza.log_out(&dealer.token));
    let (moved, left) = join(edit(&plaza, &dealer, &moving), leaving).await;
    plaza.database.heal();
    assert_eq!(left.status, 204);
    assert_eq!(moved.whole(), failure(401, 401, "未登录或登录已失效"));
    assert_eq!(moved.header("x-access-token"), None);
    assert_eq!(assert_one_number(&plaza, &dealer), OLD);
}

#[tokio::test]
async fn a_fault_at_any_call_moves_everything_or_nothing() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::Break, Fate::HangAfter] {
        for call in 0..7 {
            for lasting in [false, true] {
                let (plaza, dealer, code) = ready().await;
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let answer = edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert!(matches!(answer.status.as_u16(), 200 | 429 | 500), "{what}");
                let number = assert_one_number(&plaza, &dealer);
                assert!(number == NEW || answer.json()["errCode"] != 200, "{what}");
                assert_eq!(log_in(&plaza, &number).await.json()["errCode"], 200, "{what}");
                if number == OLD && !lasting {
                    let again = edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await;
                    assert_eq!(again.whole(), done(), "{what}: it can be tried again");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_changes_cost() {
    let (plaza, dealer, code) = ready().await;
    let cost = || bill(&plaza.database.take_calls());
    cost();
    let gender = json!({"username": OLD, "gender": 1});
    plaza.mall_dealer(post("/user/dealer/editGender").bearer(&dealer.token).json(&gender)).await;
    assert_eq!(cost(), "GetItem 1 + TransactWriteItems 2");
    edit(&plaza, &dealer, &form(&dealer, NEW, &code)).await;
    let expected = "GetItem 1 + GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4 + Query 1 + TransactWriteItems 16 + \
        TransactWriteItems 4";
    assert_eq!(cost(), expected);
}
