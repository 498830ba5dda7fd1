//! Reads the files with outgoing messages: one JSON object per line.

use serde_json::{Map, Value};
use shared::domain::reason::Failure;
use std::path::Path;

/// The last line whose field `name` is `value`.
pub fn newest(file: &Path, name: &str, value: &str) -> Result<Map<String, Value>, Failure> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().rev().filter_map(|line| serde_json::from_str::<Map<String, Value>>(line).ok());
    let found = lines.into_iter().find(|line| line.get(name).and_then(Value::as_str) == Some(value));
    found.ok_or_else(|| Failure::internal(format!("no message for {value} yet")))
}
