//! Compiles the functions for a local stack.

use crate::{Problem, Result, doing, process::KnownProcess};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// The program that contains every function of a local stack.
pub const PROGRAM: &str = "local-functions";

/// Every function: a folder under functions/, and the local function for developers.
pub fn functions(repository: &Path) -> Result<Vec<String>> {
    let folder = repository.join("functions");
    let entries = std::fs::read_dir(&folder).map_err(doing(folder.display()))?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("Cargo.toml").exists())
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .chain(["local-staff".to_owned()])
        .collect();
    names.sort();
    Ok(names)
}

/// Compiles a program before the first request. No package is named, so that the features are those of `cargo test` and
/// nothing is compiled twice.
pub fn compile(repository: &Path, program: &str, stop: &dyn Fn() -> bool) -> Result<()> {
    let mut cargo = cargo();
    cargo.args(["build", "--bin", program]).current_dir(repository).stdin(Stdio::null());
    let mut child = cargo.spawn().map_err(doing("cargo cannot be started"))?;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(doing("cargo cannot be waited for"))? {
            break status;
        }
        if stop() {
            // An interrupted cargo ends its compilers too.
            KnownProcess::of(child.id()).iter().for_each(KnownProcess::ask_to_end);
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    if status.success() {
        return Ok(());
    }
    Err(Problem("the functions do not compile; correct the errors above and start again".into()))
}

/// Cargo without the variables that the outer cargo set for its programs, and without access to a real AWS account.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    clean(&mut cargo);
    cargo
}

pub fn clean(command: &mut Command) {
    const OF_THE_CARGO_ABOVE: [&str; 5] =
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") && name != "AWS_LC_SYS_NO_JITTER_ENTROPY"
            || OF_THE_CARGO_ABOVE.iter().any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_found_by_their_folders() {
        let names = functions(&crate::paths::repository().expect("we are in it")).expect("they can be listed");
        assert!(names.contains(&"ev-account".to_owned()) && names.contains(&"local-staff".to_owned()), "{names:?}");
    }
}
