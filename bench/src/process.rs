//! A function's process: starting it as Lambda does, and what it has used.

use crate::world::Variables;
use std::{
    fs,
    process::{Child, Command, Stdio},
};

pub struct Process(Child);

impl Process {
    /// With Lambda's own variables, those of the function, and nothing else of ours.
    pub fn start(command: &[String], variables: &Variables, api: &str) -> Self {
        let mut process = Command::new(&command[0]);
        process.args(&command[1..]).env_clear().envs(variables.iter().map(|(name, value)| (name, value)));
        process.env("PATH", std::env::var("PATH").unwrap_or_default());
        process.env("AWS_LAMBDA_RUNTIME_API", api);
        let errors = if std::env::var_os("BENCH_SHOWS_ERRORS").is_some() { Stdio::inherit() } else { Stdio::null() };
        process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
        Self(process.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().is_ok_and(|status| status.is_some())
    }

    pub fn peak_kilobytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
    }

    /// Asks it to end, so that valgrind writes its counts, and waits.
    pub fn end(mut self, gently: bool) {
        if gently {
            let _ = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        } else {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

/// Nanoseconds on a processor, over all threads that are alive.
pub fn cpu_nanoseconds(process: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let of = |path: std::path::PathBuf| fs::read_to_string(path).ok()?.split(' ').next()?.parse::<u64>().ok();
    threads.filter_map(|thread| of(thread.path().join("schedstat"))).sum()
}
