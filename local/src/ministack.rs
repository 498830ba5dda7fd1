//! MiniStack: DynamoDB, S3 and SQS in one process, with its data in the stack's directory.

use crate::{
    Problem, Result, build, doing, http,
    paths::{self, StackDir},
    port, process,
    venv::Venv,
};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    path::PathBuf,
    process::Child,
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);
const LOG: &str = "ministack.log";

pub struct MiniStack {
    pub child: Child,
    address: String,
}

impl MiniStack {
    /// Starts it on its own port, which it keeps over restarts.
    pub fn start(venv: &Venv, dir: &StackDir) -> Result<Self> {
        let port = port::remembered(dir, "ministack.port")?;
        let data = dir.join("ministack");
        for folder in ["s3", "tmp"] {
            std::fs::create_dir_all(data.join(folder)).map_err(doing(data.display()))?;
        }
        let mut program = venv.python();
        build::clean(&mut program);
        program
            .args(["-m", "stack.emulator"])
            .arg(snapshots(dir))
            .env("PYTHONPATH", paths::repository()?.join("local"))
            // Policies of roles, buckets and queues are enforced.
            .env("AUTH", "true")
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("S3_DATA_DIR", data.join("s3"))
            .env("TMPDIR", data.join("tmp"))
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0");
        let child = process::start(&mut program, &dir.join(LOG))?;
        Ok(Self { child, address: format!("127.0.0.1:{port}") })
    }

    /// What an interrupted run could not save, as a text; none if everything was saved.
    pub fn lost(dir: &StackDir) -> Option<String> {
        let snapshots = snapshots(dir);
        if !snapshots.join("unsaved").exists() {
            return None;
        }
        let saved = std::fs::metadata(snapshots.join("newest")).and_then(|newest| newest.modified()).ok();
        let Some(saved) = saved.and_then(|saved| Timestamp::try_from(saved).ok()) else {
            return Some("the last run was interrupted before it saved anything; this one starts without data".into());
        };
        let saved = saved.to_zoned(TimeZone::system()).strftime("%H:%M:%S");
        Some(format!("the last run was interrupted: writes until {saved} are saved, later ones are lost"))
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn wait_until_it_answers(&mut self, dir: &StackDir) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = http::send(&self.address, "GET", "/_ministack/health", &[], b"", Duration::from_secs(1));
            if asked.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            let ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            if ended || Instant::now() > until {
                return Err(Problem(format!("MiniStack did not start; see {}", dir.join(LOG).display())));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The file with its state, which local/stack/emulator.py describes.
fn snapshots(dir: &StackDir) -> PathBuf {
    dir.join("ministack").join("snapshots")
}
