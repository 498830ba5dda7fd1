//! One line per request: log and metrics in one, with nothing secret in it.

use crate::{
    domain::{
        origin::Origin,
        reason::{Failure, Reason},
    },
    outside::metrics::{Metric, Sink},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// What is counted while a request is answered.
#[derive(Debug, Default)]
pub(super) struct Tally {
    unknown_fields: AtomicUsize,
    query_token: AtomicBool,
}

impl Tally {
    pub(super) fn count_unknown_fields(&self, count: usize) {
        self.unknown_fields.fetch_add(count, Relaxed);
    }

    pub(super) fn note_query_token(&self) {
        self.query_token.store(true, Relaxed);
    }
}

/// A request and how it ended. The route is its pattern and the query is left out, so no value of the caller's is here.
pub(super) struct Report<'a> {
    pub function: &'a str,
    pub route: &'a str,
    pub origin: &'a Origin,
    pub tally: &'a Tally,
    pub status: StatusCode,
    pub failure: Option<&'a Failure>,
    pub began: Timestamp,
    pub took: SignedDuration,
}

impl Report<'_> {
    pub(super) fn write(&self, sink: &Sink) {
        if let Some(failure) = self.failure.filter(|failure| failure.reason() == Reason::Internal) {
            let (request, route) = (&self.origin.request, self.route);
            tracing::error!(request, route, detail = failure.detail(), "a request failed");
        }
        let properties = json!({
            "function": self.function,
            "route": self.route,
            "request": self.origin.request,
            "status": self.status.as_u16(),
            "reason": self.failure.map(|failure| format!("{:?}", failure.reason())),
        });
        sink.emit(self.began, &[&["function"], &["function", "route"]], &self.metrics(), properties);
    }

    fn metrics(&self) -> [Metric; 8] {
        let reason = self.failure.map(Failure::reason);
        let fault = self.status.is_server_error();
        [
            Metric::milliseconds("Duration", u64::try_from(self.took.as_millis()).unwrap_or(0)),
            Metric::flag("Fault", fault),
            Metric::flag("Refused", reason.is_some() && !fault),
            Metric::flag("LoginFailure", reason == Some(Reason::WrongCredentials)),
            Metric::flag("IdempotencyConflict", reason == Some(Reason::KeyReused)),
            Metric::flag("TransactionConflict", reason == Some(Reason::Contended)),
            Metric::count("UnknownField", self.tally.unknown_fields.load(Relaxed)),
            Metric::flag("QueryToken", self.tally.query_token.load(Relaxed)),
        ]
    }
}
