//! Staff: their own passwords, second factors, appointments that a second administrator confirms, idle sessions.

mod confirmation;
mod faults;
mod first_passwords;
mod second_factors;
mod sessions;

use serde_json::Value;
use tests::answer::Answer;

/// Status and code of a failure.
fn code(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The actions of the trail about an account, the oldest first.
fn actions(plaza: &tests::plaza::Plaza, account: &str) -> Vec<String> {
    let mut entries = plaza.database.items(tests::database::AUDIT);
    entries.retain(|entry| entry["subject"]["S"] == account);
    entries.sort_by_key(|entry: &Value| entry["sk"]["S"].as_str().unwrap_or_default().to_owned());
    entries.iter().map(|entry| entry["action"]["S"].as_str().unwrap_or_default().to_owned()).collect()
}
