//! `cargo local stop`: ends a stack that was started elsewhere, or the remains of a crashed one.

use crate::{
    Problem, Result,
    paths::StackDir,
    record::{Lock, Record},
    tell,
};
use std::{path::Path, time::Duration};

const PATIENCE: Duration = Duration::from_secs(30);

pub fn stop(dir: &Path) -> Result<()> {
    let Some((stack, record)) = StackDir::find(dir).ok().and_then(|dir| Record::read(&dir).map(|record| (dir, record)))
    else {
        tell::step(format!("no stack is running in {}", dir.display()));
        return Ok(());
    };
    if record.owner.is_alive() {
        record.owner.ask_to_end();
        if !record.owner.is_gone_within(PATIENCE) {
            let pid = record.owner.pid;
            return Err(Problem(format!("the stack does not stop; end process {pid} and try again")));
        }
        tell::step(format!("stopped the stack at http://{}", record.api));
        return Ok(());
    }
    // The owner has ended. The lock keeps another start away meanwhile.
    let Some(_lock) = Lock::take(&stack)? else {
        return Err(Problem("a stack is starting in this directory; try again when it is ready".into()));
    };
    record.end_processes();
    Record::remove(&stack);
    tell::step("ended the processes of a crashed stack");
    Ok(())
}
