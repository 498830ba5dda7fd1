//! `cargo local token`: a bearer token of platform staff, from the local function for developers.

use crate::{Problem, Result, functions, record, tell};
use serde_json::json;
use std::path::Path;

pub fn print(dir: &Path, role: &str, shops: &[String]) -> Result<()> {
    let (_, record) = record::running(dir)?;
    let answer = functions::invoke(&record.api, "local-staff", &json!({ "role": role, "shops": shops }))?;
    let token = answer.get("token").and_then(|token| token.as_str());
    tell::answer(token.ok_or_else(|| Problem(format!("local-staff returned no token: {answer}")))?);
    Ok(())
}
