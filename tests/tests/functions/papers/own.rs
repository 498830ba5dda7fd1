//! What agents and dealers read of their own papers at any time, and what they are told by SMS.

use super::{PHONE, code};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    papers::{Applicant, ID_NO, Kind, decision},
    plaza::Plaza,
    request::post,
};

async fn info(plaza: &Plaza, whose: &Applicant) -> Value {
    let mut answer = plaza.send(whose.function, whose.post("info").json(&json!({}))).await.json();
    assert_eq!((&answer["errCode"], &answer["msg"]), (&json!(200), &json!("success")));
    answer["data"].take()
}

fn place(address: &Value) -> String {
    address.as_str().unwrap().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn before_anything_is_handed_in_everything_is_empty() {
    let plaza = Plaza::open();
    let dealer = plaza.applicant_of(Kind::Dealer, PHONE).await;
    let empty = json!({"status": 0, "reason": "", "realName": "", "idNo": "", "frontImg": "", "qualification": "",
        "telephone": PHONE, "nickName": "", "favicon": "", "gender": 0});
    assert_eq!(info(&plaza, &dealer).await, empty);
    let agent = plaza.applicant_of(Kind::Agent, "13800138000").await;
    let empty = json!({"status": 0, "reason": "", "realName": "", "idNo": "", "frontImg": "", "qualification": "",
        "telephone": "13800138000", "openId": "openId-of-13800138000"});
    assert_eq!(info(&plaza, &agent).await, empty);
}

#[tokio::test]
async fn the_state_the_reason_and_fresh_addresses_are_told_whenever_they_are_asked_for() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let whose = plaza.waiting_of(kind, PHONE, ID_NO).await;
        let waiting = info(&plaza, &whose).await;
        assert_eq!((&waiting["status"], &waiting["reason"]), (&json!(1), &json!("")));
        assert_eq!((&waiting["realName"], &waiting["idNo"]), (&json!("王小明"), &json!("110105********002X")));

        plaza.watch.advance(SignedDuration::from_hours(2));
        let again = info(&plaza, &whose).await;
        for field in ["frontImg", "qualification"] {
            assert_eq!(place(&again[field]), place(&waiting[field]));
            assert_ne!(again[field], waiting[field], "{field} is signed anew");
        }

        let refusal = decision(&whose, &json!({"status": 2, "reason": "照片不清晰"})).bearer(&plaza.auditor());
        assert_eq!(code(&plaza.mall_audit(refusal).await), (200, 200));
        let refused = info(&plaza, &whose).await;
        assert_eq!((&refused["status"], &refused["reason"]), (&json!(2), &json!("照片不清晰")));

        plaza.watch.advance(SignedDuration::from_hours(24 * 29));
        assert_eq!(code(&plaza.decide(&plaza.auditor(), &whose, 1).await), (200, 200));
        assert_eq!(info(&plaza, &whose).await["reason"], "", "it waits once more");
    }
}

#[tokio::test]
async fn pictures_that_were_deleted_have_no_address() {
    let plaza = Plaza::open().restarted(|settings| settings.set("PAPERS_PICTURE_DAYS", 3));
    let whose = plaza.waiting(PHONE, ID_NO).await;
    plaza.decide(&plaza.auditor(), &whose, 3).await;
    plaza.watch.advance(SignedDuration::from_hours(24 * 4));
    let passed = info(&plaza, &whose).await;
    assert_eq!((&passed["status"], &passed["frontImg"], &passed["qualification"]), (&json!(3), &json!(""), &json!("")));
    assert_eq!(passed["idNo"], "110105********002X");
}

#[tokio::test]
async fn only_a_session_of_the_realm_reads_it() {
    let plaza = Plaza::open();
    let dealer = plaza.applicant_of(Kind::Dealer, PHONE).await;
    assert_eq!(plaza.mall_dealer(post("/user/dealer/info").json(&json!({}))).await.status, 401);
    let foreign = post("/user/proxy/info").bearer(&dealer.token).json(&json!({}));
    assert_eq!(plaza.mall_agent(foreign).await.status, 403);
}

/// Once for each decision; that papers are looked at again, or decided on as they were, is no news.
#[tokio::test]
async fn an_sms_tells_that_papers_were_decided() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let whose = plaza.waiting_of(kind, PHONE, ID_NO).await;
        plaza.deliver_sms().await;
        let before = plaza.sent_to(PHONE).len();
        for status in [2, 2, 1, 3] {
            assert_eq!(code(&plaza.decide(&plaza.auditor(), &whose, status).await), (200, 200));
        }
        plaza.deliver_sms().await;
        assert_eq!(plaza.sent_to(PHONE)[before..], ["papers-refused", "papers-passed"], "{kind:?}");
        let last = plaza.outbox.lock().unwrap().last().unwrap().signed_text();
        assert!(last.starts_with("【汽车商城") && last.contains("认证资料已通过审核"), "{last}");
    }
}
