//! `seed`: one station with the default layout, for a first session.

use crate::{Result, functions, tell};
use serde_json::json;

pub fn first_station(api: &str, metered: bool) -> Result<()> {
    let answer = functions::invoke(api, "local-staff", &json!({ "seed": true, "metered": metered }))?;
    if answer.get("seeded").and_then(serde_json::Value::as_bool) == Some(true) {
        tell::step("created a first station with the default layout");
    }
    Ok(())
}
