//! What is in the programs. Features unify over a workspace, so nothing but a build of the functions alone can show it.

use crate::builds::{FUNCTIONS, LOCAL, contains, deployed, local, workspace};

/// Words that only the settable clock, the key files and the endpoint of a local stack bring in.
const LOCAL_ONLY: [&str; 5] = ["EV_PLAZA_DIR", "clock.json", "AWS_ENDPOINT_URL", "sms.jsonl", "captcha.jsonl"];
/// Words of a description, which only the generator of docs/openapi.json compiles in.
const DESCRIPTION: &str = "The document's table calls both fields optional";

#[test]
fn a_function_built_for_aws_has_no_settable_clock_key_files_or_endpoint() {
    let locals = LOCAL.map(local);
    let shows = |word: &&str| locals.iter().any(|local| contains(local, word));
    assert!(LOCAL_ONLY.iter().all(shows), "the words would show in a local build");

    for &function in FUNCTIONS {
        let program = deployed(function);
        for word in LOCAL_ONLY {
            assert!(!contains(&program, word), "{function} holds {word}");
        }
        // One serves the finished document.
        assert_eq!(contains(&program, DESCRIPTION), function == "reference", "{function} holds descriptions");
    }
}

#[test]
fn no_manifest_turns_the_local_feature_on() {
    let functions = std::fs::read_dir(workspace().join("functions")).unwrap().map(|entry| entry.unwrap().path());
    let others = ["shared", "tests", "local", "local/staff"].map(|folder| workspace().join(folder));
    for manifest in functions.chain(others).map(|folder| folder.join("Cargo.toml")) {
        let text = std::fs::read_to_string(&manifest).unwrap();
        // `local = ["shared/local"]` hands the feature on, `required-features` demands it; neither turns it on.
        let turns_on = |line: &str| line.contains('{') && line.contains("features") && line.contains("local\"");
        assert_eq!(text.lines().find(|line| turns_on(line)), None, "{}", manifest.display());
    }
}
