//! What is not our table: the clock, chance, keys, secrets, the queue, the bucket and pixels.

pub mod clock;
pub mod key_service;
pub mod metrics;
pub mod objects;
pub mod payment;
pub mod pixels;
pub mod queue;
pub mod random;
pub mod secrets;
pub mod sms;
