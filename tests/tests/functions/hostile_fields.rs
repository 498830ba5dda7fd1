//! What attackers send in every field of every endpoint: values far too long, format characters, keys that stand twice in
//! a nested object. Each is answered in the document's own words, no answer is a 5xx, and nothing of it is stored.

use describe::{Input, Operation};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::wire::{FieldPlace, Way};
use std::sync::LazyLock;
use tests::{
    answer::Answer,
    database::{AUDIT, AUDIT_CHAIN, MAIN},
    document::fault,
    newcomer::Newcomer,
    plaza::Plaza,
};

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// Stands in every value, so that it is found wherever it is stored.
const MARK: &str = "zqmark";
/// What the gateway takes of a request's head.
const HEAD: usize = 8 << 10;

/// A value, and what it does to the body that is sent.
struct Hostile {
    value: String,
    body: fn(String) -> String,
}

fn hostile() -> Vec<Hostile> {
    let plain = |value: String| Hostile { value, body: |body| body };
    let marked = |more: &str| plain(format!("{MARK}{more}"));
    vec![
        marked(&"长".repeat(700)),
        marked(&"x".repeat(2_000)),
        marked(&"x".repeat(100_000)),
        marked("\u{202e}\u{200b}"),
        marked("\u{2066}"),
        Hostile {
            value: format!("{MARK}-nested"),
            body: |body| body.replace(&format!("\"{MARK}-nested\""), &format!(r#"{{"a":[{{"b":"{MARK}","b":2}}]}}"#)),
        },
    ]
}

/// The fields of an endpoint, with the place where each is sent.
fn fields(operation: &Operation) -> Vec<(&'static str, Option<FieldPlace>)> {
    let is_in_path = |input: &Input| operation.path_examples.iter().any(|(name, _)| *name == input.name);
    let takes = |input: &&Input| !input.is_file() && !is_in_path(input);
    let of = |place: FieldPlace| operation.inputs_in(place).filter(takes).map(move |input| (input.name, Some(place)));
    let given = [FieldPlace::Body, FieldPlace::Query, FieldPlace::Header].into_iter().flat_map(of);
    given.chain(operation.path_examples.iter().map(|(name, _)| (*name, None))).collect()
}

/// Whether a caller can send the value there: a head has a length, and a header has visible ASCII.
fn can_be_sent(place: Option<FieldPlace>, hostile: &Hostile) -> bool {
    let is_nested = hostile.value.ends_with("-nested");
    match place {
        Some(FieldPlace::Body) => true,
        Some(FieldPlace::Header) => hostile.value.is_ascii() && hostile.value.len() < HEAD && !is_nested,
        Some(FieldPlace::Query) | None => 3 * hostile.value.len() < HEAD && !is_nested,
    }
}

/// What of the value is stored, except that a sign-in under this name was tried.
fn stored(plaza: &Plaza) -> Option<Value> {
    let items = [MAIN, AUDIT, AUDIT_CHAIN].into_iter().flat_map(|table| plaza.database.items(table));
    let is_count = |item: &Value| item["sk"]["S"] == "FAILURES";
    items.into_iter().find(|item| !is_count(item) && item.to_string().contains(MARK))
}

fn amiss(endpoint: &Value, answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    if answer.status.is_server_error() {
        return Some(format!("{status} {}", String::from_utf8_lossy(&answer.body)));
    }
    fault(&DOCUMENT, endpoint, status, answer.header("content-type").unwrap_or_default(), &answer.body)
        .map(|fault| format!("{status} {fault}"))
}

#[tokio::test]
async fn what_is_too_long_invisible_or_twice_is_refused_in_the_documents_own_words_and_not_stored() {
    let functions = openapi::functions();
    let (mut faults, mut sent) = (Vec::new(), 0);
    for operation in functions.iter().flat_map(|function| &function.operations) {
        let way = Way { method: operation.method, path: operation.path };
        let endpoint = &DOCUMENT["paths"][operation.path][operation.method.to_lowercase()];
        let fields = fields(operation);
        if fields.is_empty() {
            continue;
        }
        let plaza = Plaza::open();
        plaza.station(|_| {}).await;
        let mut newcomer = Newcomer::new(&functions, &plaza);
        let prepared = newcomer.prepare(way).await;
        for (name, place) in fields {
            for hostile in hostile().iter().filter(|hostile| can_be_sent(place, hostile)) {
                let shown: String = hostile.value.chars().take(20).collect();
                let shown = format!("{way} {name} = {} ({})", shown.escape_debug(), hostile.value.len());
                let answer = newcomer.send_with(&prepared, (name, &json!(hostile.value)), hostile.body).await;
                plaza.watch.advance(SignedDuration::from_secs(61));
                sent += 1;
                faults.extend(amiss(endpoint, &answer).map(|fault| format!("{shown}: {fault}")));
                let is_json = !operation.inputs.iter().any(Input::is_file);
                if hostile.value.ends_with("-nested")
                    && place == Some(FieldPlace::Body)
                    && is_json
                    && answer.succeeded()
                {
                    faults.push(format!("{shown}: a key that stands twice is taken"));
                }
                if let Some(item) = stored(&plaza) {
                    faults.push(format!("{shown}: is stored in {} {}", item["pk"], item["sk"]));
                    for table in [MAIN, AUDIT] {
                        plaza.database.remove_from(table, &item);
                    }
                }
            }
        }
    }
    assert!(sent > 1_000, "{sent} calls");
    assert!(faults.is_empty(), "{} of {sent}:\n{}", faults.len(), faults.join("\n"));
}
