//! Failures as the envelopes themselves write them.

use describe::Voice;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use shared::domain::reason::{Failure, Reason};
use std::collections::BTreeMap;

/// A failure as a reader of the page sees it.
#[derive(Clone, Debug)]
pub struct Shown {
    reason: Reason,
    /// The envelope's own words.
    text: String,
    body: Value,
}

impl Shown {
    fn of(failure: &Failure, body: Value) -> Self {
        let text = ["msg", "message", "data"].iter().find_map(|field| body[*field].as_str());
        let text = text.unwrap_or_else(|| failure.text()).to_owned();
        Self { reason: failure.reason(), text, body }
    }
}

/// Status and body of a refusal.
pub fn rendered(voice: &Voice, failure: &Failure) -> (u16, Value) {
    let response = (voice.failure)(failure);
    let status = response.status().as_u16();
    // Envelopes write whole bodies, so reading one never waits.
    let body = response.into_body().collect().now_or_never().and_then(Result::ok);
    (status, body.and_then(|body| serde_json::from_slice(&body.to_bytes()).ok()).unwrap_or_default())
}

/// Failures by the status that this envelope gives them, each once.
pub fn by_status(voice: &Voice, failures: impl IntoIterator<Item = Failure>) -> BTreeMap<u16, Vec<Shown>> {
    let mut statuses: BTreeMap<u16, Vec<Shown>> = BTreeMap::new();
    for failure in failures {
        let (status, body) = rendered(voice, &failure);
        let shown = Shown::of(&failure, body);
        let known = statuses.entry(status).or_default();
        if known.iter().all(|other| (other.reason, &other.text) != (shown.reason, &shown.text)) {
            known.push(shown);
        }
    }
    statuses
}

/// One failing answer with an example for each reason.
pub fn response(voice: &Voice, status: u16, failures: &[Shown]) -> Value {
    let mut about: Vec<_> = failures.iter().map(|shown| shown.text.as_str()).collect();
    about.dedup();
    let mut response = json!({
        "description": about.join("；"),
        "content": { "application/json": { "schema": reference(voice), "examples": examples(failures) } },
    });
    if status == 429 {
        response["headers"] = json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
    }
    response
}

pub fn reference(voice: &Voice) -> Value {
    json!({ "$ref": format!("#/components/schemas/{}.Failure", voice.name) })
}

/// Named by their reasons; a reason that comes in several words has a number behind its name.
pub fn examples(failures: &[Shown]) -> Map<String, Value> {
    let mut examples = Map::new();
    for Shown { reason, text, body } in failures {
        let name = format!("{reason:?}");
        let others = examples.keys().filter(|known| known.trim_end_matches(char::is_numeric) == name).count();
        let name = if others == 0 { name } else { format!("{name}{}", others + 1) };
        examples.insert(name, json!({ "summary": text, "value": body }));
    }
    examples
}
