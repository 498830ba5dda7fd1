//! What is not our table: the clock, chance, secrets and the queue.

pub mod clock;
pub mod metrics;
pub mod queue;
pub mod random;
pub mod secrets;
