//! The program that `cargo local --light` becomes.

use local::{
    Problem,
    options::{Command, parse},
    tell,
};
use std::process::ExitCode;

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
