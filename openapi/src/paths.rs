//! Endpoints as OpenAPI writes them.

use crate::{
    failures::{Shown, by_status, examples, reference, rendered, response},
    fields::{explained, in_path, widened},
    recipe,
};
use describe::{Answer, Described, Input, Operation, Voice};
use serde_json::{Map, Value, json};
use shared::{
    domain::{
        account::{Realm, Role},
        reason::{Failure, Reason},
    },
    wire::{Access, FieldPlace},
};

type Object = Map<String, Value>;

/// Adds a function's endpoints, and what they refer to under the function's name.
pub fn add(function: &Described, paths: &mut Object, schemas: &mut Object, responses: &mut Object) {
    for operation in &function.operations {
        let voice = operation.voice.as_ref().unwrap_or(&function.voice);
        schemas.insert(format!("{}.Failure", voice.name), explained(voice.name, "Failure", (voice.shape)()));
        for (name, schema) in operation.successes().flat_map(|answer| &answer.parts) {
            schemas.insert(
                format!("{}.{name}", function.function),
                own(function, explained(function.function, name, schema.clone())),
            );
        }
        let id = operation_id(operation.method, operation.path);
        let body = body(operation, &format!("{}.{id}", function.function), schemas);
        for (method, path) in operation.ways() {
            // A description of no route is found by a test; here it only must not look public.
            let route = function.routes.iter().find(|route| (route.method, route.path) == (method, path));
            let access = route.map_or(Access::Roles(&[]), |route| route.access);
            let mut described = describe(function, operation, voice, access, (method, path), responses);
            if let Some(body) = &body {
                described["requestBody"] = body.clone();
            }
            let item = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
            item[method.to_ascii_lowercase()] = described;
        }
    }
}

/// References to a function's schemas carry its name, because two functions may call a view alike.
fn own(function: &Described, mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                *value = match value.as_str().and_then(|text| text.strip_prefix("#/components/schemas/")) {
                    Some(part) if name == "$ref" => format!("#/components/schemas/{}.{part}", function.function).into(),
                    _ => own(function, value.take()),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = own(function, item.take())),
        _ => {}
    }
    schema
}

fn describe(
    function: &Described,
    operation: &Operation,
    voice: &Voice,
    access: Access,
    (method, path): (&str, &str),
    responses: &mut Object,
) -> Value {
    let mut described = json!({
        "operationId": operation_id(method, path),
        "tags": [function.document.tag()],
        "summary": format!("{} · {}", operation.chinese, operation.english),
        "description": description(operation, access, (method, path)),
        "security": security(voice, access),
        "responses": answers(function, operation, voice, access, path, responses),
    });
    let parameters = parameters(function.function, operation, path);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    described
}

pub fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // `/x` and `/x/` are two routes.
    let slash = if path.len() > 1 && path.ends_with('/') { "_" } else { "" };
    words.fold(method.to_ascii_lowercase(), |id, word| format!("{id}_{word}")) + slash
}

/// What it is and who may call it, what it does in Chinese, the decisions in English, and what goes before its sample.
fn description(operation: &Operation, access: Access, way: (&str, &str)) -> String {
    let mut parts = vec![match operation.number {
        Some(number) => format!("接口 · Endpoint #{number}。{}", who(access)),
        None => format!("扩展 · Extension。{}", who(access)),
    }];
    if way != (operation.method, operation.path) {
        let (method, path) = (operation.method, operation.path);
        parts.push(format!("与 `{method} {path}` 相同 · The same as `{method} {path}`."));
    }
    let list = |lines: &[&str]| lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
    parts.extend([operation.explanation.join(""), list(operation.notes), recipe::first(operation)]);
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

fn who(access: Access) -> String {
    let names = |names: Vec<&str>| names.join("`, `");
    let said = |chinese: &str, english: &str| format!("**访问 · Access:** {chinese} · {english}.");
    match access {
        Access::Public => said("无需登录，限流", "no session, throttled"),
        Access::Signed => said("凭签名，不看会话", "a signature; sessions do not count"),
        Access::Known(realms) => {
            let realms = names(realms.iter().map(|realm| realm.as_str()).collect());
            let (chinese, english) =
                ("无需登录，限流；会识别的会话", "no session needed, throttled; a session is known of");
            said(&format!("{chinese} `{realms}`"), &format!("{english} `{realms}`"))
        }
        Access::SignedIn(realms) if realms.len() == Realm::ALL.len() => said("任何已登录用户", "any signed-in user"),
        Access::SignedIn(realms) => {
            let realms = names(realms.iter().map(|realm| realm.as_str()).collect());
            said(&format!("已登录 `{realms}`"), &format!("signed in to `{realms}`"))
        }
        Access::Roles(roles) => {
            let roles = names(roles.iter().copied().map(Role::as_str).collect());
            said(&format!("角色 `{roles}`"), &format!("the roles `{roles}`"))
        }
    }
}

fn security(voice: &Voice, access: Access) -> Vec<Value> {
    if matches!(access, Access::Public | Access::Signed) {
        return Vec::new();
    }
    // An empty requirement beside the others: without a token too.
    let without = matches!(access, Access::Known(_)).then(|| json!({}));
    let query = voice.query_token.map(|name| json!({ name: [] }));
    std::iter::once(json!({ "bearer": [] })).chain(query).chain(without).collect()
}

fn parameters(function: &str, operation: &Operation, path: &str) -> Vec<Value> {
    let of_path = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(|name| {
        let example =
            operation.path_examples.iter().find(|(known, _)| *known == name).map_or("1", |(_, example)| *example);
        json!({ "name": name, "in": "path", "required": true, "description": in_path(function, name),
            "schema": { "type": "string" }, "example": example })
    });
    // What stands in the path of another way to the endpoint is needed here.
    let in_other_path = |input: &Input| {
        let hole = format!("{{{}}}", input.name);
        !path.contains(&hole) && operation.path.contains(&hole)
    };
    let parameter = |place: &'static str| {
        move |input: &Input| {
            let mut schema = widened(input.name, input.schema());
            let mut about = input.about.to_owned();
            if let Some(fields) = schema.as_object_mut() {
                // It stands at the parameter.
                fields.remove("description");
                // The page sends what has an example.
                if input.is_left_out {
                    fields.remove("examples");
                    let example = input.example.as_str().map_or_else(|| input.example.to_string(), ToOwned::to_owned);
                    about = format!("{about} (`{example}`)");
                }
            }
            json!({ "name": input.name, "in": place, "required": input.required || in_other_path(input),
                "description": about, "schema": schema })
        }
    };
    let query = operation.inputs_in(FieldPlace::Query).map(parameter("query"));
    let header = operation.inputs_in(FieldPlace::Header).map(parameter("header"));
    of_path.chain(query).chain(header).collect()
}

/// The body, whose schema is kept under `name`: it is the same in each media type and on each alias.
fn body(operation: &Operation, name: &str, schemas: &mut Object) -> Option<Value> {
    let inputs: Vec<_> = operation.inputs_in(FieldPlace::Body).collect();
    if inputs.is_empty() {
        return None;
    }
    let required: Vec<_> = inputs.iter().filter(|input| input.required).map(|input| input.name).collect();
    let properties: Object =
        inputs.iter().map(|input| (input.name.to_owned(), widened(input.name, input.schema()))).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schemas.insert(name.to_owned(), schema);
    let mut form = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    if !inputs.iter().any(|input| input.is_file()) {
        let sample = operation.sample_in(FieldPlace::Body);
        form["example"] = sample.map(|input| (input.name.to_owned(), input.example.clone())).collect();
    }
    let picture = json!({ "schema": { "type": "string", "format": "binary" } });
    let in_media = |media: &str| if media.starts_with("image/") { picture.clone() } else { form.clone() };
    let content: Object = operation.media.iter().map(|media| ((*media).to_owned(), in_media(media))).collect();
    Some(json!({ "required": !required.is_empty(), "content": content }))
}

/// The successes, the refusals of this endpoint, and those that every endpoint of its envelope knows.
fn answers(
    function: &Described,
    operation: &Operation,
    voice: &Voice,
    access: Access,
    path: &str,
    shared: &mut Object,
) -> Value {
    let said = operation.sayings.iter().map(|(reason, text)| Failure::from(*reason).saying(*text));
    // Where it is a business outcome, what a person typed is refused under the status of success.
    let typed = Failure::from(Reason::BadInput);
    let typed = Some(typed).filter(|typed| !operation.inputs.is_empty() && rendered(voice, typed).0 == 200);
    let refused = operation.refusals.iter().copied().map(Failure::from).chain(said).chain(typed);
    let mut business = by_status(voice, refused);
    let mut answers = Object::new();
    for answer in operation.successes() {
        let refused = business.remove(&answer.status).unwrap_or_default();
        let success = success(function, operation, voice, answer, &refused);
        match answers.get_mut(&answer.status.to_string()) {
            Some(known) => join(known, success),
            None => drop(answers.insert(answer.status.to_string(), success)),
        }
    }
    let everywhere = by_status(voice, COMMON.iter().copied().map(Failure::from));
    for (status, reasons) in by_status(voice, common(access, path).into_iter().map(Failure::from)) {
        if let Some(own) = business.remove(&status) {
            answers.insert(status.to_string(), response(voice, status, &[reasons, own].concat()));
        } else {
            let name = format!("{}.{status}", voice.name);
            let whole = everywhere.get(&status).map(Vec::as_slice).unwrap_or_default();
            shared.entry(name.clone()).or_insert_with(|| response(voice, status, whole));
            answers.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{name}") }));
        }
    }
    for (status, reasons) in &business {
        answers.insert(status.to_string(), response(voice, *status, reasons));
    }
    if !operation.aliases.is_empty() {
        let id = operation_id(operation.method, operation.path);
        answers
            .iter_mut()
            .for_each(|(status, answer)| share(&format!("{}.{id}.{status}", function.function), answer, shared));
    }
    answers.into()
}

/// What each way to an endpoint answers is written once.
fn share(name: &str, answer: &mut Value, shared: &mut Object) {
    if answer.get("$ref").is_none() {
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        shared.insert(name.to_owned(), std::mem::replace(answer, reference));
    }
}

/// What stands around a view, by whose name fields are told apart.
const ENVELOPE: &str = "Envelope";

/// What any endpoint may answer.
const COMMON: &[Reason] = &[
    Reason::Malformed,
    Reason::Unauthorized,
    Reason::Forbidden,
    Reason::NoSuchRoute,
    Reason::WrongMethod,
    Reason::TooLarge,
    Reason::UnsupportedType,
    Reason::Throttled,
    Reason::Contended,
    Reason::Internal,
];

fn common(access: Access, path: &str) -> Vec<Reason> {
    let is_guarded = !matches!(access, Access::Public | Access::Known(_));
    let applies = |reason: &Reason| match reason {
        // Where a caller may be known, a token that opens nothing counts as none.
        Reason::Unauthorized => is_guarded,
        Reason::Forbidden => matches!(access, Access::SignedIn(_) | Access::Roles(_)),
        Reason::NoSuchRoute => path.contains('{'),
        Reason::WrongMethod => false,
        _ => true,
    };
    COMMON.iter().copied().filter(applies).collect()
}

/// A success, with the failures that come under its status.
fn success(function: &Described, operation: &Operation, voice: &Voice, answer: &Answer, refused: &[Shown]) -> Value {
    let usual = format!("成功 · {}", operation.english);
    let mut success = json!({ "description": answer.about.unwrap_or(&usual) });
    if let Some((media, schema)) = &answer.content {
        let mut content = json!({ "schema": own(function, explained(function.function, ENVELOPE, schema.clone())) });
        let mut shown = examples(refused);
        if !refused.is_empty() {
            content["schema"] = json!({ "oneOf": [content["schema"].take(), reference(voice)] });
        }
        if let Some(example) = &answer.example {
            let name = if answer.about.is_some() { "Other" } else { "Success" };
            let mut whole = Object::from_iter([(name.to_owned(), json!({ "summary": "成功", "value": example }))]);
            whole.append(&mut shown);
            content["examples"] = whole.into();
        }
        success["content"] = json!({ *media: content });
    }
    if !answer.headers.is_empty() {
        let reference = |name: &&str| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }));
        success["headers"] = answer.headers.iter().map(reference).collect::<Object>().into();
    }
    success
}

/// Two successes of one status: each media type of the second beside those of the first, or as its other shape.
fn join(first: &mut Value, mut second: Value) {
    let Some(contents) = second["content"].as_object_mut().map(std::mem::take) else { return };
    for (media, mut content) in contents {
        let known = &mut first["content"][&media];
        if known.is_null() {
            *known = content;
            continue;
        }
        known["schema"] = json!({ "anyOf": [known["schema"].take(), content["schema"].take()] });
        if let (Some(known), Some(more)) = (known["examples"].as_object_mut(), content["examples"].as_object_mut()) {
            known.append(more);
        }
    }
}
