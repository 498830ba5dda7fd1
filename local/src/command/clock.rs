//! `cargo local clock`: moves station time, and returns when everything that came due is done.

use crate::{
    Problem, Result,
    clock::{self, Clock},
    functions, record, tell,
};
use jiff::Timestamp;
use serde_json::json;
use std::{path::Path, time::Duration};

/// How many sweeps without progress end the wait. Another invocation may hold the last item for a moment, and many
/// stations go through the queue.
const FRUITLESS: u32 = 500;

pub fn turn(dir: &Path, to: Timestamp) -> Result<()> {
    let (dir, record) = record::running(dir)?;
    let before = Clock::read(&dir)?.unwrap_or(Clock::Real);
    before.turned(to)?.write(&dir)?;
    let settled = settle(&record.api)?;
    tell::step(format!("station time stands still at {}, {settled} settled on the way", clock::show(to)));
    Ok(())
}

/// Sweeps until nothing is due. Returns how many items were handled.
pub fn settle(api: &str) -> Result<u64> {
    let (mut settled, mut fruitless, mut least) = (0, 0, u64::MAX);
    loop {
        let answer = functions::invoke(api, "charging-scheduler", &json!({ "sweep": true }))?;
        let number = |field: &str| answer.get(field).and_then(serde_json::Value::as_u64);
        let Some(due) = number("due") else {
            return Err(Problem(format!("charging-scheduler gave no number of due items: {answer}")));
        };
        let now = number("settled").unwrap_or(0);
        settled += now;
        if due == 0 {
            return Ok(settled);
        }
        fruitless = if now > 0 || due < least { 0 } else { fruitless + 1 };
        least = due.min(least);
        if fruitless == FRUITLESS {
            return Err(Problem(format!("{due} items stay due after repeated sweeps; see functions.log")));
        }
        if now == 0 {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
