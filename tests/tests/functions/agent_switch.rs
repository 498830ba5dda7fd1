//! #13: an agent's openId goes to the account of another telephone, with a code that proves it and a session that ends.
//! And what a fault at any call of #9, #11 and #13 leaves behind: everything or nothing.

use futures_util::future::join;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    capacity::bill,
    database::{AUDIT, Fate, killed},
    mall_user::{Kind, OPEN_ID, TestMallUser},
    plaza::Plaza,
    request::post,
};

const OLD: &str = "13912345678";
const NEW: &str = "13800138000";
const OTHER_ID: &str = "oGZUI0egBJY1zhBYw2KhdUfwVJJF";

fn done() -> (u16, String) {
    (200, r#"{"errCode":"200","msg":"sucess"}"#.to_owned())
}

fn failure(status: u16, code: u16, msg: &str) -> (u16, String) {
    (status, json!({"errCode": code, "msg": msg}).to_string())
}

fn wrong_code() -> (u16, String) {
    failure(200, 2016, "手机验证码错误")
}

/// An agent, and the code that its session had sent to the new number.
async fn ready() -> (Plaza, TestMallUser, String) {
    let plaza = Plaza::open();
    let agent = plaza.agent(OPEN_ID, OLD).await;
    let code = plaza.agents_code(OPEN_ID, NEW, Some(&agent.token)).await;
    (plaza, agent, code)
}

/// The same where another agent has the new number, with an openId of its own.
async fn ready_with_both() -> (Plaza, TestMallUser, TestMallUser, String) {
    let plaza = Plaza::open();
    let agent = plaza.agent(OPEN_ID, OLD).await;
    let other = plaza.agent(OTHER_ID, NEW).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.agents_code(OPEN_ID, NEW, Some(&agent.token)).await;
    (plaza, agent, other, code)
}

/// Telephone, openId, and both ways back. What is in one map is in the others.
fn users(plaza: &Plaza, kind: Kind) -> Vec<(String, Option<String>)> {
    let realm = kind.realm();
    let text = |item: &Value, name: &str| item[name]["S"].as_str().map(ToOwned::to_owned);
    let holder = |pk: &str| text(&plaza.database.item(pk, "HOLDER")?, "account");
    let prefix = format!("ACCOUNT#{realm}#");
    let items = plaza.database.under(&prefix);
    let mut users = Vec::new();
    for record in items.iter().filter(|item| item["sk"]["S"] == "PROFILE") {
        let id = record["pk"]["S"].as_str().unwrap().strip_prefix(&prefix).unwrap().to_owned();
        let (phone, open_id) = (text(record, "phone").unwrap(), text(record, "open_id"));
        assert_eq!(holder(&format!("PHONE#{realm}#{phone}")), Some(id.clone()));
        if let Some(open_id) = &open_id {
            assert_eq!(holder(&format!("OPENID#{realm}#{open_id}")), Some(id.clone()));
        }
        users.push((phone.strip_prefix("+86").unwrap().to_owned(), open_id));
    }
    let bound = users.iter().filter(|(_, open_id)| open_id.is_some()).count();
    assert_eq!(plaza.database.under(&format!("OPENID#{realm}#")).len(), bound);
    assert_eq!(plaza.database.holders(&format!("PHONE#{realm}#")).len(), users.len());
    users.sort();
    users
}

fn agents(plaza: &Plaza) -> Vec<(String, Option<String>)> {
    users(plaza, Kind::Agent)
}

/// Whose the openId of the examples is.
fn holder_among(plaza: &Plaza, kind: Kind) -> Option<String> {
    users(plaza, kind).into_iter().find(|(_, open_id)| open_id.as_deref() == Some(OPEN_ID)).map(|(phone, _)| phone)
}

fn holder(plaza: &Plaza) -> Option<String> {
    holder_among(plaza, Kind::Agent)
}

fn actions(plaza: &Plaza, id: &str) -> Vec<String> {
    let items = plaza.database.items(AUDIT);
    let of = items.iter().filter(|item| item["subject"]["S"] == id);
    let mut actions: Vec<_> = of.map(|item| item["action"]["S"].as_str().unwrap().to_owned()).collect();
    actions.sort();
    actions
}

async fn is_alive(plaza: &Plaza, token: &str, phone: &str) -> bool {
    let asked = post("/user/proxy/identifyPUser").bearer(token).json(&json!({"telephone": phone}));
    plaza.mall_agent(asked).await.status == 200
}

#[tokio::test]
async fn a_number_that_is_new_gets_an_agent_and_the_open_id() {
    let (plaza, agent, code) = ready().await;
    let answer = plaza.switch_agent(&agent, NEW, &code).await;
    assert_eq!(answer.whole(), done());
    let new = TestMallUser::of(OPEN_ID, NEW, &answer);
    assert_ne!(new.id, agent.id);
    assert_eq!(agents(&plaza), [(NEW.to_owned(), Some(OPEN_ID.to_owned())), (OLD.to_owned(), None)]);
    assert!(is_alive(&plaza, &new.token, NEW).await);
    assert!(!is_alive(&plaza, &agent.token, OLD).await, "the session that asked for it");
    assert_eq!(actions(&plaza, &new.id), ["account-created"]);
    assert_eq!(actions(&plaza, &agent.id), ["account-created", "open-id-lost"]);
    let lost = plaza.database.items(AUDIT).into_iter().find(|item| item["action"]["S"] == "open-id-lost").unwrap();
    assert_eq!((&lost["actor"]["S"], &lost["role"]["S"]), (&json!(agent.id), &json!("agent")));

    plaza.watch.advance(SignedDuration::from_secs(60));
    let back = plaza.agent(OPEN_ID, OLD).await;
    assert_eq!((back.id, holder(&plaza).as_deref()), (agent.id, Some(OLD)), "the old account is still there");
}

#[tokio::test]
async fn a_number_that_has_an_agent_is_bound_and_none_is_made_twice() {
    let (plaza, agent, other, code) = ready_with_both().await;
    let answer = plaza.switch_agent(&agent, NEW, &code).await;
    assert_eq!(answer.whole(), done());
    let new = TestMallUser::of(OPEN_ID, NEW, &answer);
    assert_eq!(new.id, other.id);
    assert_eq!(agents(&plaza), [(NEW.to_owned(), Some(OPEN_ID.to_owned())), (OLD.to_owned(), None)]);
    assert!(plaza.database.item(&format!("OPENID#mall-agent#{OTHER_ID}"), "HOLDER").is_none(), "no account has it now");
    assert!(is_alive(&plaza, &other.token, NEW).await, "the other account stays signed in");
    assert_eq!(actions(&plaza, &other.id), ["account-created", "open-id-bound", "signed-in"]);
}

#[tokio::test]
async fn other_sessions_of_the_old_account_stay() {
    let plaza = Plaza::open();
    let (one, two) = {
        let one = plaza.agent(OPEN_ID, OLD).await;
        plaza.watch.advance(SignedDuration::from_secs(60));
        (one, plaza.agent(OPEN_ID, OLD).await)
    };
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.agents_code(OPEN_ID, NEW, Some(&one.token)).await;
    assert_eq!(plaza.switch_agent(&two, NEW, &code).await.whole(), done(), "the same account's code");
    assert!(is_alive(&plaza, &one.token, OLD).await && !is_alive(&plaza, &two.token, OLD).await);
}

#[tokio::test]
async fn a_code_of_another_account_proves_nothing() {
    let (plaza, agent, code) = ready().await;
    assert_eq!(plaza.switch_agent(&agent, NEW, "000000").await.whole(), wrong_code());
    assert_eq!(plaza.switch_agent(&agent, "13600136000", &code).await.whole(), wrong_code(), "another number");
    let without = json!({"telephone": NEW, "openId": OPEN_ID});
    let answer = plaza.mall_agent(post("/user/proxy/switchPUser").bearer(&agent.token).json(&without)).await;
    assert_eq!(answer.whole(), failure(400, 400, "缺少短信验证码"), "as the document prints it, it is a take-over");
    let whole = json!({"telephone": NEW, "openId": OPEN_ID, "phoneNum": code});
    assert_eq!(plaza.mall_agent(post("/user/proxy/switchPUser").json(&whole)).await.status, 401);
    assert_eq!(plaza.verify_agent(OPEN_ID, NEW, &code).await.whole(), wrong_code(), "it opens no session");

    plaza.watch.advance(SignedDuration::from_secs(60));
    let other = plaza.agent(OTHER_ID, "13700137000").await;
    let of_another = plaza.agents_code(OPEN_ID, NEW, Some(&other.token)).await;
    assert_eq!(plaza.switch_agent(&agent, NEW, &of_another).await.whole(), wrong_code(), "another account's");
    assert_eq!(holder(&plaza).as_deref(), Some(OLD));
}

#[tokio::test]
async fn it_moves_ones_own_open_id_and_no_other() {
    let (plaza, agent, code) = ready().await;
    let other = plaza.agent(OTHER_ID, "13700137000").await;
    let refused = failure(403, 403, "记录不存在");
    for not_own in [OTHER_ID, "oGZUI0egBJY1zhBYw2KhdUfwVJJG"] {
        let with = TestMallUser { open_id: not_own.to_owned(), ..agent.clone() };
        assert_eq!(plaza.switch_agent(&with, NEW, &code).await.whole(), refused, "there or not");
    }
    // Meanwhile the openId signs in with another number.
    plaza.watch.advance(SignedDuration::from_secs(60));
    plaza.agent(OPEN_ID, &other.phone).await;
    assert_eq!(plaza.switch_agent(&agent, NEW, &code).await.whole(), refused);
    assert!(is_alive(&plaza, &agent.token, OLD).await);
    assert_eq!(holder(&plaza), Some(other.phone));
}

#[tokio::test]
async fn ones_own_number_is_refused() {
    let plaza = Plaza::open();
    let agent = plaza.agent(OPEN_ID, OLD).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let code = plaza.agents_code(OPEN_ID, OLD, Some(&agent.token)).await;
    assert_eq!(plaza.switch_agent(&agent, OLD, &code).await.whole(), failure(200, 2017, "用户已存在"));
    assert!(is_alive(&plaza, &agent.token, OLD).await);
}

#[tokio::test]
async fn an_agent_who_is_locked_gets_no_session_and_no_open_id() {
    let (plaza, agent, other, code) = ready_with_both().await;
    let mut record = plaza.database.item(&format!("ACCOUNT#mall-agent#{}", other.id), "SESSIONS").unwrap();
    record["enabled"] = json!({"BOOL": false});
    plaza.database.put(&record);
    assert_eq!(plaza.switch_agent(&agent, NEW, &code).await.whole(), wrong_code());
    assert_eq!(holder(&plaza).as_deref(), Some(OLD));
    assert!(is_alive(&plaza, &agent.token, OLD).await);
}

#[tokio::test]
async fn of_two_switches_at_once_one_is_made() {
    let (plaza, agent, code) = ready().await;
    let third = "13700137000";
    let to_third = plaza.agents_code(OPEN_ID, third, Some(&agent.token)).await;
    let (one, two) = join(plaza.switch_agent(&agent, NEW, &code), plaza.switch_agent(&agent, third, &to_third)).await;
    let made = [&one, &two].iter().filter(|answer| answer.whole() == done()).count();
    assert_eq!(made, 1, "{} {}", one.text(), two.text());
    assert_eq!(agents(&plaza).len(), 2, "no account is made for nothing");
    let same = ready().await;
    let (plaza, agent, code) = same;
    let (one, two) = join(plaza.switch_agent(&agent, NEW, &code), plaza.switch_agent(&agent, NEW, &code)).await;
    assert_eq!([&one, &two].iter().filter(|answer| answer.whole() == done()).count(), 1);
    assert_eq!(agents(&plaza).len(), 2);
}

#[tokio::test]
async fn a_switch_and_a_sign_in_with_the_same_number_make_one_agent() {
    let (plaza, agent, code) = ready().await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    let sign_in = plaza.agents_code(OTHER_ID, NEW, None).await;
    let (switched, signed_in) =
        join(plaza.switch_agent(&agent, NEW, &code), plaza.verify_agent(OTHER_ID, NEW, &sign_in)).await;
    assert_eq!((switched.whole(), signed_in.whole()), (done(), done()));
    assert_eq!(agents(&plaza).iter().filter(|(phone, _)| phone == NEW).count(), 1);
    let [switched, signed_in] = [&switched, &signed_in].map(|answer| TestMallUser::of(OPEN_ID, NEW, answer).id);
    assert_eq!(switched, signed_in);
}

/// Faults of a call that still leave an answer.
const FATES: [Fate; 7] =
    [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::ThrottleItem, Fate::Break, Fate::HangAfter];

/// The code is spent if and only if the account has what it was for, and the trail says so.
fn assert_spent_with(plaza: &Plaza, (kind, purpose): (Kind, &str), what: &str, has_happened: bool) {
    let codes = plaza.database.under(&format!("CODE#{}#+8613800138000", kind.realm()));
    let code = codes.iter().find(|item| item["sk"]["S"].as_str().unwrap().starts_with(purpose)).unwrap();
    assert_eq!(code["st"]["S"] == "consumed", has_happened, "{what}");
}

fn assert_honest(answer: &Answer, what: &str) {
    match answer.status.as_u16() {
        200 => {}
        429 => assert!(answer.header("retry-after").is_some(), "{what}"),
        500 => assert_eq!(answer.json(), json!({"errCode": 500, "msg": "系统内部错误"}), "{what}"),
        other => panic!("{what}: {other}"),
    }
}

#[tokio::test]
async fn a_fault_at_any_call_of_a_sign_in_leaves_all_of_it_or_nothing() {
    for kind in Kind::BOTH {
        for fate in FATES {
            for call in 0..5 {
                for lasting in [false, true] {
                    let plaza = Plaza::open();
                    kind.sign_in(&plaza, OPEN_ID, OLD).await;
                    let code = kind.code(&plaza, OPEN_ID, NEW).await;
                    if lasting {
                        plaza.database.from(call, fate);
                    } else {
                        plaza.database.at(call, fate);
                    }
                    let answer = kind.verify(&plaza, OPEN_ID, NEW, &code).await;
                    plaza.database.heal();
                    let what = format!("{kind:?}, {fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                    assert_honest(&answer, &what);
                    let is_there = users(&plaza, kind).len() == 2;
                    let holder = holder_among(&plaza, kind);
                    assert_eq!(holder.as_deref(), Some(if is_there { NEW } else { OLD }), "{what}");
                    assert_spent_with(&plaza, (kind, "LOGIN"), &what, is_there);
                    let is_told = answer.json()["errCode"] == "200";
                    assert!(is_there || !is_told, "{what}");
                    if is_there && !is_told {
                        kind.sign_in(&plaza, OPEN_ID, NEW).await;
                    } else if !is_there {
                        assert_eq!(kind.verify(&plaza, OPEN_ID, NEW, &code).await.whole(), done(), "{what}: again");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_fault_at_any_call_of_a_switch_leaves_all_of_it_or_nothing() {
    for fate in FATES {
        for call in 0..8 {
            for lasting in [false, true] {
                let (plaza, agent, _, code) = ready_with_both().await;
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let answer = plaza.switch_agent(&agent, NEW, &code).await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert_honest(&answer, &what);
                let has_moved = holder(&plaza).as_deref() == Some(NEW);
                assert_spent_with(&plaza, (Kind::Agent, "CHANGE"), &what, has_moved);
                assert_eq!(is_alive(&plaza, &agent.token, OLD).await, !has_moved, "{what}");
                assert!(has_moved || answer.json()["errCode"] != "200", "{what}");
                if !has_moved {
                    assert_eq!(holder(&plaza).as_deref(), Some(OLD), "{what}");
                    assert_eq!(plaza.switch_agent(&agent, NEW, &code).await.whole(), done(), "{what}: again");
                }
            }
        }
    }
}

/// A function that is killed at any of its calls has left nothing that hinders the next one.
#[tokio::test]
async fn a_crash_at_any_call_blocks_no_later_call() {
    for fate in [Fate::Die, Fate::DieAfter] {
        for call in 0..10 {
            let (plaza, agent, _, code) = ready_with_both().await;
            let answer = killed(&plaza.database, call, fate, plaza.switch_agent(&agent, NEW, &code)).await;
            assert!(answer.is_none(), "{fate:?} at {call}: it makes ten calls");
            let has_moved = holder(&plaza).as_deref() == Some(NEW);
            let what = format!("{fate:?} at {call}");
            assert_eq!(has_moved, (call, fate) == (9, Fate::DieAfter), "{what}");
            assert_spent_with(&plaza, (Kind::Agent, "CHANGE"), &what, has_moved);
            let plaza = plaza.restarted(|_| ());
            if has_moved {
                plaza.watch.advance(SignedDuration::from_secs(60));
                plaza.agent(OPEN_ID, NEW).await;
            } else {
                assert_eq!(plaza.switch_agent(&agent, NEW, &code).await.whole(), done(), "{what}");
            }
            assert_eq!(holder(&plaza).as_deref(), Some(NEW), "{what}");
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_call_of_a_sign_in_blocks_no_later_call() {
    for kind in Kind::BOTH {
        for fate in [Fate::Die, Fate::DieAfter] {
            for call in 0..5 {
                let plaza = Plaza::open();
                kind.sign_in(&plaza, OPEN_ID, OLD).await;
                let code = kind.code(&plaza, OPEN_ID, NEW).await;
                let answer = killed(&plaza.database, call, fate, kind.verify(&plaza, OPEN_ID, NEW, &code)).await;
                let what = format!("{kind:?}, {fate:?} at {call}");
                assert!(answer.is_none(), "{what}: it makes five calls");
                let is_there = users(&plaza, kind).len() == 2;
                assert_eq!(is_there, (call, fate) == (4, Fate::DieAfter), "{what}");
                assert_spent_with(&plaza, (kind, "LOGIN"), &what, is_there);
                let plaza = plaza.restarted(|_| ());
                if is_there {
                    kind.sign_in(&plaza, OPEN_ID, NEW).await;
                } else {
                    assert_eq!(kind.verify(&plaza, OPEN_ID, NEW, &code).await.whole(), done(), "{what}");
                }
                assert_eq!(holder_among(&plaza, kind).as_deref(), Some(NEW), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn what_it_costs() {
    let (plaza, agent, code) = ready().await;
    let cost = || bill(&plaza.database.take_calls());
    cost();
    plaza.switch_agent(&agent, NEW, &code).await;
    let head = "GetItem 1 + GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4 + GetItem 1 + GetItem 1 + ";
    assert_eq!(cost(), format!("{head}TransactWriteItems 18"), "to a new account");
    let (plaza, agent, _, code) = ready_with_both().await;
    plaza.database.take_calls();
    plaza.switch_agent(&agent, NEW, &code).await;
    // Another openId has a code of this number in the shared place, so the own place is read, too.
    let cost = bill(&plaza.database.take_calls());
    assert_eq!(cost, format!("GetItem 1 + {head}GetItem 1 + TransactWriteItems 20"), "to one there");
}
