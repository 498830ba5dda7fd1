//! `cargo local --light`: all functions in one process over an embedded DynamoDB. It answers as the full stack does, with
//! the same clock, tokens and files, but it does not read template.yaml: roles, quotas and alarms are the full stack's.

pub mod engine;

mod database;
mod gateway;
mod pictures;
mod plaza;
mod queues;
mod serve;

pub use serve::serve;

/// The settings of template.yaml as the full stack has them on one machine. A test compares them.
pub const VARIABLES: &str = include_str!("../variables.env");
/// The CORS policy of template.yaml. The same test compares it.
pub const CORS: &str = include_str!("../cors.json");
