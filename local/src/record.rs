//! The record of a running stack, DIR/stack.json, for another command, the keeper, or the next start after a crash.

use crate::{Problem, Result, doing, paths::StackDir, paths::replace, process::KnownProcess};
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
    /// The address of the API, as `127.0.0.1:9000`.
    pub api: String,
    /// The address of DynamoDB, S3 and SQS, as `http://127.0.0.1:4566`.
    pub aws: String,
    /// The `cargo local` process that serves the stack.
    pub owner: KnownProcess,
    /// In the order in which they end: functions first, so that nothing is written while data are saved.
    pub processes: Vec<KnownProcess>,
}

impl Record {
    pub fn read(dir: &StackDir) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(dir.join(FILE)).ok()?).ok()
    }

    pub fn write(&self, dir: &StackDir) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(doing("the stack's record could not be written"))?;
        replace(&dir.join(FILE), &text)
    }

    pub fn remove(dir: &StackDir) {
        // It is no error if the file is gone already.
        std::fs::remove_file(dir.join(FILE)).ok();
    }

    /// Ends the processes that are left.
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

/// The lock of a running stack. The system releases it when the process ends, in any way.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it is held, not read")] File);

impl Lock {
    /// None while another process holds it.
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
