//! `cargo local bootstrap STACK`: keys, secrets, the data key and the first administrator of a deployed stack. Python
//! does it, because it has an AWS client and finds the developer's credentials like the AWS CLI.

use crate::{Problem, Result, doing, paths, venv::Venv};

pub fn run(stack: &str, options: &[String]) -> Result<()> {
    let repository = paths::repository()?;
    let mut python = Venv::ready(&repository)?.python();
    python.args(["-m", "stack.bootstrap", stack]).args(options).env("PYTHONPATH", repository.join("local"));
    // New keys go through a pipe, so that none is on a command line.
    python.env(
        "EV_PLAZA_CARGO_LOCAL",
        std::env::current_exe().map_err(doing("the program file of cargo local was not found"))?,
    );
    let done = python.status().map_err(doing("the setup of the stack could not be started"))?;
    if done.success() {
        Ok(())
    } else {
        Err(Problem("the setup is incomplete; correct the error above and run this again".into()))
    }
}
