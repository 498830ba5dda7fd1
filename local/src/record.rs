//! What is remembered of a running stack, in DIR/stack.json, for whoever asks later: another command, the keeper, or the
//! next start after a crash.

use crate::{Problem, Result, doing, paths::StackDir, paths::replace, process::Known};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};

pub const FILE: &str = "stack.json";
pub const LOCK: &str = "lock";

const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Where the API listens, as in `127.0.0.1:9000`.
    pub api: String,
    /// Where DynamoDB, S3 and SQS answer, as in `http://127.0.0.1:4566`.
    pub aws: String,
    /// The `cargo local` that serves the stack.
    pub owner: Known,
    /// In the order in which they end: functions first, so that nothing writes while data is saved.
    pub processes: Vec<Known>,
}

impl Record {
    pub fn read(dir: &StackDir) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(dir.join(FILE)).ok()?).ok()
    }

    pub fn write(&self, dir: &StackDir) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(doing("the stack cannot be recorded"))?;
        replace(&dir.join(FILE), &text)
    }

    pub fn remove(dir: &StackDir) {
        // Gone already is as good.
        std::fs::remove_file(dir.join(FILE)).ok();
    }

    /// Ends whatever is left of it.
    pub fn end_processes(&self) {
        for process in &self.processes {
            process.end(PATIENCE);
        }
    }
}

/// The running stack of a directory.
pub fn running(dir: &Path) -> Result<(StackDir, Record)> {
    let none = || Problem(format!("no stack is running in {}; cargo local starts one", dir.display()));
    let stack = StackDir::find(dir).map_err(|_| none())?;
    let record = Record::read(&stack).filter(|record| record.owner.is_alive()).ok_or_else(none)?;
    Ok((stack, record))
}

/// Held as long as a stack runs; the system lets go of it however the process ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held, not read")] File);

impl Lock {
    /// None while somebody else holds it.
    pub fn take(dir: &StackDir) -> Result<Option<Self>> {
        let failed = || format!("{} cannot be locked", dir.path().display());
        let file = File::create(dir.join(LOCK)).map_err(doing(failed()))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(doing(failed())(error)),
        }
    }
}
