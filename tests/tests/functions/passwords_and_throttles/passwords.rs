//! What is a password, how it is hashed, and when its hash is made again.

use super::{WRONG, is_wrong, seconds};
use serde_json::json;
use shared::auth::passwords::Strength;
use tests::{
    cpu,
    database::Fate,
    plaza::{PASSWORD, Plaza, Settings},
    request::post,
};

/// Medians of alternating tries at a strength at which the hash is most of the work. Without the dummy hash the two are apart
/// by a factor of ten and more.
#[tokio::test]
async fn known_and_unknown_names_cost_equally_much() {
    let strength = Strength { memory_kib: 8192, passes: 2 };
    let plaza = Plaza::with(Settings { strength, ..Settings::default() });
    plaza.driver("wyc2002").await;
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..15 {
        for (kind, name) in ["wyc2002", "unknown"].into_iter().enumerate() {
            let before = cpu::taken();
            assert!(is_wrong(&plaza.log_in(name, WRONG).await));
            times[kind].push(cpu::since(before));
            plaza.watch.advance(seconds(901));
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_micros()
    });
    assert!(known < unknown * 2 && unknown < known * 2, "known {known} µs, unknown {unknown} µs");
}

#[tokio::test]
async fn a_sign_in_renews_a_hash_that_was_made_with_other_parameters() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let hash = || plaza.database.item("LOGIN#ev#wyc2002", "CREDENTIAL").unwrap()["hash"]["S"].to_string();
    let before = hash();
    assert!(before.contains("m=8,t=1"), "{before}");

    let stronger = plaza.restarted(|settings| settings.strength = Strength { memory_kib: 16, passes: 2 });
    assert!(is_wrong(&stronger.log_in("wyc2002", WRONG).await));
    assert_eq!(hash(), before, "a wrong password renews nothing");
    assert_eq!(stronger.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    let after = hash();
    assert!(after.contains("m=16,t=2"), "{after}");
    assert_eq!(stronger.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    assert_eq!(hash(), after, "once is enough");
}

/// A concurrent sign-in with the same password renews the hash first.
#[tokio::test]
async fn of_two_who_renew_a_hash_at_once_neither_is_told_the_password_is_wrong() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let credential = || plaza.database.item("LOGIN#ev#wyc2002", "CREDENTIAL").unwrap();
    let old = credential();
    let stronger = plaza.restarted(|settings| settings.strength = Strength { memory_kib: 16, passes: 2 });
    stronger.log_in("wyc2002", PASSWORD).await.token();
    let renewed = credential();

    plaza.database.put(&old);
    let database = plaza.database.clone();
    let meanwhile = renewed.clone();
    plaza.database.follow(move |call| {
        if call.body.to_string().contains("#hash = :old") {
            database.put(&meanwhile);
        }
        Fate::Apply
    });
    assert_eq!(stronger.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    assert_eq!(credential(), renewed);
}

/// The same moment, but what was written meanwhile is another password.
#[tokio::test]
async fn a_password_that_was_changed_while_it_was_compared_opens_nothing() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let other = [("username", "other"), ("password", "another password"), ("email", "w@163.com")];
    plaza.ev_account(post("/u/register").form(&other)).await.token();
    let mut changed = plaza.database.item("LOGIN#ev#wyc2002", "CREDENTIAL").unwrap();
    changed["hash"] = plaza.database.item("LOGIN#ev#other", "CREDENTIAL").unwrap()["hash"].clone();

    let stronger = plaza.restarted(|settings| settings.strength = Strength { memory_kib: 16, passes: 2 });
    let database = plaza.database.clone();
    plaza.database.follow(move |call| {
        if call.body.to_string().contains("#hash = :old") {
            database.put(&changed);
        }
        Fate::Apply
    });
    assert!(is_wrong(&stronger.log_in("wyc2002", PASSWORD).await));
    assert_eq!(stronger.log_in("wyc2002", "another password").await.json()["code"], 200);
}

#[tokio::test]
async fn a_new_pepper_takes_over_at_the_next_sign_in() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let earlier = Settings::default().pepper;
    let peppered = plaza.restarted(|settings| {
        settings.pepper =
            json!({"id": "p2", "key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE", "earlier": [earlier]});
    });
    assert_eq!(peppered.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    let credential = plaza.database.item("LOGIN#ev#wyc2002", "CREDENTIAL").unwrap();
    assert_eq!(credential["pepper"]["S"], "p2");
    assert_eq!(peppered.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    assert!(is_wrong(&plaza.log_in("wyc2002", PASSWORD).await), "no sign-in succeeds without the new pepper");
}

#[tokio::test]
async fn long_and_emoji_passwords_work_and_longer_ones_never_match() {
    let plaza = Plaza::open();
    let longest = "长短".repeat(64);
    for (name, password) in [("first", longest.as_str()), ("second", "🔋🔌🚗🚙🚕🛻🚐🚎"), ("third", &"p1".repeat(32))]
    {
        let fields = [("username", name), ("password", password), ("email", "w@163.com")];
        assert_eq!(plaza.ev_account(post("/u/register").form(&fields)).await.json()["code"], 200, "{name}");
        assert_eq!(plaza.log_in(name, password).await.json()["code"], 200, "{name}");
    }
    assert!(is_wrong(&plaza.log_in("first", &format!("{longest}长")).await), "nothing is cut off");
    assert!(is_wrong(&plaza.log_in("first", &"长短".repeat(10_000)).await));
}

#[tokio::test]
async fn a_password_typed_with_combining_letters_is_the_same_password() {
    let plaza = Plaza::open();
    let fields = [("username", "wyc2002"), ("password", "caf\u{e9} au lait"), ("email", "w@163.com")];
    plaza.ev_account(post("/u/register").form(&fields)).await.token();
    assert_eq!(plaza.log_in("wyc2002", "cafe\u{301} au lait").await.json()["code"], 200);
}
