//! Papers of the mall's agents and dealers (#14 to #17), and how auditors see them.

mod audit;
mod contract;
mod costs;
mod deletion;
mod desk;
mod faults;
mod hand_in;
mod own;
mod races;

use serde_json::json;
use tests::answer::Answer;

const PHONE: &str = "13912345678";
const OTHER_PHONE: &str = "13800138000";
const THIRD_PHONE: &str = "13312345864";

/// Status and body of a refusal in the mall's words.
fn refusal(status: u16, code: u16, msg: &str) -> (u16, String) {
    (status, json!({"errCode": code, "msg": msg}).to_string())
}

/// HTTP status and `errCode`.
fn code(answer: &Answer) -> (u16, u64) {
    let body = answer.json();
    let number = body["errCode"].as_u64().or_else(|| body["errCode"].as_str()?.parse().ok());
    (answer.status.as_u16(), number.unwrap_or_else(|| panic!("{body}")))
}
