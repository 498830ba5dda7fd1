//! How wrong passwords slow down the next try: per name and per address, alike for unknown names.

use super::{WRONG, fail, is_wrong, seconds};
use futures_util::future::join_all;
use jiff::SignedDuration;
use tests::{
    plaza::{PASSWORD, Plaza, Settings},
    request::post,
};

#[tokio::test]
async fn the_sixth_try_waits_even_with_the_right_password() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    fail(&plaza, "wyc2002", 5).await;
    for password in [WRONG, PASSWORD] {
        let answer = plaza.log_in("wyc2002", password).await;
        assert_eq!(answer.whole(), (429, r#"{"code":-1,"msg":"请求过于频繁，请在 1 秒后重试"}"#.to_owned()));
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    plaza.watch.advance(seconds(1));
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
}

#[tokio::test]
async fn each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    fail(&plaza, "wyc2002", 5).await;
    let mut waits = Vec::new();
    for _ in 0..12 {
        let wait = plaza.log_in("wyc2002", PASSWORD).await.header("retry-after").unwrap().parse().unwrap();
        plaza.watch.advance(seconds(wait));
        fail(&plaza, "wyc2002", 1).await;
        waits.push(wait);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
}

#[tokio::test]
async fn a_try_that_is_refused_does_not_lengthen_the_wait() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    fail(&plaza, "wyc2002", 6 - 1).await;
    for _ in 0..50 {
        assert_eq!(plaza.log_in("wyc2002", WRONG).await.header("retry-after"), Some("1"));
    }
}

#[tokio::test]
async fn unknown_names_are_throttled_alike_byte_for_byte() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for _ in 0..9 {
        let (known, unknown) = (plaza.log_in("wyc2002", WRONG).await, plaza.log_in("unknown", WRONG).await);
        assert_eq!(known.whole(), unknown.whole());
        assert_eq!(known.headers, unknown.headers);
    }
}

#[tokio::test]
async fn known_and_unknown_names_cost_the_same_calls() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let mut calls = Vec::new();
    for name in ["wyc2002", "unknown"] {
        plaza.database.take_calls();
        plaza.log_in(name, WRONG).await;
        let made = plaza.database.take_calls().into_iter().map(|call| call.operation);
        calls.push(made.collect::<Vec<_>>());
    }
    assert_eq!(calls[0], calls[1]);
}

#[tokio::test]
async fn of_fifty_parallel_guesses_at_most_five_are_looked_at() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    let answers = join_all((0..50).map(|_| plaza.log_in("wyc2002", WRONG))).await;
    let looked_at = answers.iter().filter(|answer| is_wrong(answer)).count();
    assert!((1..=5).contains(&looked_at), "{looked_at}");
    assert!(answers.iter().all(|answer| is_wrong(answer) || answer.status == 429));
    assert!(answers.iter().all(|answer| answer.status != 429 || answer.header("retry-after").is_some()));

    let guesses = join_all((0..50).map(|n| plaza.log_in("wyc2002", if n == 49 { PASSWORD } else { WRONG }))).await;
    let looked_at = looked_at + guesses.iter().filter(|answer| is_wrong(answer)).count();
    assert!(looked_at <= 5, "{looked_at}");
}

#[tokio::test]
async fn a_right_password_ends_the_series() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    for _ in 0..3 {
        fail(&plaza, "wyc2002", 4).await;
        assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
    }
    assert!(plaza.database.item("LOGIN#ev#wyc2002", "FAILURES").is_none());
}

#[tokio::test]
async fn a_day_without_a_try_ends_the_series_though_the_item_may_still_be_there() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    fail(&plaza, "wyc2002", 5).await;
    plaza.watch.advance(seconds(1));
    fail(&plaza, "wyc2002", 1).await;
    plaza.watch.advance(SignedDuration::from_hours(24));
    assert!(plaza.database.item("LOGIN#ev#wyc2002", "FAILURES").is_some());
    fail(&plaza, "wyc2002", 5).await;
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.status, 429);
}

#[tokio::test]
async fn the_two_doors_of_the_driver_share_one_throttle() {
    let plaza = Plaza::open();
    plaza.driver("wyc2002").await;
    fail(&plaza, "wyc2002", 3).await;
    for _ in 0..2 {
        assert_eq!(plaza.sign_in("ev", "WYC2002", WRONG).await.status, 401);
    }
    assert_eq!(plaza.sign_in("ev", "wyc2002", PASSWORD).await.status, 429);
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.status, 429);
    assert_eq!(plaza.sign_in("platform", "wyc2002", PASSWORD).await.status, 401, "another realm is another name");
}

#[tokio::test]
async fn an_address_has_so_many_tries_a_minute_whatever_the_names() {
    let plaza = Plaza::with(Settings::default().with("LOGIN_PER_IP_MINUTE", 20));
    plaza.driver("wyc2002").await;
    for n in 0..20 {
        assert!(is_wrong(&plaza.log_in(&format!("guess-{n}"), WRONG).await));
    }
    let refused = plaza.log_in("wyc2002", PASSWORD).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("55"), "until the minute is over");
    assert!(plaza.database.item("LOGIN#ev#wyc2002", "FAILURES").is_none(), "the name is not charged with it");

    let fields = [("username", "wyc2002"), ("password", PASSWORD)];
    let forged = post("/u/login").form(&fields).header("x-forwarded-for", "198.51.100.7");
    assert_eq!(plaza.ev_account(forged).await.status, 429, "a header says nothing about where a request comes from");
    let elsewhere = post("/u/login").form(&fields).from("198.51.100.7");
    assert_eq!(plaza.ev_account(elsewhere).await.json()["code"], 200);
    plaza.watch.advance(seconds(55));
    assert_eq!(plaza.log_in("wyc2002", PASSWORD).await.json()["code"], 200);
}

#[tokio::test]
async fn parallel_tries_from_one_address_do_not_slip_through_either() {
    let plaza = Plaza::with(Settings::default().with("LOGIN_PER_IP_MINUTE", 20));
    let names: Vec<_> = (0..60).map(|n| format!("guess-{n}")).collect();
    let answers = join_all(names.iter().map(|name| plaza.log_in(name, WRONG))).await;
    assert_eq!(answers.iter().filter(|answer| is_wrong(answer)).count(), 20);
}

#[tokio::test]
async fn an_ipv6_network_is_one_address() {
    let plaza = Plaza::with(Settings::default().with("LOGIN_PER_IP_MINUTE", 2));
    let mut answers = Vec::new();
    for address in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2:3::", "2001:db8:1:3::1"] {
        let request = post("/u/login").form(&[("username", address), ("password", WRONG)]).from(address);
        answers.push(plaza.ev_account(request).await.status.as_u16());
    }
    assert_eq!(answers, [200, 200, 429, 200]);
}

#[tokio::test]
async fn an_address_registers_so_many_accounts_a_minute() {
    let plaza = Plaza::with(Settings::default().with("REGISTER_PER_IP_MINUTE", 3));
    for n in 0..3 {
        plaza.driver(&format!("driver-{n}")).await;
    }
    let fields = [("username", "one-more"), ("password", PASSWORD), ("email", "w@163.com")];
    let refused = plaza.ev_account(post("/u/register").form(&fields)).await;
    assert_eq!(refused.whole(), (429, r#"{"code":-1,"msg":"请求过于频繁，请在 55 秒后重试"}"#.to_owned()));
    assert_eq!(refused.header("retry-after"), Some("55"));
    assert!(plaza.database.under("LOGIN#ev#one-more").is_empty());
    assert_eq!(plaza.log_in("driver-0", PASSWORD).await.json()["code"], 200, "signing in is another limit");
    plaza.watch.advance(seconds(55));
    assert_eq!(plaza.ev_account(post("/u/register").form(&fields)).await.json()["code"], 200);
}
