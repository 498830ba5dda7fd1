//! Wrong passwords make their own network wait and no other, and a device that has signed in before passes.

use super::{WRONG, seconds};
use serde_json::json;
use tests::{
    answer::Answer,
    capacity::bill,
    plaza::{PASSWORD, Plaza},
    request::{get, post},
};

const ELSEWHERE: &str = "198.51.100.7";
const NAME: &str = "root-admin";
const FIRST: &str = "first phrase 7";

async fn sign_in(
    plaza: &Plaza,
    (realm, name): (&str, &str),
    password: &str,
    from: &str,
    device: Option<&str>,
) -> Answer {
    let body = json!({"realm": realm, "username": name, "password": password});
    let request = post("/auth/token").json(&body).from(from);
    plaza.session(device.map_or(request.clone(), |device| request.header("x-device-token", device))).await
}

fn device(answer: &Answer) -> String {
    answer.header("x-device-token").unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

/// Guesses as soon as each is looked at; what the guesser has to wait in the end.
async fn guess(plaza: &Plaza, of: (&str, &str), times: usize, from: &str) -> u64 {
    let mut wait = 0;
    for _ in 0..times {
        let mut answer = sign_in(plaza, of, WRONG, from, None).await;
        if answer.status == 429 {
            wait = answer.header("retry-after").unwrap().parse().unwrap();
            plaza.watch.advance(seconds(wait.try_into().unwrap()));
            answer = sign_in(plaza, of, WRONG, from, None).await;
        }
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    wait
}

/// An administrator with a device that has signed in.
async fn staff() -> (Plaza, String) {
    let plaza = Plaza::open();
    let first = serde_json::from_value(json!({"username": NAME, "password": FIRST})).unwrap();
    plaza.first_admin.appoint(first, "request".into()).await.unwrap();
    let token = device(&sign_in(&plaza, ("platform", NAME), FIRST, "203.0.113.9", None).await);
    (plaza, token)
}

#[tokio::test]
async fn fourteen_wrong_passwords_keep_no_administrator_out() {
    let (plaza, known) = staff().await;
    let of = ("platform", NAME);
    assert_eq!(guess(&plaza, of, 15, "203.0.113.9").await, 512, "the guesser waits");
    assert_eq!(sign_in(&plaza, of, FIRST, "203.0.113.77", None).await.status, 429, "and the guesser's network");
    assert_eq!(sign_in(&plaza, of, FIRST, ELSEWHERE, None).await.status, 200, "other networks do not");
    guess(&plaza, of, 15, "203.0.113.9").await;
    assert_eq!(sign_in(&plaza, of, FIRST, "203.0.113.9", Some(&known)).await.status, 200, "nor does a known device");
}

#[tokio::test]
async fn a_hundred_wrong_passwords_from_many_networks_do_not_keep_a_known_device_out() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let known = device(&plaza.log_in("wyc2002", PASSWORD).await);
    for network in 0..20 {
        guess(&plaza, ("ev", "wyc2002"), 5, &format!("10.0.{network}.1")).await;
    }
    let of = ("ev", "wyc2002");
    assert_eq!(sign_in(&plaza, of, PASSWORD, ELSEWHERE, None).await.status, 403, "others need a code");
    assert_eq!(sign_in(&plaza, of, PASSWORD, "10.0.0.1", Some(&known)).await.status, 200);
    let form = post("/u/login").form(&[("username", "wyc2002"), ("password", PASSWORD)]);
    let through_the_app = plaza.ev_account(form.header("x-device-token", &known)).await;
    assert_eq!(through_the_app.json()["code"], 200);
    assert_eq!(sign_in(&plaza, of, PASSWORD, ELSEWHERE, None).await.status, 403, "the guesses are not forgotten");
}

#[tokio::test]
async fn a_known_device_waits_for_its_own_wrong_passwords_alone() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let known = device(&plaza.log_in("wyc2002", PASSWORD).await);
    let of = ("ev", "wyc2002");
    for _ in 0..5 {
        assert_eq!(sign_in(&plaza, of, WRONG, ELSEWHERE, Some(&known)).await.status, 401);
    }
    assert_eq!(sign_in(&plaza, of, PASSWORD, ELSEWHERE, Some(&known)).await.status, 429);
    assert_eq!(sign_in(&plaza, of, PASSWORD, ELSEWHERE, None).await.status, 200, "its network does not wait for it");
    plaza.watch.advance(seconds(1));
    assert_eq!(sign_in(&plaza, of, PASSWORD, ELSEWHERE, Some(&known)).await.status, 200);
    assert!(plaza.database.under("KNOWN-DEVICE#").is_empty(), "a right password ends the series");
}

#[tokio::test]
async fn only_a_device_token_of_this_account_makes_a_device_known() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    plaza.driver("another").await;
    let own = device(&plaza.log_in("wyc2002", PASSWORD).await);
    let other = device(&plaza.log_in("another", PASSWORD).await);
    guess(&plaza, ("ev", "wyc2002"), 6, ELSEWHERE).await;
    let (head, signature) = own.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for no_proof in [other.as_str(), &driver.token, &forged, "x", &"x".repeat(5000)] {
        let refused = sign_in(&plaza, ("ev", "wyc2002"), PASSWORD, ELSEWHERE, Some(no_proof)).await;
        assert_eq!(refused.status, 429, "{}", &no_proof[..no_proof.len().min(20)]);
    }
    assert_eq!(plaza.ev_account(get("/user/detail").bearer(&own)).await.status, 401, "it opens nothing");
    plaza.watch.advance(seconds(181 * 86_400));
    guess(&plaza, ("ev", "wyc2002"), 5, ELSEWHERE).await;
    let outdated = sign_in(&plaza, ("ev", "wyc2002"), PASSWORD, ELSEWHERE, Some(&own)).await;
    assert_eq!(outdated.status, 429, "after half a year it is known no more");
}

#[tokio::test]
async fn a_wait_that_the_release_before_wrote_for_a_name_is_kept_by_no_one() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let now = plaza.watch.now();
    plaza.database.put(&json!({
        "pk": {"S": "LOGIN#ev#wyc2002"}, "sk": {"S": "FAILURES"}, "n": {"N": "14"},
        "until": {"N": (now + seconds(900)).as_millisecond().to_string()},
        "ttl": {"N": (now + seconds(86_400)).as_second().to_string()}
    }));
    assert_eq!(sign_in(&plaza, ("ev", "wyc2002"), WRONG, ELSEWHERE, None).await.status, 401);
    let item = plaza.database.item("LOGIN#ev#wyc2002", "FAILURES").unwrap();
    assert_eq!((&item["n"]["N"], &item["until"]["N"]), (&json!("15"), &json!("0")), "and it reads what we write");
}

#[tokio::test]
async fn a_known_device_costs_one_more_read_and_fewer_writes() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let known = device(&plaza.log_in("wyc2002", PASSWORD).await);
    plaza.database.take_calls();
    sign_in(&plaza, ("ev", "wyc2002"), PASSWORD, ELSEWHERE, Some(&known)).await.token();
    let cost = bill(&plaza.database.take_calls());
    assert_eq!(cost, "Query 1 + GetItem 1 + GetItem 1 + TransactWriteItems 2 + TransactWriteItems 8");
}
