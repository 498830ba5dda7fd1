//! `cargo local replay FILE|-`: runs a scenario through the charging rules, or over HTTP, and prints the answer.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::scenario::{Answer, Scenario};

use crate::{over_http, paths, table, tell};

const USAGE: &str = "usage: cargo local replay FILE|- [--metered] [--table | --over-http [--dir DIR]]";

/// Exit code 2 means that the scenario or the command line was refused.
pub const REFUSED: u8 = 2;

/// How a scenario is to be played.
#[derive(Default)]
struct ReplayOptions<'a> {
    file: Option<&'a str>,
    /// On a metered station with ideal piles.
    metered: bool,
    table: bool,
    over_http: bool,
    dir: Option<PathBuf>,
}

pub fn run(args: &[String]) -> ExitCode {
    let options = match read_options(args) {
        Ok(options) => options,
        Err(why) => return print(Err(why)),
    };
    match (options.file, options.over_http) {
        (None, _) => print(Err(USAGE.to_owned())),
        (Some(file), false) => print(play(file, options.metered, options.table)),
        (Some(file), true) => over_http(file, options.metered, options.dir),
    }
}

fn read_options(args: &[String]) -> Result<ReplayOptions<'_>, String> {
    let (mut options, mut left) = (ReplayOptions::default(), args.iter());
    while let Some(arg) = left.next() {
        match arg.as_str() {
            "--metered" => options.metered = true,
            "--table" => options.table = true,
            "--over-http" => options.over_http = true,
            "--dir" => options.dir = Some(left.next().ok_or("--dir needs a value")?.into()),
            option if option.starts_with("--dir=") => options.dir = Some(option["--dir=".len()..].into()),
            option if option.starts_with("--") => return Err(format!("unknown option {option}; {USAGE}")),
            file if options.file.is_none() => options.file = Some(file),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let mixed = options.table && options.over_http || options.dir.is_some() && !options.over_http;
    if mixed { Err(USAGE.to_owned()) } else { Ok(options) }
}

fn play(file: &str, metered: bool, as_table: bool) -> Result<String, String> {
    let scenario = scenario(file)?;
    let played = if metered { scenario.play_metered() } else { scenario.play() };
    if as_table { Ok(table::draw(&scenario, &played)) } else { to_json(&Answer::of(&scenario, &played)) }
}

fn scenario(file: &str) -> Result<Scenario, String> {
    let scenario = Scenario::read(&read(file)?).map_err(|refusal| refusal.to_string())?;
    for name in &scenario.parameters.unknown {
        eprintln!("note: the parameter \"{name}\" is unknown and has no effect");
    }
    Ok(scenario)
}

/// A refused scenario ends with 2, a missing or failing stack with 1.
fn over_http(file: &str, metered: bool, dir: Option<PathBuf>) -> ExitCode {
    let scenario = match scenario(file) {
        Ok(scenario) => scenario,
        Err(why) => return print(Err(why)),
    };
    let answer = dir.map_or_else(paths::default_stack, Ok).and_then(|dir| over_http::play(&scenario, metered, &dir));
    match answer {
        Ok(answer) => print(to_json(&answer)),
        Err(problem) => {
            tell::problem(&problem);
            ExitCode::FAILURE
        }
    }
}

fn to_json(answer: &Answer) -> Result<String, String> {
    answer.to_json().map_err(|why| why.to_string())
}

/// The content of a file, or of standard input for `-`.
pub fn read(file: &str) -> Result<String, String> {
    let mut text = String::new();
    let read = match file {
        "-" => std::io::stdin().read_to_string(&mut text).map(drop),
        path => std::fs::read_to_string(path).map(|content| text = content),
    };
    read.map(|()| text).map_err(|why| format!("cannot read {file}: {why}"))
}

/// The answer on standard output, or the error on standard error.
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
