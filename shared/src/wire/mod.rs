//! What the five documents have in common: reading a request, letting it in, and answering in the app's own words.

pub mod cloud;
pub mod ev_app;
pub mod ev_customer;
pub mod mall;
pub mod plain;
pub mod shop;

pub mod call;
pub mod envelope;
pub mod fields;
pub mod front;
pub mod gateway;
pub mod routes;

mod body;
mod json;
mod labels;
mod report;
mod stated;

pub use crate::outside::metrics::Sink;
pub use axum::Router;
pub use body::BodyRule;
pub use call::Call;
pub use envelope::Envelope;
pub use fields::{Fields, Upload, missing};
pub use front::Front;
pub use labels::label;
pub use routes::{Access, Route, Routes};
pub use stated::Stated;
