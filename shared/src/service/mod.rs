//! Load, decide, save: one file per noun, without HTTP.

pub mod actor;
pub mod agent;
pub mod bill;
pub mod business;
pub mod captcha;
pub mod charging;
pub mod cloud;
pub mod code_sign_in;
pub mod codes;
pub mod customer;
pub mod dealer;
pub mod driver;
pub mod ledger;
#[cfg(feature = "local")]
pub mod local_staff;
pub mod mall_user;
pub mod notifier;
pub mod papers;
pub mod password;
pub mod payment;
pub mod people;
pub mod pictures;
pub mod reports;
mod second_proof;
pub mod shop;
pub mod sign_in;
pub mod sms;
pub mod staff;
pub mod trail;
