//! Composition: what functions are made of, read from the environment of a Lambda function or given by a test. The only
//! place that reads the environment and makes clients.

mod accounts;
mod audit;
mod charging;
mod clients;
mod codes;
mod customers;
mod environment;
mod function;
mod parts;
mod pictures;
mod variables;

pub use accounts::{FIELDS, GATE, ISSUING, PASSWORDS, SECOND_FACTOR, SIGN_IN, STAFF};
pub use audit::AUDIT_CHAIN;
pub use charging::{CHARGING, NOTICES, PAYMENTS, PILE_LINKS};
pub use codes::{CODES, SMS};
pub use customers::{PORTAL, SHOP, ZONES};
pub use environment::{front_without_gate, start_log};
pub use function::{Function, Need, TABLES};
pub use parts::Parts;
pub use pictures::{AUDITS, PICTURES};
pub use variables::Variables;

use crate::domain::reason::Failure;

/// Why a function cannot start; shown in its log.
#[derive(thiserror::Error)]
pub enum Error {
    #[error("these environment variables are missing: {}", .0.join(", "))]
    Missing(Vec<String>),
    #[error("{name} should be {expected}")]
    Invalid { name: &'static str, expected: &'static str },
    #[error("the secret of {variable} ({id}) is malformed: {problem}. docs/operations.md, «Keys», shows its form")]
    MalformedSecret { variable: &'static str, id: String, problem: String },
    #[error("{0}")]
    Broken(String),
}

/// `main` writes an error in its debug form, and that is what an operator reads.
impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl Error {
    fn missing(name: &str) -> Self {
        Self::Missing(vec![name.to_owned()])
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Broken(detail(&failure))
    }
}

fn detail(failure: &Failure) -> String {
    failure.detail().unwrap_or_else(|| failure.text()).to_owned()
}
