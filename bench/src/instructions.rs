//! Instruction counts by valgrind: the same to half a per cent on an idle and on a busy machine.

use crate::{runtime_api, world::Case};
use std::{fs, path::Path};

pub struct Counted {
    pub start: f64,
    /// Of one event after the first ones.
    pub event: f64,
}

pub fn count(name: &str, case: &Case, work: &Path) -> Option<Counted> {
    let total = |events: usize| -> Option<f64> {
        let log = work.join("callgrind.log");
        let mut command: Vec<String> = ["valgrind", "--tool=callgrind"].map(Into::into).into();
        command.push(format!("--callgrind-out-file={}", profile(name, events)));
        command.push(format!("--log-file={}", log.display()));
        command.extend(case.command.iter().cloned());
        let measured = runtime_api::run(case, events, &command, true);
        if let Some(wrong) = measured.wrong {
            eprintln!("under valgrind: {wrong}");
            return None;
        }
        let text = fs::read_to_string(log).ok()?;
        text.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
    };
    let (start, few, more) = (total(0)?, total(10)?, total(60)?);
    Some(Counted { start, event: (more - few) / 50.0 })
}

/// Where to keep which function took how many, for callgrind_annotate; it needs a build with `strip = false`.
fn profile(name: &str, events: usize) -> String {
    let Some(directory) = std::env::var_os("BENCH_PROFILES") else { return "/dev/null".to_owned() };
    let file = format!("{}.{events}", name.replace(' ', "-"));
    Path::new(&directory).join(file).display().to_string()
}
