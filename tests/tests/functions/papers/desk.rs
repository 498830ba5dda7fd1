//! Papers as auditors look at them.

use super::{OTHER_PHONE, PHONE, THIRD_PHONE};
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    papers::{ID_NO, OTHER_ID_NO},
    plaza::{PASSWORD, Plaza},
    request::{Request, get, post},
};

const THIRD_ID_NO: &str = "310115200002291235";

fn phones(papers: &[Value]) -> Vec<&str> {
    papers.iter().map(|one| one["telephone"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_waits_is_shown_the_oldest_first_page_by_page() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    for (phone, id_no) in [(THIRD_PHONE, THIRD_ID_NO), (PHONE, ID_NO), (OTHER_PHONE, OTHER_ID_NO)] {
        plaza.waiting(phone, id_no).await;
        plaza.watch.advance(SignedDuration::from_mins(2));
    }
    let (all, next) = plaza.desk(&auditor, "").await;
    assert_eq!((phones(&all), next), (vec![THIRD_PHONE, PHONE, OTHER_PHONE], None));
    let (first, next) = plaza.desk(&auditor, "?limit=2").await;
    assert_eq!(phones(&first), [THIRD_PHONE, PHONE]);
    let after = next.unwrap().replace('#', "%23");
    let (second, next) = plaza.desk(&auditor, &format!("?limit=2&after={after}")).await;
    assert_eq!((phones(&second), next), (vec![OTHER_PHONE], None));
    for odd in ["?limit=0", "?limit=51", "?limit=x", "?after=%20%2F", "?after=A"] {
        let answer = plaza.operator(get(&format!("/operator/papers{odd}")).bearer(&auditor)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid_parameter")), "{odd}");
    }
}

#[tokio::test]
async fn what_is_decided_leaves_and_what_is_reopened_comes_back_at_the_end() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let one = plaza.waiting(PHONE, ID_NO).await;
    plaza.watch.advance(SignedDuration::from_mins(2));
    plaza.waiting(OTHER_PHONE, OTHER_ID_NO).await;
    plaza.watch.advance(SignedDuration::from_mins(2));
    plaza.decide(&auditor, &one, 3).await;
    assert_eq!(phones(&plaza.desk(&auditor, "").await.0), [OTHER_PHONE]);
    plaza.decide(&auditor, &one, 1).await;
    assert_eq!(phones(&plaza.desk(&auditor, "").await.0), [OTHER_PHONE, PHONE]);
}

#[tokio::test]
async fn auditors_read_numbers_whole_which_the_trail_notes_of_each_and_admins_masked() {
    let plaza = Plaza::open();
    let auditor = plaza.token_for(Role::Auditor, "auditor-1", &json!({}), 3600);
    let admin = plaza.token_of(Role::Admin);
    let one = plaza.waiting(PHONE, ID_NO).await;
    plaza.waiting(OTHER_PHONE, OTHER_ID_NO).await;
    let (papers, _) = plaza.desk(&admin, "").await;
    let number = |papers: &[Value], phone: &str| {
        papers.iter().find(|one| one["telephone"] == phone).unwrap()["id_no"].as_str().unwrap().to_owned()
    };
    assert_eq!(number(&papers, PHONE), "110105********002X");
    assert_eq!(plaza.entries("numbers-read").len(), 0);

    let (papers, _) = plaza.desk(&auditor, "").await;
    assert_eq!((number(&papers, PHONE), number(&papers, OTHER_PHONE)), (ID_NO.to_owned(), OTHER_ID_NO.to_owned()));
    let entries = plaza.entries("numbers-read");
    assert_eq!(entries.len(), 2, "one of each");
    assert!(entries.iter().all(|entry| entry["actor"]["S"] == "auditor-1" && entry["realm"]["S"] == "mall-dealer"));

    let path = format!("/operator/papers/{}/{}", one.realm, one.id);
    assert_eq!(plaza.operator(get(&path).bearer(&auditor)).await.json()["id_no"], ID_NO);
    assert_eq!(plaza.entries("numbers-read").len(), 3);
    assert_eq!(plaza.operator(get(&path).bearer(&admin)).await.json()["id_no"], "110105********002X");
    assert_eq!(plaza.entries("numbers-read").len(), 3);
}

/// A reading that cannot be audited is not shown.
#[tokio::test]
async fn no_number_is_shown_that_the_trail_does_not_know_of() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let one = plaza.waiting(PHONE, ID_NO).await;
    plaza.database.follow(|call| {
        let is_entry = call.body.to_string().contains("numbers-read");
        if is_entry { tests::database::Fate::Break } else { tests::database::Fate::Apply }
    });
    for path in ["/operator/papers".to_owned(), format!("/operator/papers/{}/{}", one.realm, one.id)] {
        let answer = plaza.operator(get(&path).bearer(&auditor)).await;
        assert_eq!(answer.status, 500);
        assert!(!answer.text().contains(ID_NO));
    }
}

#[tokio::test]
async fn pictures_open_for_ten_minutes_with_an_address_and_never_without() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    plaza.waiting(PHONE, ID_NO).await;
    let (papers, _) = plaza.desk(&auditor, "").await;
    for field in ["front_img", "qualification"] {
        let address = papers[0][field].as_str().unwrap();
        let (bucket, now) = (&plaza.bucket, plaza.watch.now());
        let after = |seconds| now + SignedDuration::from_secs(seconds);
        assert!(bucket.open(address, after(599)).await.is_ok());
        assert_eq!(bucket.open(address, after(600)).await, Err(403), "ended");
        assert_eq!(bucket.open(address.split('?').next().unwrap(), now).await, Err(403), "without a signature");
        let longer = address.replace("X-Amz-Expires=600", "X-Amz-Expires=6000");
        assert_eq!(bucket.open(&longer, now).await, Err(403), "a life that we did not sign");
    }
}

/// #17 asks for the telephone, so the one shown is the one that the account has now.
#[tokio::test]
async fn the_telephone_shown_is_the_accounts_own_of_now() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let dealer = plaza.dealer(PHONE).await;
    let whose: tests::papers::Applicant = dealer.clone().into();
    plaza.hand_in(&whose, ID_NO).await;
    let code = plaza.dealers_code(&dealer.device, OTHER_PHONE, Some(&dealer.token)).await;
    let form = json!({"username": PHONE, "telephone": OTHER_PHONE, "deviceId": dealer.device, "phoneNum": code});
    let moved = plaza.mall_dealer(post("/user/dealer/editPhone").bearer(&dealer.token).json(&form)).await;
    assert_eq!(moved.json()["errCode"], 200, "{}", moved.text());
    assert_eq!(phones(&plaza.desk(&auditor, "").await.0), [OTHER_PHONE]);
    let whose = tests::papers::Applicant { phone: OTHER_PHONE.to_owned(), ..whose };
    assert_eq!(plaza.decide(&auditor, &whose, 3).await.json()["errCode"], "200");
    let login = json!({"telephone": OTHER_PHONE, "password": PASSWORD});
    assert_eq!(plaza.mall_dealer(post("/user/dealer/login").json(&login)).await.json()["data"]["status"], 3);
}

#[tokio::test]
async fn papers_that_nobody_handed_in_are_not_there() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.applicant(PHONE).await;
    for path in [format!("mall-dealer/{}", whose.id), "mall-agent/unknown".into(), "ev/1004".into()] {
        let answer = plaza.operator(get(&format!("/operator/papers/{path}")).bearer(&auditor)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (404, &json!("not_found")), "{path}");
    }
    assert_eq!(plaza.entries("numbers-read").len(), 0);
    let put = Request::new(Method::PUT, "/operator/papers").bearer(&auditor);
    assert_eq!(plaza.operator(put).await.status, 405);
}
