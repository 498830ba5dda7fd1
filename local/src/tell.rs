//! What the person at the terminal sees: progress on standard error, answers on standard output.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where a command line program prints")]

use crate::Problem;
use std::fmt::Display;

/// What is being done now.
pub fn step(what: impl Display) {
    eprintln!("  {what}");
}

pub fn problem(problem: &Problem) {
    eprintln!("cargo local: {problem}");
}

/// What was asked for, and nothing else, so that it can be piped.
pub fn answer(what: impl Display) {
    println!("{what}");
}
