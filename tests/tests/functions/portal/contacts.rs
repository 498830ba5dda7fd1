//! #42 to #45: contacts.

use super::{refusal, refused};
use serde_json::{Value, json};
use tests::{
    plaza::{Plaza, Settings},
    portal::{delete, put},
    request::{get, post},
};

fn example() -> Value {
    json!({"name": "小李", "sex": "M", "tel": "", "mobile": "15721460942", "email": "test2@heheda.net",
        "con_type": "STYPE", "cred_type": "IDENTITY", "credentials": "728923198511293151"})
}

async fn list(plaza: &Plaza, token: &str, query: &str) -> Value {
    plaza.cloud(get(&format!("/customer/contacts?{query}")).bearer(token)).await.json()
}

#[tokio::test]
async fn a_contact_is_added_and_listed_as_the_document_has_it() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let request = post("/v2/zone/ac1/customer/contacts").bearer(&admin);
    let added = plaza.cloud(request.body("application/x-www-form-urlencoded", example().to_string())).await;
    assert_eq!(added.status, 200, "{}", added.text());
    let id = added.json()["contact_id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("con_") && id[4..].len() >= 10 && id[4..].bytes().all(|b| b.is_ascii_uppercase()), "{id}");
    let expected = format!(
        concat!(
            r#"{{"contact_id":"{}","name":"小李","sex":"M","tel":"","mobile":"15721460942","#,
            r#""email":"test2@heheda.net","con_type":"STYPE","cred_type":"IDENTITY","credentials":"728923198511293151"}}"#
        ),
        id
    );
    assert_eq!(added.text(), expected);
    let listed = plaza.cloud(get("/v2/zone/ac1/customer/contacts").bearer(&admin)).await;
    assert_eq!(listed.whole(), (200, format!(r#"{{"contacts":[{expected}],"total_count":1}}"#)));
}

#[tokio::test]
async fn an_unknown_customer_has_no_contacts() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let listed = plaza.cloud(get("/customer/contacts").bearer(&admin)).await;
    assert_eq!(listed.whole(), (200, r#"{"contacts":[],"total_count":0}"#.to_owned()));
    let deleted = plaza.cloud(delete("/customer/contacts/con_USEWFAB,con_OIHYDNV").bearer(&admin)).await;
    assert_eq!(deleted.whole(), (200, r#"{"contact_ids":[]}"#.to_owned()));
    assert_eq!(list(&plaza, &admin, "").await["total_count"], 0);
}

#[tokio::test]
async fn the_documents_change_clears_what_it_gives_as_nothing() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let id = plaza.add_contact(&admin, &example()).await;
    let body = json!({"contact_id": id, "name": "name", "sex": "F", "tel": "", "mobile": "", "email": "",
        "con_type": "", "cred_type": "", "credentials": ""});
    let changed = plaza.cloud(put("/v2/zone/ac1/customer/contacts").bearer(&admin).json(&body)).await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.json(), body);
    assert_eq!(list(&plaza, &admin, "").await, json!({"contacts": [body], "total_count": 1}));
}

#[tokio::test]
async fn what_a_change_does_not_name_stays() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let id = plaza.add_contact(&admin, &example()).await;
    let body = json!({"contact_id": id, "tel": "021-25228622", "version": 99, "total_count": 7, "email": null});
    let changed = plaza.cloud(put("/customer/contacts").bearer(&admin).json(&body)).await.json();
    let mut expected = example();
    expected["contact_id"] = json!(id);
    expected["tel"] = json!("021-25228622");
    assert_eq!(changed, expected);
    let again = plaza.cloud(put("/customer/contacts").bearer(&admin).json(&body)).await.json();
    assert_eq!(again, expected, "and saying it again changes nothing");
}

#[tokio::test]
async fn a_contact_without_anything_is_a_contact() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let added = plaza.cloud(post("/customer/contacts").bearer(&admin)).await;
    assert_eq!(added.status, 200);
    assert_eq!((added.json()["name"].clone(), added.json()["sex"].clone()), (json!(""), json!("")));
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named_and_nothing_is_kept() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    for (field, value) in [
        ("sex", json!("男")),
        ("mobile", json!("134123456")),
        ("email", json!("test2@")),
        ("con_type", json!("TYPE")),
        ("cred_type", json!("PASSPORT")),
        ("name", json!("长".repeat(65))),
        ("name", json!({"first": "李"})),
        ("tel", json!("021\n1")),
    ] {
        let mut body = example();
        body[field] = value;
        let answer = plaza.cloud(post("/customer/contacts").bearer(&admin).json(&body)).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{field}");
    }
    for query in ["limit=101", "offset=-1"] {
        let answer = plaza.cloud(get(&format!("/customer/contacts?{query}")).bearer(&admin)).await;
        assert_eq!(refused(&answer), refusal(400, "invalid_parameter"), "{query}");
    }
    let nameless = plaza.cloud(put("/customer/contacts").bearer(&admin).json(&json!({"name": "x"}))).await;
    assert_eq!(refused(&nameless), refusal(400, "invalid_parameter"));
    assert_eq!(list(&plaza, &admin, "").await["total_count"], 0);
}

#[tokio::test]
async fn contacts_come_in_their_order_page_by_page_with_an_exact_count() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let mut ids = Vec::new();
    for n in 0..25 {
        plaza.watch.advance(jiff::SignedDuration::from_millis(1));
        ids.push(plaza.add_contact(&admin, &json!({"name": format!("联系人{n}")})).await);
    }
    let mut seen = Vec::new();
    for (query, count) in [("", 10), ("offset=10", 10), ("offset=20&limit=100", 5), ("offset=25", 0), ("limit=0", 0)] {
        let page = list(&plaza, &admin, query).await;
        assert_eq!(page["total_count"], 25);
        let page = page["contacts"].as_array().unwrap();
        assert_eq!(page.len(), count, "{query}");
        seen.extend(page.iter().map(|contact| contact["contact_id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn contacts_are_deleted_in_bulk_and_only_those_that_went_are_told() {
    let plaza = Plaza::open();
    let (admin, other) = (plaza.customer("51idc").await, plaza.customer("another").await);
    let (one, two) = (plaza.add_contact(&admin, &example()).await, plaza.add_contact(&admin, &example()).await);
    let foreign = plaza.add_contact(&other, &example()).await;
    let path = format!("/v2/zone/ac1/customer/contacts/{two},con_USEWFAB,{foreign},{one},{two}");
    let deleted = plaza.cloud(delete(&path).bearer(&admin)).await;
    assert_eq!(deleted.whole(), (200, format!(r#"{{"contact_ids":["{two}","{one}"]}}"#)));
    assert_eq!(list(&plaza, &admin, "").await, json!({"contacts": [], "total_count": 0}));
    assert_eq!(list(&plaza, &other, "").await["total_count"], 1);

    let three = plaza.add_contact(&admin, &example()).await;
    let in_query = plaza.cloud(delete(&format!("/customer/contacts?contact_ids={three}")).bearer(&admin)).await;
    assert_eq!(in_query.json(), json!({"contact_ids": [three]}));
}

#[tokio::test]
async fn a_hundred_contacts_go_at_once_and_one_more_is_refused() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let mut ids = Vec::new();
    for _ in 0..101 {
        ids.push(plaza.add_contact(&admin, &json!({})).await);
    }
    let all = plaza.cloud(delete(&format!("/customer/contacts/{}", ids.join(","))).bearer(&admin)).await;
    assert_eq!(refused(&all), refusal(400, "invalid_parameter"));
    let (last, hundred) = ids.split_last().unwrap();
    let deleted = plaza.cloud(delete(&format!("/customer/contacts/{}", hundred.join(","))).bearer(&admin)).await;
    assert_eq!(deleted.json(), json!({ "contact_ids": hundred }));
    let left = list(&plaza, &admin, "").await;
    assert_eq!((&left["contacts"][0]["contact_id"], &left["total_count"]), (&json!(last), &json!(1)));
}

#[tokio::test]
async fn a_customer_has_no_more_contacts_than_the_setting_says() {
    let plaza = Plaza::with(Settings::default().with("CLOUD_CONTACTS_PER_CUSTOMER", 2));
    let admin = plaza.customer("51idc").await;
    let first = plaza.add_contact(&admin, &example()).await;
    plaza.add_contact(&admin, &example()).await;
    let third = plaza.cloud(post("/customer/contacts").bearer(&admin).json(&example())).await;
    assert_eq!(refused(&third), refusal(409, "limit_reached"));
    plaza.cloud(delete(&format!("/customer/contacts/{first}")).bearer(&admin)).await;
    plaza.add_contact(&admin, &example()).await;
    assert_eq!(list(&plaza, &admin, "").await["total_count"], 2);
}

#[tokio::test]
async fn anothers_contact_is_a_contact_that_does_not_exist() {
    let plaza = Plaza::open();
    let (admin, other) = (plaza.customer("51idc").await, plaza.customer("another").await);
    let foreign = plaza.add_contact(&other, &example()).await;
    let change = |id: &str| plaza.cloud(put("/customer/contacts").bearer(&admin).json(&json!({"contact_id": id})));
    let (theirs, nobodys) = (change(&foreign).await, change("con_USBENSE").await);
    assert_eq!(theirs.whole(), nobodys.whole());
    assert_eq!(refused(&theirs), refusal(404, "not_found"));
    for odd in ["", "con_#x", "CUSTOMER", "../CUSTOMER"] {
        assert_ne!(change(odd).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn a_sub_account_keeps_contacts_too_and_sees_numbers_of_documents_masked() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let sub = plaza.portal_account(&admin, "sub@51idc.com", "sub").await;
    let id = plaza.add_contact(&sub, &example()).await;
    let seen = list(&plaza, &sub, "").await;
    assert_eq!(seen["contacts"][0]["credentials"], "728923********3151");
    assert_eq!(list(&plaza, &admin, "").await["contacts"][0]["credentials"], "728923198511293151");

    // What is sent back as it was shown changes nothing.
    let mut back = seen["contacts"][0].clone();
    back["name"] = json!("小王");
    let changed = plaza.cloud(put("/customer/contacts").bearer(&sub).json(&back)).await;
    assert_eq!(changed.json()["credentials"], "728923********3151");
    let kept = list(&plaza, &admin, "").await["contacts"][0].clone();
    assert_eq!((&kept["name"], &kept["credentials"]), (&json!("小王"), &json!("728923198511293151")));
    let deleted = plaza.cloud(delete(&format!("/customer/contacts/{id}")).bearer(&sub)).await;
    assert_eq!(deleted.json(), json!({"contact_ids": [id]}));
}
