//! Parts from the environment of a Lambda function.

use super::{Error, Function, Variables, accounts::PEPPER, parts::Parts};
use crate::{
    auth::{hashing_memory::HashingMemory, passwords::Strength},
    outside::{clock::Clock, metrics::Sink},
    wire::Front,
};
use tracing_subscriber::filter::LevelFilter;

impl Parts {
    /// Reads the environment (every missing name is reported at once), starts the log, makes the clients, and reads all
    /// secrets that are needed.
    pub async fn from_environment(function: &Function) -> Result<Self, Error> {
        let variables = read();
        variables.require(&function.names(&variables))?;
        start_log(&variables);
        let hashing_memory = HashingMemory::default();
        if function.names(&variables).contains(&PEPPER) {
            hashing_memory.touch(Strength::PRODUCTION);
        }
        let parts = Self::unopened(function, variables, None)?;
        Self { hashing_memory, ..parts }.opened().await
    }
}

/// What stands before the handlers of a function that has public routes alone. It makes no client and reads no key.
pub fn front_without_gate(function: &Function) -> Result<Front, Error> {
    let variables = read();
    start_log(&variables);
    let (clock, sink) = (Clock::system(), Sink::stdout(variables.or("METRICS_NAMESPACE", "ev-plaza")));
    Ok(Front { function: function.name, gate: None, clock, sink, allow_query_token: false })
}

#[expect(clippy::disallowed_methods, reason = "this is the edge at which the environment comes in")]
fn read() -> Variables {
    std::env::vars().collect()
}

/// Writes JSON lines to standard output, at the level that the environment asks for.
pub fn start_log(variables: &Variables) {
    let level = variables.or("LOG_LEVEL", "info").parse().unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt().json().with_max_level(level).with_current_span(false).without_time().init();
}
