//! `cargo local audit verify [STACK]`: compares the audit trail of a stack with its hash chain. The tables are read in Python,
//! which finds the operator's credentials as the AWS CLI does.

use crate::{Problem, Result, audit_trail::TrailReading, deployment, doing, paths, record, tell, venv::Venv};
use serde_json::Value;
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::Stdio,
};

/// Findings that are listed; the first one matters.
const LISTED: usize = 20;

pub fn verify(dir: &Path, stack: Option<&str>, options: &[String]) -> Result<()> {
    let repository = paths::repository()?;
    let mut python = Venv::ready(&repository)?.python();
    python.args(["-m", "stack.audit"]).env("PYTHONPATH", repository.join("local"));
    let mut keys = None;
    if let Some(stack) = stack {
        python.arg(stack).args(options);
    } else {
        let (dir, record) = record::running(dir)?;
        let file = dir.join("secrets/verifying-keys");
        let text = std::fs::read(&file).map_err(doing(file.display()))?;
        keys = Some(serde_json::from_slice(&text).map_err(doing(file.display()))?);
        python.args([deployment::NAME, "--endpoint", &record.aws]).env("NO_PROXY", "*");
    }
    let mut child = python.stdout(Stdio::piped()).spawn().map_err(doing("the tables cannot be read"))?;
    let mut reading = TrailReading::default();
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        let line = line.map_err(doing("the tables cannot be read"))?;
        let line: Value = serde_json::from_str(&line).map_err(doing("the tables cannot be read"))?;
        if let Some(item) = line.get("chain") {
            reading.add_to_chain(item)?;
        } else if let Some(item) = line.get("entry") {
            reading.add_entry(item)?;
        } else if let Some(found) = line.get("keys").filter(|_| keys.is_none()) {
            keys = Some(found.clone());
        }
    }
    if !child.wait().is_ok_and(|status| status.success()) {
        return Err(Problem("the tables could not be read whole".into()));
    }
    let verdict = reading.verify(&keys.unwrap_or_default())?;
    tell::step(format!(
        "{} entries are as they were sealed; {} are to be sealed, {} are older than the chain",
        verdict.intact, verdict.waiting, verdict.before
    ));
    let Some(first) = verdict.findings.first() else { return Ok(()) };
    for finding in verdict.findings.iter().skip(1).take(LISTED) {
        tell::step(format!("also: {finding}"));
    }
    Err(Problem(format!("the audit trail is not as it was sealed: {first} ({} findings)", verdict.findings.len())))
}
