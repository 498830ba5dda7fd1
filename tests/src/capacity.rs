//! Reading from an answer of DynamoDB's what the call has cost.

use crate::database::{AUDIT, Call};
use serde_json::Value;

/// The capacity units in an answer: one entry, or one per table after a transaction. The index of the audit table is left out:
/// every entry costs one unit there, for every call.
pub(crate) fn units(answer: &Value) -> f64 {
    let whole = |part: &Value| part["CapacityUnits"].as_f64().unwrap_or_default();
    let of_one = |entry: &Value| {
        let is_audit = entry["TableName"] == AUDIT && entry["Table"].is_object();
        whole(if is_audit { &entry["Table"] } else { entry })
    };
    match &answer["ConsumedCapacity"] {
        Value::Array(entries) => entries.iter().map(of_one).sum(),
        entry => of_one(entry),
    }
}

/// The calls in a form that a test can compare with one line: `Query 1 + TransactWriteItems 4`.
pub fn bill(calls: &[Call]) -> String {
    let lines: Vec<_> = calls.iter().map(|call| format!("{} {}", call.operation, call.units)).collect();
    lines.join(" + ")
}
