//! The compiled functions, kept with the stack: `cargo lambda watch` starts each of many instances with `cargo run`, which
//! waits for every other cargo at work in the repository and may find a program that one has built differently. A small
//! stand-in for cargo starts the kept program instead, as long as no source is newer.

use crate::{Problem, Result, build, deployment, doing, paths::StackDir, paths::replace};
use std::{
    fs::{File, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

const ATTEMPTS: u32 = 3;

const STAND_IN: &str = r#"#!/bin/sh
# Stands in for cargo under `cargo lambda watch`, which ends its command with the function's name.
for name; do :; done
# Each function acts under its own role, in a session of its own.
[ "$1" = run ] && . "CREDENTIALS/$name"
program="PROGRAMS/$name"
if [ "$1" = run ] && [ -x "$program" ]; then
    changed=$(NEWER)
    [ -z "$changed" ] && exec "$program"
fi
cd "REPOSITORY" && exec "CARGO" "$@"
"#;

const NEWER: &str = r#"find -L . -newer "$program" -type f | head -n 1"#;

/// What functions are made of, seen from the repository.
const SOURCES: [&str; 6] = ["functions", "shared", "local/staff", "docs/openapi.json", "Cargo.toml", "Cargo.lock"];

/// A folder with nothing but links to the sources, or nothing at all if changes do not matter. `cargo lambda watch`
/// watches all of the folder it is started in, once per instance, even what it is told to ignore; in the repository that
/// is a whole target folder each time.
pub fn sources(repository: &Path, dir: &StackDir, reload: bool) -> Result<PathBuf> {
    let folder = dir.join("sources");
    let failed = || format!("{} cannot be made", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(doing(failed()))?;
    }
    std::fs::create_dir_all(&folder).map_err(doing(failed()))?;
    for source in SOURCES.iter().filter(|_| reload) {
        let link = folder.join(source.replace('/', "-"));
        std::os::unix::fs::symlink(repository.join(source), link).map_err(doing(failed()))?;
    }
    Ok(folder)
}

/// What only a function built for a local stack holds.
const LOCAL_ONLY: &[u8] = b"EV_PLAZA_DIR";

/// Compiles the functions and keeps what came out. Returns the stand-in for cargo.
pub fn compile_and_keep(
    repository: &Path,
    dir: &StackDir,
    names: &[String],
    reload: bool,
    stop: &dyn Fn() -> bool,
) -> Result<PathBuf> {
    let folder = dir.join("programs");
    std::fs::create_dir_all(&folder).map_err(doing(folder.display()))?;
    for _ in 0..ATTEMPTS {
        let compiled_from = SystemTime::now();
        build::compile(repository, names, stop)?;
        if keep(repository, &folder, names, compiled_from)? {
            return write_stand_in(repository, dir, &folder, reload);
        }
        // Another cargo put other programs in their place in the same moment.
    }
    Err(Problem("the compiled functions are replaced all the time; let the other builds here end first".into()))
}

/// False if a program is not one that was built for a local stack.
fn keep(repository: &Path, folder: &Path, names: &[String], compiled_from: SystemTime) -> Result<bool> {
    for name in names {
        let built = target(repository).join("debug").join(name);
        let failed = || format!("{} cannot be kept", built.display());
        let program = std::fs::read(&built).map_err(doing(failed()))?;
        if memchr::memmem::find(&program, LOCAL_ONLY).is_none() {
            return Ok(false);
        }
        // Never written in place: a program that still runs cannot be written.
        let new = folder.join(format!("{name}.new"));
        std::fs::write(&new, program)
            .and_then(|()| std::fs::set_permissions(&new, Permissions::from_mode(0o755)))
            .and_then(|()| File::options().append(true).open(&new)?.set_modified(compiled_from))
            .and_then(|()| std::fs::rename(&new, folder.join(name)))
            .map_err(doing(failed()))?;
    }
    Ok(true)
}

fn write_stand_in(repository: &Path, dir: &StackDir, folder: &Path, reload: bool) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let script = STAND_IN
        .replace("NEWER", if reload { NEWER } else { "true" })
        .replace("PROGRAMS", &folder.to_string_lossy())
        .replace("CREDENTIALS", &dir.join(deployment::CREDENTIALS).to_string_lossy())
        .replace("REPOSITORY", &repository.to_string_lossy())
        .replace("CARGO", &cargo);
    let stand_in = folder.join("cargo");
    replace(&stand_in, &script)?;
    std::fs::set_permissions(&stand_in, Permissions::from_mode(0o755)).map_err(doing(stand_in.display()))?;
    Ok(stand_in)
}

fn target(repository: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |dir| repository.join(dir))
}
