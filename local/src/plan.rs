//! `cargo local plan FILE|-`: the optimal placing of charging-rules.md.

use std::process::ExitCode;

use shared::domain::charging::plan::Problem;

use crate::replay::{print, read};

pub fn run(args: &[String]) -> ExitCode {
    match args {
        [file] => print(solve(file)),
        _ => print(Err("usage: cargo local plan FILE|-".to_owned())),
    }
}

fn solve(file: &str) -> Result<String, String> {
    let problem = Problem::read(&read(file)?).map_err(|refusal| refusal.to_string())?;
    let plan = serde_json::to_string(&problem.solve()).map_err(|why| why.to_string())?;
    Ok(plan + "\n")
}
