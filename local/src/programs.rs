//! The compiled functions, kept with the stack: `cargo lambda watch` starts each of many instances with `cargo run`, which
//! waits for every other cargo at work in the repository. A small stand-in for cargo starts the kept program instead, as
//! long as no source is newer.

use crate::{Result, build, deployment, doing, paths::StackDir, paths::replace};
use std::{
    fs::{File, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

const STAND_IN: &str = r#"#!/bin/sh
# Stands in for cargo under `cargo lambda watch`, which ends its command with the function's name.
for name; do :; done
cd "REPOSITORY"
[ "$1" = run ] || exec "CARGO" "$@"
# Each function acts under its own role, in a session of its own.
. "CREDENTIALS/$name"
changed=$(NEWER)
[ -z "$changed" ] && exec "PROGRAM" "$name"
exec "CARGO" run --bin NAME -- "$name"
"#;

const NEWER: &str = r#"find -L SOURCES -newer "PROGRAM" -type f | head -n 1"#;

/// What functions are made of, seen from the repository.
const SOURCES: [&str; 7] =
    ["functions", "shared", "local/functions", "local/src", "docs/openapi.json", "Cargo.toml", "Cargo.lock"];

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

/// Compiles the functions and keeps what came out. Returns the stand-in for cargo.
pub fn compile_and_keep(repository: &Path, dir: &StackDir, reload: bool, stop: &dyn Fn() -> bool) -> Result<PathBuf> {
    let folder = dir.join("programs");
    std::fs::create_dir_all(&folder).map_err(doing(folder.display()))?;
    let compiled_from = SystemTime::now();
    build::compile(repository, build::PROGRAM, stop)?;
    let program = keep(repository, &folder, compiled_from)?;
    write_stand_in(repository, dir, &program, reload)
}

fn keep(repository: &Path, folder: &Path, compiled_from: SystemTime) -> Result<PathBuf> {
    let (built, kept) = (target(repository).join("debug").join(build::PROGRAM), folder.join(build::PROGRAM));
    // Never written in place: a program that still runs cannot be written.
    let new = folder.join("new");
    std::fs::copy(&built, &new)
        .and_then(|_| std::fs::set_permissions(&new, Permissions::from_mode(0o755)))
        .and_then(|()| File::options().append(true).open(&new)?.set_modified(compiled_from))
        .and_then(|()| std::fs::rename(&new, &kept))
        .map_err(doing(format!("{} cannot be kept", built.display())))?;
    Ok(kept)
}

fn write_stand_in(repository: &Path, dir: &StackDir, program: &Path, reload: bool) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let script = STAND_IN
        .replace("NEWER", if reload { NEWER } else { "true" })
        .replace("SOURCES", &SOURCES.join(" "))
        .replace("PROGRAM", &program.to_string_lossy())
        .replace("NAME", build::PROGRAM)
        .replace("CREDENTIALS", &dir.join(deployment::CREDENTIALS).to_string_lossy())
        .replace("REPOSITORY", &repository.to_string_lossy())
        .replace("CARGO", &cargo);
    let stand_in = dir.join("programs").join("cargo");
    replace(&stand_in, &script)?;
    std::fs::set_permissions(&stand_in, Permissions::from_mode(0o755)).map_err(doing(stand_in.display()))?;
    Ok(stand_in)
}

pub fn target(repository: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |dir| repository.join(dir))
}
