//! The suites that catch faults: the rule tests of `shared`, the in-process tests, and the simulation of the charging queue.

use crate::{Result, catalogue::Mutant};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// So many histories must be enough for the simulation to catch a fault.
const HISTORIES: &str = "250";
/// Histories of their own, so that no other test has been tuned on them.
const FIRST_SEED: &str = "10000";
/// The slowest rule tests, which are run only when the others catch nothing.
const SLOW_RULES: [&str; 2] = ["histories::", "placing::"];

/// The built suites; one that is not needed is not built.
pub struct Suites {
    rules: Option<PathBuf>,
    functions: Option<PathBuf>,
    simulation: Option<PathBuf>,
    tree: PathBuf,
}

/// Builds what the chosen faults need. Compiled dependencies are shared with ordinary builds.
pub fn build(tree: &Path, chosen: &[&Mutant]) -> Result<Suites> {
    let target = tree.join("../..");
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        command.current_dir(tree).env("CARGO_TARGET_DIR", &target).args(arguments);
        output(&mut command)
    };
    let program = |arguments: &[&str]| {
        let built = cargo(&[arguments, &["--no-run", "--message-format=json"]].concat())?;
        let text = String::from_utf8_lossy(&built.stdout);
        let path = text.lines().rev().find_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next());
        path.map(PathBuf::from).ok_or_else(|| "cargo names no test program".to_owned())
    };
    let mut suites = Suites { rules: None, functions: None, simulation: None, tree: tree.to_owned() };
    if chosen.iter().any(|mutant| mutant.rules) {
        let rules = ["test", "-p", "shared", "--no-default-features", "--test", "charging_rules"];
        suites.rules = Some(program(&rules)?);
    }
    if chosen.iter().any(|mutant| mutant.test.is_some()) {
        suites.functions = Some(program(&["test", "-p", "tests", "--test", "functions"])?);
    }
    if chosen.iter().any(|mutant| !mutant.breaks.is_empty()) {
        cargo(&["build", "-p", "tests", "--bin", "simulate"])?;
        // A later build of the real tree puts its own program in the same place.
        let (built, kept) = (target.join("debug/simulate"), target.join("mutants/simulate"));
        std::fs::copy(&built, &kept).map_err(|error| format!("{}: {error}", built.display()))?;
        suites.simulation = Some(kept);
    }
    Ok(suites)
}

impl Suites {
    /// Without a fault both suites must pass: else their failing shows nothing.
    pub fn pass_without_fault(&self) -> Result<()> {
        let fails =
            |failed: Option<String>| failed.map_or(Ok(()), |what| Err(format!("fails without any fault: {what}")));
        if let Some(rules) = &self.rules {
            fails(self.failed_test(rules, "", &[]))?;
        }
        if let Some(simulation) = &self.simulation {
            fails(self.violated(simulation, "", "20")?)?;
        }
        Ok(())
    }

    /// What noticed the fault; an error where a suite that must notice it does not.
    pub fn catch(&self, mutant: &Mutant) -> Result<String> {
        let mut notices = Vec::new();
        if let Some(rules) = self.rules.as_ref().filter(|_| mutant.rules) {
            let skipped: Vec<&str> = SLOW_RULES.iter().flat_map(|name| ["--skip", name]).collect();
            let quick = self.failed_test(rules, &mutant.name, &skipped);
            let failed = quick.or_else(|| self.failed_test(rules, &mutant.name, &[]));
            notices.push(failed.ok_or("NOT CAUGHT by the rule tests")?);
        }
        if let (Some(functions), Some(test)) = (&self.functions, &mutant.test) {
            let only = ["--exact", test];
            if let Some(failed) = self.failed_test(functions, "", &only) {
                return Err(format!("fails without any fault: {failed}"));
            }
            let failed = self.failed_test(functions, &mutant.name, &only);
            notices.push(failed.ok_or_else(|| format!("NOT CAUGHT by {test}"))?);
        }
        if let Some(simulation) = self.simulation.as_ref().filter(|_| !mutant.breaks.is_empty()) {
            let violated = self.violated(simulation, &mutant.name, HISTORIES)?;
            let violated = violated.ok_or_else(|| format!("NOT CAUGHT in {HISTORIES} histories"))?;
            let invariant = violated.split(',').next().unwrap_or_default();
            if !mutant.breaks.iter().any(|name| name == invariant) {
                return Err(format!("NOT CAUGHT by {}: invariant {violated}", mutant.breaks.join(" or ")));
            }
            notices.push(format!("invariant {violated}"));
        }
        Ok(notices.join("; "))
    }

    /// The first test of a program that fails with the fault switched on.
    fn failed_test(&self, program: &Path, mutant: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(program);
        command.current_dir(self.tree.join("shared")).env("MUTANT", mutant).args(arguments);
        let run = command.output().ok()?;
        if run.status.success() {
            return None;
        }
        let text = String::from_utf8_lossy(&run.stdout).into_owned();
        let failed = text.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
        Some(failed.unwrap_or("the program itself").to_owned())
    }

    /// The invariant that some history violates, and in which history.
    fn violated(&self, simulation: &Path, mutant: &str, histories: &str) -> Result<Option<String>> {
        let mut command = Command::new(simulation);
        command.current_dir(&self.tree).env("MUTANT", mutant);
        command.args(["--histories", histories, "--seed", FIRST_SEED, "--first-violation"]);
        let run = command.output().map_err(|error| format!("{}: {error}", simulation.display()))?;
        let text = String::from_utf8_lossy(&run.stdout);
        let violated = text.lines().find_map(|line| line.strip_prefix("violated: "));
        match (run.status.success(), violated) {
            (true, None) => Ok(None),
            (_, Some(violated)) => Ok(Some(violated.to_owned())),
            (false, None) => Err(format!("the simulation ended without a verdict: {text}")),
        }
    }
}

fn output(command: &mut Command) -> Result<Output> {
    let output = command.output().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!("a suite does not build:\n{}", String::from_utf8_lossy(&output.stderr)))
}
