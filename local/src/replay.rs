//! `cargo local replay FILE|-`: runs a scenario through the charging rules alone and prints the answer.

use std::io::{Read, Write};
use std::process::ExitCode;

use shared::domain::charging::scenario::{Answer, Scenario};

use crate::table;

const USAGE: &str = "usage: cargo local replay FILE|- [--table]";

/// Exit code 2 means that the scenario, or the command line, was refused.
pub const REFUSED: u8 = 2;

pub fn run(args: &[String]) -> ExitCode {
    let (options, files): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| arg.starts_with("--"));
    let as_table = options.iter().any(|option| *option == "--table");
    match (&files[..], options.iter().find(|option| **option != "--table")) {
        ([file], None) => print(play(file, as_table)),
        (_, Some(option)) => print(Err(format!("{option} is not an option here; {USAGE}"))),
        _ => print(Err(USAGE.to_owned())),
    }
}

fn play(file: &str, as_table: bool) -> Result<String, String> {
    let scenario = Scenario::read(&read(file)?).map_err(|refusal| refusal.to_string())?;
    for name in &scenario.parameters.unknown {
        eprintln!("note: the parameter \"{name}\" is not known and changes nothing");
    }
    let played = scenario.play();
    if as_table { Ok(table::draw(&scenario, &played)) } else { to_json(&Answer::of(&scenario, &played)) }
}

fn to_json(answer: &Answer) -> Result<String, String> {
    answer.to_json().map_err(|why| why.to_string())
}

/// The whole of a file, or of standard input for `-`.
pub fn read(file: &str) -> Result<String, String> {
    let mut text = String::new();
    let read = match file {
        "-" => std::io::stdin().read_to_string(&mut text).map(drop),
        path => std::fs::read_to_string(path).map(|content| text = content),
    };
    read.map(|()| text).map_err(|why| format!("cannot read {file}: {why}"))
}

/// The answer on standard output, or what was expected on standard error.
pub fn print(answer: Result<String, String>) -> ExitCode {
    match answer {
        Ok(text) => {
            let written = std::io::stdout().lock().write_all(text.as_bytes());
            if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(REFUSED)
        }
    }
}
