//! What DynamoDB may do to each call of asking for a code, comparing one, and setting a forgotten password anew; and what
//! a crash at any of them leaves: a try is never free, a code is never spent for nothing, and trying again is safe.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    database::{AUDIT, Fate, killed},
    plaza::{PASSWORD, Plaza, TestDriver},
};

const PHONE: &str = "13800138000";
const NEW: &str = "another phrase 7";

const DEATHS: [Fate; 2] = [Fate::Die, Fate::DieAfter];

/// Calls of an ask, a sign-in by code, a reset, each up to its last write; the reset's notice is two more.
const ASK: usize = 3;
const SIGN_IN: usize = 4;
const RESET: usize = 4;

fn assert_honest(answer: &Answer, what: &str) {
    match answer.status.as_u16() {
        200 => {}
        429 => assert!(answer.header("retry-after").is_some(), "{what}"),
        500 => assert_eq!(answer.json(), json!({"code": "internal_error", "message": "系统内部错误"}), "{what}"),
        other => panic!("{what}: {other} {}", answer.text()),
    }
}

/// A driver whose phone is bound.
async fn ready() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.bind_phone("ev", PHONE, &driver.id, "wyc2002");
    (plaza, driver)
}

/// The same with a code under way.
async fn with_code(purpose: &str) -> (Plaza, TestDriver, String) {
    let (plaza, driver) = ready().await;
    plaza.ask_code("ev", PHONE, purpose).await;
    let code = plaza.code_for(PHONE).await;
    (plaza, driver, code)
}

fn fault(plaza: &Plaza, call: usize, fate: Fate, lasting: bool) {
    if lasting { plaza.database.from(call, fate) } else { plaza.database.at(call, fate) }
}

fn row(plaza: &Plaza, pk: &str, sk: &str) -> Value {
    plaza.database.item(pk, sk).unwrap_or_default()
}

fn tries(plaza: &Plaza, sk: &str) -> u64 {
    row(plaza, "CODE#ev#+8613800138000", sk)["n"]["N"].as_str().unwrap().parse().unwrap()
}

/// Whether a code was sent: the phone's instant, the counters, the code and the message exist once, or none does.
fn assert_asked_once_or_not(plaza: &Plaza, what: &str) -> bool {
    let phone = row(plaza, "PHONE#ev#+8613800138000", "ASKS#ACCOUNTS-ONLY");
    let instants = phone["sent"]["L"].as_array().map_or(0, Vec::len);
    let address = plaza.database.under("ADDRESS#code#").len();
    let counted = |items: Vec<Value>| {
        let numbers = items.iter().flat_map(|item| item.as_object().unwrap().clone());
        numbers.filter(|(name, _)| name.starts_with(['m', 'h', 'd'])).all(|(_, value)| value["N"] == "1")
    };
    assert!(counted(plaza.database.under("ADDRESS#code#")), "{what}");
    let counts = [instants, address, plaza.database.under("CODE#").len(), plaza.database.under("SMS#").len()];
    assert!(counts == [0; 4] || counts == [1; 4], "{what}: {counts:?}");
    counts == [1; 4]
}

#[tokio::test]
async fn a_fault_at_any_call_leaves_a_code_counted_everywhere_or_not_at_all() {
    for fate in Fate::FAULTS {
        for call in 0..ASK {
            for lasting in [false, true] {
                let (plaza, _) = ready().await;
                fault(&plaza, call, fate, lasting);
                let answer = plaza.ask_code("ev", PHONE, "login").await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert_honest(&answer, &what);
                let was_sent = assert_asked_once_or_not(&plaza, &what);
                assert!(was_sent || answer.status != 200, "{what}");
                assert_eq!(plaza.sms_messages.lock().unwrap().len(), usize::from(answer.status == 200), "{what}");
                if was_sent {
                    plaza.deliver_sms().await;
                    plaza.watch.advance(SignedDuration::from_secs(60));
                }
                assert_eq!(plaza.ask_code("ev", PHONE, "login").await.status, 200, "{what}: again");
                let code = plaza.code_for(PHONE).await;
                assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 200, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_call_leaves_a_code_counted_everywhere_or_not_at_all() {
    for fate in DEATHS {
        for call in 0..ASK {
            let (plaza, _) = ready().await;
            let what = format!("{fate:?} at {call}");
            let answer = killed(&plaza.database, call, fate, plaza.ask_code("ev", PHONE, "login")).await;
            assert!(answer.is_none(), "{what}");
            let was_sent = assert_asked_once_or_not(&plaza, &what);
            assert_eq!(was_sent, (call, fate) == (ASK - 1, Fate::DieAfter), "{what}");
            // Nothing brings the message of a crash to the queue: the person requests another code.
            let plaza = plaza.restarted(|_| ());
            if was_sent {
                assert_eq!(plaza.ask_code("ev", PHONE, "login").await.status, 429, "{what}");
                plaza.watch.advance(SignedDuration::from_secs(60));
            }
            plaza.ask_code("ev", PHONE, "login").await;
            let code = plaza.code_for(PHONE).await;
            assert_eq!(plaza.sign_in_by_code("ev", PHONE, &code).await.status, 200, "{what}");
        }
    }
}

/// Each compared guess was counted: five times with any fault, and a sixth never.
#[tokio::test]
async fn a_fault_at_any_call_of_a_comparison_gives_no_free_guess() {
    for fate in Fate::FAULTS {
        for call in 0..2 {
            let (plaza, _, code) = with_code("login").await;
            let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
            for _ in 0..6 {
                // The holder of the phone is read first.
                plaza.database.at(1 + call, fate);
                let answer = plaza.sign_in_by_code("ev", PHONE, &wrong).await;
                plaza.database.heal();
                assert!(matches!(answer.status.as_u16(), 401 | 429 | 500), "{fate:?} at {call}: {}", answer.text());
            }
            let what = format!("{fate:?} at {call}");
            let compared = plaza.database.items(AUDIT);
            let compared = compared.iter().filter(|entry| entry["action"]["S"] == "code-refused").count() as u64;
            assert!(compared <= tries(&plaza, "LOGIN") && tries(&plaza, "LOGIN") <= 5, "{what}");
            let of_phone = row(&plaza, "PHONE#+8613800138000", "CODES");
            let day = plaza.watch.now().as_second() / 86_400;
            let of_phone = of_phone[format!("t{day}")]["N"].as_str().unwrap_or("0");
            assert_eq!(of_phone, tries(&plaza, "LOGIN").to_string(), "{what}: both or none");
            let right = plaza.sign_in_by_code("ev", PHONE, &code).await.status;
            assert_eq!(right == 200, tries(&plaza, "LOGIN") <= 5 && compared < 5, "{what}");
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_call_of_a_sign_in_by_code_leaves_a_session_and_a_spent_code_or_neither() {
    for fate in DEATHS {
        for call in 0..SIGN_IN {
            let (plaza, driver, code) = with_code("login").await;
            let what = format!("{fate:?} at {call}");
            let answer = killed(&plaza.database, call, fate, plaza.sign_in_by_code("ev", PHONE, &code)).await;
            assert!(answer.is_none(), "{what}");
            let is_spent = row(&plaza, "CODE#ev#+8613800138000", "LOGIN")["st"]["S"] == "consumed";
            assert_eq!(is_spent, (call, fate) == (SIGN_IN - 1, Fate::DieAfter), "{what}");
            let record = row(&plaza, &format!("ACCOUNT#ev#{}", driver.id), "SESSIONS");
            let sessions = record["live"]["M"].as_object().unwrap().len();
            assert_eq!(sessions, 1 + usize::from(is_spent), "{what}");
            let was_counted = call > 2 || (call, fate) == (2, Fate::DieAfter);
            assert_eq!(tries(&plaza, "LOGIN"), u64::from(was_counted), "{what}");
            let again = plaza.restarted(|_| ()).sign_in_by_code("ev", PHONE, &code).await;
            assert_eq!(again.status, if is_spent { 401 } else { 200 }, "{what}");
        }
    }
}

/// The old password or the new one, the sessions and the code go together. Whether it is the new one.
async fn assert_reset_or_not(plaza: &Plaza, driver: &TestDriver, what: &str) -> bool {
    let is_spent = row(plaza, "CODE#ev#+8613800138000", "RESET")["st"]["S"] == "consumed";
    let entries = plaza.database.items(AUDIT);
    let told = entries.iter().filter(|entry| entry["action"]["S"] == "password-reset").count();
    assert_eq!(told, usize::from(is_spent), "{what}");
    assert_eq!(plaza.detail(&driver.token).await.status, if is_spent { 401 } else { 200 }, "{what}");
    let (right, wrong) = if is_spent { (NEW, PASSWORD) } else { (PASSWORD, NEW) };
    assert_eq!(plaza.log_in("wyc2002", wrong).await.json()["code"], -1, "{what}");
    assert_eq!(plaza.log_in("wyc2002", right).await.json()["code"], 200, "{what}");
    is_spent
}

#[tokio::test]
async fn a_fault_at_any_call_of_a_reset_leaves_one_password_whole() {
    for fate in Fate::FAULTS {
        for call in 0..=RESET {
            for lasting in [false, true] {
                let (plaza, driver, code) = with_code("reset").await;
                fault(&plaza, call, fate, lasting);
                let answer = plaza.reset("ev", PHONE, &code, NEW).await;
                plaza.database.heal();
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                assert_honest(&answer, &what);
                let is_new = assert_reset_or_not(&plaza, &driver, &what).await;
                assert!(is_new || answer.status != 200, "{what}");
                assert!(call < RESET || answer.status == 200, "{what}: that a notice cannot be sent undoes nothing");
                if !is_new {
                    assert_eq!(plaza.reset("ev", PHONE, &code, NEW).await.status, 200, "{what}: again");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_call_of_a_reset_leaves_one_password_whole() {
    for fate in DEATHS {
        for call in 0..=RESET {
            let (plaza, driver, code) = with_code("reset").await;
            let what = format!("{fate:?} at {call}");
            assert!(
                killed(&plaza.database, call, fate, plaza.reset("ev", PHONE, &code, NEW)).await.is_none(),
                "{what}"
            );
            let plaza = plaza.restarted(|_| ());
            let is_new = assert_reset_or_not(&plaza, &driver, &what).await;
            assert_eq!(is_new, call == RESET || (call, fate) == (RESET - 1, Fate::DieAfter), "{what}");
            let again = plaza.reset("ev", PHONE, &code, NEW).await;
            assert_eq!(again.status, if is_new { 400 } else { 200 }, "{what}: {}", again.text());
        }
    }
}
