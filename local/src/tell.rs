//! Output for the developer: progress on standard error, answers on standard output. Writing to a closed terminal or
//! pipe fails silently, because it is no reason to end.

use crate::Problem;
use std::{
    fmt::Display,
    io::{Write as _, stderr, stdout},
};

/// The current step.
pub fn step(what: impl Display) {
    writeln!(stderr(), "  {what}").ok();
}

pub fn problem(problem: &Problem) {
    writeln!(stderr(), "cargo local: {problem}").ok();
}

/// The requested answer only, so that it can be piped.
pub fn answer(what: impl Display) {
    writeln!(stdout(), "{what}").ok();
}
