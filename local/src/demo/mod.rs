//! `cargo local demo`: stations with a week behind them and drivers who keep coming, for a first look at the console.

mod drivers;
mod history;

use crate::{Problem, Result, clock::Clock, doing, functions, paths::StackDir, record, tell};
use drivers::Drivers;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde_json::json;
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

pub use history::DAYS;

/// How many times as fast as real time the stations run.
const SPEED: i32 = 60;
/// One driver after another decides what to do.
const PAUSE: Duration = Duration::from_millis(700);

pub fn run(port: u16, dir: &Path) -> Result<()> {
    let start = first_day()?;
    let mut stack = start_stack(port, dir, &start)?;
    let api = wait_until_ready(&mut stack)?;
    let (dir, _) = record::running(dir)?;
    tell::step(format!("playing the last {DAYS} days"));
    let mut drivers = prepare(&api, &dir)?;
    let standing = Clock::read(&dir)?.unwrap_or(Clock::Real).at(Timestamp::now());
    Clock::Running { real: Timestamp::now(), station: standing, speed: SPEED }.write(&dir)?;
    tell::answer(format!(
        "open http://{api}/console, choose 令牌 (Token) and paste:\n{}\nhttp://{api}/board/S1 is the screen on the wall; an \
         hour passes in a minute",
        token(&api)?
    ));
    loop {
        if stack.try_wait().map_err(doing("the stack"))?.is_some() {
            return Ok(());
        }
        drivers.act_once()?;
        std::thread::sleep(PAUSE);
    }
}

/// Makes people and stations, and plays the days until today. The clock of the stack stands still.
pub fn prepare(api: &str, dir: &StackDir) -> Result<Drivers> {
    let mut drivers = Drivers::register(api, &token(api)?)?;
    history::play(&mut drivers, dir)?;
    Ok(drivers)
}

fn token(api: &str) -> Result<String> {
    let answer = functions::invoke(api, "local-staff", &json!({ "role": "admin", "shops": [] }))?;
    let token = answer["token"].as_str().map(ToOwned::to_owned);
    token.ok_or_else(|| Problem(format!("local-staff returned no token: {answer}")))
}

/// Local time at which the demonstration begins: some days ago, early in the morning.
fn first_day() -> Result<String> {
    let now = Timestamp::now().to_zoned(TimeZone::fixed(jiff::tz::offset(8)));
    let first = now.date().checked_sub(DAYS.days()).map_err(doing("the calendar"))?;
    Ok(format!("{first}T06:00"))
}

fn start_stack(port: u16, dir: &Path, start: &str) -> Result<Child> {
    let program = std::env::current_exe().map_err(doing("cargo local does not find itself"))?;
    let mut command = Command::new(program);
    command.args(["--light", "--fresh", "--no-reload", "--attached", "--port", &port.to_string(), "--clock", start]);
    command.arg("--dir").arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().map_err(doing("the stack cannot be started"))
}

fn wait_until_ready(stack: &mut Child) -> Result<String> {
    let lines = stack
        .stdout
        .take()
        .into_iter()
        .flat_map(|said| BufReader::new(said).lines().map_while(std::result::Result::ok));
    let ready = lines.into_iter().find_map(|line| line.strip_prefix("ready http://").map(ToOwned::to_owned));
    ready.ok_or_else(|| Problem("the stack did not start".into()))
}
