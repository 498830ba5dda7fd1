//! docs/openapi.json is what the code says, says it of every route, and says nothing that is not so.

use describe::{Described, Input, Operation};
use http::Method;
use serde_json::{Map, Value, json};
use shared::{
    domain::account::Role,
    wire::{Access, FieldPlace},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    sync::LazyLock,
};
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
    for function in all() {
        let routes: BTreeSet<_> = function.table.iter().map(|route| (route.method, route.path)).collect();
        let of_it = described.iter().filter(|one| one.function == function.name);
        let ways: Vec<_> = of_it.flat_map(|one| one.operations.iter().flat_map(Operation::ways)).collect();
        let distinct: BTreeSet<_> = ways.iter().copied().collect();
        assert_eq!(ways.len(), distinct.len(), "{} describes a route twice", function.name);
        let of_no_route: Vec<_> = distinct.difference(&routes).collect();
        assert!(of_no_route.is_empty(), "{} describes what is no route: {of_no_route:?}", function.name);
        let missing: Vec<_> = routes.difference(&distinct).collect();
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
fn no_two_views_of_a_function_have_one_name() {
    for function in openapi::functions() {
        let answers = function.operations.iter().flat_map(Operation::successes);
        let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
        for (name, schema) in answers.flat_map(|answer| &answer.parts) {
            let first = known.entry(name).or_insert(schema);
            assert_eq!(*first, schema, "{} has two views that are called {name}", function.function);
        }
    }
}

/// What OpenAPI asks for over and above its own schema.
#[test]
fn the_document_holds_together() {
    let text = DOCUMENT.to_string();
    let references = regex_lite::Regex::new(r##""\$ref":"#([^"]+)""##).unwrap();
    let referred: BTreeSet<_> = references.captures_iter(&text).map(|found| found[1].to_owned()).collect();
    for pointer in &referred {
        assert!(DOCUMENT.pointer(pointer).is_some(), "{pointer} is missing");
    }
    for (kind, parts) in
        DOCUMENT["components"].as_object().unwrap().iter().filter(|(kind, _)| *kind != "securitySchemes")
    {
        for name in parts.as_object().unwrap().keys() {
            let pointer = format!("/components/{kind}/{name}");
            assert!(referred.contains(&pointer), "nothing refers to {pointer}");
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{name}");
        }
    }
    let between = regex_lite::Regex::new(r"\{([^}]+)\}").unwrap();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        let names: BTreeSet<_> = between.captures_iter(path).map(|found| found[1].to_owned()).collect();
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let of = |place: &str| parameters.iter().filter(|it| it["in"] == place).collect::<Vec<_>>();
            let in_path: BTreeSet<_> = of("path").iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
            assert_eq!(in_path, names, "{method} {path}");
            assert!(of("path").iter().all(|it| it["required"] == true), "{method} {path}");
            let distinct: BTreeSet<_> = parameters.iter().map(|it| (it["in"].as_str(), it["name"].as_str())).collect();
            assert_eq!(distinct.len(), parameters.len(), "{method} {path} has a parameter twice");
        }
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let mut examples = 0;
    let shared = DOCUMENT["components"]["responses"].as_object().unwrap().iter();
    let mut contents: Vec<_> = shared.map(|(name, response)| (name.clone(), &response["content"])).collect();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parts = operation["responses"].as_object().unwrap().values().chain([&operation["requestBody"]]);
            contents.extend(parts.map(|part| (format!("{method} {path}"), &part["content"])));
        }
    }
    for (what, content) in contents {
        for media in content.as_object().into_iter().flat_map(Map::values) {
            let shown = media["examples"].as_object().into_iter().flat_map(Map::values).map(|it| &it["value"]);
            for example in shown.chain(media.get("example")) {
                let faults = faults(&DOCUMENT, &media["schema"], example);
                assert!(faults.is_empty(), "{what}: {example}: {faults:?}");
                examples += 1;
            }
        }
    }
    assert!(examples > 300);
}

/// In Chinese and in English, with ` · ` between.
fn is_in_both_languages(text: &str) -> bool {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    text.split_once(" · ").is_some_and(|(chinese, english)| {
        chinese.contains(is_chinese)
            && english.contains(|letter: char| letter.is_ascii_alphabetic())
            && !english.contains(is_chinese)
    })
}

/// A link names an endpoint and a parameter of it.
#[test]
fn what_an_answer_links_to_is_there() {
    let operations =
        DOCUMENT["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let operations: BTreeMap<_, _> = operations.map(|it| (it["operationId"].as_str().unwrap(), it)).collect();
    let own = operations.values().flat_map(|operation| operation["responses"].as_object().unwrap().values());
    let answers = own.chain(DOCUMENT["components"]["responses"].as_object().unwrap().values());
    let links: Vec<_> = answers.filter_map(|answer| answer["links"].as_object()).flat_map(Map::values).collect();
    assert!(links.len() > 10);
    for link in links {
        let target = operations[link["operationId"].as_str().unwrap()];
        let parameters = target["parameters"].as_array().unwrap();
        for name in link["parameters"].as_object().unwrap().keys() {
            let (place, name) = name.split_once('.').unwrap();
            assert!(parameters.iter().any(|it| it["in"] == place && it["name"] == name), "{link}");
        }
    }
}

/// A form is read and an answer is shown by people of either language.
#[test]
fn every_endpoint_and_every_field_is_explained_in_chinese_and_in_english() {
    let functions = openapi::functions();
    for (function, operation) in functions.iter().flat_map(|one| one.operations.iter().map(move |it| (one, it))) {
        let what = format!("{} {} {}", function.function, operation.method, operation.path);
        assert!(!operation.explanation.is_empty(), "{what} has no sentence in Chinese: .zh(\"…\")");
        for input in &operation.inputs {
            assert!(is_in_both_languages(input.about), "{what}: {} is «{}»", input.name, input.about);
        }
    }
    let mut unexplained = BTreeSet::new();
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        fields_without_words(name, schema, &mut unexplained);
    }
    for item in DOCUMENT["paths"].as_object().unwrap().values() {
        for (path, operation) in item.as_object().unwrap() {
            fields_without_words(path, operation, &mut unexplained);
        }
    }
    assert!(unexplained.is_empty(), "openapi/src/fields.rs does not explain: {unexplained:?}");
}

fn fields_without_words(what: &str, schema: &Value, unexplained: &mut BTreeSet<String>) {
    match schema {
        Value::Array(parts) => parts.iter().for_each(|part| fields_without_words(what, part, unexplained)),
        Value::Object(parts) => {
            for (name, field) in parts.get("properties").and_then(Value::as_object).into_iter().flatten() {
                if !field["description"].as_str().is_some_and(is_in_both_languages) {
                    unexplained.insert(format!("{what}: {name}"));
                }
            }
            for (name, part) in parts.iter().filter(|(name, _)| *name != "example" && *name != "examples") {
                if name == "properties" {
                    part.as_object()
                        .into_iter()
                        .flatten()
                        .for_each(|(_, field)| fields_without_words(what, field, unexplained));
                } else {
                    fields_without_words(what, part, unexplained);
                }
            }
        }
        _ => {}
    }
}

/// Ids of people, vehicles, stations and piles fit 32 bits; those of records and requests do not.
#[test]
fn every_integer_says_how_wide_it_is() {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let of = |view: &str, field: &str| schemas[view]["properties"][field]["format"].clone();
    assert_eq!(
        (of("ev-charging.Line", "record_id"), of("ev-charging.Line", "request_id")),
        (json!("int64"), json!("int64"))
    );
    assert_eq!(of("ev-charging.Line", "charging_station_id"), "int32");
    assert_eq!(
        (of("ev-customer.MyInfo", "id"), of("ev-customer.BoundVehicle", "id")),
        (json!("int32"), json!("int32"))
    );
    let formats = regex_lite::Regex::new(r#""format":"(u?int[0-9]*)""#).unwrap();
    let text = DOCUMENT.to_string();
    let formats: BTreeSet<_> = formats.captures_iter(&text).map(|found| found[1].to_owned()).collect();
    assert_eq!(formats.into_iter().collect::<Vec<_>>(), ["int32", "int64"]);
}

/// The page of each app begins with it, and the mall's roles stand in the order of their document.
#[test]
fn every_app_begins_with_how_to_sign_in() {
    let tags = DOCUMENT["tags"].as_array().unwrap();
    let of_the_mall: Vec<_> = tags.iter().filter_map(|tag| tag["name"].as_str()?.strip_prefix("汽车城·")).collect();
    assert_eq!(of_the_mall, ["c端用户 Mall consumers", "代理商 Mall agents", "审核 Mall audit", "提供商 Mall dealers"]);
    let silent =
        tags.iter().filter(|tag| !tag["description"].as_str().unwrap().starts_with("**登录与会话 · Signing in"));
    let silent: Vec<_> = silent.map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(silent, ["支付 Payments", "充电桩 Piles", "运营控制台 Console", "接口文档 Reference"]);
}

#[test]
fn paths_stand_in_the_order_of_their_documents() {
    let text = checked_in("openapi.json");
    let at = |path: &str| text.find(&format!("\"{path}\": {{")).unwrap_or_else(|| panic!("{path}"));
    let order = [
        "/u/login",
        "/u/register",
        "/user/detail",
        "/user/charge/apply",
        "/customer/customers/myInfo",
        "/user/custom/sendPhoneNum",
        "/user/proxy/sendPhoneNum",
        "/user/proxy/auditPUser",
        "/user/dealer/login",
        "/join",
        "/customer/v1/customer",
        "/auth/token",
        "/operator/stations",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{:?}", order.map(at));
    // As the charging app sends it.
    let body = text[at("/u/register")..].split_once("\"requestBody\"").unwrap().1;
    let fields = ["multipart/form-data", "username", "password", "email", "license_plate"];
    let places: Vec<_> = fields.iter().map(|field| body.find(&format!("\"{field}\"")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// The id that the documents' examples give the driver who calls.
const DRIVER: u64 = 1004;

#[derive(Default)]
struct Caller {
    token: Option<String>,
    id: Option<String>,
}

/// A person for the examples.
async fn signed_in(plaza: &Plaza, role: Role) -> Caller {
    let (token, id) = match role {
        Role::Driver => {
            let driver = plaza.driver("wyc2003").await;
            (driver.token, Some(driver.id))
        }
        Role::Dealer => (plaza.dealer("13912345678").await.token, None),
        Role::CloudAdmin => {
            let joined = plaza.join("ac1", "51idc", "13312345864").await;
            (joined.header("x-access-token").unwrap().to_owned(), None)
        }
        role => (plaza.token_of(role), None),
    };
    Caller { token: Some(token), id }
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
    let caller = match role {
        None => Caller::default(),
        Some(role) => signed_in(&plaza, role).await,
    };
    let own = |example: &Value| match &caller.id {
        Some(id) if [json!(DRIVER), json!(DRIVER.to_string())].contains(example) => json!(id),
        _ => example.clone(),
    };

    let mut path = operation.path.to_owned();
    for (name, example) in operation.path_examples {
        path = path.replace(&format!("{{{name}}}"), own(&json!(example)).as_str().unwrap());
    }
    let (mut query, mut body) = (form_urlencoded::Serializer::new(String::new()), Map::new());
    let (mut headers, mut has_body) = (Vec::new(), false);
    for input in fields {
        let example = own(&input.example);
        match operation.place_of(input) {
            FieldPlace::Query => {
                query.append_pair(input.name, example.as_str().unwrap_or(&example.to_string()));
            }
            FieldPlace::Header => headers.push((input.name, input.example.as_str().unwrap())),
            FieldPlace::Body => {
                body.insert(input.name.to_owned(), example);
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
    request = caller.token.iter().fold(request, |request, token| request.bearer(token));
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
    let reads = |operation: &Operation| operation.inputs.iter().any(|it| operation.place_of(it) != FieldPlace::Header);
    all.filter(move |(_, operation)| reads(operation) && !operation.inputs.iter().any(Input::is_file))
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
        for left_out in operation.inputs.iter().filter(|input| !input.depends) {
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

/// The sample, and the sample with each other value of a field that has few.
fn variants(operation: &Operation) -> Vec<Vec<Input>> {
    let whole: Vec<_> = operation.inputs.iter().filter(|input| !input.is_file()).cloned().collect();
    let mut variants = vec![whole.clone()];
    for (at, input) in whole.iter().enumerate() {
        for value in input.schema()["enum"].as_array().into_iter().flatten() {
            let mut other = whole.clone();
            other[at].example = value.clone();
            variants.push(other);
        }
    }
    variants
}

/// What a form asks for is what its endpoint declares: no more, or a client would not know of it, and no less. A signed body
/// is read by the service.
#[tokio::test]
async fn every_endpoint_reads_exactly_the_fields_that_it_declares() {
    let functions = openapi::functions();
    let mut fields = 0;
    for (function, operation) in functions.iter().flat_map(|one| one.operations.iter().map(move |it| (one, it))) {
        let route =
            function.routes.iter().find(|it| (it.method, it.path) == (operation.method, operation.path)).unwrap();
        if route.access == Access::Signed {
            continue;
        }
        let declared =
            operation.inputs.iter().filter(|it| operation.place_of(it) != FieldPlace::Header && !it.is_file());
        let declared: BTreeSet<_> = declared.map(|input| input.name).collect();
        let mut asked = BTreeSet::new();
        for variant in variants(operation) {
            let (answer, _) = call(function, operation, &variant.iter().collect::<Vec<_>>(), None).await;
            asked.extend(answer.asked);
        }
        let is_file = |name: &&str| operation.inputs.iter().any(|input| input.name == *name && input.is_file());
        asked.retain(|name| !is_file(name));
        assert_eq!(asked, declared, "{} {}", operation.method, operation.path);
        fields += declared.len();
    }
    assert!(fields > 100);
}

#[test]
fn a_checker_that_accepts_anything_would_show() {
    let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
    assert!(faults(&json!({}), &schema, &json!({ "a": 1 })).is_empty());
    for wrong in [json!({}), json!({ "a": "1" }), json!({ "a": 1.5 }), json!([])] {
        assert!(!faults(&json!({}), &schema, &wrong).is_empty(), "{wrong}");
    }
}
