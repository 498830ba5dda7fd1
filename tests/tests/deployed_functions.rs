//! The functions as they are deployed, without what only a local stack may have. Features unify over a workspace, so
//! nothing but a build of the functions alone can show it.

use std::{path::PathBuf, process::Command};

const FUNCTIONS: &[&str] = &[
    "charging-scheduler",
    "cloud-customer",
    "ev-account",
    "ev-charging",
    "ev-customer",
    "first-admin",
    "mall-agent",
    "mall-audit",
    "mall-consumer",
    "mall-dealer",
    "operator",
    "payment-callback",
    "reference",
    "session",
    "shop-customer",
    "sms-sender",
];
/// Words that only the settable clock, the key files and the endpoint of a local stack bring in.
const LOCAL_ONLY: [&str; 5] = ["EV_PLAZA_DIR", "clock.json", "AWS_ENDPOINT_URL", "sms.jsonl", "captcha.jsonl"];
/// Words of a description, which only the generator of docs/openapi.json compiles in.
const DESCRIPTION: &str = "The document's table calls both fields optional";

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn build(packages: &[&str], features: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace()).args(["build", "--quiet", "--bins"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    for feature in features {
        cargo.args(["--features", feature]);
    }
    assert!(cargo.status().unwrap().success());
}

fn binary(name: &str) -> Vec<u8> {
    std::fs::read(workspace().join("target/debug").join(name)).unwrap()
}

fn contains(binary: &[u8], word: &str) -> bool {
    memchr::memmem::find(binary, word.as_bytes()).is_some()
}

#[test]
fn a_function_built_for_aws_has_no_settable_clock_key_files_or_endpoint() {
    build(&["sms-sender", "mall-dealer"], &["sms-sender/local", "mall-dealer/local"]);
    let locals = ["sms-sender", "mall-dealer"].map(binary);
    let shows = |word: &&str| locals.iter().any(|local| contains(local, word));
    assert!(LOCAL_ONLY.iter().all(shows), "the words would show in a local build");

    build(FUNCTIONS, &[]);
    for &function in FUNCTIONS {
        let deployed = binary(function);
        for word in LOCAL_ONLY {
            assert!(!contains(&deployed, word), "{function} holds {word}");
        }
        // One serves the finished document.
        let describes = contains(&deployed, DESCRIPTION);
        assert_eq!(describes, function == "reference", "{function} holds descriptions");
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
