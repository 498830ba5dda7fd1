//! What users of the charging app and of the mall read when something is refused: sentences about what they typed, in
//! their language, and never the name of a parameter.

use describe::{Document, Input, Operation};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{
    answer::Answer,
    plaza::Plaza,
    request::{Request, get},
};

/// What people and programs send instead of what is asked for.
fn odd_values() -> Vec<Value> {
    let texts = ["", " ", "x", "-1", "0", "1e3", "12345", "#", "a#b", "\u{7}", "😀", "，", "９９９９９", "1.23456"];
    let rest = [json!(null), json!(false), json!([]), json!(["x"]), json!({}), json!(-1), json!(1.5)];
    let long = [json!("长".repeat(300)), json!("9".repeat(300))];
    texts.into_iter().map(Value::from).chain(rest).chain(long).collect()
}

/// Everything that is asked of a person's app in these two documents, and who may call it.
struct Asked {
    plaza: Plaza,
    driver: String,
    agent: String,
    dealer: String,
    auditor: String,
}

impl Asked {
    async fn open() -> Self {
        let plaza = Plaza::open();
        plaza.station(|_| ()).await;
        let driver = plaza.driver_of("wyc2002", "皖A12345").await.token;
        let agent = plaza.agent("oGZUI0egBJY1zhBYw2KhdUfwVJJE", "13912345678").await.token;
        let dealer = plaza.dealer("13912345679").await.token;
        Self { driver, agent, dealer, auditor: plaza.auditor(), plaza }
    }

    fn token(&self, path: &str) -> &str {
        match path {
            "/user/proxy/auditPUser" => &self.auditor,
            path if path.starts_with("/user/proxy") => &self.agent,
            path if path.starts_with("/user/dealer") => &self.dealer,
            _ => &self.driver,
        }
    }

    async fn send(&self, function: &str, operation: &Operation, body: &Value) -> Answer {
        let request = if operation.method == "GET" {
            let pairs = body.as_object().into_iter().flatten();
            let pairs =
                pairs.map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            get(&format!("{}?{query}", operation.path))
        } else {
            Request::new(operation.method.parse().unwrap(), operation.path).json(body)
        };
        self.plaza.send(function, request.bearer(self.token(operation.path)).from("198.51.100.7")).await
    }
}

/// The examples of the reference, by which every field but one is right.
fn examples(operation: &Operation) -> Value {
    let inputs = operation.inputs.iter().filter(|input| !input.is_file() && input.place.is_none());
    inputs.map(|input| (input.name.to_owned(), input.example.clone())).collect()
}

#[tokio::test]
async fn no_refusal_of_the_charging_app_and_the_mall_names_a_parameter() {
    let asked = Asked::open().await;
    let functions = openapi::functions();
    let of_people = |document: Document| document == Document::ChargingApp || document.is_of_the_mall();
    let functions: Vec<_> = functions.into_iter().filter(|function| of_people(function.document)).collect();
    let inputs = |operation: &Operation| operation.inputs.iter().map(|input: &Input| input.name).collect::<Vec<_>>();
    let all = functions.iter().flat_map(|function| &function.operations);
    // Short names stand in Chinese sentences by chance, as `id` would in `valid`.
    let names: BTreeSet<_> = all.flat_map(inputs).filter(|name| !name.contains('-')).collect();
    assert!(names.contains("quantity") && names.contains("phoneNum"), "{names:?}");

    let (mut faults, mut refused) = (BTreeSet::new(), 0);
    for function in &functions {
        for operation in &function.operations {
            let whole = examples(operation);
            for name in inputs(operation) {
                for value in odd_values() {
                    let mut body = whole.clone();
                    body[name] = value;
                    // Each minute has its own limits.
                    asked.plaza.watch.advance(jiff::SignedDuration::from_secs(61));
                    let answer = asked.send(function.function, operation, &body).await;
                    if answer.status == 401 || answer.status == 204 {
                        continue;
                    }
                    let said = answer.json()["msg"].as_str().unwrap_or_default().to_owned();
                    let is_success = ["success", "sucess"].contains(&said.as_str());
                    refused += usize::from(!is_success);
                    let words = names.iter().filter(|name| said.contains(**name));
                    faults
                        .extend(words.map(|word| format!("{} {}: {word} in {said}", operation.method, operation.path)));
                    if said.is_ascii() && !is_success {
                        faults.insert(format!("{} {}: {said}", operation.method, operation.path));
                    }
                }
            }
        }
    }
    assert!(refused > 500, "{refused}");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What a program left out or sent as another type has HTTP 400; what a person typed can be shown, with HTTP 200.
#[tokio::test]
async fn what_a_person_typed_is_a_business_outcome_in_the_charging_app_and_the_mall() {
    let asked = Asked::open().await;
    let post = async |function: &str, path: &str, body: Value| {
        let request = tests::request::post(path).bearer(asked.token(path)).json(&body);
        let answer = asked.plaza.send(function, request).await;
        let number = answer.json().get("errCode").or(answer.json().get("code")).cloned();
        (answer.status.as_u16(), number.unwrap(), answer.json()["msg"].as_str().unwrap().to_owned())
    };
    let account = json!({"username": "another", "password": "123456wyc", "email": "a@163.com"});
    for (field, value, begins) in [
        ("username", "w", "用户名"),
        ("password", "12345678", "密码"),
        ("email", "a@", "邮箱"),
        ("license_plate", "皖A1", "车牌号"),
        ("battery_capcity", "六十", "电池容量"),
    ] {
        let mut body = account.clone();
        body[field] = json!(value);
        let (status, code, said) = post("ev-account", "/u/register", body).await;
        assert_eq!((status, code), (200, json!(-1)), "{field}: {said}");
        assert!(said.starts_with(begins), "{said}");
    }
    for (quantity, plate, begins) in [("很多", "皖A12345", "充电量"), ("10", "A", "车牌号")] {
        let body = json!({"mode": "fast", "quantity": quantity, "license_plate": plate});
        let (status, code, said) = post("ev-charging", "/user/charge/apply", body).await;
        assert_eq!((status, code), (200, json!(-1)), "{said}");
        assert!(said.starts_with(begins), "{said}");
    }
    for (function, path, body, number, begins) in [
        (
            "mall-dealer",
            "/user/dealer/editNickname",
            json!({"username": "13912345679", "nickName": "\u{7}"}),
            2024,
            "昵称",
        ),
        ("mall-dealer", "/user/dealer/login", json!({"telephone": "1391234567", "password": "x"}), 2024, "手机号"),
        (
            "mall-dealer",
            "/user/dealer/submit",
            json!({"telephone": "13912345679", "realName": "12345", "idNo": "x", "frontImg": "x", "qualification": "x"}),
            2024,
            "真实姓名",
        ),
        (
            "mall-agent",
            "/user/proxy/submitPUser",
            json!({"telephone": "13912345678", "realName": "王小明", "idNo": "1", "frontImg": "x", "qualification": "x"}),
            2023,
            "身份证号码",
        ),
    ] {
        let (status, code, said) = post(function, path, body).await;
        assert_eq!((status, code), (200, json!(number)), "{said}");
        assert!(said.starts_with(begins), "{said}");
    }
}
