//! How each endpoint of the mall spells its success: old clients compare it letter by letter, so each is stated here as
//! the document prints it.

use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeMap;
use tests::{
    answer::Answer,
    mall_user::OPEN_ID,
    papers::ID_NO,
    pictures::png,
    plaza::{PASSWORD, Plaza},
    request::post,
};

const NUMBER: &str = r#"{"errCode":200,"msg":"success""#;
const TEXT: &str = r#"{"errCode":"200","msg":"sucess""#;

/// #18 to #29, and dealers' papers, which are spelt like agents'.
const DEALERS: [(&str, &str); 16] = [
    ("login", NUMBER),
    ("sendPhoneNum", TEXT),
    ("verifyPhoneNum", TEXT),
    ("sendGraphCode", TEXT),
    ("verifyPicCode", TEXT),
    ("register", NUMBER),
    ("reset", NUMBER),
    ("editPhone", NUMBER),
    ("editGender", NUMBER),
    ("editNickname", NUMBER),
    ("editFavicon", NUMBER),
    ("uploadFavicon", NUMBER),
    ("euploadFavicon", NUMBER),
    ("uploadFrontImg", TEXT),
    ("uploadQualification", TEXT),
    ("submit", TEXT),
];

/// #8 to #16.
const CONSUMERS: [(&str, &str); 2] = [("custom/sendPhoneNum", NUMBER), ("custom/verifyPhoneNum", TEXT)];
const AGENTS: [(&str, &str); 7] = [
    ("proxy/sendPhoneNum", NUMBER),
    ("proxy/verifyPhoneNum", TEXT),
    ("proxy/identifyPUser", TEXT),
    ("proxy/switchPUser", TEXT),
    ("proxy/uploadFrontImg", TEXT),
    ("proxy/uploadQualification", TEXT),
    ("proxy/submitPUser", TEXT),
];

/// What begins each answer, up to the data.
fn head(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    text.split_once(",\"data\"").map_or(text.trim_end_matches('}'), |(head, _)| head).to_owned()
}

#[tokio::test]
async fn consumers_and_agents_read_what_their_document_prints() {
    let plaza = Plaza::open();
    let (phone, new) = ("13912345678", "13800138000");
    let mut heads = BTreeMap::new();
    let mut call = async |path: &'static str, token: Option<&str>, body: serde_json::Value| {
        let function = if path.starts_with("custom/") { "mall-consumer" } else { "mall-agent" };
        let request = if path.contains("upload") {
            post(&format!("/user/{path}?telephone={phone}")).body("image/png", png(8, 8))
        } else {
            post(&format!("/user/{path}")).json(&body)
        };
        let request = token.iter().fold(request, |request, token| request.bearer(token));
        let answer = plaza.send(function, request).await;
        heads.insert(path, head(&answer));
        answer
    };

    call("custom/sendPhoneNum", None, json!({"openId": OPEN_ID, "telephone": phone})).await;
    let code = plaza.code_for(phone).await;
    call("custom/verifyPhoneNum", None, json!({"openId": OPEN_ID, "telephone": phone, "phoneNum": code})).await;
    plaza.watch.advance(SignedDuration::from_secs(60));
    call("proxy/sendPhoneNum", None, json!({"openId": OPEN_ID, "telephone": phone})).await;
    let code = plaza.code_for(phone).await;
    let form = json!({"openId": OPEN_ID, "telephone": phone, "phoneNum": code});
    let answer = call("proxy/verifyPhoneNum", None, form).await;
    let token = answer.header("x-access-token").unwrap();
    call("proxy/identifyPUser", Some(token), json!({"telephone": phone})).await;
    let mut papers = json!({"telephone": phone, "realName": "王小明", "idNo": ID_NO});
    for (path, field) in [("proxy/uploadFrontImg", "frontImg"), ("proxy/uploadQualification", "qualification")] {
        papers[field] = call(path, Some(token), json!({})).await.json()["data"][field].take();
    }
    call("proxy/submitPUser", Some(token), papers).await;
    let code = plaza.agents_code(OPEN_ID, new, Some(token)).await;
    call("proxy/switchPUser", Some(token), json!({"telephone": new, "openId": OPEN_ID, "phoneNum": code})).await;

    let expected: BTreeMap<_, _> =
        CONSUMERS.into_iter().chain(AGENTS).map(|(path, head)| (path, head.to_owned())).collect();
    assert_eq!(heads, expected);
}

#[tokio::test]
async fn dealers_read_what_their_document_prints() {
    let plaza = Plaza::open();
    let (phone, new, device) = ("13912345678", "13800138000", "d-1");
    let mut heads = BTreeMap::new();
    let call = async |path: &'static str, token: &str, body: serde_json::Value| {
        let request = post(&format!("/user/dealer/{path}")).json(&body);
        let request = if token.is_empty() { request } else { request.bearer(token) };
        let answer = plaza.mall_dealer(request).await;
        (path, head(&answer), answer)
    };
    let mut note = |(path, head, answer): (&'static str, String, Answer)| {
        heads.insert(path, head);
        answer
    };

    note(call("sendPhoneNum", "", json!({"deviceId": device, "telephone": phone})).await);
    let code = plaza.code_for(phone).await;
    note(call("verifyPhoneNum", "", json!({"deviceId": device, "telephone": phone, "phoneNum": code})).await);
    note(call("sendGraphCode", "", json!({"deviceId": device})).await);
    let letters = plaza.captcha_answers.letters();
    note(call("verifyPicCode", "", json!({"deviceId": device, "picCode": letters})).await);
    let form = json!({"deviceId": device, "telephone": phone, "phoneNum": code, "picCode": letters,
        "password": PASSWORD});
    note(call("register", "", form).await);
    let answer = note(call("login", "", json!({"telephone": phone, "password": PASSWORD})).await);
    let token = answer.header("x-access-token").unwrap().to_owned();
    note(call("editGender", &token, json!({"username": phone, "gender": "1"})).await);
    note(call("editNickname", &token, json!({"username": phone, "nickName": "x"})).await);
    let mut address = String::new();
    for path in ["uploadFavicon", "euploadFavicon"] {
        let upload = post(&format!("/user/dealer/{path}")).bearer(&token).body("image/png", png(8, 8));
        let answer = plaza.mall_dealer(upload).await;
        answer.json()["data"]["favicon"].as_str().unwrap().clone_into(&mut address);
        note((path, head(&answer), answer));
    }
    note(call("editFavicon", &token, json!({"username": phone, "favicon": address})).await);
    let mut papers = json!({"telephone": phone, "realName": "王小明", "idNo": ID_NO});
    for (path, field) in [("uploadFrontImg", "frontImg"), ("uploadQualification", "qualification")] {
        let upload = post(&format!("/user/dealer/{path}?telephone={phone}"));
        let answer = plaza.mall_dealer(upload.bearer(&token).body("image/png", png(8, 8))).await;
        papers[field] = answer.json()["data"][field].take();
        note((path, head(&answer), answer));
    }
    note(call("submit", &token, papers).await);
    let code = plaza.dealers_code(device, new, Some(&token)).await;
    let form = json!({"username": phone, "telephone": new, "deviceId": device, "phoneNum": code});
    note(call("editPhone", &token, form).await);
    note(call("reset", "", json!({"username": new, "oldPS": PASSWORD, "newPS": "another phrase 7"})).await);

    let expected: BTreeMap<_, _> = DEALERS.into_iter().map(|(path, head)| (path, head.to_owned())).collect();
    assert_eq!(heads, expected);
}

/// #17
#[tokio::test]
async fn auditors_read_what_the_document_prints() {
    let plaza = Plaza::open();
    let whose = plaza.waiting("13912345678", ID_NO).await;
    assert_eq!(head(&plaza.decide(&plaza.auditor(), &whose, 3).await), TEXT);
}
