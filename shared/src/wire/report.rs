//! One line per request in CloudWatch's embedded metric format: log and metric in one, with nothing secret in it.

use crate::domain::{
    origin::Origin,
    reason::{Failure, Reason},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

/// Where the lines go: standard output, or a test's list.
#[derive(Clone)]
pub struct Sink(Arc<dyn Fn(&str) + Send + Sync>);

impl Sink {
    pub fn stdout() -> Self {
        Self::from_fn(|line| {
            use std::io::Write as _;
            // A closed standard output leaves nobody to tell.
            drop(writeln!(std::io::stdout().lock(), "{line}"));
        })
    }

    pub fn from_fn(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Writes one line.
    pub fn write(&self, line: &str) {
        (self.0)(line);
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
    }
}

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
        sink.write(&self.line());
    }

    fn line(&self) -> String {
        let unit = |name: &str, unit: &str| json!({ "Name": name, "Unit": unit });
        json!({
            "_aws": {
                "Timestamp": self.began.as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "ev-plaza",
                    "Dimensions": [["function"], ["function", "route"]],
                    "Metrics": [
                        unit("Duration", "Milliseconds"), unit("Fault", "Count"), unit("Refused", "Count"),
                        unit("LoginFailure", "Count"), unit("UnknownField", "Count"), unit("QueryToken", "Count"),
                    ],
                }],
            },
            "function": self.function,
            "route": self.route,
            "request": self.origin.request,
            "status": self.status.as_u16(),
            "reason": self.failure.map(|failure| format!("{:?}", failure.reason())),
            "Duration": self.took.as_millis(),
            "Fault": u8::from(self.status.is_server_error()),
            "Refused": u8::from(self.failure.is_some() && !self.status.is_server_error()),
            "LoginFailure": u8::from(self.failure.is_some_and(|failure| failure.reason() == Reason::WrongCredentials)),
            "UnknownField": self.tally.unknown_fields.load(Relaxed),
            "QueryToken": u8::from(self.tally.query_token.load(Relaxed)),
        })
        .to_string()
    }
}
