//! The functions as they are deployed: what is in their programs, and what these do under Lambda.

mod builds;
mod faults;
mod features;
mod messages;
mod start;
