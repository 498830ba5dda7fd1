//! The example events under `events/`: each goes through its function as the gateway, the queue or an engineer sends it.

use http::Method;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};
use tests::{
    mall_user::OPEN_ID,
    papers::{ID_NO, Kind},
    pictures::png,
    plaza::Plaza,
    request::{Request, get, post},
};

/// Every event, by function and name.
fn events() -> BTreeMap<(String, String), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut events = BTreeMap::new();
    for function in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        for file in fs::read_dir(&function).unwrap().map(|entry| entry.unwrap().path()) {
            let part = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            events.insert((part(&function), part(&file)), fs::read_to_string(&file).unwrap());
        }
    }
    events
}

/// A station, the driver of the examples (unless the event is about to make one), and an administrator.
async fn ready_for(name: &str, event: &str) -> (Plaza, String) {
    let (plaza, mut event) = (Plaza::open(), event.to_owned());
    plaza.station(|draft| (draft.fast_piles, draft.slow_piles, draft.lane_places) = (1, 1, 1)).await;
    let (mut token, mut id, mut vehicle) = (String::new(), String::new(), String::new());
    if name != "register" {
        let driver = plaza.driver_of("wyc2002", "皖A12345").await;
        if name == "modify" {
            // Somebody else is in the only place, so the driver waits and may still change the order.
            let other = plaza.driver_of("somebody", "皖A54321").await;
            plaza.joined(&other, "fast", "30").await;
        }
        if matches!(name, "modify" | "cancel" | "info") {
            plaza.joined(&driver, "fast", "30").await;
        }
        if matches!(name, "code" | "reset") {
            plaza.bind_phone("ev", "13800138000", &driver.id, "wyc2002");
            plaza.ask_code("ev", "13800138000", "reset").await;
            event = event.replace("SMS-CODE", &plaza.code_for("13800138000").await);
            plaza.watch.advance(jiff::SignedDuration::from_secs(60));
        }
        if name == "phone" && event.contains("/customer/customers/") {
            event = event.replace("SMS-CODE", &plaza.drivers_code(&driver.token, "13800138000").await);
        }
        if name == "avatar" {
            let path = "/customer/customers/uploadAvatar";
            let upload = Request::new(http::Method::PUT, path).body("image/png", tests::pictures::png(8, 8));
            assert_eq!(plaza.ev_customer(upload.bearer(&driver.token)).await.status, 200);
        }
        let info = plaza.ev_customer(get("/customer/customers/myInfo").bearer(&driver.token)).await.json();
        vehicle = info["data"]["vehicles"][0]["id"].to_string();
        (token, id) = (driver.token, driver.id);
    }
    if event.contains("CLOUD-TOKEN") || event.contains("/join\"") {
        let event = plaza.with_the_examples(name, &event).await;
        return (plaza, event);
    }
    let admin = plaza.token_of(shared::domain::account::Role::Admin);
    if event.contains("AUDITOR-TOKEN") {
        plaza.waiting_of(Kind::Agent, "13912345678", ID_NO).await;
        event = event.replace("AUDITOR-TOKEN", &plaza.auditor());
    }
    if event.contains("/operator/papers") {
        event = event.replace("DEALER-ID", &plaza.waiting("13912345678", ID_NO).await.id);
    }
    let event = event.replace("DRIVER-TOKEN", &token).replace("ADMIN-TOKEN", &admin);
    let (manager, [one, other]) = shops_of(&plaza).await;
    let mut event = event.replace("MANAGER-TOKEN", &manager).replace("CUSTOMER-ID", &one).replace("OTHER-ID", &other);
    if event.contains("SOMEBODY") {
        // Whom an administrator looks at, locks and so on.
        let body = json!({"username": "somebody", "password": "a phrase for the first day", "role": "admin"});
        let made = plaza.operator(post("/operator/people").bearer(&admin).json(&body)).await.json();
        event = event.replace("SOMEBODY", made["account_id"].as_str().unwrap());
    }
    if event.contains("BILL-ID") {
        let driver = tests::plaza::TestDriver { name: "wyc2002".to_owned(), token: token.clone(), id: id.clone() };
        plaza.charged(&driver).await;
        let bill = plaza.bills(&id).await[0].id;
        if name == "refund-bill" {
            plaza.pay(&id, bill).await;
            let body = json!({"key": "k", "amount": "1.00", "reason": "计量偏差"});
            assert_eq!(plaza.operator(Plaza::booking(&admin, (&id, bill), "credits", &body)).await.status, 200);
        }
        event = event.replace("BILL-ID", &bill.to_string());
    }
    if event.contains("PAYMENT-ID") {
        event = ready_to_be_paid(&plaza, event).await;
    }
    if event.contains("/operator/customers") {
        plaza.customer("51idc").await;
        let tenant = plaza.database.under("Z#ac1#CUS#").remove(0);
        event = event.replace("BUSINESS-ID", tenant["pk"]["S"].as_str().unwrap().rsplit('#').next().unwrap());
    }
    if event.contains("/operator/shop") {
        let named = Request::new(Method::PUT, "/operator/shop-groups/g1").bearer(&admin);
        assert_eq!(plaza.operator(named.json(&json!({"name": "华东"}))).await.status, 204);
        let shop = Request::new(Method::PUT, "/operator/shops/s1").bearer(&admin);
        assert_eq!(plaza.operator(shop.json(&json!({"name": "一号店"}))).await.status, 200);
    }
    let event = event.replace("DRIVER-ID", &id).replace("VEHICLE-ID", &vehicle);
    (plaza, event)
}

/// A payment that is under way, and the provider's signature over the letter that tells of it.
async fn ready_to_be_paid(plaza: &Plaza, event: String) -> String {
    let driver = plaza.driver_of("payer", "皖A77777").await;
    plaza.charged(&driver).await;
    let bill = plaza.bills(&driver.id).await[0].id;
    let started = plaza.start_payment(&driver, bill).await.json();
    let event = event.replace("PAYMENT-ID", started["data"]["payment_id"].as_str().unwrap());
    let body = serde_json::from_str::<Value>(&event).unwrap()["body"].as_str().unwrap().to_owned();
    let signed = plaza.signed(post("/").body("application/json", body)).into_http();
    let header = |name: &str| signed.headers()[name].to_str().unwrap().to_owned();
    event.replace("TIMESTAMP", &header("x-payment-timestamp")).replace("SIGNATURE", &header("x-payment-signature"))
}

/// Two shops of one group with a record each, and their manager.
async fn shops_of(plaza: &Plaza) -> (String, [String; 2]) {
    plaza.shop("S1", Some("G1")).await;
    plaza.shop("S2", Some("G1")).await;
    let manager = plaza.staff_of(shared::domain::account::Role::ShopManager, &["S1", "S2"]);
    let mut ids = Vec::new();
    for shop in ["S1", "S2"] {
        let record = json!({"shopId": shop, "name": "王小明", "gender": "male"});
        let made = plaza.shop_customer(post("/customer/v1/customer").bearer(&manager).json(&record)).await;
        ids.push(made.json()["id"].as_str().unwrap().to_owned());
    }
    (manager, ids.try_into().unwrap())
}

/// The dealer of the examples, unless the event is about to make one, with the codes and the picture that it needs.
async fn ready_dealer(plaza: &Plaza, name: &str, event: String) -> String {
    const DEVICE: &str = "a3f0c2d4-dealer";
    let (phone, new) = ("13912345678", "13800138000");
    let mut event = event;
    if matches!(name, "verify-phone-num" | "register-dealer") {
        event = event.replace("SMS-CODE", &plaza.dealers_code(DEVICE, phone, None).await);
    }
    if matches!(name, "verify-pic-code" | "register-dealer") {
        event = event.replace("PICTURE-CODE", &plaza.picture(DEVICE).await.0);
    }
    if name.contains("edit-")
        || name.contains("upload-")
        || matches!(name, "login" | "change-password" | "submit" | "info" | "show-favicon")
    {
        let dealer = plaza.dealer(phone).await;
        event = event.replace("DEALER-TOKEN", &dealer.token);
        if name == "submit" {
            let (front, qualification) = plaza.both_pictures(&dealer.clone().into()).await;
            event = event.replace("FRONT", &front).replace("QUALIFICATION", &qualification);
        }
        if name == "edit-phone" {
            event = event.replace("SMS-CODE", &plaza.dealers_code(DEVICE, new, Some(&dealer.token)).await);
        }
        if name == "show-favicon" || name.ends_with("edit-favicon") {
            let upload = post("/user/dealer/uploadFavicon").bearer(&dealer.token).body("image/png", png(8, 8));
            let address = plaza.mall_dealer(upload).await.json()["data"]["favicon"].take();
            let address = address.as_str().unwrap();
            let file = address.rsplit('/').next().unwrap();
            event = event.replace("FAVICON-NAME", file).replace("FAVICON", address);
        }
    }
    event
}

/// The consumer or agent of the examples with the code that the event needs.
async fn ready_mall_user(plaza: &Plaza, function: &str, name: &str, event: String) -> String {
    let (phone, new) = ("13912345678", "13800138000");
    match (function, name) {
        ("mall-consumer", "verify-phone-num") => event.replace("SMS-CODE", &plaza.consumers_code(OPEN_ID, phone).await),
        ("mall-agent", "verify-phone-num") => event.replace("SMS-CODE", &plaza.agents_code(OPEN_ID, phone, None).await),
        ("mall-agent", "identify-p-user" | "switch-p-user" | "info") => {
            let agent = plaza.agent(OPEN_ID, phone).await;
            let code = plaza.agents_code(OPEN_ID, new, Some(&agent.token)).await;
            event.replace("AGENT-TOKEN", &agent.token).replace("SMS-CODE", &code)
        }
        ("mall-agent", "upload-front-img" | "upload-qualification" | "submit-p-user") => {
            let agent = plaza.agent(OPEN_ID, phone).await;
            let (front, qualification) = plaza.both_pictures(&agent.clone().into()).await;
            let event = event.replace("AGENT-TOKEN", &agent.token);
            event.replace("FRONT", &front).replace("QUALIFICATION", &qualification)
        }
        _ => event,
    }
}

#[tokio::test]
async fn every_http_event_does_what_its_name_says() {
    for ((function, name), event) in events() {
        if !event.contains("\"routeKey\"") {
            continue;
        }
        let (plaza, event) = ready_for(&name, &event).await;
        let event = match function.as_str() {
            "mall-dealer" => ready_dealer(&plaza, &name, event).await,
            "mall-agent" | "mall-consumer" => ready_mall_user(&plaza, &function, &name, event).await,
            _ => event,
        };
        let answer = plaza.replay(&function, &event).await;
        let what = format!("{function}/{name}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        let route: Value = serde_json::from_str(&event).unwrap();
        if matches!(route["routeKey"].as_str().unwrap().split_once(' '), None | Some(("ANY", _))) {
            assert_eq!(answer.status, 404, "{what}");
        } else if function != "ev-customer" && function.starts_with("ev-") {
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (200, &json!(200)), "{what}");
        } else {
            assert!(answer.status.is_success(), "{what}");
        }
        let is_json = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if function.starts_with("mall-") && answer.status == 200 && is_json {
            let code = answer.json()["errCode"].take();
            assert!(code == 200 || code == "200", "{what}");
        }
        assert!(plaza.lines().last().unwrap().contains(&format!("\"function\":\"{function}\"")), "{what}");
    }
}

#[tokio::test]
async fn an_event_says_the_same_of_its_route_in_all_its_places() {
    for ((function, name), event) in events() {
        let event: Value = serde_json::from_str(&event).unwrap();
        let Some(key) = event["routeKey"].as_str() else { continue };
        let context = &event["requestContext"];
        assert_eq!(context["routeKey"], key, "{function}/{name}");
        assert_eq!(context["http"]["path"], event["rawPath"], "{function}/{name}");
        if let Some((method, path)) = key.split_once(' ').filter(|(method, _)| *method != "ANY") {
            assert_eq!(context["http"]["method"], method, "{function}/{name}");
            let parameters = event["pathParameters"].as_object().into_iter().flatten();
            let filled = parameters.fold(path.to_owned(), |path, (parameter, value)| {
                path.replace(&format!("{{{parameter}}}"), value.as_str().unwrap())
            });
            assert_eq!(event["rawPath"], filled, "{function}/{name}");
        }
    }
}

#[tokio::test]
async fn the_schedulers_events_settle_the_station() {
    let events = events();
    for name in ["hints", "sweep"] {
        let event = &events[&("charging-scheduler".to_owned(), name.to_owned())];
        let plaza = Plaza::open();
        plaza.station(|_| {}).await;
        let answer = plaza.wake(serde_json::from_str(event).unwrap()).await;
        let expected = if name == "hints" { json!({"batchItemFailures": []}) } else { answer.clone() };
        assert_eq!(answer, expected);
    }
}

#[tokio::test]
async fn the_first_administrators_event_appoints_one_who_can_sign_in() {
    let event = &events()[&("first-admin".to_owned(), "appoint".to_owned())];
    let plaza = Plaza::open();
    plaza.first_admin.appoint(serde_json::from_str(event).unwrap(), "request".into()).await.unwrap();
    let event: Value = serde_json::from_str(event).unwrap();
    let sign_in = json!({"realm": "platform", "username": event["username"], "password": event["password"]});
    assert_eq!(plaza.session(post("/auth/token").json(&sign_in)).await.status, 200);
}

#[tokio::test]
async fn the_senders_event_names_nothing_here_and_nothing_comes_again() {
    let event = &events()[&("sms-sender".to_owned(), "parcels".to_owned())];
    let plaza = Plaza::open();
    let answer = plaza.sms_sender.handle(serde_json::from_str(event).unwrap()).await;
    assert_eq!(json!(answer), json!({"batchItemFailures": []}));
    let line: Value = serde_json::from_str(plaza.lines().last().unwrap()).unwrap();
    assert_eq!((&line["Quarantined"], &line["OtpSend"]), (&json!(2), &json!(0)));
}
