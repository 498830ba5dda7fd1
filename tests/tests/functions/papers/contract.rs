//! The document's own examples of #14 to #17, letter by letter.

use super::{OTHER_PHONE, PHONE};
use image::GenericImageView as _;
use serde_json::json;
use tests::{
    papers::{ID_NO, Kind},
    pictures::jpeg,
    plaza::Plaza,
    request::Request,
};

/// An answer without the addresses in it, which differ each time.
fn plain(text: &str, addresses: &[&str]) -> String {
    addresses.iter().fold(text.to_owned(), |text, address| text.replace(address, "XXXX"))
}

#[tokio::test]
async fn uploads_answer_as_printed_with_an_address_of_ten_minutes() {
    let plaza = Plaza::open();
    let (agent, dealer) = (plaza.applicant_of(Kind::Agent, PHONE).await, plaza.applicant(OTHER_PHONE).await);
    for (whose, path, field, part) in [
        (&agent, "uploadFrontImg", "frontImg", "frontImg"),
        (&agent, "uploadQualification", "qualification", "file"),
        (&dealer, "uploadFrontImg", "frontImg", "file"),
        (&dealer, "uploadQualification", "qualification", "qualification"),
    ] {
        let request = whose.post(path).multipart_file(&[("telephone", &whose.phone)], (part, &jpeg(3000, 1500)));
        let answer = plaza.send(whose.function, request).await;
        let address = answer.json()["data"][field].as_str().unwrap().to_owned();
        let printed = format!(r#"{{"errCode":"200","msg":"sucess","data":{{"{field}":"XXXX"}}}}"#);
        assert_eq!((answer.status.as_u16(), plain(answer.text(), &[&address])), (200, printed));
        let query: Vec<_> = form_urlencoded::parse(address.split_once('?').unwrap().1.as_bytes()).collect();
        let life = query.iter().find(|(name, _)| name == "X-Amz-Expires").unwrap().1.parse::<u32>().unwrap();
        assert!(life <= 600, "{life}");
        let shown = plaza.bucket.open(&address, plaza.watch.now()).await.unwrap();
        let image = image::load_from_memory(&shown).unwrap();
        assert_eq!(image.dimensions(), (2560, 1280), "small print can be read");
    }
}

#[tokio::test]
async fn handing_in_answers_what_is_to_be_shown_with_the_number_masked() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let whose = plaza.applicant_of(kind, PHONE).await;
        let (front, qualification) = plaza.both_pictures(&whose).await;
        let answer = plaza.send(whose.function, whose.submission("11010519491231002x", &front, &qualification)).await;
        let data = answer.json()["data"].clone();
        let addresses = ["frontImg", "qualification"].map(|field| data[field].as_str().unwrap().to_owned());
        for (address, uploaded) in addresses.iter().zip([&front, &qualification]) {
            assert_eq!(address.split('?').next(), uploaded.split('?').next());
            assert!(address.contains("X-Amz-Expires=600"), "{address}");
        }
        let printed = concat!(
            r#"{"errCode":"200","msg":"sucess","data":{"realName":"王小明","idNo":"110105********002X","#,
            r#""frontImg":"XXXX","qualification":"XXXX","status":1}}"#
        );
        let text = plain(answer.text(), &[&addresses[0], &addresses[1]]);
        assert_eq!((answer.status.as_u16(), text.as_str()), (200, printed), "{kind:?}");
    }
}

#[tokio::test]
async fn a_decision_answers_as_printed_whether_its_number_is_a_text_or_not() {
    let done = (200, r#"{"errCode":"200","msg":"sucess"}"#.to_owned());
    for status in [json!("3"), json!(3), json!("３")] {
        let plaza = Plaza::open();
        let whose = plaza.waiting_of(Kind::Agent, PHONE, ID_NO).await;
        let body = json!({"telephone": PHONE, "status": status});
        let request = Request::new(http::Method::POST, "/user/proxy/auditPUser").bearer(&plaza.auditor()).json(&body);
        assert_eq!(plaza.mall_audit(request).await.whole(), done);
        assert_eq!(whose.standing(&plaza).0, 3);
    }
}

#[tokio::test]
async fn a_decision_may_come_as_a_form() {
    let plaza = Plaza::open();
    let whose = plaza.waiting(PHONE, ID_NO).await;
    let form = [("telephone", PHONE), ("realm", whose.realm), ("status", "2"), ("reason", "照片不清晰")];
    let request = Request::new(http::Method::POST, "/user/proxy/auditPUser").bearer(&plaza.auditor()).form(&form);
    assert_eq!(plaza.mall_audit(request).await.text(), r#"{"errCode":"200","msg":"sucess"}"#);
    assert_eq!(whose.standing(&plaza).0, 2);
}

/// #18: where the papers stand is part of what a dealer sees first.
#[tokio::test]
async fn a_dealers_sign_in_says_where_its_papers_stand() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.applicant(PHONE).await;
    let status = async || {
        let form = json!({"telephone": PHONE, "password": tests::plaza::PASSWORD});
        let request = Request::new(http::Method::POST, "/user/dealer/login").json(&form);
        plaza.mall_dealer(request).await.json()["data"]["status"].clone()
    };
    assert_eq!(status().await, 0);
    plaza.hand_in(&whose, ID_NO).await;
    assert_eq!(status().await, 1);
    plaza.decide(&auditor, &whose, 2).await;
    assert_eq!(status().await, 2);
    plaza.decide(&auditor, &whose, 1).await;
    plaza.decide(&auditor, &whose, 3).await;
    assert_eq!(status().await, 3);
}

/// #12, for the agent and for auditors.
#[tokio::test]
async fn an_agent_and_auditors_are_told_where_its_papers_stand() {
    let plaza = Plaza::open();
    let auditor = plaza.auditor();
    let whose = plaza.applicant_of(Kind::Agent, PHONE).await;
    let assert_status = async |status: u8| {
        let body = json!({"telephone": PHONE});
        let own = plaza.mall_agent(whose.post("identifyPUser").json(&body)).await;
        let printed = format!(r#"{{"errCode":"200","msg":"sucess","data":{{"status":{status}}}}}"#);
        assert_eq!(own.whole(), (200, printed));
        let asked = Request::new(http::Method::POST, "/user/proxy/identifyPUser").bearer(&auditor).json(&body);
        assert_eq!(plaza.mall_agent(asked).await.whole(), own.whole());
    };
    assert_status(0).await;
    plaza.hand_in(&whose, ID_NO).await;
    assert_status(1).await;
    plaza.decide(&auditor, &whose, 2).await;
    assert_status(2).await;
    plaza.hand_in(&whose, ID_NO).await;
    plaza.decide(&auditor, &whose, 3).await;
    assert_status(3).await;
}
