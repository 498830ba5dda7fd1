//! What may be handed in, and what becomes of it.

use super::{OTHER_PHONE, PHONE, THIRD_PHONE, code, refusal};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{
    database::{AUDIT, MAIN},
    papers::{Applicant, ID_NO, Kind, OTHER_ID_NO, assert_papers_sound},
    pictures::png,
    plaza::Plaza,
    request::post,
};

fn place(address: &str) -> &str {
    address.split('?').next().unwrap()
}

async fn submit(plaza: &Plaza, whose: &Applicant, id_no: &str, front: &str, qualification: &str) -> (u16, String) {
    plaza.send(whose.function, whose.submission(id_no, front, qualification)).await.whole()
}

#[tokio::test]
async fn only_ones_own_uploads_of_papers_can_be_handed_in() {
    let plaza = Plaza::open();
    let (whose, other) = (plaza.applicant(PHONE).await, plaza.applicant(OTHER_PHONE).await);
    let (front, qualification) = plaza.both_pictures(&whose).await;
    let (foreign, _) = plaza.both_pictures(&other).await;
    let upload = post("/user/dealer/uploadFavicon").bearer(&whose.token).body("image/png", png(8, 8));
    let favicon = plaza.mall_dealer(upload).await.json()["data"]["favicon"].as_str().unwrap().to_owned();
    let key = place(&front).split_once(".cn/").unwrap().1.to_owned();
    let not_yours = refusal(200, 2020, "图片不是本人上传的");
    for picture in [
        foreign.as_str(),
        &favicon,
        &format!("https://evil.example/{key}"),
        &format!("https://evil.example/?x={front}"),
        &format!("kyc/{}/{:032x}.jpg", whose.id, 7),
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
    ] {
        assert_eq!(submit(&plaza, &whose, ID_NO, picture, &qualification).await, not_yours, "{picture}");
        assert_eq!(submit(&plaza, &whose, ID_NO, &front, picture).await, not_yours, "{picture}");
    }
    assert_eq!(whose.standing(&plaza), (0, 0));
    let signed_otherwise = format!("{}?X-Amz-Signature=f00", place(&front));
    assert_eq!(submit(&plaza, &whose, ID_NO, &signed_otherwise, place(&qualification)).await.0, 200);
    assert_eq!(whose.standing(&plaza), (1, 1), "only what is before the query counts");
}

#[tokio::test]
async fn an_upload_that_is_a_day_old_cannot_be_handed_in_any_more() {
    let plaza = Plaza::open();
    let whose = plaza.applicant(PHONE).await;
    let (front, qualification) = plaza.both_pictures(&whose).await;
    plaza.watch.advance(SignedDuration::from_hours(24));
    assert_eq!(submit(&plaza, &whose, ID_NO, &front, &qualification).await, refusal(200, 2020, "图片不是本人上传的"));
    assert_papers_sound(&plaza, "refused");
}

#[tokio::test]
async fn a_number_that_cannot_be_anybodys_is_refused() {
    let plaza = Plaza::open();
    let whose = plaza.applicant(PHONE).await;
    let (front, qualification) = plaza.both_pictures(&whose).await;
    for bad in ["110105194912310021", "110105194902310026", "110105209912310029", "34010419770707123", "身份证号码"]
    {
        let answer = submit(&plaza, &whose, bad, &front, &qualification).await;
        assert_eq!(answer, refusal(200, 2023, "身份证号码不正确"), "{bad}");
    }
    assert_eq!(whose.standing(&plaza), (0, 0));
    assert_eq!(submit(&plaza, &whose, " １１０１０５ 19491231 002x ", &front, &qualification).await.0, 200);
    assert_eq!(whose.standing(&plaza), (1, 1));
}

#[tokio::test]
async fn papers_are_ones_own_alone() {
    let plaza = Plaza::open();
    let (whose, other) = (plaza.applicant(PHONE).await, plaza.applicant(OTHER_PHONE).await);
    let (front, qualification) = plaza.both_pictures(&whose).await;
    for phone in [OTHER_PHONE, THIRD_PHONE] {
        let stranger = Applicant { phone: phone.to_owned(), ..whose.clone() };
        assert_eq!(submit(&plaza, &stranger, ID_NO, &front, &qualification).await, refusal(403, 403, "记录不存在"));
        let upload = whose.post(&format!("uploadFrontImg?telephone={phone}")).body("image/png", png(8, 8));
        assert_eq!(plaza.send(whose.function, upload).await.whole(), refusal(403, 403, "记录不存在"));
    }
    let without = post("/user/dealer/submit").json(&json!({"telephone": PHONE}));
    assert_eq!(code(&plaza.mall_dealer(without).await), (401, 401));
    assert_eq!((whose.standing(&plaza), other.standing(&plaza)), ((0, 0), (0, 0)));
}

#[tokio::test]
async fn each_field_is_needed_and_what_a_form_does_not_know_is_not_bound() {
    let plaza = Plaza::open();
    let whose = plaza.applicant(PHONE).await;
    let (front, qualification) = plaza.both_pictures(&whose).await;
    let body = json!({"telephone": PHONE, "realName": "王小明", "idNo": ID_NO, "frontImg": front,
        "qualification": qualification});
    for field in body.as_object().unwrap().keys() {
        let mut body = body.clone();
        body[field] = json!(" ");
        let answer = plaza.send(whose.function, whose.post("submit").json(&body)).await;
        assert_eq!(answer.whole(), refusal(400, 400, &format!("缺少{}", shared::wire::label(field))));
    }
    let mut more = body.clone();
    more.as_object_mut().unwrap().extend(
        json!({"status": 3, "version": 9, "id_index": "x", "handed_in_at": "x", "waiting_since": "x", "role": "admin"})
            .as_object()
            .unwrap()
            .clone(),
    );
    let answer = plaza.send(whose.function, whose.post("submit").json(&more)).await;
    assert_eq!(answer.json()["data"]["status"], 1);
    assert_eq!(whose.standing(&plaza), (1, 1));
    let none = plaza.send(whose.function, whose.post("uploadFrontImg").form(&[("telephone", PHONE)])).await;
    assert_eq!(none.whole(), refusal(400, 400, "缺少图片文件"));
}

#[tokio::test]
async fn the_tables_hold_no_number_in_the_clear() {
    let plaza = Plaza::open();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    plaza.decide(&plaza.auditor(), &whose, 2).await;
    plaza.hand_in(&whose, OTHER_ID_NO).await;
    plaza.desk(&plaza.auditor(), "").await;
    let stored = json!([plaza.database.items(MAIN), plaza.database.items(AUDIT)]).to_string();
    for secret in [ID_NO, "19491231", OTHER_ID_NO, "19901015"] {
        assert!(!stored.contains(secret), "{secret}");
    }
    let lines = plaza.lines().concat();
    assert!(!lines.contains(ID_NO) && !lines.contains(OTHER_ID_NO));
}

#[tokio::test]
async fn papers_that_wait_are_replaced_and_keep_their_place_and_the_old_pictures_go() {
    let plaza = Plaza::open();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    let before = plaza.kept_papers();
    let since = whose.papers(&plaza).unwrap()["waiting_since"].clone();
    plaza.watch.advance(SignedDuration::from_mins(5));
    let answer = plaza.hand_in(&whose, OTHER_ID_NO).await;
    assert_eq!(answer.json()["data"]["idNo"], "440308********7715");
    assert_eq!(whose.standing(&plaza), (1, 2));
    assert_eq!(whose.papers(&plaza).unwrap()["waiting_since"], since);
    let after = plaza.kept_papers();
    assert!(after.len() == 2 && !after.iter().any(|key| before.contains(key)), "{before:?} {after:?}");
    plaza.bucket.a_day_passes();
    assert_eq!(plaza.kept_papers(), after, "what is handed in stays");
    assert_papers_sound(&plaza, "replaced");
}

#[tokio::test]
async fn one_picture_may_stay_while_the_other_is_replaced() {
    let plaza = Plaza::open();
    let whose = plaza.applicant(PHONE).await;
    let (front, qualification) = plaza.both_pictures(&whose).await;
    submit(&plaza, &whose, ID_NO, &front, &qualification).await;
    let (better, _) = plaza.both_pictures(&whose).await;
    assert_eq!(submit(&plaza, &whose, ID_NO, &better, &qualification).await.0, 200);
    assert_papers_sound(&plaza, "one replaced");
    assert_eq!(submit(&plaza, &whose, ID_NO, &front, &qualification).await, refusal(200, 2020, "图片不是本人上传的"));
    assert_eq!(submit(&plaza, &whose, ID_NO, &better, &better).await.0, 200, "one picture of both");
    assert_papers_sound(&plaza, "one for both");
}

#[tokio::test]
async fn the_same_papers_once_more_are_a_success_and_no_second_event() {
    let plaza = Plaza::open();
    let whose = plaza.applicant(PHONE).await;
    let (front, qualification) = plaza.both_pictures(&whose).await;
    let data = |text: String| serde_json::from_str::<Value>(&text).unwrap()["data"].clone();
    let first = data(submit(&plaza, &whose, ID_NO, &front, &qualification).await.1);
    let again = data(submit(&plaza, &whose, ID_NO, &front, &qualification).await.1);
    assert_eq!(first, again);
    assert_eq!((whose.standing(&plaza), whose.history(&plaza)), ((1, 1), 1));
    assert_eq!(plaza.entries("papers-submitted").len(), 1);
}

#[tokio::test]
async fn papers_that_were_refused_are_handed_in_anew_and_those_that_passed_stay() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    plaza.decide(&auditor, &whose, 2).await;
    plaza.watch.advance(SignedDuration::from_mins(5));
    assert_eq!(plaza.hand_in(&whose, ID_NO).await.json()["data"]["status"], 1);
    assert_papers_sound(&plaza, "handed in anew");
    plaza.decide(&auditor, &whose, 3).await;
    let kept = whose.papers(&plaza);
    let (front, qualification) = plaza.both_pictures(&whose).await;
    let answer = submit(&plaza, &whose, OTHER_ID_NO, &front, &qualification).await;
    assert_eq!(answer, refusal(200, 2021, "当前状态不允许该操作"));
    assert_eq!(whose.papers(&plaza), kept);
    assert_papers_sound(&plaza, "passed");
}

#[tokio::test]
async fn a_number_is_one_dealers_and_free_again_when_it_was_refused_or_replaced() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let (one, other) = (plaza.waiting(PHONE, ID_NO).await, plaza.applicant(OTHER_PHONE).await);
    let taken = refusal(200, 2021, "该身份证号码已被使用");
    assert_eq!(plaza.hand_in(&other, ID_NO).await.whole(), taken);
    plaza.decide(&auditor, &one, 3).await;
    assert_eq!(plaza.hand_in(&other, "11010519491231002x").await.whole(), taken, "however it is typed");
    assert_papers_sound(&plaza, "taken");

    plaza.decide(&auditor, &one, 1).await;
    plaza.decide(&auditor, &one, 2).await;
    assert_eq!(plaza.hand_in(&other, ID_NO).await.json()["data"]["status"], 1, "a refusal keeps no number");
    assert_eq!(plaza.hand_in(&one, ID_NO).await.whole(), taken);
    assert_eq!(plaza.hand_in(&other, OTHER_ID_NO).await.json()["data"]["status"], 1);
    assert_eq!(plaza.hand_in(&one, ID_NO).await.json()["data"]["status"], 1, "another number frees the first");
    assert_papers_sound(&plaza, "free again");
}

/// The same papers may be an agent's and a dealer's, but not two agents'.
#[tokio::test]
async fn one_person_may_be_an_agent_and_a_dealer() {
    let plaza = Plaza::open();
    plaza.waiting(PHONE, ID_NO).await;
    plaza.waiting_of(Kind::Agent, OTHER_PHONE, ID_NO).await;
    let other = plaza.applicant_of(Kind::Agent, THIRD_PHONE).await;
    assert_eq!(plaza.hand_in(&other, ID_NO).await.whole(), refusal(200, 2021, "该身份证号码已被使用"));
    assert_papers_sound(&plaza, "one of each kind");
}

/// #13 leads to another agent; papers stay with theirs.
#[tokio::test]
async fn papers_stay_with_their_agent_when_a_caller_changes_accounts() {
    let plaza = Plaza::open();
    let agent = plaza.agent("openId-1", PHONE).await;
    let whose: Applicant = agent.clone().into();
    plaza.hand_in(&whose, ID_NO).await;
    let code = plaza.agents_code("openId-1", OTHER_PHONE, Some(&agent.token)).await;
    let switched = plaza.switch_agent(&agent, OTHER_PHONE, &code).await;
    let other: Applicant = tests::mall_user::TestMallUser::of("openId-1", OTHER_PHONE, &switched).into();
    assert_eq!((whose.standing(&plaza).0, other.standing(&plaza).0), (1, 0));
    let (front, _) = plaza.both_pictures(&other).await;
    let kept = whose.papers(&plaza).unwrap()["front"]["S"].as_str().unwrap().to_owned();
    let answer = submit(&plaza, &other, OTHER_ID_NO, &front, &kept).await;
    assert_eq!(answer, refusal(200, 2020, "图片不是本人上传的"), "the other agent's picture");
}
