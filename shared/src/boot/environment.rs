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
        let parts = on_this_machine(function, variables)?;
        Self { hashing_memory, ..parts }.opened().await
    }
}

#[cfg(not(feature = "local"))]
fn on_this_machine(function: &Function, variables: Variables) -> Result<Parts, Error> {
    Parts::unopened(function, variables, None)
}

/// A local stack: secrets, clock and what leaves the system are files.
#[cfg(feature = "local")]
fn on_this_machine(function: &Function, variables: Variables) -> Result<Parts, Error> {
    use crate::outside::{
        key_service::KeyService, letters::LettersSource, random::Random, secrets::Secrets, sms::Sender,
    };
    let directory = std::path::PathBuf::from(variables.get("EV_PLAZA_DIR"));
    let endpoint = Some(variables.get("AWS_ENDPOINT_URL")).filter(|url| !url.is_empty()).map(ToOwned::to_owned);
    Ok(Parts {
        clock: Clock::from_file(directory.join("clock.json")),
        secrets: Secrets::from_directory(directory.join("secrets")),
        key_service: Some(KeyService::unwrapped()),
        sender: Some(Sender::outbox(directory.join("sms.jsonl"))),
        letters: LettersSource::told_in(directory.join("captcha.jsonl"), Random::system()),
        ..Parts::unopened(function, variables.with_secrets_in_files(), endpoint)?
    })
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

fn start_log(variables: &Variables) {
    let level = variables.or("LOG_LEVEL", "info").parse().unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt().json().with_max_level(level).with_current_span(false).without_time().init();
}
