//! The compiled functions, kept with the stack: `cargo lambda watch` starts each of many instances with `cargo run`, which
//! waits for every other cargo at work in the repository and may find a program that one has built differently. A small
//! stand-in for cargo starts the kept program instead, as long as no source is newer.

use crate::{Result, doing, paths::StackDir, paths::replace};
use std::{
    fs::File,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::SystemTime,
};

const STAND_IN: &str = r#"#!/bin/sh
# Stands in for cargo under `cargo lambda watch`, which ends its command with the function's name.
for name; do :; done
program="PROGRAMS/$name"
if [ "$1" = run ] && [ -x "$program" ]; then
    changed=$(NEWER)
    [ -z "$changed" ] && exec "$program"
fi
exec "CARGO" "$@"
"#;

/// The sources of the functions, seen from the repository.
const NEWER: &str = r#"find functions shared local/staff Cargo.toml Cargo.lock -newer "$program" -type f | head -n 1"#;

/// Keeps the functions as they were compiled from what was there at `compiled_from`. Returns the stand-in for cargo.
pub fn keep(
    repository: &Path,
    dir: &StackDir,
    names: &[String],
    compiled_from: SystemTime,
    reload: bool,
) -> Result<PathBuf> {
    let folder = dir.join("programs");
    std::fs::create_dir_all(&folder).map_err(doing(folder.display()))?;
    for name in names {
        let (built, kept) = (target(repository).join("debug").join(name), folder.join(name));
        // Never written in place: a program that still runs cannot be written.
        let new = folder.join(format!("{name}.new"));
        std::fs::copy(&built, &new)
            .and_then(|_| File::options().append(true).open(&new)?.set_modified(compiled_from))
            .and_then(|()| std::fs::rename(&new, &kept))
            .map_err(doing(format!("{} cannot be kept", built.display())))?;
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let script = STAND_IN
        .replace("NEWER", if reload { NEWER } else { "true" })
        .replace("PROGRAMS", &folder.to_string_lossy())
        .replace("CARGO", &cargo);
    let stand_in = folder.join("cargo");
    replace(&stand_in, &script)?;
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&stand_in, executable).map_err(doing(stand_in.display()))?;
    Ok(stand_in)
}

fn target(repository: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |dir| repository.join(dir))
}
