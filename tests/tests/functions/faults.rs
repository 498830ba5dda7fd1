//! What DynamoDB may do to each call of registering, signing in and signing out: nothing is ever left half done, a
//! repetition is safe, and the answer is the app's own.

use serde_json::json;
use tests::{
    answer::Answer,
    database::{AUDIT, Fate, MAIN, killed},
    plaza::{PASSWORD, Plaza, TestDriver},
    request::{Request, get, post},
};

fn registration() -> Request {
    let fields =
        [("username", "wyc2002"), ("password", PASSWORD), ("email", "w@163.com"), ("license_plate", "皖A12345")];
    post("/u/register").form(&fields)
}

/// Registered or not, and nothing in between: name, plate, profile, sessions and the trail agree.
fn assert_whole_or_nothing(plaza: &Plaza) -> bool {
    let database = &plaza.database;
    let counts = [
        database.items(MAIN).iter().filter(|item| item["sk"]["S"] == "CREDENTIAL").count(),
        database.under("PLATE#").len(),
        database.items(MAIN).iter().filter(|item| item["sk"]["S"] == "PROFILE").count(),
        database.items(MAIN).iter().filter(|item| item["sk"]["S"] == "SESSIONS").count(),
        database.items(AUDIT).iter().filter(|item| item["action"]["S"] == "account-created").count(),
    ];
    assert!(counts == [0; 5] || counts == [1; 5], "{counts:?}");
    counts == [1; 5]
}

/// Success, or a failure in the app's own words that may be tried again.
fn assert_honest(answer: &Answer, what: &str) {
    let body = answer.json();
    match answer.status.as_u16() {
        200 => {}
        429 => assert!(answer.header("retry-after").is_some() && body["code"] == -1, "{what}: {body}"),
        500 => assert_eq!(body, json!({"code": -1, "msg": "系统内部错误"}), "{what}"),
        other => panic!("{what}: {other} {body}"),
    }
}

#[tokio::test]
async fn one_fault_at_any_call_of_a_registration_is_not_even_noticed() {
    for fate in Fate::faults_and_none() {
        for call in 0..2 {
            let plaza = Plaza::open();
            plaza.database.at(call, fate);
            let answer = plaza.ev_account(registration()).await;
            assert_honest(&answer, &format!("{fate:?} at {call}"));
            // A single write that meets a transaction is not repeated by anybody; it says so.
            let expected = if fate == Fate::Conflict && call == 0 { 429 } else { 200 };
            assert_eq!(answer.status, expected, "{fate:?} at {call}: {}", answer.text());
            plaza.database.heal();
            if assert_whole_or_nothing(&plaza) {
                assert_eq!(plaza.detail(&answer.token()).await.status, 200);
            } else {
                assert_eq!(plaza.ev_account(registration()).await.json()["code"], 200, "it can be tried again");
            }
        }
    }
}

#[tokio::test]
async fn faults_that_do_not_end_leave_a_whole_account_or_none() {
    for fate in Fate::faults_and_none() {
        for call in 0..2 {
            let plaza = Plaza::open();
            plaza.database.from(call, fate);
            let answer = plaza.ev_account(registration()).await;
            assert_honest(&answer, &format!("{fate:?} from {call} on"));
            let is_there = assert_whole_or_nothing(&plaza);
            plaza.database.heal();
            let again = plaza.ev_account(registration()).await.json();
            if is_there {
                assert_eq!(again["msg"], "用户名已存在", "{fate:?} from {call} on");
                assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
            } else {
                assert_eq!(again["code"], 200, "{fate:?} from {call} on");
            }
            assert!(assert_whole_or_nothing(&plaza));
        }
    }
}

#[tokio::test]
async fn one_fault_at_any_call_of_a_sign_in_is_not_even_noticed() {
    for fate in Fate::faults_and_none() {
        for call in 0..4 {
            let plaza = Plaza::open();
            plaza.driver("wyc2002").await;
            plaza.database.at(call, fate);
            let answer = plaza.log_in("wyc2002", PASSWORD).await;
            let what = format!("{fate:?} at {call}: {}", answer.text());
            assert_honest(&answer, &what);
            let is_read = call < 2;
            let expected = if fate == Fate::Conflict && is_read { 429 } else { 200 };
            assert_eq!(answer.status, expected, "{what}");
            plaza.database.heal();
            if expected == 200 {
                assert_eq!(plaza.detail(&answer.token()).await.status, 200, "{what}");
                let signed_in = plaza.database.items(AUDIT).iter().filter(|e| e["action"]["S"] == "signed-in").count();
                assert_eq!(signed_in, 1, "{what}");
                assert!(plaza.database.item("LOGIN#ev#wyc2002", "FAILURES").is_none(), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn faults_that_do_not_end_open_no_session_without_an_entry_in_the_trail() {
    for fate in Fate::faults_and_none() {
        for call in 0..3 {
            let plaza = Plaza::open();
            let driver = plaza.driver("wyc2002").await;
            plaza.database.from(call, fate);
            let what = format!("{fate:?} from {call} on");
            assert_honest(&plaza.log_in("wyc2002", PASSWORD).await, &what);
            plaza.database.heal();

            let signed_in = plaza.database.items(AUDIT).iter().filter(|e| e["action"]["S"] == "signed-in").count();
            assert_eq!(sessions(&plaza, &driver), 1 + signed_in, "{what}");
            assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200, "{what}: it can be tried again");
        }
    }
}

/// A guess whose failure cannot be noted is still counted, and still answered as a wrong password.
#[tokio::test]
async fn a_guess_counts_though_the_trail_cannot_be_written() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    plaza.database.follow(|call| if call.operation == "PutItem" { Fate::Break } else { Fate::Apply });
    for _ in 0..5 {
        assert_eq!(plaza.log_in("wyc2002", "123456wyd").await.json()["msg"], "用户名或密码不正确");
    }
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.status, 429);
}

/// The answer to the counting write is lost again and again: the guess is not looked at, but it has been counted.
#[tokio::test]
async fn losing_the_answers_of_the_throttle_gives_no_free_guesses() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    plaza.database.follow(|call| if call.touches("ADDRESS#") { Fate::HangAfter } else { Fate::Apply });
    for _ in 0..5 {
        assert_eq!(plaza.log_in("wyc2002", "123456wyd").await.status, 500);
    }
    plaza.database.heal();
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.status, 429);
}

#[tokio::test]
async fn signing_out_survives_one_fault_and_never_lies() {
    for fate in Fate::faults_and_none() {
        for call in 0..2 {
            for lasting in [false, true] {
                let plaza = Plaza::open();
                let driver = plaza.driver("wyc2002").await;
                if lasting {
                    plaza.database.from(call, fate);
                } else {
                    plaza.database.at(call, fate);
                }
                let answer = plaza.log_out(&driver.token).await;
                let what = format!("{fate:?} at {call}, lasting: {lasting}: {}", answer.text());
                plaza.database.heal();
                let is_open = plaza.detail(&driver.token).await.status == 200;
                match answer.status.as_u16() {
                    204 => assert!(!is_open, "{what}"),
                    429 => assert!(is_open && answer.header("retry-after").is_some(), "{what}"),
                    500 => assert_eq!(answer.json()["code"], "internal_error", "{what}"),
                    _ => panic!("{what}"),
                }
                let is_read = call == 0;
                assert!(lasting || answer.status == 204 || (is_read && fate == Fate::Conflict), "{what}");
                if is_open {
                    assert_eq!(plaza.log_out(&driver.token).await.status, 204, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_unreadable_record_admits_no_caller() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    for fate in [Fate::Refuse, Fate::Break, Fate::Throttle, Fate::Hang] {
        plaza.database.follow(move |_| fate);
        let answer = plaza.ev_account(get("/user/detail").bearer(&driver.token)).await;
        assert_honest(&answer, &format!("{fate:?}"));
        assert_ne!(answer.status, 200);
    }
}

/// A function that is killed after any of its calls has left nothing that hinders the next one.
#[tokio::test]
async fn a_crash_between_any_two_calls_blocks_no_later_call() {
    for calls_before in 0..3 {
        let plaza = Plaza::open();
        plaza.driver("wyc2002").await;
        let answer = killed(&plaza.database, calls_before, Fate::Die, plaza.log_in("wyc2002", PASSWORD)).await;
        assert!(answer.is_none(), "after {calls_before} calls");
        assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200, "after {calls_before} calls");
        assert_eq!(plaza.restarted(|_| ()).log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    }
}

fn sessions(plaza: &Plaza, driver: &TestDriver) -> usize {
    let item = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "SESSIONS").unwrap();
    item["live"]["M"].as_object().unwrap().len()
}
