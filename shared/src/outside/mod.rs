//! What is not our table: the clock, chance, and secrets.

pub mod clock;
pub mod random;
pub mod secrets;
