//! MiniStack: DynamoDB, S3 and SQS in one process, with its data in the stack's directory.

use crate::{Problem, Result, doing, http, paths::StackDir, port, process, venv::Venv};
use std::{
    process::{Child, Command},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);
const LOG: &str = "ministack.log";

pub struct MiniStack {
    pub child: Child,
    address: String,
}

impl MiniStack {
    /// Starts it on a port of its own, which it keeps over restarts.
    pub fn start(venv: &Venv, dir: &StackDir) -> Result<Self> {
        let port = port::remembered(dir, "ministack.port")?;
        let data = dir.join("ministack");
        for folder in ["state", "s3", "tmp"] {
            std::fs::create_dir_all(data.join(folder)).map_err(doing(data.display()))?;
        }
        let mut program = Command::new(venv.program("ministack"));
        program
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("PERSIST_STATE", "1")
            .env("STATE_DIR", data.join("state"))
            .env("S3_PERSIST", "1")
            .env("S3_DATA_DIR", data.join("s3"))
            .env("TMPDIR", data.join("tmp"))
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let child = process::start(&mut program, &dir.join(LOG))?;
        Ok(Self { child, address: format!("127.0.0.1:{port}") })
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
                return Err(Problem(format!("MiniStack does not start; see {}", dir.join(LOG).display())));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
