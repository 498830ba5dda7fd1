//! Numbers and pictures of papers: set by the extension, shown by #39, sealed, masked, and their reading noted.

use super::{assert_empty, refusal, refused};
use serde_json::{Value, json};
use tests::{
    database::{AUDIT, MAIN},
    pictures::png,
    plaza::Plaza,
    portal::put,
    request::{get, post},
};

async fn record(plaza: &Plaza, token: &str) -> Value {
    plaza.cloud(get("/v2/zone/ac1/customer").bearer(token)).await.json()
}

fn readings(plaza: &Plaza) -> usize {
    plaza.database.items(AUDIT).iter().filter(|entry| entry["action"]["S"] == "numbers-read").count()
}

#[tokio::test]
async fn every_documented_field_can_hold_a_value() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let papers = json!({"cred_type": "DRIVER", "credentials": "146548796454515614546", "permit_number": "123",
        "organizationcode": "456"});
    assert_empty(&plaza.cloud(put("/v2/zone/ac1/customer/papers").bearer(&admin).json(&papers)).await);
    for name in ["permit_addr", "organizationCode_addr"] {
        let picture = multipart(name, &png(30, 20));
        assert_empty(&plaza.cloud(put("/customer/papers").bearer(&admin).body(&picture.0, picture.1)).await);
    }
    let shown = record(&plaza, &admin).await;
    for (name, value) in papers.as_object().unwrap() {
        assert_eq!(shown[name], *value);
    }
    for name in ["permit_addr", "organizationCode_addr"] {
        let address = shown[name].as_str().unwrap();
        assert!(address.contains("/kyc/") && address.contains("X-Amz-Expires=600"), "{address}");
    }
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let masked = record(&plaza, &sub).await;
    assert_eq!(masked["credentials"], "146548***********4546");
    assert_eq!((&masked["permit_number"], &masked["organizationcode"]), (&json!("**3"), &json!("**6")));
}

#[tokio::test]
async fn numbers_are_sealed_at_rest_and_whole_reading_is_noted() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let number = "11010519491231002X";
    let papers = json!({"cred_type": "IDENTITY", "credentials": number, "permit_number": "91350100M000100Y43"});
    plaza.cloud(put("/customer/papers").bearer(&admin).json(&papers)).await;
    plaza.add_contact(&sub, &json!({"cred_type": "IDENTITY", "credentials": number})).await;
    let stored = json!([plaza.database.items(MAIN), plaza.database.items(AUDIT)]).to_string();
    for secret in [number, "19491231", "91350100M000100Y43"] {
        assert!(!stored.contains(secret), "{secret}");
    }
    record(&plaza, &sub).await;
    plaza.cloud(get("/customer/contacts").bearer(&sub)).await;
    assert_eq!(readings(&plaza), 0);
    assert_eq!(record(&plaza, &admin).await["credentials"], number);
    assert_eq!(readings(&plaza), 1);
    plaza.cloud(get("/customer/contacts").bearer(&admin)).await;
    assert_eq!(readings(&plaza), 2);
}

#[tokio::test]
async fn the_reading_of_any_whole_number_is_noted() {
    for name in ["credentials", "permit_number", "organizationcode"] {
        let plaza = Plaza::open();
        let admin = plaza.customer("51idc").await;
        record(&plaza, &admin).await;
        assert_eq!(readings(&plaza), 0, "there is none to read");
        assert_empty(&plaza.cloud(put("/customer/papers").bearer(&admin).json(&json!({name: "456"}))).await);
        assert_eq!(record(&plaza, &admin).await[name], "456");
        assert_eq!(readings(&plaza), 1, "{name}");
    }
}

#[tokio::test]
async fn a_number_that_cannot_be_right_is_flagged_and_kept() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    for (body, field, valid) in [
        (json!({"cred_type": "IDENTITY", "credentials": "330104598502150915"}), "credentials", false),
        (json!({"credentials": "440308199010157715"}), "credentials", true),
        (json!({"cred_type": "MILITARY", "credentials": "军字第1234号"}), "credentials", true),
        (json!({"permit_number": "123"}), "permit_number", false),
        (json!({"permit_number": "91350100M000100Y43"}), "permit_number", true),
        (json!({"organizationcode": "456"}), "organizationcode", false),
        (json!({"organizationcode": "D2143569-X"}), "organizationcode", true),
    ] {
        assert_empty(&plaza.cloud(put("/customer/papers").bearer(&admin).json(&body)).await);
        let kept = plaza.database.under("Z#").into_iter().find(|item| item["sk"]["S"] == "CUSTOMER").unwrap();
        assert_eq!(kept["papers"]["M"][field]["M"]["valid"]["BOOL"], valid, "{body}");
        assert_eq!(record(&plaza, &admin).await[field], body[field]);
    }
    let cleared = json!({"credentials": "", "cred_type": "", "permit_number": ""});
    plaza.cloud(put("/customer/papers").bearer(&admin).json(&cleared)).await;
    let shown = record(&plaza, &admin).await;
    assert!(shown.get("credentials").is_none() && shown.get("cred_type").is_none());
    assert_eq!(shown["organizationcode"], "D2143569-X");
}

#[tokio::test]
async fn papers_are_for_admins_and_pictures_for_pictures() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let body = json!({"credentials": "123"});
    let answer = plaza.cloud(put("/customer/papers").bearer(&sub).json(&body)).await;
    assert_eq!(refused(&answer), refusal(403, "forbidden"));
    let text = multipart("permit_addr", b"not a picture");
    let answer = plaza.cloud(put("/customer/papers").bearer(&admin).body(&text.0, text.1)).await;
    assert_eq!(answer.status, 415, "{}", answer.text());
    assert!(record(&plaza, &admin).await.get("permit_addr").is_none());
    let wrong = plaza.cloud(put("/customer/papers").bearer(&admin).json(&json!({"cred_type": "PASSPORT"}))).await;
    assert_eq!(refused(&wrong), refusal(400, "invalid_parameter"));
    let method = plaza.cloud(post("/customer/papers").bearer(&admin)).await;
    assert_eq!(refused(&method), refusal(405, "method_not_allowed"));
}

/// A multipart body with one file.
pub fn multipart(name: &str, content: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    ("multipart/form-data; boundary=b".to_owned(), [head.as_bytes(), content, b"\r\n--b--\r\n"].concat())
}
