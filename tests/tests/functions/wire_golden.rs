//! Every reason in every envelope, and every kind of success: the whole answer, checked in as files.

use axum::body::Body;
use http::Response;
use http_body_util::BodyExt as _;
use serde_json::json;
use shared::{
    auth::tokens::SessionToken,
    domain::reason::{Failure, Reason},
    wire::{
        Envelope,
        cloud::{self, Cloud},
        ev_app::{self, EvApp},
        ev_customer::{self, EvCustomer, EvVehicle},
        mall::{self, Mall, Spelling},
        plain::{self, Plain},
        shop::{self, Shop},
    },
};
use std::{fmt::Write as _, time::Duration};

/// Status, headers and body, as a person reads them.
async fn shown(response: Response<Body>) -> String {
    let (parts, body) = response.into_parts();
    let mut text = parts.status.as_u16().to_string();
    for (name, value) in &parts.headers {
        // The same for all answers that have a body.
        if name != "content-type" || value != "application/json; charset=utf-8" {
            write!(text, " [{name}: {}]", value.to_str().unwrap()).unwrap();
        }
    }
    let body = body.collect().await.unwrap().to_bytes();
    write!(text, " {}", std::str::from_utf8(&body).unwrap()).unwrap();
    if body.is_empty() { text + "(nothing)" } else { text }
}

async fn failures_of<E: Envelope>(name: &str, all: &mut String) {
    writeln!(all, "== {name}").unwrap();
    for &reason in Reason::ALL {
        let failure = match reason {
            Reason::Throttled => Failure::throttled(Duration::from_millis(41_001)),
            Reason::Internal => Failure::internal("a detail that no client may see"),
            Reason::WrongMethod => Failure::wrong_method(vec!["GET", "PUT"]),
            other => other.into(),
        };
        writeln!(all, "{reason:?}: {}", shown(E::failure(&failure)).await).unwrap();
    }
}

#[tokio::test]
async fn every_reason_in_every_envelope() {
    let mut all = String::new();
    failures_of::<EvCustomer>("ev-customer", &mut all).await;
    failures_of::<EvVehicle>("ev-customer, vehicle pair", &mut all).await;
    failures_of::<Mall>("mall", &mut all).await;
    failures_of::<EvApp>("ev-app", &mut all).await;
    failures_of::<Cloud>("cloud", &mut all).await;
    failures_of::<Shop>("shop", &mut all).await;
    failures_of::<Plain>("plain", &mut all).await;
    assert!(!all.contains("no client may"));
    insta::assert_snapshot!("failures", all);
}

#[tokio::test]
async fn a_failure_with_a_sentence_of_its_own_says_it_in_every_envelope() {
    let failure = Failure::malformed("缺少用户名").of("username");
    for response in [
        EvCustomer::failure(&failure),
        EvVehicle::failure(&failure),
        Mall::failure(&failure),
        EvApp::failure(&failure),
        Cloud::failure(&failure),
        Shop::failure(&failure),
        Plain::failure(&failure),
    ] {
        let text = shown(response).await;
        assert!(text.starts_with("400 ") && text.contains("缺少用户名"), "{text}");
    }
    // Who reads a shop's or the portal's answers also writes the calls.
    assert!(shown(Cloud::failure(&failure)).await.contains("缺少用户名（username）"));
    assert!(!shown(EvApp::failure(&failure)).await.contains("username"));
}

#[tokio::test]
async fn every_kind_of_success() {
    let data = || serde_json::value::to_raw_value(&json!({"id": 1004})).unwrap();
    let issued = || SessionToken::new("header.claims.signature", "header.device.signature");
    let token = || Some(issued());
    let mall = |spelling, data| Mall::success(mall::Success { spelling, data, token: None });
    let successes = [
        ("ev-customer", EvCustomer::success(ev_customer::Success::Done)),
        ("ev-customer, data", EvCustomer::success(ev_customer::Success::Data(data()))),
        ("ev-customer, vehicle pair", EvVehicle::success("车辆绑定成功")),
        ("mall, number", mall(Spelling::Number, None)),
        ("mall, number, data", mall(Spelling::Number, Some(data()))),
        ("mall, text", mall(Spelling::Text, None)),
        ("mall, text, data", mall(Spelling::Text, Some(data()))),
        ("mall, session", Mall::success(mall::Success { spelling: Spelling::Text, data: None, token: token() })),
        ("ev-app", EvApp::success(ev_app::Success::done("修改成功"))),
        ("ev-app, token", EvApp::success(ev_app::Success::token("登录成功", issued()))),
        ("ev-app, data", EvApp::success(ev_app::Success::data("申请成功", &"F12").unwrap())),
        ("cloud, object", Cloud::success(cloud::Success { body: Some(data()), token: None })),
        ("cloud, empty", Cloud::success(cloud::Success { body: None, token: None })),
        ("cloud, session", Cloud::success(cloud::Success { body: None, token: token() })),
        ("shop, record", Shop::success(shop::Success { body: data(), version: Some(7) })),
        ("shop, list", Shop::success(shop::Success { body: data(), version: None })),
        ("plain", Plain::success(plain::Success::Content { body: data(), token: None })),
        ("plain, session", Plain::success(plain::Success::Content { body: data(), token: token() })),
        ("plain, nothing", Plain::success(plain::Success::Nothing)),
    ];
    let mut all = String::new();
    for (name, response) in successes {
        writeln!(all, "{name}: {}", shown(response.unwrap()).await).unwrap();
    }
    insta::assert_snapshot!("successes", all);
}
