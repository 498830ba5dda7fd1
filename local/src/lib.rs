//! `cargo local`: the whole system on one machine, created from template.yaml. `serve` has the order of the steps;
//! every other file is one thing that it starts, asks or records.
#![expect(clippy::disallowed_methods, reason = "a program on a developer's machine reads its own environment and time")]

pub mod audit_trail;
pub mod build;
pub mod clock;
pub mod command;
pub mod demo;
pub mod deployment;
pub mod front;
mod functions;
pub mod http;
mod keeper;
mod light;
mod log;
pub mod ministack;
pub mod options;
mod over_http;
pub mod paths;
pub mod pile_api;
pub mod plan;
pub mod port;
pub mod process;
mod programs;
pub mod record;
mod replay;
pub mod scenario;
pub mod secrets;
pub mod serve;
mod table;
pub mod tell;
pub mod venv;

use options::Command;
use std::process::ExitCode;

/// Why something failed, in one line that says what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem(pub String);

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

pub type Result<T> = std::result::Result<T, Problem>;

/// Turns an error of the operating system into a problem that says what was attempted.
pub fn doing<E: std::fmt::Display>(what: impl std::fmt::Display) -> impl FnOnce(E) -> Problem {
    move |error| Problem(format!("{what}: {error}"))
}

/// The whole program.
pub fn run(arguments: Vec<String>) -> ExitCode {
    // These commands read their own arguments and have their own exit codes; they need no stack.
    match arguments.split_first() {
        Some((command, rest)) if command == "replay" => return replay::run(rest),
        Some((command, rest)) if command == "plan" => return plan::run(rest),
        _ => {}
    }
    let again = arguments.clone();
    let done = options::parse(arguments).and_then(|command| match command {
        Command::Help => {
            tell::answer(options::HELP);
            Ok(())
        }
        Command::Serve(options) if options.light => light::become_it(&again),
        Command::Serve(options) => serve::serve(&options),
        Command::Clock { dir, at } => command::clock::turn(&dir, at),
        Command::Token { dir, role, shops } => command::token::print(&dir, &role, &shops),
        Command::Pile { dir, station, pile, habits } => command::pile::run(&dir, &station, &pile, &habits),
        Command::Demo { dir, port } => demo::run(port, &dir),
        Command::Stop { dir } => command::stop::stop(&dir),
        Command::Keys { public_half: false } => command::keys::print(),
        Command::Keys { public_half: true } => command::keys::public_half(),
        Command::VerifyAudit { dir, stack, options } => command::audit::verify(&dir, stack.as_deref(), &options),
        Command::Bootstrap { stack, options } => command::bootstrap::run(&stack, &options),
        Command::Keeper { dir, owner } => keeper::keep(&dir, owner),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tell::problem(&problem);
            ExitCode::FAILURE
        }
    }
}
