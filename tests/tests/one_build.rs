//! Functions alone and the whole workspace resolve to the same features of the same crates, so that one build of the
//! SDK, which takes minutes, serves both.

use std::{collections::BTreeSet, path::Path, process::Command};

/// With these the build scripts of `operator-console` and `reference` compress; they compile in a moment, and the SDK does not stand on them.
const ITS_OWN: [&str; 2] = ["crc32fast ", "simd-adler32 "];

/// Crate, version and features of everything that is not ours.
fn resolved(selection: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    cargo.args(["tree", "--locked", "--edges", "normal,build,dev", "--prefix", "none"]);
    let output = cargo.args(["--format", "{p} [{f}]"]).args(selection).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.contains("(/")).map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

#[test]
fn functions_use_the_crates_as_the_workspace_builds_them() {
    let workspace = resolved(&["--workspace"]);
    for function in [
        "audit-reader",
        "audit-sealer",
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
        "operator-console",
        "payment-callback",
        "pile-reports",
        "reference",
        "session",
        "shop-customer",
        "sms-sender",
    ] {
        let alone = resolved(&["--package", function]);
        let is_the_sdks = |line: &&String| !ITS_OWN.iter().any(|name| line.starts_with(name));
        let missing: Vec<_> = alone.difference(&workspace).filter(is_the_sdks).cloned().collect();
        assert_eq!(missing, [""; 0], "{function} needs a build of its own");
    }
}

/// The SDK's older TLS stack costs start-up time in every function.
#[test]
fn there_is_one_tls_stack() {
    assert_eq!(resolved(&["--workspace"]).iter().find(|line| line.starts_with("rustls v0.21")), None);
}

/// The Lambda runtime brings tokio's threads along; that no function starts them is what counts.
#[test]
fn every_function_runs_on_one_thread() {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    for function in std::fs::read_dir(functions).unwrap() {
        let main = function.unwrap().path().join("src/main.rs");
        let text = std::fs::read_to_string(&main).unwrap();
        assert!(text.contains(r#"#[tokio::main(flavor = "current_thread")]"#), "{}", main.display());
    }
}

/// Cargo unifies features over everything that one call builds, so the call must name nothing but functions.
#[test]
fn the_build_for_aws_names_every_function_and_turns_on_no_feature_of_tools_or_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(root.join("local/build")).arg("--print").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let call: Vec<_> = text.split_whitespace().collect();
    assert_eq!(call[..4], ["cargo", "lambda", "build", "--release"], "{text}");
    let packages: BTreeSet<_> = call.windows(2).filter(|pair| pair[0] == "--package").map(|pair| pair[1]).collect();
    let functions = std::fs::read_dir(root.join("functions")).unwrap();
    let functions: BTreeSet<_> = functions.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(packages, functions.iter().map(String::as_str).collect());

    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(&root).args([
        "tree",
        "--locked",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p} [{f}]",
    ]);
    let output = tree.args(&call[4..]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let ours: BTreeSet<_> =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| line.contains("(/")).collect();
    assert_eq!(ours.len(), functions.len() + 1, "{ours:?}");
    for line in ours {
        let features = line.rsplit_once('[').unwrap().1.trim_end_matches(']');
        let expected = if line.starts_with("shared ") { "aws" } else { "" };
        assert_eq!(features, expected, "{line}");
    }
}
