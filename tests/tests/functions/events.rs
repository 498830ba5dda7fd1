//! The example events under `events/`: one for each function and kind. Those of the gateway are what `cargo run -p openapi --
//! event` prints; `samples.rs` replays the event of every endpoint.

use openapi::event::{event, own_values, sample};
use serde_json::{Value, json};
use shared::wire::Way;
use std::{collections::BTreeMap, fs, path::Path};
use tests::{plaza::Plaza, request::post};

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

/// What stands for a session in the examples.
const TOKEN: &str = "TOKEN";

#[test]
fn every_http_function_has_one_event_and_it_is_what_the_generator_prints() {
    let (functions, events) = (openapi::functions(), events());
    for function in &functions {
        let of_it: Vec<_> = events.iter().filter(|((name, _), _)| name == function.function).collect();
        let [(name, text)] = of_it.as_slice() else { panic!("{} has {} events", function.function, of_it.len()) };
        let known: Value = serde_json::from_str(text).unwrap();
        let ways = function.operations.iter().flat_map(|one| one.ways().into_iter().map(move |way| (one, way)));
        let printed = ways.map(|(one, (method, path))| {
            let token = known["headers"]["authorization"].is_string().then_some(TOKEN);
            event(function, &sample(one, Way { method, path }, &own_values(one), token))
        });
        assert!(printed.into_iter().any(|event| event == known), "{name:?} is no event of an endpoint");
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
    let event = &events()[&("sms-sender".to_owned(), "messages".to_owned())];
    let plaza = Plaza::open();
    let answer = plaza.sms_sender.handle(serde_json::from_str(event).unwrap()).await;
    assert_eq!(json!(answer), json!({"batchItemFailures": []}));
    let line: Value = serde_json::from_str(plaza.lines().last().unwrap()).unwrap();
    assert_eq!((&line["Quarantined"], &line["OtpSend"]), (&json!(2), &json!(0)));
}
