//! What a token must be, where it may come from, and how keys turn over.

use super::{is_refused, seconds};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    keys::{TokenKey, decode, encode, look_into, sign_hs256, signed},
    plaza::{PASSWORD, Plaza, Settings},
    request::{get, post},
};

/// The part of `value` called `name` becomes `new`; `null` takes it away.
fn but(value: &Value, name: &str, new: Value) -> Value {
    let mut value = value.clone();
    match new {
        Value::Null => drop(value.as_object_mut().unwrap().remove(name)),
        new => value[name] = new,
    }
    value
}

#[tokio::test]
async fn hostile_tokens_open_nothing() {
    let plaza = Plaza::open();
    let good = plaza.driver("wyc2002").await.token;
    let key = plaza.signing_key().clone();
    let (header, claims) = look_into(&good);
    assert!(!is_refused(&plaza, &key.sign(&header, &claims)).await, "what is forged here would be good unchanged");

    let now = plaza.watch.now().as_second();
    let mut hostile = vec![
        ("no algorithm, no signature", signed(&but(&header, "alg", "none".into()), &claims, |_| Vec::new())),
        ("no algorithm, a signature", key.sign(&but(&header, "alg", "none".into()), &claims)),
        ("HS256 under the public key", sign_hs256(&key.public(), &but(&header, "alg", "HS256".into()), &claims)),
        ("HS256 under the published text", {
            let published = key.published()["public"].as_str().unwrap().to_owned();
            sign_hs256(published.as_bytes(), &but(&header, "alg", "HS256".into()), &claims)
        }),
        ("HS256 said to be EdDSA", sign_hs256(&key.public(), &header, &claims)),
        ("another algorithm over our signature", key.sign(&but(&header, "alg", "RS256".into()), &claims)),
        ("another key under our name", TokenKey::new(&key.id, 9).sign(&header, &claims)),
        ("a key that we do not have", TokenKey::new("k9", 9).sign(&but(&header, "kid", "k9".into()), &claims)),
        ("no key id", key.sign(&but(&header, "kid", Value::Null), &claims)),
        ("a key that it brings along", {
            let own = TokenKey::new("own", 9);
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(&own.public())});
            own.sign(&but(&header, "jwk", jwk), &claims)
        }),
        ("any other JWT of ours", key.sign(&but(&header, "typ", "JWT".into()), &claims)),
        ("no type", key.sign(&but(&header, "typ", Value::Null), &claims)),
        ("an empty signature", good.rsplit_once('.').unwrap().0.to_owned() + "."),
        ("cut off", good[..good.len() - 1].to_owned()),
        ("two parts", good.rsplit_once('.').unwrap().0.to_owned()),
        ("four parts", format!("{good}.{}", encode(b"more"))),
        ("eight kilobytes", key.sign(&header, &but(&claims, "more", "x".repeat(8192).into()))),
        ("no JSON", signed(&header, &json!("claims"), |_| vec![0; 64])),
    ];
    for (what, name, value) in [
        ("another realm", "aud", json!("platform")),
        ("several realms", "aud", json!(["ev", "platform"])),
        ("an unknown realm", "aud", json!("moon")),
        ("no realm", "aud", Value::Null),
        ("another issuer", "iss", json!("another-name")),
        ("no issuer", "iss", Value::Null),
        ("over by 31 seconds", "exp", json!(now - 31)),
        ("no end", "exp", Value::Null),
        ("an end in words", "exp", json!("never")),
        ("an end in a float", "exp", json!(1e18)),
        ("31 seconds too early", "nbf", json!(now + 31)),
        ("no beginning", "nbf", Value::Null),
        ("no account", "sub", Value::Null),
        ("another account", "sub", json!("1004")),
        ("an account that is a number", "sub", json!(1004)),
        ("no session", "sid", Value::Null),
        ("another session", "sid", json!("AAAAAAAAAAAAAAAA")),
        ("no sign-in", "iat", Value::Null),
    ] {
        hostile.push((what, key.sign(&header, &but(&claims, name, value))));
    }
    for (what, token) in hostile {
        assert!(is_refused(&plaza, &token).await, "{what}: {token}");
    }
    for garbage in ["", ".", "..", "...", "null", "undefined", "Bearer", "%", "皖A12345", &"a.".repeat(500)] {
        let answer = plaza.ev_account(get("/user/detail").header("authorization", format!("Bearer {garbage}"))).await;
        assert_eq!(answer.status, 401, "{garbage}");
    }
}

#[tokio::test]
async fn clocks_may_be_half_a_minute_apart() {
    let plaza = Plaza::open();
    let good = plaza.driver("wyc2002").await.token;
    let (header, claims) = look_into(&good);
    let now = plaza.watch.now().as_second();
    for (name, value) in [("exp", now - 30), ("nbf", now + 30)] {
        let token = plaza.signing_key().sign(&header, &but(&claims, name, value.into()));
        assert!(!is_refused(&plaza, &token).await, "{name}");
    }
}

#[tokio::test]
async fn a_token_says_nothing_personal() {
    let plaza = Plaza::open();
    let (header, claims) = look_into(&plaza.driver("wyc2002").await.token);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(header, json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "k1"}));
    assert_eq!(names(&claims), "aud exp iat iss nbf sid sub");
    assert!(!claims.to_string().contains("wyc2002"));
}

#[tokio::test]
async fn keys_turn_over_without_anybody_being_signed_out() {
    let plaza = Plaza::open();
    let (old, new) = (plaza.signing_key().clone(), TokenKey::new("k2", 2));
    let driver = plaza.driver("wyc2002").await;
    assert!(!is_refused(&plaza, &driver.token).await, "the cache is warm");

    // A day before: the new key is published. Then it signs, in environments that started with it.
    plaza.publish(json!({"current": old.published(), "next": new.published()}));
    let turned = plaza.restarted(|settings| settings.signing = new.clone());
    plaza.watch.advance(SignedDuration::from_hours(24));
    let fresh = turned.log_in("wyc2002", PASSWORD).await.token();
    assert_eq!(look_into(&fresh).0["kid"], "k2");
    for environment in [&plaza, &turned] {
        assert!(!is_refused(environment, &driver.token).await);
        assert!(!is_refused(environment, &fresh).await, "one that knew only the old key reads the keys again");
    }

    plaza.publish(json!({"current": new.published(), "previous": old.published()}));
    plaza.watch.advance(SignedDuration::from_hours(1));
    for environment in [&plaza, &turned, &plaza.restarted(|_| ())] {
        assert!(!is_refused(environment, &driver.token).await, "inside the window");
        assert!(!is_refused(environment, &fresh).await);
    }

    plaza.publish(json!({"current": new.published()}));
    plaza.watch.advance(SignedDuration::from_hours(1));
    for environment in [&plaza, &turned, &plaza.restarted(|_| ())] {
        assert!(is_refused(environment, &driver.token).await, "a key that was taken back opens nothing anywhere");
        assert!(!is_refused(environment, &fresh).await);
    }
}

/// The signature of a token is verified once in five minutes; none of the ways in which a token ends may wait for that.
#[tokio::test]
async fn a_token_that_was_verified_a_moment_ago_is_refused_as_soon_as_it_ends() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let (header, claims) = look_into(&driver.token);
    let now = plaza.watch.now().as_second();
    let short = plaza.signing_key().sign(&header, &but(&claims, "exp", (now + 60).into()));
    assert!(!is_refused(&plaza, &short).await);
    plaza.watch.advance(seconds(90));
    assert!(!is_refused(&plaza, &short).await, "clocks may be half a minute apart");
    plaza.watch.advance(seconds(1));
    assert!(is_refused(&plaza, &short).await);

    assert!(!is_refused(&plaza, &driver.token).await);
    plaza.log_out(&driver.token).await;
    assert!(is_refused(&plaza, &driver.token).await, "the session record is read each time");
}

#[tokio::test]
async fn a_tampered_token_is_refused_beside_the_verified_one() {
    let plaza = Plaza::open();
    let (mine, other) = (plaza.driver("mine").await, plaza.driver("other").await);
    for token in [&mine.token, &other.token] {
        assert!(!is_refused(&plaza, token).await);
    }
    let (signed_part, signature) = mine.token.rsplit_once('.').unwrap();
    let (_, other_signature) = other.token.rsplit_once('.').unwrap();
    let (header, claims) = look_into(&mine.token);
    let renamed = signed(&header, &but(&claims, "sub", other.id.as_str().into()), |_| decode(signature));
    let first = if signature.starts_with('A') { "B" } else { "A" };
    for (what, tampered) in [
        ("another signature of ours", format!("{signed_part}.{other_signature}")),
        ("one letter of the signature", format!("{signed_part}.{first}{}", &signature[1..])),
        ("another account under the signature", renamed),
        ("more behind it", format!("{}A", mine.token)),
    ] {
        assert!(is_refused(&plaza, &tampered).await, "{what}");
    }
    assert_eq!(plaza.detail(&mine.token).await.json()["data"]["username"], "mine");
}

#[tokio::test]
async fn a_verified_token_ends_when_its_key_is_taken_back_or_replaced() {
    let (old, new) = (TokenKey::new("k1", 1), TokenKey::new("k2", 2));
    for (what, keys) in [
        ("taken back", json!({"current": new.published()})),
        ("another key under its id", json!({"current": TokenKey::new("k1", 9).published()})),
    ] {
        let plaza = Plaza::with(Settings { signing: old.clone(), ..Settings::default() });
        let token = plaza.driver("wyc2002").await.token;
        assert!(!is_refused(&plaza, &token).await, "the keys are read");
        plaza.watch.advance(SignedDuration::from_mins(8));
        assert!(!is_refused(&plaza, &token).await, "verified anew, good for five minutes");
        plaza.publish(keys);
        plaza.watch.advance(SignedDuration::from_mins(2));
        assert!(is_refused(&plaza, &token).await, "{what}");
    }
}

#[tokio::test]
async fn unknown_key_ids_cause_one_reading_a_minute() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    assert!(!is_refused(&plaza, &driver.token).await);
    assert_eq!(plaza.key_readings(), 0, "they were read at the start");
    let (header, claims) = look_into(&driver.token);
    for n in 0..50 {
        let forged = TokenKey::new("own", 9).sign(&but(&header, "kid", format!("k{}", n + 100).into()), &claims);
        assert!(is_refused(&plaza, &forged).await);
    }
    assert_eq!(plaza.key_readings(), 0);
    plaza.watch.advance(seconds(60));
    let forged = TokenKey::new("own", 9).sign(&but(&header, "kid", "k200".into()), &claims);
    for _ in 0..50 {
        assert!(is_refused(&plaza, &forged).await);
    }
    assert_eq!(plaza.key_readings(), 1);
    assert!(!is_refused(&plaza, &driver.token).await);
}

#[tokio::test]
async fn tokens_in_the_query_are_counted_and_can_be_ended_by_a_setting() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await;
    let in_query = get(&format!("/user/detail?token={}", driver.token));
    assert_eq!(plaza.ev_account(in_query.clone()).await.status, 200);
    let counted = |plaza: &Plaza| serde_json::from_str::<Value>(plaza.lines().last().unwrap()).unwrap();
    assert_eq!(counted(&plaza)["QueryToken"], 1);
    plaza.detail(&driver.token).await;
    assert_eq!(counted(&plaza)["QueryToken"], 0);

    let strict = plaza.restarted(|settings| settings.set("ALLOW_QUERY_TOKEN", false));
    assert_eq!(strict.ev_account(in_query).await.status, 401);
    assert_eq!(counted(&strict)["QueryToken"], 0);
    assert_eq!(strict.detail(&driver.token).await.status, 200);
}

#[tokio::test]
async fn a_token_in_the_query_is_no_field_and_no_form_counts_it() {
    let plaza = Plaza::with(Settings::default().with("ALLOW_QUERY_TOKEN", false));
    let fields = [("username", "wyc2002"), ("password", PASSWORD), ("email", "w@163.com")];
    let request = post("/u/register?token=header.claims.signature").form(&fields);
    assert_eq!(plaza.ev_account(request).await.json()["code"], 200);
    let line: Value = serde_json::from_str(&plaza.lines()[0]).unwrap();
    assert_eq!(line["UnknownField"], 0);
}

#[tokio::test]
async fn the_header_counts_when_there_are_two_tokens() {
    let plaza = Plaza::open();
    let (first, second) = (plaza.driver("first").await, plaza.driver("second").await);
    let both = get(&format!("/user/detail?token={}", first.token)).bearer(&second.token);
    assert_eq!(plaza.ev_account(both).await.json()["data"]["username"], "second");
    let broken = get(&format!("/user/detail?token={}", first.token)).bearer("broken");
    assert_eq!(plaza.ev_account(broken).await.status, 401, "no second chance");
}
