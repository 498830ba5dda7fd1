//! What the portal costs in calls and units, and that it does not grow with what a customer has.

use serde_json::json;
use tests::{
    capacity::bill,
    plaza::Plaza,
    portal::{PHRASE, delete, put},
    request::{Request, get, post},
};

async fn cost(plaza: &Plaza, request: Request) -> String {
    plaza.database.take_calls();
    let answer = plaza.cloud(request).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    bill(&plaza.database.take_calls())
}

#[tokio::test]
async fn each_endpoint_costs_what_the_data_model_says() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let account = |name: &str| json!({"login_id": name, "passwd": PHRASE, "account_type": "sub"});
    let admins = json!({"login_id": "two", "passwd": PHRASE, "account_type": "admin"});
    plaza.cloud(post("/customer/accounts").bearer(&admin).json(&admins)).await;
    let contact = plaza.add_contact(&admin, &json!({"name": "小李"})).await;
    for (request, expected) in [
        (get("/customer"), "GetItem 1 + GetItem 1"),
        (get("/customer/profession"), "GetItem 1 + GetItem 1"),
        (get("/customer/accountmanager"), "GetItem 1 + GetItem 1"),
        (put("/customer").json(&json!({"tel": "1"})), "GetItem 1 + GetItem 1 + TransactWriteItems 2"),
        (
            put("/customer/profession").json(&json!({"main_business": "云"})),
            "GetItem 1 + GetItem 1 + TransactWriteItems 2",
        ),
        (get("/customer/contacts"), "GetItem 1 + Query 1"),
        (post("/customer/contacts").json(&json!({"name": "小王"})), "GetItem 1 + TransactWriteItems 4"),
        (
            put("/customer/contacts").json(&json!({"contact_id": contact, "name": "小张"})),
            "GetItem 1 + GetItem 1 + TransactWriteItems 2",
        ),
        (delete(&format!("/customer/contacts/{contact}")), "GetItem 1 + TransactWriteItems 4"),
        (get("/customer/accounts"), "GetItem 1 + Query 1"),
        (post("/customer/accounts").json(&account("sub")), "GetItem 1 + TransactWriteItems 10"),
        (put("/customer/accounts/sub/disabled"), "GetItem 1 + GetItem 1 + TransactWriteItems 6"),
        (put("/customer/accounts/sub/undisabled"), "GetItem 1 + GetItem 1 + TransactWriteItems 6"),
        (put("/customer/accounts/two/disabled"), "GetItem 1 + GetItem 1 + TransactWriteItems 8"),
        (delete("/customer/accounts/sub"), "GetItem 1 + Query 1 + TransactWriteItems 10"),
        (get("/customer/available?cus_name=free"), "UpdateItem 1 + Query 1"),
    ] {
        let what = format!("{request:?}");
        let request = if what.contains("available") { request } else { request.bearer(&admin) };
        assert_eq!(cost(&plaza, request).await, expected, "{what}");
    }
}

/// #38, #40, #54 to #56 and the papers.
#[tokio::test]
async fn what_codes_prove_costs_what_the_data_model_says() {
    const PHONE: &str = "13312345864";
    const NEW: &str = "13900000002";
    let plaza = Plaza::open();
    let code_of = async |token: Option<&str>, digits: &str| {
        plaza.watch.advance(jiff::SignedDuration::from_secs(61));
        plaza.ask_portal_code(token, digits).await;
        plaza.code_for(digits).await
    };
    let token_of = |answer: tests::answer::Answer| answer.header("x-access-token").unwrap().to_owned();
    let measured = async |request: Request| {
        plaza.database.take_calls();
        let answer = plaza.cloud(request).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        (bill(&plaza.database.take_calls()), answer)
    };

    let asking = post("/verification_code").json(&json!({"addition": "a", "smsype": "certify", "mobile": PHONE}));
    assert_eq!(measured(asking).await.0, "Query 1 + GetItem 1 + TransactWriteItems 8", "#56");
    let code = plaza.code_for(PHONE).await;
    let join =
        json!({"cus_name": "51idc", "passwd": PHRASE, "cus_type": "FIRM", "mobile": PHONE, "verification_code": code});
    let (joining, joined) = measured(post("/join").json(&join)).await;
    assert_eq!(joining, "GetItem 1 + TransactWriteItems 4 + TransactWriteItems 18", "#38");
    let mut admin = token_of(joined);

    let code = code_of(Some(&admin), PHONE).await;
    let passwd = json!({"login_id": "51idc", "old_passwd": PHRASE, "new_passwd": "another phrase 7",
        "verify_type": "phone", "cell_number": PHONE, "verify_code": code});
    let (changing, changed) = measured(put("/customer/account/passwd").bearer(&admin).json(&passwd)).await;
    let expected = "GetItem 1 + GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4 + Query 1 + GetItem 1 + GetItem 1 + TransactWriteItems 2 + \
        TransactWriteItems 10 + TransactWriteItems 4";
    assert_eq!(changing, expected, "#54");
    admin = token_of(changed);

    let code = code_of(Some(&admin), NEW).await;
    let phone = json!({"mobile": NEW, "verification_code": code, "action_type": 0});
    let (binding, bound) = measured(put("/customer/account/phone").bearer(&admin).json(&phone)).await;
    let proving = "GetItem 1 + Query 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4";
    assert_eq!(binding, format!("{proving} + TransactWriteItems 12 + TransactWriteItems 4"), "#55");
    admin = token_of(bound);
    let code = code_of(Some(&admin), NEW).await;
    let phone = json!({"mobile": NEW, "verification_code": code, "action_type": 1});
    let (unbinding, unbound) = measured(put("/customer/account/phone").bearer(&admin).json(&phone)).await;
    assert_eq!(unbinding, format!("{proving} + TransactWriteItems 10 + TransactWriteItems 4"), "#55, no more");
    admin = token_of(unbound);

    let code = code_of(Some(&admin), NEW).await;
    let mobile = json!({"post_field": "phone", "mobile": NEW, "verification_code": code, "fax": "021-1"});
    let (moving, _) = measured(put("/customer").bearer(&admin).json(&mobile)).await;
    assert_eq!(
        moving, "GetItem 1 + GetItem 1 + GetItem 1 + TransactWriteItems 4 + GetItem 1 + TransactWriteItems 6",
        "#40"
    );

    let numbers = json!({"cred_type": "IDENTITY", "credentials": "11010519491231002X"});
    let (numbering, _) = measured(put("/customer/papers").bearer(&admin).json(&numbers)).await;
    assert_eq!(numbering, "GetItem 1 + GetItem 1 + TransactWriteItems 4", "papers");
    let (kind, picture) = super::papers::multipart("permit_addr", &tests::pictures::png(20, 20));
    for (which, expected) in [
        ("first", "GetItem 1 + TransactWriteItems 5 + GetItem 1 + TransactWriteItems 8 + TransactWriteItems 3"),
        (
            "another",
            "GetItem 1 + TransactWriteItems 5 + GetItem 1 + TransactWriteItems 11 + TransactWriteItems 3 + TransactWriteItems 3",
        ),
    ] {
        let (uploading, _) = measured(put("/customer/papers").bearer(&admin).body(&kind, picture.clone())).await;
        assert_eq!(uploading, expected, "the {which} picture");
    }
    assert_eq!(measured(get("/customer").bearer(&admin)).await.0, "GetItem 1 + GetItem 1 + PutItem 1", "#39, noted");
}

#[tokio::test]
async fn signing_in_costs_one_item_more_than_elsewhere() {
    let plaza = Plaza::open();
    plaza.customer("51idc").await;
    plaza.database.take_calls();
    plaza.portal_sign_in("51idc").await.token();
    assert_eq!(
        bill(&plaza.database.take_calls()),
        "Query 1 + GetItem 1 + TransactWriteItems 6 + TransactWriteItems 12"
    );
}

/// Five hundred contacts and two hundred accounts: the first page costs what it did, and no list takes two queries.
#[tokio::test]
async fn lists_and_totals_are_one_query_whatever_a_customer_has() {
    let plaza = Plaza::open();
    let admin = plaza.customer("51idc").await;
    let full = json!({"name": "小李", "sex": "M", "tel": "021-25228622", "mobile": "15721460942",
        "email": "test2@heheda.net", "con_type": "STYPE", "cred_type": "IDENTITY", "credentials": "728923198511293151"});
    for _ in 0..10 {
        plaza.add_contact(&admin, &full).await;
    }
    let contacts = get("/customer/contacts").bearer(&admin);
    let few = cost(&plaza, contacts.clone()).await;
    for _ in 10..500 {
        plaza.add_contact(&admin, &full).await;
    }
    assert_eq!(cost(&plaza, contacts).await, few);
    let one_more = plaza.cloud(post("/customer/contacts").bearer(&admin).json(&full)).await;
    assert_eq!(one_more.status, 409);
    let last = get("/customer/contacts?offset=490&limit=100").bearer(&admin);
    let deepest = cost(&plaza, last.clone()).await;
    assert_eq!(plaza.cloud(last).await.json()["contacts"].as_array().unwrap().len(), 10);

    for n in 1..10 {
        plaza.make_account(&admin, &format!("test-{n:03}@51idc.com"), "sub").await;
    }
    let accounts = get("/customer/accounts").bearer(&admin);
    let first = cost(&plaza, accounts.clone()).await;
    for n in 10..200 {
        plaza.make_account(&admin, &format!("test-{n:03}@51idc.com"), "sub").await;
    }
    assert_eq!(cost(&plaza, accounts).await, first);
    let filtered = cost(&plaza, get("/customer/accounts?login_id=199").bearer(&admin)).await;
    // An admin's reading of whole numbers is noted.
    assert_eq!((few.as_str(), first.as_str()), ("GetItem 1 + Query 1 + PutItem 1", "GetItem 1 + Query 1"));
    for (last, most) in [(deepest, 45), (filtered, 15)] {
        let units = last.strip_prefix("GetItem 1 + Query ").unwrap().split(' ').next().unwrap();
        assert!(units.parse::<u32>().unwrap() <= most, "{last}");
    }
}
