//! Commands for a stack that runs already, and those that need none.

pub mod audit;
pub mod bootstrap;
pub mod clock;
pub mod keys;
pub mod seed;
pub mod stop;
pub mod token;
