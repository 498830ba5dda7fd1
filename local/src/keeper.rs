//! A second process that outlives `cargo local`: when `cargo local` is killed, the pipe between them closes, and the
//! keeper stops the stack in order, with its data saved.

use crate::{Result, doing, paths::StackDir, record::Record};
use std::{
    io::Read as _,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
};

/// Starts the keeper. It lives while the returned child's standard input is open.
pub fn start(dir: &StackDir) -> Result<Child> {
    let program = std::env::current_exe().map_err(doing("the program file of cargo local was not found"))?;
    let mut keeper = Command::new(program);
    keeper.args(["keeper", "--owner", &std::process::id().to_string(), "--dir"]).arg(dir.path());
    keeper.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    keeper.spawn().map_err(doing("the keeper cannot be started"))
}

/// The keeper's work. A record with another owner belongs to a later stack and is left alone.
pub fn keep(dir: &Path, owner: u32) -> Result<()> {
    let mut nothing = Vec::new();
    // The end of the pipe and a broken pipe mean the same.
    std::io::stdin().read_to_end(&mut nothing).ok();
    let dir = StackDir::find(dir)?;
    if let Some(record) = Record::read(&dir).filter(|record| record.owner.pid == owner) {
        record.end_processes();
    }
    Ok(())
}
