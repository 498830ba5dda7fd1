//! What a first visitor needs: one station with the default layout, and nothing else.

use crate::{Result, functions, tell};
use serde_json::json;

pub fn first_station(api: &str) -> Result<()> {
    let answer = functions::invoke(api, "local-staff", &json!({ "seed": true }))?;
    if answer.get("seeded").and_then(serde_json::Value::as_bool) == Some(true) {
        tell::step("made a first station with the default layout");
    }
    Ok(())
}
