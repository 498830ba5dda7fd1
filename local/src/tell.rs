//! What the person at the terminal sees: progress on standard error, answers on standard output. A closed terminal or
//! pipe leaves nobody to tell, which is no reason to end.

use crate::Problem;
use std::{
    fmt::Display,
    io::{Write as _, stderr, stdout},
};

/// What is being done now.
pub fn step(what: impl Display) {
    writeln!(stderr(), "  {what}").ok();
}

pub fn problem(problem: &Problem) {
    writeln!(stderr(), "cargo local: {problem}").ok();
}

/// What was asked for, and nothing else, so that it can be piped.
pub fn answer(what: impl Display) {
    writeln!(stdout(), "{what}").ok();
}
