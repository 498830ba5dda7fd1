//! `cargo local --light`: another program, because it needs the SDK, which this one does without.

use crate::{Result, build, doing, paths, programs, tell};
use std::{os::unix::process::CommandExt as _, process::Command};

const PROGRAM: &str = "local-light";

/// Compiles it and becomes it, with the same arguments.
pub fn become_it(arguments: &[String]) -> Result<()> {
    let repository = paths::repository()?;
    tell::step("compiling the functions (minutes the first time, seconds later)");
    build::compile(&repository, PROGRAM, &|| false)?;
    let program = programs::target(&repository).join("debug").join(PROGRAM);
    let error = Command::new(&program).args(arguments).exec();
    Err(doing(format!("{} cannot be started", program.display()))(error))
}
