//! Compiling the functions as a local stack runs them.

use crate::{Problem, Result, doing, process::Known, tell};
use std::{
    io::{BufRead as _, BufReader, Read},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Every function: a folder under functions/, and the local-only one that hands out staff tokens.
pub fn functions(repository: &Path) -> Result<Vec<String>> {
    let folder = repository.join("functions");
    let entries = std::fs::read_dir(&folder).map_err(doing(folder.display()))?;
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .chain([repository.join("local/staff")])
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| name_of(&path))
        .collect();
    names.sort();
    Ok(names)
}

fn name_of(path: &Path) -> String {
    let folder = path.file_name().unwrap_or_default().to_string_lossy();
    if path.ends_with("local/staff") { "local-staff".to_owned() } else { folder.into_owned() }
}

/// Compiles them all before the first request. `cargo lambda watch` starts each with `cargo run --bin NAME`, without
/// naming a package; features are the same as here only if this command does not name one either.
pub fn compile(repository: &Path, names: &[String], stop: &dyn Fn() -> bool) -> Result<()> {
    let mut cargo = cargo();
    cargo.args(["build", "--features", "local", "--message-format", "json-render-diagnostics"]);
    for name in names {
        cargo.args(["--bin", name]);
    }
    cargo.current_dir(repository).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = cargo.spawn().map_err(doing("cargo cannot be started"))?;
    let output = child.stdout.take();
    let reader = std::thread::spawn({
        let of = names.len();
        move || output.into_iter().for_each(|output| report(output, of))
    });
    let status = loop {
        if let Some(status) = child.try_wait().map_err(doing("cargo cannot be waited for"))? {
            break status;
        }
        if stop() {
            // Interrupted, cargo ends its compilers too.
            Known::of(child.id()).iter().for_each(Known::ask_to_end);
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    reader.join().ok();
    if status.success() {
        return Ok(());
    }
    Err(Problem("the functions do not compile; correct what the compiler says above and start again".into()))
}

fn report(output: impl Read, of: usize) {
    let mut compiled = 0;
    for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
        let Some((name, fresh)) = executable(&line) else { continue };
        compiled += 1;
        if !fresh {
            tell::step(format!("compiled {name}, {compiled} of {of} functions"));
        }
    }
}

/// The name of a program that cargo has finished, and whether it had nothing to do for it.
fn executable(line: &str) -> Option<(String, bool)> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    message.get("executable")?.as_str()?;
    Some((message.get("target")?.get("name")?.as_str()?.to_owned(), message.get("fresh")?.as_bool()?))
}

/// Cargo without what the cargo above us told its own programs, and without anybody's real AWS account.
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

    #[test]
    fn a_finished_program_is_told_from_a_library() {
        let program =
            r#"{"reason":"compiler-artifact","target":{"name":"session"},"fresh":false,"executable":"/x/session"}"#;
        let library = r#"{"reason":"compiler-artifact","target":{"name":"shared"},"fresh":false,"executable":null}"#;
        assert_eq!(executable(program), Some(("session".to_owned(), false)));
        assert_eq!(executable(library), None);
    }
}
