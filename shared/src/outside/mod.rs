//! What is not our table: the clock, chance, keys, secrets and the queue.

pub mod clock;
pub mod key_service;
pub mod metrics;
pub mod queue;
pub mod random;
pub mod secrets;
