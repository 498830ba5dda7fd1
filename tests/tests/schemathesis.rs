//! docs/openapi.json under Schemathesis, which makes up requests from it: no 5xx, no answer, status, type or header that it
//! does not describe, and nothing that opens without the session that it asks for.

use local::venv::Venv;
use std::{fs, io::Write as _, path::Path, process::Command, time::SystemTime};
use tests::{
    calls::{Runner, read},
    stack::{Place, Stack},
    template::repository,
};

/// Requests of each kind for each endpoint. More is a matter of patience: `SCHEMATHESIS_SECONDS=600 cargo test -p tests
/// --test schemathesis` goes on for that long, each time from another seed, which it says; `SCHEMATHESIS_SEED` takes it back.
const EXAMPLES: &str = "3";
const SEED: u64 = 20_260_601;

#[test]
#[expect(clippy::disallowed_methods, reason = "the environment sets how long the test may take")]
fn nothing_is_answered_that_the_document_does_not_describe() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis");
    let venv = Venv::with(&repository().join(".tools/schemathesis"), &folder.join("requirements.txt"), &["--no-deps"])
        .unwrap();
    let place = Place::new();
    let stack = Stack::start(&place, &["--speed", "60"]);

    let mut people = Runner::new(stack.api(), &folder);
    for call in &read(&fs::read_to_string(folder.join("people.hurl")).unwrap()).unwrap() {
        people.carry_out(call).unwrap_or_else(|why| panic!("{why}"));
    }
    let settings = people.filled(&fs::read_to_string(folder.join("schemathesis.toml")).unwrap()).unwrap();
    fs::write(place.path().join("schemathesis.toml"), settings).unwrap();

    let mut tester = Command::new(venv.program("schemathesis"));
    // Where it runs it leaves files.
    tester.current_dir(place.path()).env("NO_PROXY", "*").env("SCHEMATHESIS_HOOKS", folder.join("hooks.py"));
    // Compiled Python would lie among the sources.
    tester.env("PYTHONDONTWRITEBYTECODE", "1").args(["--config-file", "schemathesis.toml", "run"]);
    tester.arg(repository().join("docs/openapi.json")).arg("--url").arg(format!("http://{}", stack.api()));
    // One after the other: two of its threads can trip over a fault of Python 3.11.
    tester.args(["--workers", "1", "--no-color", "--warnings", "off"]);
    let seconds = std::env::var("SCHEMATHESIS_SECONDS");
    match &seconds {
        Ok(seconds) => tester.args(["--max-time", seconds]),
        Err(_) => tester.args(["--max-examples", EXAMPLES, "--generation-deterministic"]),
    };
    let given = std::env::var("SCHEMATHESIS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| if seconds.is_ok() { another_seed() } else { SEED });
    // Not through a macro: what those print is seen only if the test fails.
    std::io::stderr().write_all(format!("\nSCHEMATHESIS_SEED={seed}\n").as_bytes()).unwrap();
    tester.args(["--seed", &seed.to_string()]);
    let output = tester.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Test cases"), "nothing was tested:\n{said}");
}

/// One that no run had before.
#[expect(clippy::disallowed_methods, reason = "the time is what makes runs differ")]
fn another_seed() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(SEED, |since| since.as_secs())
}
