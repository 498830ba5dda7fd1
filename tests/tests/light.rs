//! `cargo local --light` as an app and a newcomer use it.

use local::{deployment::PARAMETERS, http};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tests::{
    lambda::Environments,
    stack::{Place, Stack},
    template::Template,
};

const ADA: &str = "username=ada&email=ada%40example.com&password=long-enough-1";
const SIGN_IN: &str = "username=ada&password=long-enough-1";
const PHONE: &str = "13800138000";
const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

fn sign_in(stack: &Stack) -> String {
    stack.form("/u/login", None, SIGN_IN)["token"].as_str().unwrap().to_owned()
}

fn log(stack: &Stack) -> Vec<Value> {
    stack.get("/user/log/get", &sign_in(stack))["log"].as_array().unwrap().clone()
}

#[test]
fn a_driver_is_charged_and_billed_and_the_next_start_finds_it() {
    let place = Place::new();
    let stack = Stack::start(&place, &["--light", "--clock", "2026-06-01T06:00"]);
    assert_eq!(stack.form("/u/register", None, ADA)["code"], 200);
    let token = sign_in(&stack);
    let applied = stack.form("/user/charge/apply", Some(&token), "mode=fast&quantity=15");
    assert_eq!(applied["code"], 200, "{applied}");
    assert_eq!(log(&stack).len(), 0);
    let turned = place.cargo_local(&["clock", "2026-06-01T08:00"]);
    assert!(turned.status.success(), "{}", String::from_utf8_lossy(&turned.stderr));
    let billed = log(&stack);
    assert_eq!(billed.len(), 1, "{billed:?}");

    let admin = place.cargo_local(&["token", "admin"]);
    let admin = String::from_utf8(admin.stdout).unwrap();
    assert_eq!(stack.get("/operator/bills", admin.trim())["bills"].as_array().map(Vec::len), Some(1));
    stack.stop();

    let stack = Stack::start(&place, &["--light"]);
    assert_eq!(log(&stack), billed);
    assert!(stack.file("clock.json").contains("2026-06-01T08:00:00+08:00"));
}

#[test]
fn what_leaves_the_system_is_in_files_and_pictures_open_while_their_address_lives() {
    let place = Place::new();
    let stack = Stack::start(&place, &["--light"]);
    let asked = json!({ "telephone": PHONE, "openId": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M" }).to_string();
    let answer = stack.send("POST", "/user/custom/sendPhoneNum", &JSON, &asked);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(stack.code_sent_to(PHONE).len(), 6);

    let shown = stack.send("POST", "/user/dealer/sendGraphCode", &JSON, r#"{"deviceId":"device-1"}"#);
    let shown: Value = serde_json::from_slice(&shown.body).unwrap();
    let address = shown["data"]["picUrl"].as_str().unwrap_or_else(|| panic!("{shown}"));
    let picture = http::get(address, Duration::from_secs(10)).unwrap();
    assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/png")));
    let other = address.replace("X-Amz-Expires=120", "X-Amz-Expires=600");
    assert_eq!(http::get(&other, Duration::from_secs(10)).unwrap().status, 403);
    let letters: Value = serde_json::from_str(stack.file("captcha.jsonl").trim()).unwrap();
    let solved = json!({ "deviceId": "device-1", "picCode": letters["answer"] }).to_string();
    let answer = stack.send("POST", "/user/dealer/verifyPicCode", &JSON, &solved);
    assert!(answer.text().contains("200"), "{}", answer.text());
}

#[test]
fn each_mistake_is_answered_with_what_to_do() {
    let place = Place::new();
    for (options, says) in [
        (&["--clock", "yesterday"][..], "is not a time"),
        (&["--speed", "0"], "--speed must be 1 or more"),
        (&["--prot", "9"], "unexpected argument --prot"),
    ] {
        let said = Stack::try_start(&place, &[&["--light"], options].concat()).unwrap_err();
        assert!(said.contains(says), "{said}");
    }
    let _stack = Stack::start(&place, &["--light"]);
    let said = Stack::try_start(&place, &["--light"]).unwrap_err();
    assert!(said.contains("already running"), "{said}");
}

/// Everything but the names of resources, which differ on every stack.
#[test]
fn its_settings_are_those_of_the_template_as_the_full_stack_has_them() {
    let of_a_resource = |name: &str| {
        name.starts_with("AWS_") || name.ends_with("_SECRET") || name.ends_with("_URL") || name.ends_with("TABLE_NAME")
    };
    let others = [
        "FIELDS_KEY",
        "KEYS_EPOCH",
        "LOG_LEVEL",
        "MALLOC_MMAP_THRESHOLD_",
        "METRICS_NAMESPACE",
        "PICTURES_BUCKET",
        "PUBLIC_ADDRESS",
        "SMS_PROVIDER",
        "SSL_CERT_FILE",
    ];
    let mut wanted: BTreeMap<_, _> = Environments::read().variables.into_values().flatten().collect();
    wanted.retain(|name, _| !of_a_resource(name) && !others.contains(&name.as_str()) && !name.starts_with("ALIYUN_"));
    for parameter in PARAMETERS {
        let (name, value) = parameter.split_once('=').unwrap();
        if let Some(setting) = wanted.get_mut(&variable_of(name)) {
            value.clone_into(setting);
        }
    }
    let settings = local_light::VARIABLES.lines().map(|line| line.split_once('=').unwrap());
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(wanted, settings, "local/light/variables.env");

    let policy = Template::read().properties("HttpApi")["Body"]["x-amazon-apigateway-cors"].clone();
    let mut cors: Value = serde_json::from_str(local_light::CORS).unwrap();
    assert_eq!(cors["allowOrigins"].take(), json!([Template::read().default("AllowedOrigins")]));
    for (name, value) in cors.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()) {
        assert_eq!(policy[name], *value, "{name} in local/light/cors.json");
    }
}

/// `LOGIN_PER_IP_MINUTE` for `LoginPerIpMinute`.
fn variable_of(parameter: &str) -> String {
    let mut variable = String::new();
    for letter in parameter.chars() {
        if letter.is_ascii_uppercase() && !variable.is_empty() {
            variable.push('_');
        }
        variable.push(letter.to_ascii_uppercase());
    }
    variable
}
