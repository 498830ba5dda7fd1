//! Commands for a running stack, and commands that need no stack.

pub mod audit;
pub mod bootstrap;
pub mod clock;
pub mod keys;
pub mod pile;
pub mod seed;
pub mod stop;
pub mod token;
