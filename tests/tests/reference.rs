//! docs/openapi.json is what the code says, says it of every route, and says nothing that is not so.

use describe::{Described, Input, Operation, Place};
use http::Method;
use serde_json::{Map, Value, json};
use shared::{domain::account::Role, wire::Access};
use std::{collections::BTreeSet, fs, path::PathBuf, sync::LazyLock};
use tests::{answer::Answer, functions::all, plaza::Plaza, request::Request, schema::faults};

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn checked_in(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

#[test]
fn what_is_checked_in_is_what_the_code_says() {
    assert!(
        checked_in("openapi.json") == openapi::text().unwrap(),
        "cargo run -p openapi writes docs/openapi.json anew"
    );
    assert!(checked_in("errors.md") == openapi::errors::page(), "cargo run -p openapi writes docs/errors.md anew");
}

#[test]
fn every_route_is_described_once_and_no_description_is_of_no_route() {
    let described = openapi::functions();
    let is_finished = |name: &str| !openapi::UNFINISHED.contains(&name);
    for function in all() {
        let routes: BTreeSet<_> = function.table.iter().map(|route| (route.method, route.path)).collect();
        let of_it = described.iter().filter(|one| one.function == function.name);
        let ways: Vec<_> = of_it.flat_map(|one| one.operations.iter().flat_map(Operation::ways)).collect();
        let distinct: BTreeSet<_> = ways.iter().copied().collect();
        assert_eq!(ways.len(), distinct.len(), "{} describes a route twice", function.name);
        let of_no_route: Vec<_> = distinct.difference(&routes).collect();
        assert!(of_no_route.is_empty(), "{} describes what is no route: {of_no_route:?}", function.name);
        let missing: Vec<_> = routes.difference(&distinct).filter(|_| is_finished(function.name)).collect();
        assert!(missing.is_empty(), "{} has routes without a description: {missing:?}", function.name);
    }
    let names: BTreeSet<_> = all().iter().map(|function| function.name).collect();
    for function in &described {
        assert!(names.contains(function.function), "{} is no function", function.function);
    }
}

/// Numbers are those of the contracts, each given once.
#[test]
fn no_two_endpoints_have_one_number_and_no_two_operations_one_name() {
    let functions = openapi::functions();
    let numbers: Vec<_> = functions.iter().flat_map(|one| one.operations.iter().filter_map(|it| it.number)).collect();
    let distinct: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(numbers.len(), distinct.len(), "{numbers:?}");
    assert!(numbers.iter().all(|number| (1..=62).contains(number)));
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let ids: Vec<_> =
        paths.values().flat_map(|item| item.as_object().unwrap().values().map(|it| &it["operationId"])).collect();
    let distinct: BTreeSet<_> = ids.iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(ids.len(), distinct.len());
}

#[test]
fn every_example_is_what_its_schema_says() {
    let mut examples = 0;
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let contents = operation["responses"].as_object().unwrap().values().chain([&operation["requestBody"]]);
            for content in contents.filter_map(|part| part["content"].as_object()).flat_map(Map::values) {
                let shown = content["examples"].as_object().into_iter().flat_map(Map::values).map(|it| &it["value"]);
                for example in shown.chain(content.get("example")) {
                    let faults = faults(&DOCUMENT, &content["schema"], example);
                    assert!(faults.is_empty(), "{method} {path}: {example}: {faults:?}");
                    examples += 1;
                }
            }
        }
    }
    assert!(examples > 10);
}

/// One call of an endpoint as its description shows it.
async fn call(function: &Described, operation: &Operation, fields: &[&Input], more: Option<&str>) -> (Answer, Value) {
    let plaza = Plaza::open();
    plaza.station(|_| {}).await;
    let route = function.routes.iter().find(|it| (it.method, it.path) == (operation.method, operation.path)).unwrap();
    let role = match route.access {
        Access::Public | Access::Signed | Access::Known(_) => None,
        Access::SignedIn(realms) => Role::ALL.into_iter().find(|role| realms.contains(&role.realm())),
        Access::Roles(roles) => roles.first().copied(),
    };
    let token = match role {
        None => None,
        Some(Role::Driver) => Some(plaza.driver("wyc2003").await.token),
        Some(role) => Some(plaza.token_of(role)),
    };

    let mut path = operation.path.to_owned();
    for (name, example) in &operation.path_examples {
        path = path.replace(&format!("{{{name}}}"), example);
    }
    let (mut query, mut body) = (form_urlencoded::Serializer::new(String::new()), Map::new());
    let (mut headers, mut has_body) = (Vec::new(), false);
    for input in fields {
        match operation.place_of(input) {
            Place::Query => {
                query.append_pair(input.name, input.example.as_str().unwrap_or(&input.example.to_string()));
            }
            Place::Header => headers.push((input.name, input.example.as_str().unwrap())),
            Place::Body => {
                body.insert(input.name.to_owned(), input.example.clone());
                has_body = true;
            }
        }
    }
    if let Some(name) = more {
        query.append_pair(name, "1");
    }
    let query = query.finish();
    let mut request = Request::new(operation.method.parse::<Method>().unwrap(), &format!("{path}?{query}"));
    if has_body {
        request = request.json(&body.into());
    }
    request = token.iter().fold(request, |request, token| request.bearer(token));
    request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    if route.access == Access::Signed {
        request = plaza.signed(request);
    }
    let answer = plaza.send(function.function, request).await;
    let line = plaza.lines().into_iter().rev().find(|line| line.contains(&format!("\"{}\"", operation.path))).unwrap();
    (answer, serde_json::from_str(&line).unwrap())
}

/// Endpoints whose fields are read, with those that are files left to the tests of pictures.
fn with_fields(functions: &[Described]) -> impl Iterator<Item = (&Described, &Operation)> {
    let all = functions.iter().flat_map(|one| one.operations.iter().map(move |operation| (one, operation)));
    all.filter(|(_, operation)| !operation.inputs.is_empty() && !operation.inputs.iter().any(Input::is_file))
}

/// A form that did not know a field would count it, and one that asked for another would refuse.
#[tokio::test]
async fn every_field_that_is_described_is_one_that_the_form_reads() {
    let functions = openapi::functions();
    for (function, operation) in with_fields(&functions) {
        let what = format!("{} {}", operation.method, operation.path);
        let whole: Vec<_> = operation.inputs.iter().collect();
        let (answer, line) = call(function, operation, &whole, None).await;
        assert_ne!(line["reason"], "Malformed", "{what}: {}", answer.text());
        assert_eq!(line["UnknownField"], 0, "{what} does not know a field that is described");
        let (_, line) = call(function, operation, &whole, Some("no_such_field")).await;
        assert_eq!(line["UnknownField"], 1, "{what} does not count what it does not know");
    }
}

#[tokio::test]
async fn the_fields_that_are_needed_are_those_that_are_said_to_be() {
    let functions = openapi::functions();
    for (function, operation) in with_fields(&functions) {
        for left_out in &operation.inputs {
            let rest: Vec<_> = operation.inputs.iter().filter(|input| input.name != left_out.name).collect();
            let (answer, line) = call(function, operation, &rest, None).await;
            let what = format!("{} {} without {}", operation.method, operation.path, left_out.name);
            assert_eq!(line["reason"] == "Malformed", left_out.required, "{what}: {} {}", answer.status, answer.text());
        }
    }
}

/// What the code answers to the examples is what the document says it answers.
#[tokio::test]
async fn answers_to_the_examples_are_described() {
    for function in &openapi::functions() {
        for operation in &function.operations {
            let whole: Vec<_> = operation.inputs.iter().filter(|input| !input.is_file()).collect();
            let (answer, _) = call(function, operation, &whole, None).await;
            let described = &DOCUMENT["paths"][operation.path][operation.method.to_ascii_lowercase()]["responses"];
            let what = format!("{} {}: {} {:?}", operation.method, operation.path, answer.status, answer.body.len());
            assert_described(described, &answer, &what);
        }
    }
}

fn assert_described(responses: &Value, answer: &Answer, what: &str) {
    let response = &responses[answer.status.as_str()];
    assert!(response.is_object(), "{what}: no such status is described");
    let referred = response["$ref"].as_str().map(|name| DOCUMENT.pointer(name.trim_start_matches('#')).unwrap());
    let content = &referred.unwrap_or(response)["content"];
    match content.get("application/json") {
        Some(media) => {
            let faults = faults(&DOCUMENT, &media["schema"], &answer.json());
            assert!(faults.is_empty(), "{what}: {faults:?}");
        }
        None if content.is_null() => assert_eq!(answer.text(), "", "{what}"),
        None => assert!(!answer.body.is_empty(), "{what}"),
    }
}

/// The other direction: whatever a function's forms ask for by name is described.
#[test]
fn every_field_that_a_form_asks_for_is_described() {
    let asked = regex_lite::Regex::new(r#"(?:required|optional|nested|file)\("([^"]+)"\)"#).unwrap();
    let several = regex_lite::Regex::new(r"optional_of\(&\[([^\]]+)\]\)").unwrap();
    for function in openapi::functions().iter().filter(|one| !openapi::UNFINISHED.contains(&one.function)) {
        let described: BTreeSet<_> =
            function.operations.iter().flat_map(|operation| operation.inputs.iter().map(|input| input.name)).collect();
        let Ok(forms) = fs::read_to_string(root().join("functions").join(function.function).join("src/forms.rs"))
        else {
            continue;
        };
        let code = forms.split("#[cfg(test)]").next().unwrap();
        for name in asked.captures_iter(code).map(|found| found.get(1).unwrap().as_str()) {
            assert!(described.contains(name), "{} reads {name}, which is not described", function.function);
        }
        for list in several.captures_iter(code).map(|found| found.get(1).unwrap().as_str()) {
            let mut names = list.split(',').map(|name| name.trim().trim_matches('"'));
            assert!(names.any(|name| described.contains(name)), "{} reads {list}", function.function);
        }
    }
}

#[test]
fn a_checker_that_accepts_anything_would_show() {
    let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
    assert!(faults(&json!({}), &schema, &json!({ "a": 1 })).is_empty());
    for wrong in [json!({}), json!({ "a": "1" }), json!({ "a": 1.5 }), json!([])] {
        assert!(!faults(&json!({}), &schema, &wrong).is_empty(), "{wrong}");
    }
}
