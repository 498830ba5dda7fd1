//! All functions in one program, over the parts of one machine: secrets, station time and what leaves the system are files.
//! No function built for AWS holds any of it.

mod emulated;
mod events;
mod http;
mod machine;
mod outbox;
mod run;
mod staff;

pub use events::{EventApp, EventFunction};
pub use http::{HTTP, HttpFunction, function_at};
pub use machine::Machine;
pub use run::run;
