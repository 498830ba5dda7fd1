//! `cargo local`: reads the command and hands it over.

use std::process::ExitCode;

fn main() -> ExitCode {
    local::run(std::env::args().skip(1).collect())
}
