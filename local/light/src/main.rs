//! The program that `cargo local --light` becomes.

use local::{
    Problem,
    options::{Command, parse},
    tell,
};
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = parse(std::env::args().skip(1).collect()).and_then(|command| match command {
        Command::Serve(options) => local_light::serve(&options),
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
