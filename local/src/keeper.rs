//! A second process that outlives `cargo local`: when that is killed outright, the pipe between them closes, and the
//! keeper ends the stack as a stop would, data saved.

use crate::{Result, doing, paths::StackDir, record::Record};
use std::{
    io::Read as _,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Starts it. It lives as long as the returned child's standard input is open.
pub fn start(dir: &StackDir) -> Result<Child> {
    let program = std::env::current_exe().map_err(doing("cargo local cannot find itself"))?;
    let mut keeper = Command::new(program);
    keeper.args(["keeper", "--owner", &std::process::id().to_string(), "--dir"]).arg(dir.path());
    keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    keeper.spawn().map_err(doing("the keeper cannot be started"))
}

/// What the keeper does. A record of another owner is a later stack's and none of its business.
pub fn keep(dir: &Path, owner: u32) -> Result<()> {
    let mut nothing = Vec::new();
    // The end of the pipe and a broken pipe say the same.
    std::io::stdin().read_to_end(&mut nothing).ok();
    let dir = StackDir::find(dir)?;
    if let Some(record) = Record::read(&dir).filter(|record| record.owner.pid == owner) {
        record.end_processes();
    }
    Ok(())
}
