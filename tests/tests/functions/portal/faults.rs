//! What DynamoDB may do to each call of the portal's writes: whole or nothing, and safe to try again.

use serde_json::{Value, json};
use tests::{
    answer::Answer,
    database::{Fate, killed},
    plaza::Plaza,
    portal::{PHRASE, delete, put},
    request::{Request, get, post},
};

/// A customer with two more accounts and two contacts, and a write to it.
async fn ready(write: usize) -> (Plaza, Request) {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    plaza.make_account(&admin, "two", "admin").await;
    plaza.make_account(&admin, "sub", "sub").await;
    let (one, two) = (plaza.add_contact(&admin, &json!({})).await, plaza.add_contact(&admin, &json!({})).await);
    let new = json!({"login_id": "new", "passwd": PHRASE, "account_type": "admin"});
    let request = match write {
        0 => post("/customer/accounts").json(&new),
        1 => delete("/customer/accounts/two,sub"),
        2 => put("/customer/accounts/two/disabled"),
        3 => post("/customer/contacts").json(&json!({"name": "小李"})),
        4 => put("/customer/contacts").json(&json!({"contact_id": one, "name": "小李"})),
        5 => delete(&format!("/customer/contacts/{one},{two}")),
        _ => put("/customer").json(&json!({"tel": "1"})),
    };
    (plaza, request.bearer(&admin))
}

const WRITES: usize = 7;

/// Counts are what is there, each account has all its items, and what is disabled has no session.
fn assert_sound(plaza: &Plaza, what: &str) {
    let items = plaza.database.under("Z#");
    let sk = |item: &Value| item["sk"]["S"].as_str().unwrap().to_owned();
    let head = |name: &str| items.iter().find(|item| sk(item) == name).unwrap().clone();
    let accounts: Vec<_> = items.iter().filter(|item| sk(item).starts_with("ACCOUNT#")).collect();
    let contacts = items.iter().filter(|item| sk(item).starts_with("CONTACT#")).count();
    let is_admin = |item: &&&Value| item["account_type"]["S"] == "admin" && item["status"]["S"] == "ACTIVITY";
    assert_eq!(head("ACCOUNT")["n"]["N"], accounts.len().to_string(), "{what}");
    assert_eq!(head("ACCOUNT")["admins"]["N"], accounts.iter().filter(is_admin).count().to_string(), "{what}");
    assert_eq!(head("CONTACT")["n"]["N"], contacts.to_string(), "{what}");
    assert_eq!(plaza.database.under("ACCOUNT#cloud#").len(), accounts.len(), "{what}");
    let credentials = plaza.database.under("LOGIN#cloud#");
    let credentials = credentials.iter().filter(|item| item["sk"]["S"] == "CREDENTIAL").count();
    assert_eq!(credentials, accounts.len(), "{what}");
    for account in accounts {
        let pk = format!("ACCOUNT#cloud#{}", account["account"]["S"].as_str().unwrap());
        let record = plaza.database.item(&pk, "SESSIONS").unwrap();
        assert_eq!(record["enabled"]["BOOL"] == true, account["status"]["S"] == "ACTIVITY", "{what}");
    }
}

fn assert_honest(answer: &Answer, what: &str) {
    match answer.status.as_u16() {
        200 => {}
        429 => assert!(answer.header("retry-after").is_some(), "{what}"),
        500 => assert_eq!(answer.json(), json!({"code": "internal_error", "message": "系统内部错误"}), "{what}"),
        other => panic!("{what}: {other} {}", answer.text()),
    }
}

#[tokio::test]
async fn one_fault_at_any_call_is_not_even_noticed() {
    for write in 0..WRITES {
        for fate in Fate::faults_and_none() {
            for call in 0..3 {
                let (plaza, request) = ready(write).await;
                plaza.database.at(call, fate);
                let answer = plaza.cloud(request).await;
                let what = format!("write {write}, {fate:?} at {call}: {}", answer.text());
                assert_honest(&answer, &what);
                // A read that meets a transaction is not repeated by anybody; it says so.
                assert!(answer.status == 200 || fate == Fate::Conflict, "{what}");
                plaza.database.heal();
                assert_sound(&plaza, &what);
            }
        }
    }
}

#[tokio::test]
async fn faults_that_do_not_end_leave_the_whole_or_nothing_and_a_repetition_ends_well() {
    for write in 0..WRITES {
        for fate in Fate::faults_and_none() {
            for call in 0..3 {
                let (plaza, request) = ready(write).await;
                plaza.database.from(call, fate);
                let answer = plaza.cloud(request.clone()).await;
                let what = format!("write {write}, {fate:?} from {call} on: {}", answer.text());
                assert_honest(&answer, &what);
                plaza.database.heal();
                assert_sound(&plaza, &what);
                let again = plaza.cloud(request).await;
                let is_there_already = again.status == 409 && write == 0;
                assert!(again.status == 200 || is_there_already, "{what}: then {}", again.text());
                assert_sound(&plaza, &what);
            }
        }
    }
}

/// A function that is killed between two calls leaves what can be finished by asking again.
#[tokio::test]
async fn a_crash_while_many_accounts_are_deleted_is_mended_by_asking_again() {
    for calls_before in 2..5 {
        let plaza = Plaza::open();
        let admin = plaza.customer("51idc").await;
        let names: Vec<_> = (0..50).map(|n| format!("sub-{n:02}")).collect();
        for name in &names {
            plaza.make_account(&admin, name, "sub").await;
        }
        plaza.make_account(&admin, "two", "admin").await;
        plaza.add_contact(&admin, &json!({})).await;
        let request = delete(&format!("/customer/accounts/{},two", names.join(","))).bearer(&admin);
        let answer = killed(&plaza.database, calls_before, Fate::Die, plaza.cloud(request.clone())).await;
        assert!(answer.is_none(), "after {calls_before} calls");
        assert_sound(&plaza, &format!("killed after {calls_before} calls"));
        assert_eq!(plaza.cloud(request).await.status, 200);
        let listed = plaza.cloud(get("/customer/accounts").bearer(&admin)).await.json();
        assert_eq!(listed["total_count"], 1);
        assert_sound(&plaza, "afterwards");
    }
}
