//! `cargo local bootstrap STACK`: keys, secrets, the data key and the first administrator of a deployed stack. The work is
//! done in Python, which has a client of AWS and finds the developer's credentials as the AWS CLI does.

use crate::{Problem, Result, doing, paths, venv::Venv};

pub fn run(stack: &str, options: &[String]) -> Result<()> {
    let repository = paths::repository()?;
    let mut python = Venv::ready(&repository)?.python();
    python.args(["-m", "stack.bootstrap", stack]).args(options).env("PYTHONPATH", repository.join("local"));
    // It asks for new keys over a pipe, so that none stands on a command line.
    python.env("EV_PLAZA_CARGO_LOCAL", std::env::current_exe().map_err(doing("cargo local cannot find itself"))?);
    let done = python.status().map_err(doing("the stack cannot be set up"))?;
    if done.success() { Ok(()) } else { Err(Problem("not everything is done; correct it and run this again".into())) }
}
