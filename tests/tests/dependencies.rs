//! What comes into the build is checked against a list of known weaknesses, or the check fails.

use std::{path::PathBuf, process::Command};

/// Runs the check against the vendored list in `folder`, with a program in the place of cargo-deny that finds nothing.
fn check(folder: &str) -> (bool, String) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut script = Command::new(root.join(".ci/vendored-advisories"));
    let output = script.current_dir(&root).args(["true", folder]).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

fn folder(name: &str, list: Option<&str>) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(folder.join("empty")).unwrap();
    if let Some(list) = list {
        std::fs::write(folder.join("empty/support.toml"), "").unwrap();
        let mut tar = Command::new("tar");
        tar.args(["--create", "--xz", "--file"]).arg(folder.join(list)).arg("--directory").arg(folder.join("empty"));
        assert!(tar.arg(".").status().unwrap().success());
    }
    folder.into_os_string().into_string().unwrap()
}

#[test]
fn without_a_list_of_advisories_the_check_fails() {
    let (succeeds, said) = check(&folder("no-advisories", None));
    assert!(!succeeds && said.contains("has no copy of it"), "{said}");
}

#[test]
fn a_vendored_list_of_advisories_that_is_older_than_90_days_warns() {
    let (succeeds, said) = check(&folder("old-advisories", Some("advisories-2025-02-24.tar.xz")));
    assert!(succeeds && said.contains("warning: the vendored list of advisories is"), "{said}");
    let (succeeds, said) = check(&folder("new-advisories", Some("advisories-2999-01-01.tar.xz")));
    assert!(succeeds && said.is_empty(), "{said}");
}

/// A package that was replaced at its registry is refused.
#[test]
fn every_python_package_is_pinned_by_its_hashes() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    for file in [".ci", "local", "tests/schemathesis", "bench/peers"] {
        let text = std::fs::read_to_string(root.join(file).join("requirements.txt")).unwrap();
        let text = text.replace("\\\n", " ");
        let packages: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(!packages.is_empty() && packages.iter().all(|line| line.contains(" --hash=sha256:")), "{file}");
    }
    for installer in [".ci/tools", "local/src/venv.rs"] {
        assert!(std::fs::read_to_string(root.join(installer)).unwrap().contains("--require-hashes"), "{installer}");
    }
}
