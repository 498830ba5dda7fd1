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

/// Microseconds on a processor, over all threads, those that have ended included.
pub fn cpu_microseconds(process: u32) -> f64 {
    let mut clock = 0;
    // SAFETY: it writes one clock id, and refuses a process that is not there.
    let found = unsafe { libc::clock_getcpuclockid(process.cast_signed(), &raw mut clock) };
    if found == 0 { microseconds(clock) } else { 0.0 }
}

/// Microseconds that this thread has been on a processor.
pub fn cpu_of_this_thread() -> f64 {
    microseconds(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn microseconds(clock: libc::clockid_t) -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes one timespec.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
