//! All functions in one program, for a local stack: secrets, station time and outgoing messages are files.
//! **Invariant:** no function that is built for AWS contains this code.

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
