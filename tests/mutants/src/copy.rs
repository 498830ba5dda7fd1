//! A copy of the tree below `target`, in which every fault of the catalogue has a switch.

use crate::{
    Result,
    catalogue::{Mutant, with_switches},
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Reads the name of the fault that is switched on. It stands in the copy only.
const SWITCH: &str = r#"
#[allow(clippy::disallowed_methods)]
pub(crate) fn mutant_is(name: &str) -> bool {
    static ON: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    ON.get_or_init(|| std::env::var("MUTANT").ok()).as_deref() == Some(name)
}
"#;

/// Makes or renews the copy. A file that has not changed keeps its time, so that a second build is quick.
pub fn make(root: &Path, mutants: &[Mutant]) -> Result<PathBuf> {
    let tree = root.join("target/mutants/tree");
    let listed = git(root, &["ls-files", "--cached", "--others", "--exclude-standard"])?;
    let files: BTreeSet<&str> = listed.lines().filter(|file| root.join(file).is_file()).collect();
    for file in &files {
        let mut content = fs::read(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let switched = mutants.iter().flat_map(|mutant| &mutant.edits).any(|edit| edit.file == *file);
        if *file == "Cargo.toml" {
            content = with_own_version(content)?;
        } else if switched || *file == "shared/src/lib.rs" {
            let text = String::from_utf8(content).map_err(|error| format!("{file}: {error}"))?;
            let mut text = with_switches(file, &text, mutants)?;
            if *file == "shared/src/lib.rs" {
                text += SWITCH;
            }
            content = text.into_bytes();
        }
        write_if_changed(&tree.join(file), &content)?;
    }
    remove_others(&tree, &tree, &files)?;
    Ok(tree)
}

/// Gives the packages of the copy another version, so that Cargo keeps what it compiles of them apart from the real tree's.
/// Both share a target folder, and otherwise `cargo test` would run programs with switches.
fn with_own_version(manifest: Vec<u8>) -> Result<Vec<u8>> {
    let text = String::from_utf8(manifest).map_err(|error| format!("Cargo.toml: {error}"))?;
    let (before, version) = text.split_once("\nversion = \"").ok_or("Cargo.toml gives no version")?;
    let (version, after) = version.split_once('"').ok_or("Cargo.toml gives no version")?;
    Ok(format!("{before}\nversion = \"{version}+mutants\"{after}").into_bytes())
}

/// The files that differ from a commit.
pub fn changed_since(root: &Path, base: &str) -> Result<BTreeSet<String>> {
    Ok(git(root, &["diff", "--name-only", base])?.lines().map(ToOwned::to_owned).collect())
}

fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    fs::write(path, content).map_err(failed)
}

/// Removes what the tree no longer has.
fn remove_others(tree: &Path, folder: &Path, files: &BTreeSet<&str>) -> Result<()> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.strip_prefix(tree).unwrap_or(&path).to_string_lossy().into_owned();
        if path.is_dir() {
            remove_others(tree, &path, files)?;
        } else if !files.contains(name.as_str()) && name != "Cargo.lock" {
            fs::remove_file(&path).map_err(failed)?;
        }
    }
    Ok(())
}

fn git(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("git").current_dir(root).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
