//! The rule tests, by subject.

pub mod changes;
pub mod dispatch;
pub mod expectations;
pub mod faults;
pub mod histories;
pub mod instants;
pub mod invariants;
pub mod line;
pub mod metered;
pub mod metered_histories;
pub mod money;
pub mod packing;
pub mod placing;
pub mod play;
pub mod queue;
pub mod reference;
pub mod scenarios;
pub mod settings;
pub mod underway;
