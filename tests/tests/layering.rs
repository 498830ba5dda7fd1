//! The edges between layers that the compiler does not check: which layer may use which, and what no layer may contain.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

/// One line of code: without comments, without what stands in quotes, and outside the file's own unit tests.
struct Line {
    place: String,
    code: String,
}

fn lines_under(folder: &str) -> Vec<Line> {
    let (root, mut files) = (root(), Vec::new());
    collect(&root.join(folder), &mut files);
    assert!(!files.is_empty(), "{folder} is empty");
    let mut lines = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        lines.extend(code.lines().enumerate().map(|(n, line)| Line {
            place: format!("{name}:{}: {}", n + 1, line.trim()),
            code: without_quotes(line.split("//").next().unwrap()),
        }));
    }
    lines
}

fn without_quotes(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

/// Whether `word` is in the code as a word of its own; `word::` is a word with anything behind it.
fn names(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let ends = word.ends_with(':') || !code[at + word.len()..].starts_with(is_part);
        ends && !code[..at].ends_with(is_part)
    })
}

#[track_caller]
fn assert_none_names(folder: &str, words: &[&str]) {
    let found: Vec<_> = lines_under(folder)
        .into_iter()
        .filter(|line| words.iter().any(|word| names(&line.code, word)))
        .map(|line| line.place)
        .collect();
    assert!(found.is_empty(), "{folder} names one of {words:?}:\n{}", found.join("\n"));
}

#[test]
fn the_domain_is_rules_and_types_only() {
    assert_none_names("shared/src/domain", &["auth::", "boot::", "outside::", "service::", "store::", "wire::"]);
    assert_none_names("shared/src/domain", &["aws_sdk_dynamodb", "aws_sdk_s3", "aws_sdk_sqs", "aws_lc_rs", "tokio"]);
    assert_none_names(
        "shared/src/domain",
        &["parameters::", "serde_json", "axum", "http", "lambda_http", "lambda_runtime", "tracing"],
    );
    assert_none_names("shared/src/domain", &["std::env", "std::fs", "std::net::TcpStream", "std::thread", "async"]);
    assert_none_names(
        "shared/src/domain",
        &["SystemTime", "Instant", "Timestamp::now", "Zoned::now", "rand", "getrandom"],
    );
}

#[test]
fn there_is_no_float_where_money_and_energy_are() {
    assert_none_names("shared/src/domain", &["f32", "f64"]);
    assert_none_names("shared/src/store", &["f32", "f64"]);
    assert_none_names("shared/src/service", &["f32", "f64"]);
}

#[test]
fn the_wire_knows_no_storage_and_the_store_no_wire() {
    assert_none_names("shared/src/wire", &["store::", "Store", "aws_sdk_dynamodb"]);
    assert_none_names("shared/src/store", &["wire::", "service::", "axum", "http"]);
    assert_none_names("shared/src/auth", &["wire::", "service::", "axum"]);
    assert_none_names("shared/src/outside", &["wire::", "service::", "store::", "auth::", "axum"]);
    assert_none_names("shared/src/service", &["wire::", "axum", "aws_sdk_dynamodb", "aws_sdk_s3", "serde_dynamo"]);
}

#[test]
fn functions_reach_storage_through_services_only() {
    assert_none_names("functions", &["store::", "Store", "aws_sdk_dynamodb", "serde_dynamo", "std::env"]);
}

#[test]
fn every_key_string_is_in_one_file() {
    let root = root();
    let mut files = Vec::new();
    for folder in ["shared/src", "functions"] {
        collect(&root.join(folder), &mut files);
    }
    let prefixes = [
        "LOGIN#",
        "ACCOUNT#",
        "PLATE#",
        "ADDRESS#",
        "CAPTCHA#",
        "STATION#",
        "LOCATION#",
        "SHOP#",
        "SHOP-GROUP#",
        "PICTURE#",
        "Z#",
        "PAPERS#",
        "ID-NUMBER#",
        "HISTORY#",
    ];
    for file in files.iter().filter(|file| !file.ends_with("store/keys.rs")) {
        let text = fs::read_to_string(file).unwrap();
        let found = prefixes.into_iter().find(|prefix| text.contains(&format!("\"{prefix}")));
        assert_eq!(found, None, "{}", file.display());
    }
    let keys = fs::read_to_string(root.join("shared/src/store/keys.rs")).unwrap();
    assert!(keys.contains("\"LOGIN#"), "the prefixes above are those of the keys");
}

/// Time, chance and the environment come in at these edges. Clippy says so too; this holds for what is told to look away.
#[test]
fn time_chance_and_the_environment_have_one_door_each() {
    for (words, door) in [
        (["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now"].as_slice(), "shared/src/outside/clock.rs"),
        (&["std::env::var", "std::env::vars", "env::var", "env::vars"], "shared/src/boot/environment.rs"),
        (&["rand::fill", "SystemRandom", "OsRng", "getrandom"], "shared/src/outside/random.rs"),
    ] {
        for folder in ["shared/src", "functions"] {
            // A build script is no part of a function.
            let is_elsewhere = |line: &&Line| !line.place.starts_with(door) && !line.place.contains("/build.rs");
            for line in lines_under(folder).iter().filter(is_elsewhere) {
                assert!(!words.iter().any(|word| names(&line.code, word)), "{}", line.place);
            }
        }
    }
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let marks = ["todo", "unimplemented"].map(|word| format!("{word}!("));
    let ignored = ["#[ign", "ore"].concat();
    for folder in ["shared", "functions", "local/src", "local/functions", "tests"] {
        for Line { place, code } in lines_under(folder) {
            assert!(!marks.iter().any(|mark| code.contains(mark)), "{place}");
            assert!(!code.contains(&ignored), "{place}");
        }
    }
}

/// `cargo local` compiles in moments because it needs neither SDK nor runtime.
#[test]
fn the_local_command_needs_no_sdk() {
    let manifest = fs::read_to_string(root().join("local/Cargo.toml")).unwrap();
    let needs: Vec<_> =
        manifest.lines().filter(|line| line.contains(".workspace = true") || line.contains(" = {")).collect();
    for heavy in ["aws-", "tokio", "axum", "lambda_", "hyper", "features = [\"aws\"]"] {
        assert!(!needs.iter().any(|line| line.contains(heavy)), "{heavy}");
    }
}
