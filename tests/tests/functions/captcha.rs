//! The captcha (#21, #22): who can read it, how long, how often, and what it costs.

use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeSet;
use tests::{
    answer::Answer,
    capacity::bill,
    database::{Fate, MAIN},
    plaza::{Plaza, Settings},
    request::post,
};

const DEVICE: &str = "a3f0c2d4-dealer";
const WRONG: &str = "AAAAA";

fn assert_right(answer: &Answer) {
    assert_eq!(answer.whole(), (200, r#"{"errCode":"200","msg":"sucess"}"#.to_owned()));
}

fn assert_wrong(answer: &Answer) {
    assert_eq!(answer.whole(), (200, r#"{"errCode":2018,"msg":"图形验证码错误"}"#.to_owned()));
}

async fn send(plaza: &Plaza, device: &str) -> Answer {
    plaza.mall_dealer(post("/user/dealer/sendGraphCode").json(&json!({"deviceId": device}))).await
}

#[tokio::test]
async fn a_picture_is_shown_as_the_document_prints_it() {
    let plaza = Plaza::open();
    let answer = send(&plaza, DEVICE).await;
    let mut body = answer.json();
    let address = body["data"]["picUrl"].take();
    assert_eq!(body, json!({"errCode": "200", "msg": "sucess", "data": {"picUrl": null}}));
    assert!(answer.text().starts_with(r#"{"errCode":"200","msg":"sucess","data":{"picUrl":"#));

    let address = address.as_str().unwrap();
    assert!(address.starts_with("https://") && address.contains("&X-Amz-Expires=120&"), "{address}");
    let (key, object) = plaza.bucket.objects().pop_first().unwrap();
    assert!(address.split('?').next().unwrap().ends_with(&key), "{address} {key}");
    let id = key.strip_prefix("captcha/").and_then(|rest| rest.strip_suffix(".png")).unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
    assert_eq!(object.content_type, "image/png");
    let picture = image::load_from_memory(&object.content).unwrap();
    assert_eq!((picture.width(), picture.height()), (184, 60));
}

#[tokio::test]
async fn the_letters_are_only_in_the_picture() {
    let plaza = Plaza::open();
    let answer = send(&plaza, DEVICE).await;
    let letters = plaza.captcha_answers.letters();
    let object = plaza.bucket.objects().into_iter().next().unwrap();
    let places = [
        answer.text().to_owned(),
        format!("{:?}", answer.headers),
        format!("{} {} {}", object.0, object.1.content_type, object.1.linked),
        String::from_utf8_lossy(&object.1.content).into_owned(),
        json!(plaza.database.items(MAIN)).to_string(),
        plaza.lines().concat(),
    ];
    for place in places {
        assert!(!place.to_uppercase().contains(&letters), "{letters} in {place}");
    }
}

#[tokio::test]
async fn the_answer_counts_in_either_case_and_may_be_sent_again() {
    let plaza = Plaza::open();
    let (letters, _) = plaza.picture(DEVICE).await;
    let wide: String = letters.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    for typed in [letters.clone(), letters.to_lowercase(), format!(" {letters} "), wide] {
        assert_right(&plaza.solve(DEVICE, &typed).await);
    }
}

#[tokio::test]
async fn after_three_wrong_guesses_the_right_one_is_wrong_too() {
    let plaza = Plaza::open();
    let (letters, _) = plaza.picture(DEVICE).await;
    for typed in [WRONG, "", "AAAA", "四个汉字", &"A".repeat(1000)] {
        let answer = plaza.solve(DEVICE, typed).await;
        if typed.is_empty() {
            assert_eq!(answer.status, 400, "nothing typed is no guess");
        } else {
            assert_wrong(&answer);
        }
    }
    assert_wrong(&plaza.solve(DEVICE, &letters).await);
    let (letters, _) = plaza.picture(DEVICE).await;
    for _ in 0..2 {
        assert_wrong(&plaza.solve(DEVICE, WRONG).await);
    }
    assert_right(&plaza.solve(DEVICE, &letters).await);
}

#[tokio::test]
async fn a_thousand_guesses_at_once_are_three() {
    let plaza = Plaza::open();
    let (letters, _) = plaza.picture(DEVICE).await;
    let guesses = (0..1000).map(|_| plaza.solve(DEVICE, WRONG));
    for answer in futures_util::future::join_all(guesses).await {
        assert!(answer.json()["errCode"] == 2018 || answer.status == 429, "{}", answer.text());
    }
    assert_wrong(&plaza.solve(DEVICE, &letters).await);
    let item = plaza.database.item(&format!("CAPTCHA#{DEVICE}"), "PICTURE").unwrap();
    assert_eq!(item["tries"]["N"], "3");
}

#[tokio::test]
async fn the_letters_are_good_on_the_device_that_was_shown_them() {
    let plaza = Plaza::open();
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_wrong(&plaza.solve("another-device", &letters).await);
    let (others, _) = plaza.picture("another-device").await;
    assert_wrong(&plaza.solve("another-device", &letters).await);
    assert_right(&plaza.solve("another-device", &others).await);
    assert_right(&plaza.solve(DEVICE, &letters).await);
}

#[tokio::test]
async fn a_new_picture_kills_the_old_one() {
    let plaza = Plaza::open();
    let (old, _) = plaza.picture(DEVICE).await;
    assert_right(&plaza.solve(DEVICE, &old).await);
    let (new, _) = plaza.picture(DEVICE).await;
    assert_wrong(&plaza.solve(DEVICE, &old).await);
    assert_right(&plaza.solve(DEVICE, &new).await);
}

#[tokio::test]
async fn the_letters_are_taken_for_three_minutes_whether_or_not_the_row_was_swept() {
    for (seconds, is_good) in [(179, true), (181, false)] {
        let plaza = Plaza::open();
        let (letters, _) = plaza.picture(DEVICE).await;
        plaza.watch.advance(SignedDuration::from_secs(seconds));
        let answer = plaza.solve(DEVICE, &letters).await;
        if is_good {
            assert_right(&answer);
        } else {
            assert_wrong(&answer);
        }
        assert!(plaza.database.item(&format!("CAPTCHA#{DEVICE}"), "PICTURE").is_some());
    }
}

#[tokio::test]
async fn no_picture_and_no_address_comes_twice() {
    let plaza = Plaza::with(Settings::default().with("CAPTCHA_PER_IP_MINUTE", 2000));
    for n in 0..1000 {
        plaza.picture(&format!("device-{}", n % 7)).await;
    }
    let objects = plaza.bucket.objects();
    let pictures: BTreeSet<_> = objects.values().map(|object| &object.content).collect();
    assert_eq!((objects.len(), pictures.len()), (1000, 1000));
}

#[tokio::test]
async fn one_address_is_shown_so_many_a_minute() {
    let plaza = Plaza::with(Settings::default().with("CAPTCHA_PER_IP_MINUTE", 2));
    for device in ["d1", "d2"] {
        assert_eq!(send(&plaza, device).await.status, 200);
    }
    let refused = send(&plaza, "d3").await;
    assert_eq!(refused.whole(), (429, r#"{"errCode":2019,"msg":"请求过于频繁，请在 55 秒后重试"}"#.to_owned()));
    assert_eq!(refused.header("retry-after"), Some("55"));
    let elsewhere = post("/user/dealer/sendGraphCode").json(&json!({"deviceId": "d3"})).from("198.51.100.7");
    assert_eq!(plaza.mall_dealer(elsewhere).await.status, 200);
    plaza.watch.advance(SignedDuration::from_secs(60));
    assert_eq!(send(&plaza, "d3").await.status, 200);
}

#[tokio::test]
async fn what_is_missing_or_unfit_is_named() {
    let plaza = Plaza::open();
    for (path, body, text) in [
        ("sendGraphCode", json!({}), "缺少设备标识"),
        ("verifyPicCode", json!({"deviceId": DEVICE}), "缺少图形验证码"),
        ("verifyPicCode", json!({"picCode": "A"}), "缺少设备标识"),
        ("sendGraphCode", json!({"deviceId": "a#b"}), "设备标识需 1 至 128 个字符，不能包含空格、# 或不可见字符"),
    ] {
        let answer = plaza.mall_dealer(post(&format!("/user/dealer/{path}")).json(&body)).await;
        assert_eq!(answer.whole(), (400, json!({"errCode": 400, "msg": text}).to_string()));
    }
    assert!(plaza.database.items(MAIN).is_empty());
}

#[tokio::test]
async fn a_picture_that_cannot_be_stored_leaves_the_one_before_alive() {
    let plaza = Plaza::open();
    let (letters, _) = plaza.picture(DEVICE).await;
    plaza.bucket.follow(|_| Fate::Break);
    assert_eq!(send(&plaza, DEVICE).await.status, 500);
    plaza.bucket.heal();
    assert_right(&plaza.solve(DEVICE, &letters).await);

    plaza.database.follow(|call| if call.touches("CAPTCHA#") { Fate::Break } else { Fate::Apply });
    let answer = send(&plaza, DEVICE).await;
    assert_eq!(answer.whole(), (500, r#"{"errCode":500,"msg":"系统内部错误"}"#.to_owned()));
    plaza.database.heal();
    assert_right(&plaza.solve(DEVICE, &letters).await);
    plaza.bucket.a_day_passes();
    assert!(plaza.bucket.objects().is_empty(), "the bucket deletes captchas that can no longer be solved");
}

#[tokio::test]
async fn one_fault_at_any_call_is_survived_or_said() {
    for fate in
        [Fate::Refuse, Fate::LoseAnswer, Fate::Throttle, Fate::Conflict, Fate::Break, Fate::Hang, Fate::HangAfter]
    {
        for call in 0..2 {
            let plaza = Plaza::open();
            let (letters, _) = plaza.picture(DEVICE).await;
            plaza.database.at(call, fate);
            let answer = plaza.solve(DEVICE, &letters).await;
            let what = format!("{fate:?} at {call}: {}", answer.text());
            assert!(matches!(answer.status.as_u16(), 200 | 429 | 500), "{what}");
            assert_ne!(answer.json()["errCode"], 2018, "{what}: the letters were right");
            plaza.database.heal();
            assert_right(&plaza.solve(DEVICE, &letters).await);
        }
    }
}

#[tokio::test]
async fn what_it_costs() {
    let plaza = Plaza::open();
    let cost = || (bill(&plaza.database.take_calls()), plaza.bucket.take_calls().join(" + "));
    let of = |database: &str, bucket: &str| (database.to_owned(), bucket.to_owned());
    let (letters, _) = plaza.picture(DEVICE).await;
    assert_eq!(cost(), of("UpdateItem 1 + TransactWriteItems 2", "PUT"));
    plaza.solve(DEVICE, WRONG).await;
    assert_eq!(cost(), of("UpdateItem 1", ""));
    plaza.solve(DEVICE, &letters).await;
    assert_eq!(cost(), of("UpdateItem 1 + TransactWriteItems 2", ""));
    for _ in 0..100 {
        plaza.picture(DEVICE).await;
    }
    cost();
    plaza.picture(DEVICE).await;
    assert_eq!(cost(), of("UpdateItem 1 + TransactWriteItems 2", "PUT"), "with any captcha before it");
}
