//! Failures as the envelopes themselves write them.

use describe::Voice;
use futures_util::FutureExt as _;
use http_body_util::BodyExt as _;
use serde_json::{Map, Value, json};
use shared::domain::reason::{Failure, Reason};
use std::collections::BTreeMap;

/// Status and body of a refusal.
pub fn rendered(voice: &Voice, reason: Reason) -> (u16, Value) {
    let response = (voice.failure)(&Failure::from(reason));
    let status = response.status().as_u16();
    // Envelopes write whole bodies, so reading one never waits.
    let body = response.into_body().collect().now_or_never().and_then(Result::ok);
    (status, body.and_then(|body| serde_json::from_slice(&body.to_bytes()).ok()).unwrap_or_default())
}

/// Reasons by the status that this envelope gives them.
pub fn by_status(voice: &Voice, reasons: &[Reason]) -> BTreeMap<u16, Vec<(Reason, Value)>> {
    let mut statuses: BTreeMap<u16, Vec<(Reason, Value)>> = BTreeMap::new();
    for reason in reasons {
        let (status, body) = rendered(voice, *reason);
        let known = statuses.entry(status).or_default();
        if known.iter().all(|(other, _)| other != reason) {
            known.push((*reason, body));
        }
    }
    statuses
}

/// One failing answer with an example for each reason.
pub fn response(voice: &Voice, status: u16, reasons: &[(Reason, Value)]) -> Value {
    let about: Vec<_> = reasons.iter().map(|(reason, _)| reason.text()).collect();
    let mut response = json!({
        "description": about.join("；"),
        "content": { "application/json": { "schema": reference(voice), "examples": examples(reasons) } },
    });
    if status == 429 {
        response["headers"] = json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
    }
    response
}

pub fn reference(voice: &Voice) -> Value {
    json!({ "$ref": format!("#/components/schemas/{}.Failure", voice.name) })
}

pub fn examples(reasons: &[(Reason, Value)]) -> Map<String, Value> {
    let example =
        |(reason, body): &(Reason, Value)| (format!("{reason:?}"), json!({ "summary": reason.text(), "value": body }));
    reasons.iter().map(example).collect()
}
