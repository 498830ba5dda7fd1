//! What is in the programs. Features unify over a workspace, so nothing but a build of the functions alone can show it.

use crate::builds::{FUNCTIONS, contains, deployed, local, workspace};

/// Words that only the settable clock, the key files and the outboxes of a local stack bring in.
const LOCAL_ONLY: [&str; 4] = ["EV_PLAZA_DIR", "clock.json", "sms.jsonl", "captcha.jsonl"];
/// Words of a description, which only the generator of docs/openapi.json compiles in.
const DESCRIPTION: &str = "The document's table calls both fields optional";

#[test]
fn a_function_built_for_aws_has_no_settable_clock_key_files_or_outboxes() {
    let local = local();
    assert!(LOCAL_ONLY.iter().all(|word| contains(&local, word)), "the words show in the program of a local stack");

    for &function in FUNCTIONS {
        let program = deployed(function);
        for word in LOCAL_ONLY {
            assert!(!contains(&program, word), "{function} holds {word}");
        }
        // One serves the finished document.
        assert_eq!(contains(&program, DESCRIPTION), function == "reference", "{function} holds descriptions");
    }
}

/// **Invariant:** what only a local stack has stands in `local/`, and nothing that is deployed depends on it.
#[test]
fn no_function_depends_on_what_only_a_local_stack_has() {
    let functions = std::fs::read_dir(workspace().join("functions")).unwrap().map(|entry| entry.unwrap().path());
    for folder in functions.chain([workspace().join("shared")]) {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let is_dependency = |line: &&str| !line.starts_with("[dev-dependencies]");
        let is_local = |line: &&str| line.starts_with("local");
        let mut dependencies = manifest.lines().take_while(is_dependency);
        assert_eq!(dependencies.find(is_local), None, "{}", folder.display());
    }
}
