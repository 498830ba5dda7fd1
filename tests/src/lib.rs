//! What the tests share: an embedded DynamoDB under the real SDK, a plaza on top of it, and a client that speaks to
//! its functions as the gateway does.

pub mod answer;
pub mod authorizations;
pub mod bills;
pub mod browser;
pub mod bucket;
pub mod calls;
pub mod capacity;
mod connector;
pub mod database;
pub mod dealer;
pub mod document;
mod expression;
mod fate;
pub mod functions;
pub mod iam;
pub mod idle;
pub mod keys;
pub mod lambda;
pub mod mall_user;
mod memory;
pub mod newcomer;
pub mod papers;
pub mod pictures;
pub mod plaza;
pub mod portal;
pub mod power;
pub mod request;
pub mod schema;
pub mod settings;
pub mod simulation;
pub mod sms;
pub mod soundness;
pub mod stack;
pub mod station;
pub mod template;
pub mod watch;
