//! The program that `cargo local --light` becomes.

use local::{
    Problem,
    options::{Command, parse},
    tell,
};
use std::process::ExitCode;

#[expect(clippy::disallowed_methods, reason = "a program on a developer's machine reads its own arguments")]
fn main() -> ExitCode {
    let done = parse(std::env::args().skip(1).collect()).and_then(|command| match command {
        Command::Serve(wish) => local_light::serve(&wish),
        _ => Err(Problem("this program only serves; cargo local has the other commands".into())),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tell::problem(&problem);
            ExitCode::FAILURE
        }
    }
}
