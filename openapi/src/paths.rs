//! Endpoints as OpenAPI writes them.

use crate::failures::{Shown, by_status, examples, reference, rendered, response};
use describe::{Answer, Described, Input, Operation, Place, Voice};
use serde_json::{Map, Value, json};
use shared::{
    domain::{
        account::{Realm, Role},
        reason::{Failure, Reason},
    },
    wire::Access,
};

type Object = Map<String, Value>;

/// Adds a function's endpoints, and what they refer to under the function's name.
pub fn add(function: &Described, paths: &mut Object, schemas: &mut Object, responses: &mut Object) {
    for operation in &function.operations {
        let voice = operation.voice.as_ref().unwrap_or(&function.voice);
        schemas.insert(format!("{}.Failure", voice.name), (voice.shape)());
        for (name, schema) in operation.successes().flat_map(|answer| &answer.parts) {
            schemas.insert(format!("{}.{name}", function.function), own(function, schema.clone()));
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
    let parameters = parameters(operation, path);
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    described
}

fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // `/x` and `/x/` are two routes.
    let slash = if path.len() > 1 && path.ends_with('/') { "_" } else { "" };
    words.fold(method.to_ascii_lowercase(), |id, word| format!("{id}_{word}")) + slash
}

fn description(operation: &Operation, access: Access, way: (&str, &str)) -> String {
    let mut lines = vec![match operation.number {
        Some(number) => format!("Endpoint #{number} of the contracts. {}", who(access)),
        None => format!("Our extension. {}", who(access)),
    }];
    if way != (operation.method, operation.path) {
        lines.push(format!("The same as `{} {}`.", operation.method, operation.path));
    }
    if !operation.notes.is_empty() {
        lines.push(operation.notes.iter().map(|note| format!("- {note}")).collect::<Vec<_>>().join("\n"));
    }
    lines.join("\n\n")
}

fn who(access: Access) -> String {
    let names = |names: Vec<&str>| names.join("`, `");
    match access {
        Access::Public => "**Access:** anybody, throttled.".to_owned(),
        Access::Signed => "**Access:** whoever signs what is sent; sessions do not count.".to_owned(),
        Access::Known(realms) => {
            let realms = names(realms.iter().map(|realm| realm.as_str()).collect());
            format!("**Access:** anybody, throttled; whoever is signed in to `{realms}` is known.")
        }
        Access::SignedIn(realms) if realms.len() == Realm::ALL.len() => "**Access:** anybody signed in.".to_owned(),
        Access::SignedIn(realms) => {
            format!("**Access:** signed in to `{}`.", names(realms.iter().map(|realm| realm.as_str()).collect()))
        }
        Access::Roles(roles) => {
            format!("**Access:** the roles `{}`.", names(roles.iter().copied().map(Role::as_str).collect()))
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

fn parameters(operation: &Operation, path: &str) -> Vec<Value> {
    let in_path = path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(|name| {
        let example =
            operation.path_examples.iter().find(|(known, _)| *known == name).map_or("1", |(_, example)| *example);
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" }, "example": example })
    });
    let parameter = |place: &'static str| {
        move |input: &Input| {
            json!({ "name": input.name, "in": place, "required": input.required, "description": input.about,
                "schema": input.schema() })
        }
    };
    let query = operation.inputs_in(Place::Query).map(parameter("query"));
    let header = operation.inputs_in(Place::Header).map(parameter("header"));
    in_path.chain(query).chain(header).collect()
}

/// The body, whose schema is kept under `name`: it is the same in each media type and on each alias.
fn body(operation: &Operation, name: &str, schemas: &mut Object) -> Option<Value> {
    let inputs: Vec<_> = operation.inputs_in(Place::Body).collect();
    if inputs.is_empty() {
        return None;
    }
    let required: Vec<_> = inputs.iter().filter(|input| input.required).map(|input| input.name).collect();
    let properties: Object = inputs.iter().map(|input| (input.name.to_owned(), input.schema())).collect();
    let mut schema = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schemas.insert(name.to_owned(), schema);
    let mut form = json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    if !inputs.iter().any(|input| input.is_file()) {
        form["example"] = inputs.iter().map(|input| (input.name.to_owned(), input.example.clone())).collect();
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
        let success = success(function, operation.english, voice, answer, &refused);
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

/// What may be answered whatever the endpoint is for.
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
        Reason::Forbidden => matches!(access, Access::Roles(_)),
        Reason::NoSuchRoute => path.contains('{'),
        Reason::WrongMethod => false,
        _ => true,
    };
    COMMON.iter().copied().filter(applies).collect()
}

/// A success, with the failures that come under its status.
fn success(function: &Described, about: &str, voice: &Voice, answer: &Answer, refused: &[Shown]) -> Value {
    let mut success = json!({ "description": answer.about.unwrap_or(about) });
    if let Some((media, schema)) = &answer.content {
        let mut content = json!({ "schema": own(function, schema.clone()) });
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
