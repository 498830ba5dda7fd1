//! `cargo local replay FILE|-`: runs a scenario through the charging rules alone, or over HTTP, and prints the answer.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::scenario::{Answer, Scenario};

use crate::{over_http, paths, table, tell};

const USAGE: &str = "usage: cargo local replay FILE|- [--table | --over-http [--dir DIR]]";

/// Exit code 2 means that the scenario, or the command line, was refused.
pub const REFUSED: u8 = 2;

/// How a scenario is to be played.
#[derive(Default)]
struct Wish<'a> {
    file: Option<&'a str>,
    table: bool,
    over_http: bool,
    dir: Option<PathBuf>,
}

pub fn run(args: &[String]) -> ExitCode {
    let wish = match read_wish(args) {
        Ok(wish) => wish,
        Err(why) => return print(Err(why)),
    };
    match (wish.file, wish.over_http) {
        (None, _) => print(Err(USAGE.to_owned())),
        (Some(file), false) => print(play(file, wish.table)),
        (Some(file), true) => over_http(file, wish.dir),
    }
}

fn read_wish(args: &[String]) -> Result<Wish<'_>, String> {
    let (mut wish, mut left) = (Wish::default(), args.iter());
    while let Some(arg) = left.next() {
        match arg.as_str() {
            "--table" => wish.table = true,
            "--over-http" => wish.over_http = true,
            "--dir" => wish.dir = Some(left.next().ok_or("--dir needs a value")?.into()),
            option if option.starts_with("--dir=") => wish.dir = Some(option["--dir=".len()..].into()),
            option if option.starts_with("--") => return Err(format!("{option} is not an option here; {USAGE}")),
            file if wish.file.is_none() => wish.file = Some(file),
            _ => return Err(USAGE.to_owned()),
        }
    }
    let mixed = wish.table && wish.over_http || wish.dir.is_some() && !wish.over_http;
    if mixed { Err(USAGE.to_owned()) } else { Ok(wish) }
}

fn play(file: &str, as_table: bool) -> Result<String, String> {
    let scenario = scenario(file)?;
    let played = scenario.play();
    if as_table { Ok(table::draw(&scenario, &played)) } else { to_json(&Answer::of(&scenario, &played)) }
}

fn scenario(file: &str) -> Result<Scenario, String> {
    let scenario = Scenario::read(&read(file)?).map_err(|refusal| refusal.to_string())?;
    for name in &scenario.parameters.unknown {
        eprintln!("note: the parameter \"{name}\" is not known and changes nothing");
    }
    Ok(scenario)
}

/// A refused scenario ends with 2 as ever, a stack that is not there or fails with 1.
fn over_http(file: &str, dir: Option<PathBuf>) -> ExitCode {
    let scenario = match scenario(file) {
        Ok(scenario) => scenario,
        Err(why) => return print(Err(why)),
    };
    let answer = dir.map_or_else(paths::default_stack, Ok).and_then(|dir| over_http::play(&scenario, &dir));
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
