//! The compiled functions, kept with the stack. `cargo lambda watch` starts each instance with `cargo run`, which waits
//! for every other cargo in the repository. A small replacement for cargo starts the kept program instead, as long as
//! no source is newer.

use crate::{Result, build, deployment, doing, paths::StackDir, paths::replace};
use std::{
    fs::{File, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

const CARGO_REPLACEMENT: &str = r#"#!/bin/sh
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

/// The sources of the functions, relative to the repository.
const SOURCES: [&str; 7] =
    ["functions", "shared", "local/functions", "local/src", "docs/openapi.json", "Cargo.toml", "Cargo.lock"];

/// A folder with only links to the sources, or empty if changes do not matter. `cargo lambda watch` watches the whole
/// folder in which it starts, once per instance, including ignored files; in the repository that would include the
/// target folder each time.
pub fn sources(repository: &Path, dir: &StackDir, reload: bool) -> Result<PathBuf> {
    let folder = dir.join("sources");
    let failed = || format!("{} could not be created", folder.display());
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

/// Compiles the functions and keeps the program. Returns the replacement for cargo.
pub fn compile_and_keep(repository: &Path, dir: &StackDir, reload: bool, stop: &dyn Fn() -> bool) -> Result<PathBuf> {
    let folder = dir.join("programs");
    std::fs::create_dir_all(&folder).map_err(doing(folder.display()))?;
    let compiled_from = SystemTime::now();
    build::compile(repository, build::PROGRAM, stop)?;
    let program = keep(repository, &folder, compiled_from)?;
    write_cargo_replacement(repository, dir, &program, reload)
}

fn keep(repository: &Path, folder: &Path, compiled_from: SystemTime) -> Result<PathBuf> {
    let (built, kept) = (target(repository).join("debug").join(build::PROGRAM), folder.join(build::PROGRAM));
    // A running program cannot be overwritten, so the file is replaced.
    let new = folder.join("new");
    std::fs::copy(&built, &new)
        .and_then(|_| std::fs::set_permissions(&new, Permissions::from_mode(0o755)))
        .and_then(|()| File::options().append(true).open(&new)?.set_modified(compiled_from))
        .and_then(|()| std::fs::rename(&new, &kept))
        .map_err(doing(format!("{} could not be copied", built.display())))?;
    Ok(kept)
}

fn write_cargo_replacement(repository: &Path, dir: &StackDir, program: &Path, reload: bool) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let script = CARGO_REPLACEMENT
        .replace("NEWER", if reload { NEWER } else { "true" })
        .replace("SOURCES", &SOURCES.join(" "))
        .replace("PROGRAM", &program.to_string_lossy())
        .replace("NAME", build::PROGRAM)
        .replace("CREDENTIALS", &dir.join(deployment::CREDENTIALS).to_string_lossy())
        .replace("REPOSITORY", &repository.to_string_lossy())
        .replace("CARGO", &cargo);
    let replacement = dir.join("programs").join("cargo");
    replace(&replacement, &script)?;
    std::fs::set_permissions(&replacement, Permissions::from_mode(0o755)).map_err(doing(replacement.display()))?;
    Ok(replacement)
}

pub fn target(repository: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |dir| repository.join(dir))
}
