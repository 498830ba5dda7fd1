//! What apps do with a record: read it, change one field of the text that came, and send all of it back. A number that was
//! shown masked is still the stored one afterwards, and what the call cannot change does not get in the way.

use super::shops::floor::{CUSTOMERS, Floor, ID_NUMBER, at, id, patch};
use serde_json::{Value, json};
use tests::{
    answer::Answer,
    papers::{ID_NO, Kind, OTHER_ID_NO},
    pictures::png,
    plaza::Plaza,
    portal::put,
    request::{Request, get, post},
};

const SHOP_MASK: &str = "****************2X";
const MIDDLE_MASK: &str = "110105********002X";

/// The bytes of an answer with one text in place of another.
fn edited(answer: &Answer, from: &str, to: &str) -> String {
    assert!(answer.text().contains(from), "{from} in {}", answer.text());
    answer.text().replacen(from, to, 1)
}

fn json_body(request: Request, body: impl Into<Vec<u8>>) -> Request {
    request.body("application/json", body)
}

/// A refusal that names the field.
fn assert_named(answer: &Answer, field: &str) {
    let body = answer.json();
    assert_eq!((answer.status.as_u16(), &body["code"]), (400, &json!("invalid_parameter")), "{body}");
    assert!(body["message"].as_str().unwrap().contains(field), "{field}: {body}");
}

#[tokio::test]
async fn a_shop_record_that_staff_send_back_keeps_its_number() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"idcard": ID_NUMBER, "birthday": "1949-12-31", "city": "北京"})).await;
    for (token, shown) in [(&floor.staff, SHOP_MASK), (&floor.manager, ID_NUMBER)] {
        let read = floor.send(get(&at(id(&record))), token).await;
        assert_eq!(read.json()["idcard"], shown);
        let city = read.json()["city"].as_str().unwrap().to_owned();
        let body = edited(&read, &format!(r#""city":"{city}""#), &format!(r#""city":"{city}市""#));
        let answer = floor.send(json_body(patch(id(&record)), body), token).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["idcard"]), (200, &json!(SHOP_MASK)), "{}", answer.text());
        assert_eq!(floor.read(id(&record)).await["city"], format!("{city}市"));
        let kept = floor.send(get(&at(id(&record))), &floor.manager).await;
        assert_eq!(kept.json()["idcard"], ID_NUMBER, "sent back as {shown}");
    }
    // The same from a list, which shows the mask to everybody, and from the answer of an edit.
    let listed = floor.list("").await["items"][0].clone();
    assert_eq!(listed["idcard"], SHOP_MASK);
    for body in [listed.clone(), floor.patch(id(&record), &listed).await.json()] {
        assert_eq!(floor.send(patch(id(&record)).json(&body), &floor.manager).await.json(), body);
    }
    assert_eq!(floor.send(get(&at(id(&record))), &floor.manager).await.json()["idcard"], ID_NUMBER);
}

#[tokio::test]
async fn a_mask_of_another_number_is_refused_by_name_and_a_new_number_is_taken() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"idcard": ID_NUMBER})).await;
    let bare = floor.record(json!({})).await;
    for (record, sent) in [
        (&record, "****************17"),
        (&record, "*****************2X"),
        (&record, MIDDLE_MASK),
        (&record, "110105＊＊＊＊＊＊＊＊002X"),
        (&record, "*"),
        (&bare, SHOP_MASK),
    ] {
        for token in [&floor.staff, &floor.manager] {
            let answer = floor.send(patch(id(record)).json(&json!({"idcard": sent})), token).await;
            assert_named(&answer, "idcard");
        }
    }
    let create = json!({"shopId": "S1", "name": "王小明", "gender": "male", "idcard": SHOP_MASK});
    assert_named(&floor.send(post(CUSTOMERS).json(&create), &floor.staff).await, "idcard");
    assert_eq!(floor.send(get(&at(id(&record))), &floor.manager).await.json()["idcard"], ID_NUMBER);

    let new = floor.patch(id(&record), &json!({"idcard": OTHER_ID_NO})).await;
    assert_eq!(new.json()["idcard"], "****************15");
    assert_eq!(floor.patch(id(&record), &json!({"idcard": null})).await.json()["idcard"], Value::Null);
}

/// A number that the mistake of an earlier release has overwritten is what is stored: its record can be edited.
#[tokio::test]
async fn shop_records_mask_numbers_of_any_length_to_the_last_two() {
    let floor = Floor::open().await;
    for (number, shown) in [("146548796454515614546", "*******************46"), ("H1234567", "******67"), ("12", "**")]
    {
        let record = floor.record(json!({"idcard": number})).await;
        assert_eq!(record["idcard"], shown);
        let read = floor.send(get(&at(id(&record))), &floor.staff).await;
        let answer = floor.send(json_body(patch(id(&record)), read.text()), &floor.staff).await;
        assert_eq!(answer.json(), read.json(), "it changes nothing");
        assert_eq!(floor.send(get(&at(id(&record))), &floor.manager).await.json()["idcard"], number);
    }
}

#[tokio::test]
async fn a_contact_that_is_sent_back_keeps_its_number() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let contact = json!({"name": "小李", "cred_type": "IDENTITY", "credentials": ID_NO});
    let contact_id = plaza.add_contact(&admin, &contact).await;
    let first = async |token: &str| {
        let listed = plaza.cloud(get("/customer/contacts").bearer(token)).await;
        let text = listed.text().trim_start_matches(r#"{"contacts":["#);
        text[..=text.find('}').unwrap()].to_owned()
    };
    for (token, shown, name) in [(&sub, MIDDLE_MASK, "小王"), (&admin, ID_NO, "小张")] {
        let read = first(token).await;
        assert!(read.contains(shown), "{read}");
        let before = serde_json::from_str::<Value>(&read).unwrap()["name"].as_str().unwrap().to_owned();
        let body = read.replace(&before, name);
        let changed = plaza.cloud(json_body(put("/customer/contacts").bearer(token), body.clone())).await;
        assert_eq!(changed.whole(), (200, body), "the answer is what #42 shows this reader");
        assert!(first(&admin).await.contains(ID_NO));
    }
    for token in [&admin, &sub] {
        // An administrator who sends the mask that a sub account saw changes nothing either.
        let masked = json!({"contact_id": contact_id, "credentials": MIDDLE_MASK});
        assert_eq!(plaza.cloud(put("/customer/contacts").bearer(token).json(&masked)).await.status, 200);
        for sent in ["110105********4717", SHOP_MASK, "＊"] {
            let body = json!({"contact_id": contact_id, "credentials": sent});
            assert_named(&plaza.cloud(put("/customer/contacts").bearer(token).json(&body)).await, "credentials");
            let new = json!({"credentials": sent});
            assert_named(&plaza.cloud(post("/customer/contacts").bearer(token).json(&new)).await, "credentials");
        }
    }
    assert!(first(&admin).await.contains(ID_NO));
    assert_eq!(plaza.cloud(get("/customer/contacts").bearer(&admin)).await.json()["total_count"], 1);
}

/// #44 shows what #42 and #39 show: whole numbers to administrators, whose reading is noted.
#[tokio::test]
async fn a_changed_contact_is_shown_as_the_list_shows_it() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let contact_id = plaza.add_contact(&admin, &json!({"name": "小李", "credentials": ID_NO})).await;
    let noted = plaza.entries("numbers-read").len();
    let body = json!({"contact_id": contact_id, "name": "小王"});
    let changed = plaza.cloud(put("/customer/contacts").bearer(&admin).json(&body)).await.json();
    assert_eq!((&changed["name"], &changed["credentials"]), (&json!("小王"), &json!(ID_NO)));
    assert_eq!(plaza.entries("numbers-read").len(), noted + 1);
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let changed = plaza.cloud(put("/customer/contacts").bearer(&sub).json(&body)).await.json();
    assert_eq!(changed["credentials"], MIDDLE_MASK);
    assert_eq!(plaza.entries("numbers-read").len(), noted + 1);
}

/// What administrators read of papers is whole, and what sub accounts read is masked: both may come back.
#[tokio::test]
async fn papers_that_are_sent_back_keep_their_numbers_and_pictures() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let numbers = json!({"cred_type": "IDENTITY", "credentials": ID_NO, "permit_number": "91350100M000100Y43",
        "organizationcode": "D2143569-X"});
    plaza.cloud(put("/customer/papers").bearer(&admin).json(&numbers)).await;
    for name in ["permit_addr", "organizationCode_addr"] {
        let picture = put("/customer/papers").bearer(&admin).multipart_file(&[], (name, &png(30, 20)));
        assert_eq!(plaza.cloud(picture).await.status, 200);
    }
    let show = async |token: &str| plaza.cloud(get("/customer").bearer(token)).await;
    let place = |value: &Value| value.as_str().unwrap().split('?').next().unwrap().to_owned();
    let whole = show(&admin).await.json();
    for reader in [&admin, &sub] {
        let read = show(reader).await;
        let answer = plaza.cloud(json_body(put("/customer/papers").bearer(&admin), read.text())).await;
        assert_eq!(answer.whole(), (200, String::new()));
        let kept = show(&admin).await.json();
        for name in ["credentials", "permit_number", "organizationcode"] {
            assert_eq!(kept[name], numbers[name], "{name}");
        }
        for name in ["permit_addr", "organizationCode_addr"] {
            assert_eq!(place(&kept[name]), place(&whole[name]), "{name}");
        }
    }
    for name in ["credentials", "permit_number", "organizationcode"] {
        for sent in ["110105********4717", "**9", "＊＊6"] {
            let body = json!({ name: sent });
            assert_named(&plaza.cloud(put("/customer/papers").bearer(&admin).json(&body)).await, name);
        }
    }
    let foreign = json!({"permit_addr": "https://example.com/a.jpg"});
    assert_named(&plaza.cloud(put("/customer/papers").bearer(&admin).json(&foreign)).await, "permit_addr");
    assert_eq!(show(&admin).await.json()["credentials"], ID_NO);
}

/// #16 and the dealers' papers: the answer shows the number masked, and what it shows may be handed in.
#[tokio::test]
async fn papers_that_are_handed_in_again_with_the_number_as_it_was_shown_keep_it() {
    for kind in Kind::BOTH {
        let plaza = Plaza::open();
        let whose = plaza.applicant_of(kind, "13800138000").await;
        let shown = plaza.hand_in(&whose, ID_NO).await.json()["data"].clone();
        assert_eq!(shown["idNo"], MIDDLE_MASK);
        let again = |name: &str, id_no: &str| {
            let mut body = shown.clone();
            (body["telephone"], body["realName"], body["idNo"]) = (json!(whose.phone), json!(name), json!(id_no));
            plaza.send(whose.function, whose.post(whose.submit).json(&body))
        };
        assert_eq!(again("王大明", MIDDLE_MASK).await.json()["data"]["idNo"], MIDDLE_MASK);
        let (waiting, _) = plaza.desk(&plaza.auditor(), "").await;
        assert_eq!((&waiting[0]["real_name"], &waiting[0]["id_no"]), (&json!("王大明"), &json!(ID_NO)), "{kind:?}");

        for sent in ["440308********7715", SHOP_MASK] {
            let refused = again("王大明", sent).await.json();
            assert_eq!(refused["errCode"], 2023, "{refused}");
            assert!(refused["msg"].as_str().unwrap().contains("身份证号码"), "{refused}");
        }
        let other = plaza.applicant_of(kind, "13800138001").await;
        let refused = plaza.hand_in(&other, MIDDLE_MASK).await.json();
        assert_eq!(refused["errCode"], 2023, "this one has handed in nothing: {refused}");
        assert_eq!(again("王大明", OTHER_ID_NO).await.json()["data"]["idNo"], "440308********7715");
    }
}

#[tokio::test]
async fn what_only_the_server_sets_of_a_shop_record_is_refused_by_name_when_it_differs() {
    let floor = Floor::open().await;
    let record = floor.record(json!({"mobile": "13800138000", "tag": ["VIP"]})).await;
    floor.sign_in(id(&record)).await;
    let before = floor.read(id(&record)).await;
    assert!(before["LastSigninAt"].is_string());
    for (field, other) in [
        ("id", json!("S1.000")),
        ("version", json!(1)),
        ("shopId", json!("S2")),
        ("mrn", json!("00000009")),
        ("balance", json!(9900)),
        ("balance", Value::Null),
        ("credit", json!("11")),
        ("wechatNickname", json!("x")),
        ("wechatHeadimgurl", json!("https://example.com/a.jpg")),
        ("LastSigninAt", json!("2020-01-01T00:00:00+08:00")),
        ("status", json!("deleted")),
    ] {
        let mut body = before.clone();
        (body[field], body["city"]) = (other, json!("上海"));
        for token in [&floor.staff, &floor.manager] {
            assert_named(&floor.send(patch(id(&record)).json(&body), token).await, field);
        }
    }
    assert_eq!(floor.read(id(&record)).await, before);
    // A new record is made of what can be written; the rest is no mistake there.
    let create = json!({"shopId": "S1", "name": "李四", "gender": "male", "balance": 9900, "mrn": "x", "version": 7});
    let made = floor.send(post(CUSTOMERS).json(&create), &floor.staff).await.json();
    assert_eq!((&made["balance"], &made["version"]), (&json!(0), &json!(1)));
}

/// #40, #53 and the papers change parts of one record, and each takes the whole of it.
#[tokio::test]
async fn a_customers_record_that_is_sent_back_whole_passes() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let auth = json!({"post_field": "auth", "authorization": "121"});
    assert_eq!(plaza.cloud(put("/customer").bearer(&admin).json(&auth)).await.status, 200);
    let papers = json!({"cred_type": "IDENTITY", "credentials": ID_NO});
    assert_eq!(plaza.cloud(put("/customer/papers").bearer(&admin).json(&papers)).await.status, 200);
    let picture = put("/customer/papers").bearer(&admin).multipart_file(&[], ("permit_addr", &png(30, 20)));
    assert_eq!(plaza.cloud(picture).await.status, 200);

    let show = async || plaza.cloud(get("/customer").bearer(&admin)).await;
    let body = edited(&show().await, r#""tel":"021-9621312""#, r#""tel":"021-45612""#);
    let answer = plaza.cloud(json_body(put("/v2/zone/ac1/customer").bearer(&admin), body)).await;
    assert_eq!(answer.whole(), (200, String::new()));
    let shown = show().await;
    assert_eq!((&shown.json()["tel"], &shown.json()["credentials"]), (&json!("021-45612"), &json!(ID_NO)));
    for path in ["/customer/profession", "/customer/papers"] {
        assert_eq!(plaza.cloud(json_body(put(path).bearer(&admin), shown.text())).await.whole(), (200, String::new()));
    }
    for (field, value) in [("credentials", OTHER_ID_NO), ("mobile", "13800138000"), ("authorization", "122")] {
        let body = json!({"address": "宝山", field: value});
        assert_named(&plaza.cloud(put("/customer").bearer(&admin).json(&body)).await, field);
    }
    assert!(show().await.json().get("address").is_none());
}
