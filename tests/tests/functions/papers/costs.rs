//! What papers cost in calls and units, and that none of it grows.

use super::PHONE;
use jiff::SignedDuration;
use serde_json::json;
use shared::domain::account::Role;
use tests::{
    capacity::bill,
    papers::{ID_NO, OTHER_ID_NO, decision},
    pictures::png,
    plaza::Plaza,
    request::{Request, get},
};

async fn cost(plaza: &Plaza, function: &str, request: Request) -> String {
    plaza.database.take_calls();
    let answer = plaza.send(function, request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let refused = answer.json()["errCode"].as_u64().is_some_and(|code| code != 200);
    assert!(!refused, "{}", answer.text());
    bill(&plaza.database.take_calls())
}

#[tokio::test]
async fn each_endpoint_costs_what_the_data_model_says() {
    let plaza = Plaza::open();
    let (auditor, admin) = (plaza.auditor(), plaza.token_of(Role::Admin));
    let whose = plaza.applicant(PHONE).await;
    let upload = whose.post(&format!("uploadFrontImg?telephone={PHONE}")).body("image/png", png(8, 8));
    let decide = |status: u8| decision(&whose, &json!({"status": status})).bearer(&auditor);
    let pictures = (plaza.both_pictures(&whose).await, plaza.both_pictures(&whose).await);
    let ((front, licence), (front2, licence2)) = &pictures;
    let one = format!("/operator/papers/{}/{}", whose.realm, whose.id);
    let mut bills = Vec::new();
    for (what, function, request) in [
        ("upload", "mall-dealer", upload),
        ("first papers", "mall-dealer", whose.submission(ID_NO, front, licence)),
        ("the same", "mall-dealer", whose.submission(ID_NO, front, licence)),
        ("the list for an auditor", "operator", get("/operator/papers").bearer(&auditor)),
        ("the list for an admin", "operator", get("/operator/papers").bearer(&admin)),
        ("one for an auditor", "operator", get(&one).bearer(&auditor)),
        ("a refusal", "mall-audit", decide(2)),
        ("a reopening", "mall-audit", decide(1)),
        ("others", "mall-dealer", whose.submission(OTHER_ID_NO, front2, licence2)),
        ("a pass", "mall-audit", decide(3)),
        ("the pass again", "mall-audit", decide(3)),
    ] {
        bills.push(format!("{what}: {}", cost(&plaza, function, request).await));
    }
    insta::assert_snapshot!("costs", bills.join("\n"));
}

/// A hundred that were decided before and thirty that wait: neither the first page nor a decision costs more for them.
#[tokio::test]
async fn nothing_grows_with_what_was_decided_or_with_what_waits() {
    let plaza = Plaza::open();
    let (auditor, admin) = (plaza.auditor(), plaza.token_of(Role::Admin));
    let whose = plaza.waiting(PHONE, ID_NO).await;
    let page = || get("/operator/papers?limit=1").bearer(&admin);
    let decide = |status: u8| decision(&whose, &json!({"status": status})).bearer(&auditor);
    let few = (
        cost(&plaza, "operator", page()).await,
        cost(&plaza, "mall-audit", decide(2)).await,
        cost(&plaza, "mall-audit", decide(1)).await,
    );
    // As many more as if others had handed in: copies of what waits, behind it, and a long history.
    let waiting = plaza.database.under("PAPERS#WAITING").remove(0);
    for n in 0..200 {
        let mut other = waiting.clone();
        other["sk"] = json!({"S": format!("99{n:013}#mall-dealer#{n:032x}")});
        plaza.database.put(&other);
    }
    for _ in 0..60 {
        plaza.decide(&auditor, &whose, 2).await;
        plaza.decide(&auditor, &whose, 1).await;
    }
    // As it was before the few: the bucket knows of the pictures, and no notice repeats the last one.
    plaza.watch.advance(SignedDuration::from_mins(61));
    plaza.pictures.sweep(plaza.watch.now()).await.unwrap();
    let many = (
        cost(&plaza, "operator", page()).await,
        cost(&plaza, "mall-audit", decide(2)).await,
        cost(&plaza, "mall-audit", decide(1)).await,
    );
    assert_eq!(few, many);
    let one = get(&format!("/operator/papers/{}/{}", whose.realm, whose.id)).bearer(&admin);
    let shown = plaza.operator(one).await.json();
    assert_eq!(shown["history"].as_array().unwrap().len(), 50, "the newest lines of a long history");
}
