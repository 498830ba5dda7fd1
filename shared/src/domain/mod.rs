//! Pure rules and types: no I/O, no SDK, no clock, no randomness. Time, ids and codes come in as arguments.

pub mod account;
pub mod captcha;
pub mod charging;
pub mod credit_code;
pub mod day;
pub mod device;
pub mod energy;
pub mod gender;
pub mod image;
pub mod money;
pub mod organisation_code;
pub mod origin;
pub mod password;
pub mod patch;
pub mod phone;
pub mod reason;
pub mod resident_id;
pub mod sealed;
pub mod session;
pub mod shop;
pub mod station_id;
pub mod takings;
pub mod text;
pub mod throttle;
pub mod vehicle;
pub mod vin;
