//! From INIT to the first answers of every function.

use crate::builds::{FUNCTIONS, deployed};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};
use tests::{
    lambda::{Aws, Call, Environments, Function, Program, isolated},
    request::{Request, get, post},
};

/// What a function may ask for before its first event: the call that opens a connection to the table, all secrets, and the
/// keys of sealed fields.
const MOST: [(&str, usize); 3] =
    [("dynamodb GetItem", 1), ("secretsmanager BatchGetSecretValue", 1), ("kms Decrypt", 1)];

/// Everything that they answer is compiled in.
const HOLDING_ALL: [&str; 2] = ["operator-console", "reference"];

#[test]
fn every_function_starts_with_few_calls_and_answers_every_kind_of_event() {
    for name in FUNCTIONS {
        deployed(name);
    }
    isolated("start::every_function_starts_with_few_calls_and_answers_every_kind_of_event", || {
        let environments = Environments::read();
        let aws = Aws::start(environments.secrets.clone());
        for (name, variables) in &environments.variables {
            let program = Program::copy(&deployed(name));
            let mut function = Function::start(&program, variables);
            function.ready().unwrap_or_else(|ended| panic!("{name} does not start: {}", ended.log));
            let calls = count(&aws.take_calls());
            for (call, times) in &calls {
                let most = MOST.iter().find(|(allowed, _)| allowed == call).map_or(0, |(_, most)| *most);
                assert!(*times <= most, "{name} makes {times} × {call} while it starts");
            }
            assert_eq!(
                calls.is_empty(),
                HOLDING_ALL.contains(&name.as_str()),
                "{name} makes its first calls while it starts"
            );
            for (event, file) in events(name) {
                let answer = function.invoke(&event).unwrap_or_else(|error| panic!("{name}, {file}: {error}"));
                let status = answer["statusCode"].as_u64().unwrap_or(200);
                assert!((200..500).contains(&status), "{name}, {file}: {answer} {}", function.log());
            }
            aws.take_calls();
        }
    });
}

fn count(calls: &[Call]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(format!("{} {}", call.service, call.action)).or_default() += 1;
    }
    counts
}

/// The example events of a function.
fn events(function: &str) -> Vec<(Value, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events").join(function);
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|file| (serde_json::from_slice(&fs::read(&file).unwrap()).unwrap(), file.display().to_string())).collect()
}

/// Sends a request and reads the answer's JSON.
pub fn send(function: &mut Function, request: Request) -> Value {
    let answer = function.invoke(&request.into_event()).unwrap();
    let body = answer["body"].as_str().unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

#[test]
fn a_driver_registers_signs_in_and_reads_the_account_as_the_gateway_sends_it() {
    deployed("ev-account");
    isolated("start::a_driver_registers_signs_in_and_reads_the_account_as_the_gateway_sends_it", || {
        let environments = Environments::read();
        let _aws = Aws::start(environments.secrets.clone());
        let program = Program::copy(&deployed("ev-account"));
        let mut function = Function::start(&program, &environments.variables["ev-account"]);
        function.ready().unwrap();
        let (name, password) = ("wyc2002", "a long phrase");
        let fields = [
            ("username", name),
            ("password", password),
            ("email", "wengyuechuan@163.com"),
            ("license_plate", "皖A12345"),
            ("battery_capcity", "60"),
        ];
        let registered = send(&mut function, post("/u/register").multipart(&fields));
        assert_eq!(registered["code"], 200, "{registered}");
        let token = send(&mut function, post("/u/login").form(&[("username", name), ("password", password)]));
        let token = token["token"].as_str().unwrap_or_else(|| panic!("{token}")).to_owned();
        let account = send(&mut function, get("/user/detail").bearer(&token));
        assert_eq!(account["data"]["username"], json!(name), "{account}");
    });
}
