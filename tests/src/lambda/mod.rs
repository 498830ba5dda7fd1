//! Deployed functions as Lambda runs them: a program built for AWS, the Runtime API, and stand-ins for the services behind
//! AWS's own names and TLS.

mod aws;
mod http1;
mod isolation;
mod process;
mod program;
mod runtime_api;

pub use aws::{Aws, Call, Reply, error};
pub use isolation::{is_isolated, isolated};
pub use process::{Ended, Function};
pub use program::{Environments, Program};
