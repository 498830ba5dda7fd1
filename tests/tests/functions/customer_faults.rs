//! What DynamoDB may do to each call of a driver's pages: profile, vehicles, password, closing. Whole or nothing, honest,
//! and safe to try again.

use http::Method;
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    database::{AUDIT, Fate, killed},
    pictures::png,
    plaza::{PASSWORD, Plaza, TestDriver},
    request::{Request, get},
};

const FIRST: &str = "皖A12345";
const SECOND: &str = "皖AYN056";
const PHONE: &str = "13912345678";
const WRITES: [&str; 6] = ["profile", "bind", "bind again", "unbind", "password", "close"];

fn put(driver: &TestDriver, path: &str) -> Request {
    Request::new(Method::PUT, &format!("/customer/customers/{path}")).bearer(&driver.token)
}

/// A driver with a vehicle, a phone and an avatar, and a write.
async fn ready(write: &str) -> (Plaza, TestDriver, Request) {
    let plaza = Plaza::open();
    let driver = plaza.driver_of("wyc2002", FIRST).await;
    let code = plaza.drivers_code(&driver.token, PHONE).await;
    let bound = plaza.ev_customer(put(&driver, "phone").json(&json!({"phoneNum": PHONE, "code": code}))).await;
    let driver = TestDriver { token: bound.header("x-access-token").unwrap().to_owned(), ..driver };
    assert_eq!(plaza.ev_customer(put(&driver, "uploadAvatar").body("image/png", png(9, 9))).await.status, 200);
    let vehicle = my_info(&plaza, &driver).await["vehicles"][0]["id"].to_string();
    let request = match write {
        "profile" => put(&driver, &driver.id).json(&json!({"nickname": "zz", "gender": 2})),
        "bind" => put(&driver, "vehicleBinding").json(&json!({"carPlate": SECOND, "vin": "123456"})),
        "bind again" => put(&driver, "vehicleBinding").json(&json!({"carPlate": FIRST, "vin": "123456"})),
        "unbind" => put(&driver, &format!("vehicleUnbinding?vehicleId={vehicle}")),
        "password" => {
            put(&driver, "password").json(&json!({"oldPassword": PASSWORD, "newPassword": "another phrase 7"}))
        }
        _ => Request::new(Method::DELETE, &format!("/customer/customers/{}", driver.id)).bearer(&driver.token),
    };
    (plaza, driver, request)
}

async fn my_info(plaza: &Plaza, driver: &TestDriver) -> Value {
    plaza.ev_customer(get("/customer/customers/myInfo").bearer(&driver.token)).await.json()["data"].take()
}

/// What the plaza has of the driver, without what every write touches.
fn everything(plaza: &Plaza) -> Vec<Value> {
    let own = ["ACCOUNT#ev#", "LOGIN#", "PLATE#", "PHONE#ev#"];
    own.into_iter().flat_map(|pk| plaza.database.under(pk)).collect()
}

/// Profile, session record and locks name the same plates and the same phone; of a closed account nothing is left.
fn assert_sound(plaza: &Plaza, driver: &TestDriver, what: &str) {
    let account = format!("ACCOUNT#ev#{}", driver.id);
    let sessions = plaza.database.item(&account, "SESSIONS").unwrap();
    let profile = plaza.database.item(&account, "PROFILE");
    let is_open = profile.is_some();
    let texts = |list: &Value| -> Vec<String> {
        list["L"].as_array().into_iter().flatten().map(|it| it["S"].as_str().unwrap().to_owned()).collect()
    };
    let vehicles = profile.iter().flat_map(|profile| profile["vehicles"]["L"].as_array().unwrap().clone());
    let plates: Vec<_> = vehicles.map(|vehicle| vehicle["M"]["plate"]["S"].as_str().unwrap().to_owned()).collect();
    let mut held = plates.clone();
    held.sort();
    let locks = plaza.database.under("PLATE#");
    let locks: Vec<_> = locks.iter().map(|item| item["pk"]["S"].as_str().unwrap().replace("PLATE#", "")).collect();
    assert_eq!((texts(&sessions["plates"]), locks), (plates, held), "{what}");
    assert_eq!(sessions["enabled"]["BOOL"], is_open, "{what}");
    assert_eq!(plaza.database.holders("PHONE#ev#").len(), usize::from(is_open), "{what}");
    let credentials = plaza.database.under("LOGIN#ev#").iter().filter(|item| item["sk"]["S"] == "CREDENTIAL").count();
    assert_eq!(credentials, usize::from(is_open), "{what}");
    let closed = plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "account-closed").count();
    assert_eq!(closed, usize::from(!is_open), "{what}");
    if !is_open {
        assert_eq!(sessions["live"]["M"], json!({}), "{what}");
    }
}

/// In a day the bucket has what the profile names.
async fn assert_avatar_agrees(plaza: &Plaza, driver: &TestDriver, what: &str) {
    for _ in 0..2 {
        plaza.watch.advance(jiff::SignedDuration::from_hours(13));
        plaza.wake(json!({"pictures": true})).await;
    }
    plaza.bucket.a_day_passes();
    let profile = plaza.database.item(&format!("ACCOUNT#ev#{}", driver.id), "PROFILE");
    let named: Vec<_> = profile.iter().filter_map(|profile| profile["avatar"]["S"].as_str()).collect();
    let objects = plaza.bucket.objects();
    assert_eq!(objects.keys().map(String::as_str).collect::<Vec<_>>(), named, "{what}");
}

fn assert_honest(answer: &Answer, write: &str, what: &str) {
    let body = answer.json();
    let is_vehicle = write.contains("bind");
    match answer.status.as_u16() {
        200 => assert_eq!(body["status"], if is_vehicle { json!(true) } else { json!("SUCCESS") }, "{what}"),
        429 => assert!(answer.header("retry-after").is_some(), "{what}"),
        500 if is_vehicle => assert_eq!(body, json!({"status": false, "data": "系统内部错误"}), "{what}"),
        500 => assert_eq!(body, json!({"status": "FAILURE", "message": "系统内部错误"}), "{what}"),
        other => panic!("{what}: {other} {body}"),
    }
}

#[tokio::test]
async fn one_fault_at_any_call_is_not_even_noticed() {
    for write in WRITES {
        for fate in Fate::FAULTS {
            for call in 0..6 {
                let (plaza, driver, request) = ready(write).await;
                plaza.database.at(call, fate);
                let answer = plaza.ev_customer(request).await;
                plaza.database.heal();
                let what = format!("{write}, {fate:?} at {call}: {}", answer.text());
                assert_honest(&answer, write, &what);
                // A read that meets a transaction is not repeated by anybody; it says so.
                assert!(answer.status == 200 || fate == Fate::Conflict, "{what}");
                assert_sound(&plaza, &driver, &what);
            }
        }
    }
}

#[tokio::test]
async fn faults_that_do_not_end_leave_the_whole_or_nothing_and_a_repetition_ends_well() {
    for write in WRITES {
        for fate in Fate::FAULTS {
            for call in 0..6 {
                let (plaza, driver, request) = ready(write).await;
                let before = everything(&plaza);
                plaza.database.from(call, fate);
                let answer = plaza.ev_customer(request.clone()).await;
                plaza.database.heal();
                let what = format!("{write}, {fate:?} from {call} on: {}", answer.text());
                assert_honest(&answer, write, &what);
                assert_sound(&plaza, &driver, &what);
                let failures = |items: Vec<Value>| items.into_iter().filter(|item| item["sk"]["S"] != "FAILURES");
                let changed = !failures(everything(&plaza)).eq(failures(before));
                assert!(changed || answer.status != 200, "{what}");
                let again = plaza.ev_customer(request).await;
                let expected = match write {
                    // What a lost answer hides has ended the session.
                    "password" | "close" if changed => 401,
                    _ => 200,
                };
                assert_eq!(again.status, expected, "{what}: then {}", again.text());
                assert_sound(&plaza, &driver, &what);
                if write == "close" {
                    assert_avatar_agrees(&plaza, &driver, &what).await;
                }
            }
        }
    }
}

/// A function that is killed after any of its calls has left nothing that hinders the next one.
#[tokio::test]
async fn a_crash_between_any_two_calls_blocks_no_later_call() {
    for write in WRITES {
        for calls_before in 0..6 {
            let (plaza, driver, request) = ready(write).await;
            let answer = killed(&plaza.database, calls_before, Fate::Die, plaza.ev_customer(request.clone())).await;
            let what = format!("{write}, killed after {calls_before} calls");
            assert_sound(&plaza, &driver, &what);
            let again = plaza.ev_customer(request).await.status.as_u16();
            // What a lost answer hides has ended the session.
            let has_ended = again == 401 && matches!(write, "close" | "password");
            let is_done = answer.is_some() && matches!(again, 401 | 404);
            assert!(again == 200 || is_done || has_ended, "{what}: {again}");
            assert_sound(&plaza, &driver, &what);
            assert_avatar_agrees(&plaza, &driver, &what).await;
        }
    }
}

/// A change while an account is being closed: plates, phone and pictures are released with the account, or it stays.
#[tokio::test]
async fn nothing_that_comes_while_an_account_is_closed_outlives_it() {
    for other in ["bind", "profile", "avatar", "unbind"] {
        for _ in 0..4 {
            let (plaza, driver, request) = ready(if other == "avatar" { "close" } else { other }).await;
            let close =
                Request::new(Method::DELETE, &format!("/customer/customers/{}", driver.id)).bearer(&driver.token);
            let request =
                if other == "avatar" { put(&driver, "uploadAvatar").body("image/png", png(8, 8)) } else { request };
            let (closed, done) = tokio::join!(plaza.ev_customer(close), plaza.ev_customer(request));
            let what = format!("{other}: {} {}", closed.text(), done.text());
            assert!(closed.status == 200 || closed.status == 429, "{what}");
            assert!(done.status.as_u16() < 500, "{what}");
            assert_sound(&plaza, &driver, &what);
            assert_avatar_agrees(&plaza, &driver, &what).await;
        }
    }
}
