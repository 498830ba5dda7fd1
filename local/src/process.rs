//! Processes: starting them in their own groups, recognising them later, and ending them.

use crate::{Result, doing};
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(25);

/// A process that can be recognised even if its number has been reused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownProcess {
    pub pid: u32,
    /// Its start time, as the system reports it.
    started: String,
}

impl KnownProcess {
    pub fn of(pid: u32) -> Option<Self> {
        started(pid).map(|started| Self { pid, started })
    }

    pub fn is_alive(&self) -> bool {
        started(self.pid).is_some_and(|started| started == self.started)
    }

    /// Ends it if it is still the same process: with a signal, and after `patience` by force.
    pub fn end(&self, patience: Duration) {
        self.signal(Signal::TERM);
        if !self.is_gone_within(patience) {
            self.signal(Signal::KILL);
            self.is_gone_within(Duration::from_secs(2));
        }
    }

    pub fn is_gone_within(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while self.is_alive() {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        true
    }

    /// Asks only this process to end, so that it can end its children.
    pub fn ask_to_end(&self) {
        if let Some(pid) = self.checked() {
            // It may have ended already.
            kill_process(pid, Signal::TERM).ok();
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(pid) = self.checked() {
            kill_process_group(pid, signal).or_else(|_| kill_process(pid, signal)).ok();
        }
    }

    fn checked(&self) -> Option<Pid> {
        self.is_alive().then(|| i32::try_from(self.pid).ok().and_then(Pid::from_raw)).flatten()
    }
}

/// Starts a program in its own process group, so that Ctrl-C reaches only `cargo local`, which ends the others in
/// order. Both outputs go to the log.
pub fn start(program: &mut Command, log: &Path) -> Result<Child> {
    let failed = || format!("{} cannot be written", log.display());
    let file = File::create(log).map_err(doing(failed()))?;
    let copy = file.try_clone().map_err(doing(failed()))?;
    let name = program.get_program().to_string_lossy().into_owned();
    program.process_group(0).stdin(Stdio::null()).stdout(file).stderr(copy);
    program.spawn().map_err(doing(format!("{name} cannot be started")))
}

/// A child that has ended counts as gone before it is waited for.
fn started(pid: u32) -> Option<String> {
    let raw = i32::try_from(pid).ok().and_then(Pid::from_raw)?;
    test_kill_process(raw).ok()?;
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => {
            // The name in parentheses may contain anything; state and start time are the 1st and 20th field after it.
            let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
            (*fields.first()? != "Z").then(|| fields.get(19).map(ToString::to_string)).flatten()
        }
        Err(_) if Path::new("/proc/self/stat").exists() => None,
        Err(_) => {
            let asked = Command::new("ps").args(["-o", "stat=,lstart=", "-p", &pid.to_string()]).output().ok()?;
            let line = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
            let (state, started) = line.split_once(' ')?;
            (!state.starts_with('Z')).then(|| started.trim().to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_again_until_it_ends() {
        let mut child = Command::new("sleep").arg("60").process_group(0).spawn().expect("sleep starts");
        let known = KnownProcess::of(child.id()).expect("it runs");
        assert!(known.is_alive());
        known.end(Duration::from_secs(5));
        child.wait().expect("it has ended");
        assert!(!known.is_alive());
    }

    #[test]
    fn another_process_with_the_same_number_is_left_alone() {
        let mut child = Command::new("sleep").arg("60").process_group(0).spawn().expect("sleep starts");
        let stranger = KnownProcess { pid: child.id(), started: "long ago".to_owned() };
        stranger.end(Duration::from_millis(50));
        assert!(child.try_wait().expect("it can be asked").is_none());
        child.kill().expect("it is ours");
        child.wait().expect("it has ended");
    }
}
