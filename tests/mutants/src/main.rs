//! `cargo run -p mutants -- --all | --changed BASE | --name X`: builds a copy of the tree in which each fault of the
//! catalogue can be switched on, and demands that the tests named for it fail.

#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program for people reads its own arguments")]

mod catalogue;
mod copy;
mod suites;

use catalogue::Mutant;
use std::{path::PathBuf, process::ExitCode, sync::Mutex, time::Instant};

const USAGE: &str = "usage: cargo run -p mutants -- --all | --changed BASE | --name NAME";

type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's root folder.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let all = catalogue::read(&root())?;
    let chosen: Vec<&Mutant> = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--all"] => all.iter().collect(),
        ["--changed", base] => {
            let changed = copy::changed_since(&root(), base)?;
            all.iter().filter(|mutant| mutant.edits.iter().any(|edit| changed.contains(&edit.file))).collect()
        }
        ["--name", name] => all.iter().filter(|mutant| mutant.name == name).collect(),
        _ => return Err(USAGE.to_owned()),
    };
    if chosen.is_empty() {
        println!("no mutant is concerned");
        return Ok(ExitCode::SUCCESS);
    }
    let started = Instant::now();
    let tree = copy::make(&root(), &all)?;
    let suites = suites::build(&tree, &chosen)?;
    suites.pass_without_fault()?;
    let (queue, missed) = (Mutex::new(chosen.iter()), Mutex::new(Vec::new()));
    let next = || queue.lock().ok()?.next();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(mutant) = next() {
                    let caught = suites.catch(mutant);
                    println!("{}: {}", mutant.name, caught.as_ref().map_or_else(String::clone, String::clone));
                    if caught.is_err() {
                        missed.lock().map(|mut missed| missed.push(&mutant.name)).ok();
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap_or_default();
    println!("{} of {} mutants missed, {} s", missed.len(), chosen.len(), started.elapsed().as_secs());
    Ok(if missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
