//! What the five documents have in common: reading a request, letting it in, and answering in the app's own words.

pub mod cloud;
pub mod ev_app;
pub mod ev_customer;
pub mod mall;
pub mod mall_papers;
pub mod mall_user;
pub mod plain;
pub mod shop;

pub mod call;
pub mod endpoint;
pub mod envelope;
pub mod field;
pub mod fields;
pub mod front;
pub mod gateway;
pub mod page;
pub mod person;
pub mod pile_report;
pub mod place;
pub mod routes;
pub mod sample;

mod body;
mod json;
mod kept;
mod labels;
mod report;
mod stated;
mod static_file;

pub use crate::outside::metrics::Sink;
pub use axum::Router;
pub use body::BodyRule;
pub use call::Call;
pub use endpoint::{Endpoint, EndpointDoc, delete, get, patch, post, put};
pub use envelope::Envelope;
pub use field::{Bounds, Example, Field, FieldPlace, Parameter};
pub use fields::{Fields, Upload, missing};
pub use front::Front;
pub use labels::label;
#[cfg(feature = "openapi")]
pub use report::AskedFields;
pub use routes::{Access, FromCaller, Route, Routes};
pub use sample::{Before, Given, SampleSource, Way, answer, before, last_part, picture, sms};
pub use stated::Stated;
pub use static_file::StaticFile;
