//! The domain of ev-plaza and everything the functions share.
//!
//! `domain` is pure and needs nothing else; `parameters` are a station's settings as JSON; `scenario` plays days on a
//! station in memory; the rest, behind the feature `aws`, is what carries it: `service` loads,
//! decides and saves; `store`, `outside` and `auth` are its tools; `wire` speaks the apps' documents.

pub mod domain;
pub mod parameters;
pub mod scenario;

#[cfg(feature = "aws")]
pub mod auth;
#[cfg(feature = "aws")]
pub mod boot;
#[cfg(feature = "aws")]
pub mod outside;
#[cfg(feature = "aws")]
pub mod service;
#[cfg(feature = "aws")]
pub mod store;
#[cfg(feature = "aws")]
pub mod wire;
