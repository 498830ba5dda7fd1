//! Everything outside our table: the clock, random numbers, keys, secrets, queues, the bucket, SMS, payments and
//! picture decoding.

pub mod clock;
pub mod key_service;
pub mod letters;
pub mod metrics;
pub mod objects;
pub mod payment;
pub mod pixels;
pub mod queue;
pub mod random;
pub mod secrets;
pub mod sms;
