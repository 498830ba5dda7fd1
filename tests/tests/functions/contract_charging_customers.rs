//! `charging-customers.md`: #1 to #7, with the document's own example calls.

use http::Method;
use serde_json::{Value, json};
use shared::domain::account::Role;
use tests::{
    answer::Answer,
    pictures::{jpeg, jpeg_from_a_phone, png_that_promises},
    plaza::{PASSWORD, Plaza, TestDriver},
    request::{Request, get, post},
};

const PLATE: &str = "皖A12345";

fn put(target: &str) -> Request {
    Request::new(Method::PUT, target)
}

async fn opened() -> (Plaza, TestDriver) {
    let plaza = Plaza::open();
    plaza.station(|_| ()).await;
    let driver = plaza.driver("wyc2002").await;
    (plaza, driver)
}

/// As the document calls it: the token in the query.
fn at(driver: &TestDriver, path: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}access_token={}", driver.token)
}

async fn my_info(plaza: &Plaza, driver: &TestDriver) -> Value {
    let answer = plaza.ev_customer(get(&at(driver, "/customer/customers/myInfo"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["data"].take()
}

async fn change(plaza: &Plaza, driver: &TestDriver, id: &str, body: &Value) -> Answer {
    plaza.ev_customer(put(&at(driver, &format!("/customer/customers/{id}"))).json(body)).await
}

async fn bind(plaza: &Plaza, driver: &TestDriver, plate: &str) -> Answer {
    let body = format!(r#"{{"customerId":{},"vehicleType":"02git ","carPlate":"{plate}","vin":"123456"}}"#, driver.id);
    plaza.ev_customer(put(&at(driver, "/customer/customers/vehicleBinding")).body("application/json", body)).await
}

async fn unbind(plaza: &Plaza, driver: &TestDriver, vehicle: &Value) -> Answer {
    let vehicle = vehicle.to_string();
    let vehicle = vehicle.trim_matches('"');
    let path = format!("/customer/customers/vehicleUnbinding?customerId={}&vehicleId={vehicle}", driver.id);
    plaza.ev_customer(put(&at(driver, &path))).await
}

async fn fee_stats(plaza: &Plaza, driver: &TestDriver) -> Answer {
    plaza.ev_customer(get(&at(driver, "/customer/customers/getVehicleFeeStats"))).await
}

async fn upload(plaza: &Plaza, driver: &TestDriver, kind: &str, content: Vec<u8>) -> Answer {
    let path = format!("/zuul/customer/customers/uploadAvatar?id={}", driver.id);
    plaza.ev_customer(put(&at(driver, &path)).body(kind, content)).await
}

fn assert_failure(answer: &Answer, status: u16, message: &str) {
    assert_eq!(answer.whole(), (status, format!(r#"{{"status":"FAILURE","message":"{message}"}}"#)));
}

/// The vehicle pair answers in its own way.
fn assert_vehicle(answer: &Answer, status: u16, success: bool, data: &str) {
    assert_eq!(answer.whole(), (status, format!(r#"{{"status":{success},"data":"{data}"}}"#)));
}

#[tokio::test]
async fn a_profile_is_changed_as_the_document_shows_it_and_read_back() {
    let (plaza, driver) = opened().await;
    let example = json!({"realName": "张三", "gender": 1, "email": "1221434@qq.com", "nickname": "zz"});
    let answer = change(&plaza, &driver, &driver.id, &example).await;
    assert_eq!(answer.whole(), (200, r#"{"status":"SUCCESS"}"#.to_owned()));
    let id: u64 = driver.id.parse().unwrap();
    let answer = plaza.ev_customer(get(&at(&driver, "/customer/customers/myInfo"))).await;
    let expected = format!(
        r#"{{"status":"SUCCESS","data":{{"id":{id},"realName":"张三","nickname":"zz","phoneNum":"","email":"1221434@qq.com","gender":1,"vehicles":[]}}}}"#
    );
    assert_eq!(answer.whole(), (200, expected));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn what_is_not_named_stays_as_it_is() {
    let (plaza, driver) = opened().await;
    change(&plaza, &driver, &driver.id, &json!({"realName": "张三", "gender": 1})).await;
    for body in [json!({"nickname": "zz"}), json!({}), json!({"realName": null, "gender": null})] {
        assert_eq!(change(&plaza, &driver, &driver.id, &body).await.status, 200);
    }
    let info = my_info(&plaza, &driver).await;
    assert_eq!((&info["realName"], &info["gender"], &info["nickname"]), (&json!("张三"), &json!(1), &json!("zz")));
    assert_eq!(info["email"], "wengyuechuan@163.com");
}

#[tokio::test]
async fn an_empty_text_clears_a_field() {
    let (plaza, driver) = opened().await;
    let whole = json!({"realName": "张三", "gender": 1, "email": "1221434@qq.com", "nickname": "zz"});
    for (field, cleared) in
        [("realName", json!("")), ("nickname", json!("")), ("email", json!("")), ("gender", json!(0))]
    {
        change(&plaza, &driver, &driver.id, &whole).await;
        assert_eq!(change(&plaza, &driver, &driver.id, &json!({ field: "" })).await.status, 200);
        let info = my_info(&plaza, &driver).await;
        for (name, value) in whole.as_object().unwrap() {
            assert_eq!(&info[name], if name == field { &cleared } else { value }, "{field}: {name}");
        }
    }
}

#[tokio::test]
async fn what_2_shows_may_be_sent_back_whole_and_what_1_cannot_change_must_be_right() {
    let (plaza, driver) = opened().await;
    let mut body = my_info(&plaza, &driver).await;
    body["nickname"] = json!("新昵称");
    assert_eq!(change(&plaza, &driver, &driver.id, &body).await.status, 200, "{body}");
    assert_eq!(my_info(&plaza, &driver).await, body);
    let admin = TestDriver { token: plaza.token_of(Role::Admin), ..driver.clone() };
    assert_eq!(change(&plaza, &admin, &driver.id, &body).await.status, 200);
    for (field, value, label) in [
        ("id", json!(1004), "用户编号"),
        ("phoneNum", json!("13800138000"), "手机号"),
        ("vehicles", json!([{"id": 1, "carPlate": "皖A12345"}]), "车辆"),
    ] {
        let mut other = body.clone();
        (other[field], other["nickname"]) = (value, json!("x"));
        let message = format!("{label}不能在此修改，且与当前记录不一致");
        assert_failure(&change(&plaza, &driver, &driver.id, &other).await, 400, &message);
    }
    assert_eq!(my_info(&plaza, &driver).await, body);
}

#[tokio::test]
async fn bad_values_are_named() {
    let (plaza, driver) = opened().await;
    for (body, message) in [
        (json!({"gender": 4}), "性别应为 0（未知）、1（男）、2（女）或 3（第三性）"),
        (json!({"email": "1221434"}), "邮箱格式不正确"),
        (json!({"nickname": "z".repeat(33)}), "昵称最多 32 个字符，不能包含不可见字符"),
        (json!({"realName": ["张三"]}), "真实姓名的类型不正确"),
        (json!({"realName": "12345"}), "真实姓名应为 2 至 50 个汉字或字母，中间可以有“·”和空格"),
        (json!({"realName": "<b>"}), "真实姓名应为 2 至 50 个汉字或字母，中间可以有“·”和空格"),
        (json!({"nickname": false}), "昵称的类型不正确"),
    ] {
        assert_failure(&change(&plaza, &driver, &driver.id, &body).await, 400, message);
    }
}

#[tokio::test]
async fn only_the_four_documented_fields_can_be_written() {
    let (plaza, driver) = opened().await;
    plaza.ev_customer(put(&at(&driver, "/customer/customers/uploadAvatar")).body("image/jpeg", jpeg(9, 9))).await;
    let account = format!("ACCOUNT#ev#{}", driver.id);
    let items = || (plaza.database.under(&account), plaza.database.under("LOGIN#"), plaza.database.under("PLATE#"));
    let mut names: Vec<String> = items().0.iter().flat_map(|item| item.as_object().unwrap().keys().cloned()).collect();
    names.extend(
        ["customerId", "phone", "userId", "user_id", "status", "enabled", "role", "realm", "sv"].map(str::to_owned),
    );
    names.extend(
        ["balance", "credit", "plates", "owed", "bills", "charge", "hash", "createdAt", "updatedAt", "ttl"]
            .map(str::to_owned),
    );
    names.retain(|name| !["email", "nickname", "gender", "vehicles"].contains(&name.as_str()));
    let before = items();
    for sentinel in [json!("sentinel"), json!(7), json!(true), json!({"S": "sentinel"}), json!(["sentinel"])] {
        let body: Value = names.iter().map(|name| (name.clone(), sentinel.clone())).collect();
        assert_eq!(change(&plaza, &driver, &driver.id, &body).await.status, 200);
        let mut after = items();
        for (item, before) in after.0.iter_mut().zip(&before.0) {
            if let Some(updated) = before.get("updated_at") {
                item["updated_at"] = updated.clone();
            }
        }
        assert_eq!(after, before, "{sentinel}");
    }
    let line: Value = serde_json::from_str(plaza.lines().last().unwrap()).unwrap();
    assert_eq!(line["UnknownField"], names.iter().collect::<std::collections::BTreeSet<_>>().len());
}

#[tokio::test]
async fn another_drivers_id_answers_like_one_that_does_not_exist() {
    let (plaza, driver) = opened().await;
    let other = plaza.driver_of("another", PLATE).await;
    let vehicle = my_info(&plaza, &other).await["vehicles"][0]["id"].clone();
    let foreign = async |id: &str| {
        let as_other = TestDriver { id: id.to_owned(), ..driver.clone() };
        let close = Request::new(Method::DELETE, &at(&as_other, &format!("/customer/customers/{id}")));
        let answers = [
            change(&plaza, &as_other, id, &json!({"nickname": "zz"})).await,
            upload(&plaza, &as_other, "image/jpeg", jpeg(9, 9)).await,
            bind(&plaza, &as_other, "皖AYN056").await,
            unbind(&plaza, &as_other, &vehicle).await,
            unbind(&plaza, &as_other, &json!("abc")).await,
            plaza.ev_customer(close).await,
        ];
        answers.iter().map(Answer::whole).collect::<Vec<_>>()
    };
    let (others, nobodys) = (foreign(&other.id).await, foreign("1004").await);
    assert_eq!(others, nobodys);
    assert!(others.iter().all(|(status, _)| *status == 404), "{others:?}");
    // The own id with another driver's vehicle, or none.
    let own = [unbind(&plaza, &driver, &vehicle).await, unbind(&plaza, &driver, &json!(1001)).await];
    for answer in &own {
        assert_vehicle(answer, 404, false, "记录不存在");
    }
    assert_eq!(my_info(&plaza, &other).await["vehicles"].as_array().unwrap().len(), 1);
    assert_eq!(plaza.bucket.objects().len(), 0);
}

#[tokio::test]
async fn an_administrator_may_change_a_drivers_profile_and_nothing_else_of_it() {
    let (plaza, driver) = opened().await;
    let token = plaza.token_of(shared::domain::account::Role::Admin);
    let change = |id: &str| put(&format!("/customer/customers/{id}")).bearer(&token).json(&json!({"nickname": "zz"}));
    assert_eq!(plaza.ev_customer(change(&driver.id)).await.status, 200);
    assert_eq!(my_info(&plaza, &driver).await["nickname"], "zz");
    assert_failure(&plaza.ev_customer(change("1004")).await, 404, "记录不存在");
    let bind = put("/customer/customers/vehicleBinding").bearer(&token).json(&json!({"carPlate": PLATE}));
    assert_eq!(plaza.ev_customer(bind).await.status, 403);
}

#[tokio::test]
async fn an_avatar_is_taken_under_every_spelling_of_its_path() {
    let (plaza, driver) = opened().await;
    for path in ["/zuul/customer/customers/uploadAvatar", "/customer/customers/uploadAvatar"] {
        for slash in ["", "/"] {
            for method in [Method::PUT, Method::POST] {
                let target = at(&driver, &format!("{path}{slash}?id={}", driver.id));
                let answer = plaza.ev_customer(Request::new(method, &target).body("image/jpeg", jpeg(40, 30))).await;
                assert_eq!(answer.whole(), (200, r#"{"status":"SUCCESS"}"#.to_owned()), "{target}");
            }
        }
    }
    let refused = plaza.ev_customer(get(&at(&driver, "/zuul/customer/customers/uploadAvatar"))).await;
    assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, Some("PUT, POST")));
}

#[tokio::test]
async fn the_file_is_found_under_any_field_name() {
    let (plaza, driver) = opened().await;
    let multipart = |parts: &[(&str, &[u8])]| {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend(format!("--xyz\r\nContent-Disposition: form-data; {head}\r\n\r\n").into_bytes());
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--xyz--\r\n");
        body
    };
    let (picture, kind) = (jpeg(20, 10), "multipart/form-data; boundary=xyz");
    for head in
        ["name=\"avatar\"; filename=\"a.txt\"", "name=\"file\"; filename=\"\"", "name=\"x\"; filename=\"../../a\""]
    {
        let answer = upload(&plaza, &driver, kind, multipart(&[(head, &picture), ("name=\"other\"", b"text")])).await;
        assert_eq!(answer.status, 200, "{head}: {}", answer.text());
    }
    let one = "name=\"a\"; filename=\"a\"";
    let two = multipart(&[(one, &picture), ("name=\"b\"; filename=\"b\"", &picture)]);
    assert_failure(&upload(&plaza, &driver, kind, two).await, 400, "一次只能上传一个文件");
    assert_failure(&upload(&plaza, &driver, kind, multipart(&[("name=\"a\"", b"b")])).await, 400, "缺少图片文件");
    assert_failure(&upload(&plaza, &driver, "application/json", b"{}".to_vec()).await, 400, "缺少图片文件");
    for raw in ["image/png", "application/octet-stream", ""] {
        assert_eq!(upload(&plaza, &driver, raw, picture.clone()).await.status, 200, "{raw:?}");
    }
}

#[tokio::test]
async fn any_driver_sees_any_avatar_and_need_not_fetch_it_twice() {
    let (plaza, driver) = opened().await;
    let other = plaza.driver("another").await;
    let path = format!("/customer/customers/{}/avatar", driver.id);
    let unknown = plaza.ev_customer(get(&at(&other, "/customer/customers/1004/avatar"))).await;
    assert_failure(&unknown, 404, "记录不存在");
    assert_eq!(
        plaza.ev_customer(get(&at(&other, &path))).await.whole(),
        unknown.whole(),
        "a driver without an avatar is like an unknown one"
    );
    assert_eq!(plaza.ev_customer(get(&path)).await.status, 401);

    assert_eq!(upload(&plaza, &driver, "image/jpeg", jpeg_from_a_phone(900, 600)).await.status, 200);
    let seen = plaza.ev_customer(get(&at(&other, &path))).await;
    assert_eq!(seen.status, 200);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("cache-control", "private, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("strict-transport-security", "max-age=31536000"),
    ] {
        assert_eq!(seen.header(name), Some(value));
    }
    assert_eq!(image::load_from_memory(&seen.body).unwrap().width(), 341, "512 high, as it was held");
    let tag = seen.header("etag").unwrap().to_owned();
    plaza.bucket.take_calls();
    for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let again = plaza.ev_customer(get(&at(&other, &path)).header("if-none-match", &known)).await;
        assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, Some(tag.as_str())));
        assert_eq!(again.header("cache-control"), Some("private, no-cache"));
    }
    assert!(plaza.bucket.take_calls().is_empty(), "the bucket is not asked");
    assert_eq!(upload(&plaza, &driver, "image/jpeg", jpeg(30, 30)).await.status, 200);
    let newer = plaza.ev_customer(get(&at(&other, &path)).header("if-none-match", &tag)).await;
    assert_eq!(newer.status, 200);
    assert_ne!(newer.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_the_documents_own_words() {
    let (plaza, driver) = opened().await;
    let (whole, kinds) = (jpeg(60, 60), "只支持 JPEG、PNG 或 WebP 图片");
    let unreadable = "图片无法识别：需为完整的 JPEG、PNG 或 WebP，边长不超过 4096 像素";
    for (content, status, message) in [
        (png_that_promises(12_000, 12_000), 400, unreadable),
        (whole[..whole.len() / 2].to_vec(), 400, unreadable),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), 415, kinds),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), 415, kinds),
        (b"I am a.jpg".to_vec(), 415, kinds),
        (Vec::new(), 400, "缺少图片文件"),
        (vec![0xFF; 6 * 1024 * 1024], 413, "请求内容过大"),
        (vec![0xFF; 4 * 1024 * 1024 + 1], 413, "请求内容过大"),
    ] {
        assert_failure(&upload(&plaza, &driver, "image/jpeg", content).await, status, message);
    }
    let json = put(&at(&driver, "/customer/customers/vehicleBinding")).json(&json!({"vin": "v".repeat(300 * 1024)}));
    assert_eq!(plaza.ev_customer(json).await.status, 413, "other routes read as little as before");
    assert!(plaza.bucket.objects().is_empty());
}

#[tokio::test]
async fn the_plate_of_the_registration_is_the_first_vehicle() {
    let (plaza, _) = opened().await;
    let driver = plaza.driver_of("first", PLATE).await;
    let vehicles = my_info(&plaza, &driver).await["vehicles"].take();
    let id = vehicles[0]["id"].as_u64().unwrap();
    assert!(id < 1 << 53);
    assert_eq!(vehicles, json!([{"id": id, "vehicleType": "", "carPlate": PLATE, "vin": ""}]));
}

#[tokio::test]
async fn a_vehicle_is_bound_as_the_document_shows_it_and_again_without_harm() {
    let (plaza, driver) = opened().await;
    assert_vehicle(&bind(&plaza, &driver, PLATE).await, 200, true, "车辆绑定成功");
    let vehicles = my_info(&plaza, &driver).await["vehicles"].take();
    let id = &vehicles[0]["id"];
    assert_eq!(vehicles, json!([{"id": id, "vehicleType": "02git", "carPlate": PLATE, "vin": "123456"}]));
    assert_vehicle(&bind(&plaza, &driver, " 皖a·12345").await, 200, true, "车辆绑定成功");
    assert_eq!(my_info(&plaza, &driver).await["vehicles"], vehicles, "the same");
    let body = json!({"customerId": driver.id, "carPlate": PLATE, "vehicleType": "52"});
    let again = put(&at(&driver, "/customer/customers/vehicleBinding")).json(&body);
    assert_vehicle(&plaza.ev_customer(again).await, 200, true, "车辆绑定成功");
    let expected = json!([{"id": id, "vehicleType": "52", "carPlate": PLATE, "vin": "123456"}]);
    assert_eq!(my_info(&plaza, &driver).await["vehicles"], expected, "what is new about it is taken");
    assert_eq!(plaza.detail(&driver.token).await.json()["data"]["license_plate"], PLATE, "the charging app sees it");
}

#[tokio::test]
async fn the_documents_own_body_is_no_json_and_is_told_so() {
    let (plaza, driver) = opened().await;
    let body = "{\n   \"customerId\":1004,\n   \"vehicleType\":\"02git \",\n   \"carPlate\":\"皖A12345\"，\n   \"vin\":\"123456\"\n}";
    let request = put(&at(&driver, "/customer/customers/vehicleBinding")).body("application/json", body);
    let answer = plaza.ev_customer(request).await;
    assert_eq!((answer.status.as_u16(), answer.json()["status"].clone()), (400, json!(false)));
    assert!(answer.text().contains("全角逗号") && answer.text().contains('4'), "{}", answer.text());
}

#[tokio::test]
async fn values_that_no_vehicle_has_are_named() {
    let (plaza, driver) = opened().await;
    let plate = "车牌号格式不正确（参照 GA 36-2018，例如 皖A12345 或 皖AD12345）";
    for (field, value, message) in [
        ("carPlate", "车牌号", plate),
        ("carPlate", "", "缺少车牌号"),
        ("vehicleType", "12345678901234567", "车辆类型应为 1 至 16 个字符"),
        ("vin", "123456789012345678", "车架号（VIN）应为 1 至 17 位字母或数字"),
    ] {
        let mut body = json!({"customerId": driver.id, "vehicleType": "02", "carPlate": PLATE, "vin": "123456"});
        body[field] = value.into();
        let answer = plaza.ev_customer(put(&at(&driver, "/customer/customers/vehicleBinding")).json(&body)).await;
        assert_vehicle(&answer, if value.is_empty() { 400 } else { 200 }, false, message);
    }
}

#[tokio::test]
async fn a_plate_has_one_holder_and_ten_vehicles_are_enough() {
    let (plaza, driver) = opened().await;
    let other = plaza.driver_of("another", PLATE).await;
    assert_vehicle(&bind(&plaza, &driver, PLATE).await, 200, false, "车牌号已被其他用户绑定");
    for n in 0..10 {
        assert_vehicle(&bind(&plaza, &driver, &format!("皖B1234{n}")).await, 200, true, "车辆绑定成功");
    }
    assert_vehicle(&bind(&plaza, &driver, "皖C12345").await, 200, false, "最多绑定 10 辆车");
    let vehicle = my_info(&plaza, &other).await["vehicles"][0]["id"].clone();
    assert_vehicle(&unbind(&plaza, &other, &vehicle).await, 200, true, "车辆解绑成功");
    let mine = my_info(&plaza, &driver).await["vehicles"][3]["id"].clone();
    assert_vehicle(&unbind(&plaza, &driver, &mine).await, 200, true, "车辆解绑成功");
    assert_vehicle(&bind(&plaza, &driver, PLATE).await, 200, true, "车辆绑定成功");
}

#[tokio::test]
async fn of_many_who_bind_one_plate_at_once_one_gets_it() {
    let plaza = Plaza::open();
    let mut drivers = Vec::new();
    for n in 0..6 {
        drivers.push(plaza.driver(&format!("driver-{n}")).await);
    }
    let binds = drivers.iter().chain(&drivers[..2]).map(|driver| bind(&plaza, driver, PLATE));
    let answers = futures_util::future::join_all(binds).await;
    let mut holders = Vec::new();
    for driver in &drivers {
        if my_info(&plaza, driver).await["vehicles"] != json!([]) {
            holders.push(&driver.id);
        }
    }
    assert_eq!(holders.len(), 1);
    assert_eq!(plaza.database.item(&format!("PLATE#{PLATE}"), "HOLDER").unwrap()["account"]["S"], holders[0].as_str());
    for (answer, driver) in answers.iter().zip(drivers.iter().chain(&drivers[..2])) {
        assert_eq!(answer.json()["status"] == true, driver.id == *holders[0], "{}", answer.text());
    }
}

#[tokio::test]
async fn vehicles_bound_and_unbound_at_once_are_all_there_or_gone_and_so_are_their_plates() {
    let (plaza, driver) = opened().await;
    let binds = (0..3).map(|n| {
        let (plaza, driver) = (&plaza, &driver);
        async move { bind(plaza, driver, &format!("皖B1234{n}")).await.status == 200 }
    });
    futures_util::future::join_all(binds).await;
    let info = my_info(&plaza, &driver).await;
    let bound: Vec<_> = info["vehicles"].as_array().unwrap().iter().map(|vehicle| vehicle["id"].clone()).collect();
    assert!(!bound.is_empty());
    assert_eq!(plaza.database.under("PLATE#").len(), bound.len());
    let unbinds = bound.iter().chain(&bound).map(|vehicle| unbind(&plaza, &driver, vehicle));
    futures_util::future::join_all(unbinds).await;
    let left = my_info(&plaza, &driver).await["vehicles"].as_array().unwrap().len();
    assert_eq!(plaza.database.under("PLATE#").len(), left);
}

#[tokio::test]
async fn a_vehicle_that_is_queued_charging_or_unpaid_stays_bound_and_others_do_not_care() {
    let (plaza, _) = opened().await;
    let driver = plaza.driver_of("busy", PLATE).await;
    bind(&plaza, &driver, "皖AYN056").await;
    let vehicles = my_info(&plaza, &driver).await["vehicles"].take();
    let (first, second) = (&vehicles[0]["id"], &vehicles[1]["id"]);
    let refusal = "该车辆正在排队、充电或有未结清的账单，不能解绑";

    plaza.joined(&driver, "fast", "30").await;
    assert_vehicle(&unbind(&plaza, &driver, first).await, 200, false, refusal);
    plaza.deliver().await;
    assert_vehicle(&unbind(&plaza, &driver, first).await, 200, false, refusal);
    plaza.watch.advance(jiff::SignedDuration::from_hours(2));
    plaza.sweep().await;
    assert_vehicle(&unbind(&plaza, &driver, first).await, 200, false, refusal);
    assert_vehicle(&unbind(&plaza, &driver, second).await, 200, true, "车辆解绑成功");

    plaza.pay(&driver.id, plaza.bills(&driver.id).await[0].id).await;
    assert_vehicle(&unbind(&plaza, &driver, first).await, 200, true, "车辆解绑成功");
    assert_eq!(my_info(&plaza, &driver).await["vehicles"], json!([]));
    assert!(plaza.database.under("PLATE#").is_empty());
}

#[tokio::test]
async fn an_order_may_name_any_of_the_drivers_vehicles_and_no_other() {
    let (plaza, _) = opened().await;
    let driver = plaza.driver_of("two-cars", PLATE).await;
    plaza.driver_of("another", "沪B12345").await;
    bind(&plaza, &driver, "皖AYN056").await;
    let order = |plate: &str| {
        let fields = [("mode", "fast"), ("quantity", "10"), ("license_plate", plate)];
        post(&format!("/user/charge/apply?token={}", driver.token)).multipart(&fields)
    };
    let foreign = plaza.ev_charging(order("沪B12345")).await;
    assert_eq!(foreign.whole(), plaza.ev_charging(order("沪C12345")).await.whole());
    assert_eq!((foreign.status.as_u16(), foreign.json()["code"].clone()), (403, json!(-1)));
    assert_eq!(plaza.ev_charging(order(" 皖a·yn056")).await.json()["code"], 200);
    assert!(plaza.database.item("PLATE#皖AYN056", "CHARGE").is_some());
    plaza.cancel(&driver).await;
    plaza.joined(&driver, "fast", "10").await;
    assert!(plaza.database.item(&format!("PLATE#{PLATE}"), "CHARGE").is_some(), "the first, when none is named");
}

#[tokio::test]
async fn an_order_and_an_unbinding_at_once_leave_no_queued_car_unbound() {
    for _ in 0..5 {
        let (plaza, _) = opened().await;
        let driver = plaza.driver_of("racer", PLATE).await;
        let vehicle = my_info(&plaza, &driver).await["vehicles"][0]["id"].clone();
        let (order, unbinding) = tokio::join!(plaza.apply(&driver, "fast", "10"), unbind(&plaza, &driver, &vehicle));
        let queued = plaza.database.item(&format!("PLATE#{PLATE}"), "CHARGE").is_some();
        let bound = plaza.database.item(&format!("PLATE#{PLATE}"), "HOLDER").is_some();
        assert!(bound || !queued, "{} {}", order.text(), unbinding.text());
    }
}

#[tokio::test]
async fn fees_are_counted_by_plate_and_zeros_are_shown() {
    let (plaza, _) = opened().await;
    let driver = plaza.driver_of("payer", "皖AYN056").await;
    let stats = fee_stats(&plaza, &driver).await;
    let zeros = r#"{"status":"SUCCESS","data":[{"carPlate":"皖AYN056","numOfArrears":0,"numOfCurrentFee":0}]}"#;
    assert_eq!(stats.whole(), (200, zeros.to_owned()), "the document's own answer");

    bind(&plaza, &driver, PLATE).await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.watch.advance(jiff::SignedDuration::from_hours(1));
    plaza.sweep().await;
    let row =
        |plate: &str, arrears, current| json!({"carPlate": plate, "numOfArrears": arrears, "numOfCurrentFee": current});
    let data = fee_stats(&plaza, &driver).await.json()["data"].take();
    assert_eq!(data, json!([row("皖AYN056", 0, 1), row(PLATE, 0, 0)]));
    plaza.watch.advance(jiff::SignedDuration::from_hours(24 * 20));
    let data = fee_stats(&plaza, &driver).await.json()["data"].take();
    assert_eq!(data, json!([row("皖AYN056", 1, 0), row(PLATE, 0, 0)]));
}

#[tokio::test]
async fn the_documents_calls_without_a_value_for_the_token_are_refused() {
    let plaza = Plaza::open();
    for target in ["/customer/customers/getVehicleFeeStats?access_token", "/customer/customers/myInfo?token=x"] {
        assert_failure(&plaza.ev_customer(get(target)).await, 401, "未登录或登录已失效");
    }
    let bind = plaza.ev_customer(put("/customer/customers/vehicleBinding").json(&json!({"carPlate": PLATE}))).await;
    assert_vehicle(&bind, 401, false, "未登录或登录已失效");
    let unknown = plaza.ev_customer(get("/customer/customers/a/b/c")).await;
    assert_failure(&unknown, 404, "接口不存在");
    let literal = plaza.ev_customer(put("/customer/customers/myInfo").json(&json!({}))).await;
    assert_eq!((literal.status.as_u16(), literal.header("allow")), (405, Some("GET")), "literal paths win over an id");
}

#[tokio::test]
async fn a_password_is_changed_by_the_old_one_and_ends_other_sessions() {
    let (plaza, driver) = opened().await;
    let other = plaza.log_in("wyc2002", PASSWORD).await.token();
    let change = |old: &str, new: &str| {
        let body = json!({"oldPassword": old, "newPassword": new});
        put(&at(&driver, "/customer/customers/password")).json(&body)
    };
    assert_failure(&plaza.ev_customer(change("123456wyd", "another long phrase")).await, 400, "原密码不正确");
    let weak = plaza.ev_customer(change(PASSWORD, "wyc20021")).await;
    assert_eq!(weak.status, 400, "{}", weak.text());
    let changed = plaza.ev_customer(change(PASSWORD, "another long phrase")).await;
    let body = r#"{"status":"SUCCESS","data":{"expires_in":2592000}}"#;
    assert_eq!(changed.whole(), (200, body.to_owned()));
    let token = changed.header("x-access-token").unwrap();
    assert_eq!(plaza.detail(token).await.status, 200);
    for ended in [&driver.token, &other] {
        assert_eq!(plaza.detail(ended).await.status, 401);
    }
    assert_eq!(plaza.log_in("wyc2002", "another long phrase").await.json()["code"], 200);
}

#[tokio::test]
async fn closing_an_account_ends_everything_but_the_books() {
    let (plaza, _) = opened().await;
    let driver = plaza.driver_of("leaver", PLATE).await;
    upload(&plaza, &driver, "image/jpeg", jpeg(20, 20)).await;
    let close = || Request::new(Method::DELETE, &at(&driver, &format!("/customer/customers/{}", driver.id)));
    plaza.joined(&driver, "fast", "15").await;
    assert_failure(&plaza.ev_customer(close()).await, 409, "有进行中的充电请求，不能注销账户");
    plaza.deliver().await;
    plaza.watch.advance(jiff::SignedDuration::from_hours(1));
    plaza.sweep().await;
    assert_failure(&plaza.ev_customer(close()).await, 403, "请重新登录后再操作");

    let driver = TestDriver { token: plaza.log_in("leaver", PASSWORD).await.token(), ..driver };
    let close = || Request::new(Method::DELETE, &at(&driver, &format!("/customer/customers/{}", driver.id)));
    assert_failure(&plaza.ev_customer(close()).await, 409, "有未结清的账单，不能注销账户");
    plaza.pay(&driver.id, plaza.bills(&driver.id).await[0].id).await;
    assert_eq!(plaza.ev_customer(close()).await.whole(), (200, r#"{"status":"SUCCESS"}"#.to_owned()));

    assert_eq!(plaza.detail(&driver.token).await.status, 401);
    assert_eq!(plaza.log_in("leaver", PASSWORD).await.json()["msg"], "用户名或密码不正确");
    assert!(plaza.bucket.objects().is_empty() && plaza.database.under("PLATE#").is_empty());
    let left: Vec<_> = plaza.database.under(&format!("ACCOUNT#ev#{}", driver.id));
    let kinds: Vec<_> = left.iter().map(|item| item["sk"]["S"].as_str().unwrap().split('#').next().unwrap()).collect();
    assert_eq!(kinds, ["BILL", "LEDGER", "RECORD", "SESSIONS", "UPLOADS"], "the books stay");
    assert!(!left.iter().any(|item| item.to_string().contains("@163.com")));
    let again = plaza.driver_of("leaver", PLATE).await;
    assert_ne!(again.id, driver.id, "name and plate are free, the account is another");
}

#[tokio::test]
async fn stations_are_listed_with_prices_places_and_the_wait_for_another_order() {
    let (plaza, driver) = opened().await;
    let stations = async || {
        let answer = plaza.ev_charging(get(&format!("/user/stations?token={}", driver.token))).await;
        assert_eq!(answer.json()["code"], 200, "{}", answer.text());
        answer.json()["data"].take()
    };
    let idle = stations().await;
    assert_eq!((idle[0]["station_id"].clone(), idle.as_array().unwrap().len()), (json!("S1"), 1));
    assert_eq!((&idle[0]["service_fee"], &idle[0]["waiting_places_free"]), (&json!("0.80"), &json!(6)));
    assert!(idle[0]["prices"].as_array().unwrap().iter().any(|band| band["price"] == "1.00"), "{idle}");
    let mode =
        |piles, free, wait: Value| json!({"mode": "fast", "piles": piles, "places_free": free, "expected_wait": wait});
    assert_eq!(idle[0]["modes"][0], mode(2, 4, json!(0)));
    for n in 0..10 {
        let other = plaza.driver_of(&format!("driver-{n}"), &format!("皖B1234{n}")).await;
        plaza.joined(&other, "fast", "30").await;
        plaza.deliver().await;
        if n == 2 {
            assert_eq!(stations().await[0]["modes"][0], mode(2, 1, json!(3600)), "an hour behind the first");
        }
    }
    let full = stations().await;
    assert_eq!((&full[0]["waiting_places_free"], &full[0]["modes"][0]), (&json!(0), &mode(2, 0, Value::Null)));
    let before = plaza.database.item("STATION#S1", "HEAD");
    stations().await;
    assert_eq!(plaza.database.item("STATION#S1", "HEAD"), before, "looking changes nothing");
}

#[tokio::test]
async fn bills_are_listed_with_plate_amount_due_time_and_state() {
    let (plaza, _) = opened().await;
    let driver = plaza.driver_of("payer", PLATE).await;
    plaza.joined(&driver, "fast", "15").await;
    plaza.deliver().await;
    plaza.watch.advance(jiff::SignedDuration::from_hours(1));
    plaza.sweep().await;
    let bills = async || plaza.ev_charging(get(&format!("/user/bills?token={}", driver.token))).await.json();
    let mut open = bills().await;
    let id = open["data"][0]["id"].take().as_u64().unwrap();
    assert_eq!(
        open,
        json!({"code": 200, "msg": "查询成功", "data": [{
            "id": null, "license_plate": PLATE, "station_id": "S1", "amount": open["data"][0]["amount"],
            "issued_at": "2026-06-01T09:00:05+08:00", "due_at": "2026-06-08T09:00:05+08:00", "paid_at": null,
            "state": "current", "paid_amount": "0.00", "credited_amount": "0.00",
            "outstanding": open["data"][0]["amount"]
        }]})
    );
    let log = plaza.log(&driver).await;
    assert_eq!(open["data"][0]["amount"], log[0]["total_fee"], "what the records come to");
    plaza.watch.advance(jiff::SignedDuration::from_hours(24 * 8));
    assert_eq!(bills().await["data"][0]["state"], "arrears");
    plaza.pay(&driver.id, id).await;
    let paid = bills().await["data"][0].take();
    assert_eq!((&paid["state"], &paid["paid_at"]), (&json!("paid"), &json!("2026-06-09T09:30:05+08:00")));
    assert_eq!((&paid["paid_amount"], &paid["outstanding"]), (&log[0]["total_fee"], &json!("0.00")));
    assert_eq!(plaza.info(&driver).await.json()["code"], -1);
}
