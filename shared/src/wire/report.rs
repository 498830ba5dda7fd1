//! One line per request: log and metrics in one, with nothing secret in it.

use crate::{
    domain::{
        origin::Origin,
        reason::{Failure, Reason},
    },
    outside::metrics::{Metric, Property, Sink},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// What is counted while a request is answered.
#[derive(Debug, Default)]
pub(super) struct Tally {
    unknown_fields: AtomicUsize,
    query_token: AtomicBool,
    #[cfg(feature = "openapi")]
    asked: std::sync::Mutex<AskedFields>,
}

/// The fields that a form asked for, in an answer's extensions. For the test that compares them with the declaration.
#[cfg(feature = "openapi")]
#[derive(Clone, Debug, Default)]
pub struct AskedFields(pub std::collections::BTreeSet<&'static str>);

impl Tally {
    pub(super) fn count_unknown_fields(&self, count: usize) {
        self.unknown_fields.fetch_add(count, Relaxed);
    }

    pub(super) fn note_query_token(&self) {
        self.query_token.store(true, Relaxed);
    }

    #[cfg(feature = "openapi")]
    pub(super) fn note_asked(&self, names: &[&'static str]) {
        if let Ok(mut asked) = self.asked.lock() {
            asked.0.extend(names);
        }
    }

    #[cfg(feature = "openapi")]
    pub(super) fn asked(&self) -> AskedFields {
        self.asked.lock().map(|asked| asked.clone()).unwrap_or_default()
    }
}

/// A request and how it ended. The route is its pattern and the query is left out, so no value of the caller's is here.
pub(super) struct RequestReport<'a> {
    pub function: &'a str,
    pub route: &'a str,
    pub origin: &'a Origin,
    pub tally: &'a Tally,
    pub status: StatusCode,
    pub failure: Option<&'a Failure>,
    pub began: Timestamp,
    pub took: SignedDuration,
}

impl RequestReport<'_> {
    pub(super) fn write(&self, sink: &Sink) {
        if let Some(failure) = self.failure.filter(|failure| failure.reason() == Reason::Internal) {
            let (request, route) = (&self.origin.request, self.route);
            tracing::error!(request, route, detail = failure.detail(), "request failed");
        }
        let reason = self.failure.map(|failure| format!("{:?}", failure.reason()));
        let limit = self.failure.and_then(Failure::limit);
        let properties = [
            ("function", Property::Text(self.function)),
            ("route", Property::Text(self.route)),
            ("request", Property::Text(&self.origin.request)),
            ("status", Property::Number(self.status.as_u16().into())),
            ("reason", reason.as_deref().map_or(Property::Absent, Property::Text)),
            ("limit", limit.map_or(Property::Absent, Property::Text)),
        ];
        sink.emit(self.began, &self.metrics(), &properties);
    }

    fn metrics(&self) -> [Metric; 9] {
        let reason = self.failure.map(Failure::reason);
        let fault = self.status.is_server_error();
        [
            Metric::milliseconds("Duration", u64::try_from(self.took.as_millis()).unwrap_or(0)).per_function(),
            Metric::flag("Fault", fault).per_function(),
            Metric::flag("Refused", reason.is_some() && !fault),
            Metric::flag("LoginFailure", self.failure.is_some_and(Failure::refuses_guess)),
            Metric::flag("CodeLimit", self.failure.is_some_and(|failure| failure.limit().is_some())),
            Metric::flag("IdempotencyConflict", reason == Some(Reason::KeyReused)),
            Metric::flag("TransactionConflict", reason == Some(Reason::Contended)),
            Metric::count("UnknownField", self.tally.unknown_fields.load(Relaxed)),
            Metric::flag("QueryToken", self.tally.query_token.load(Relaxed)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    fn line(report: &RequestReport<'_>) -> String {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&lines);
        report.write(&Sink::from_fn(move |line| kept.lock().unwrap().push(line.to_owned())));
        lines.lock().unwrap().concat()
    }

    /// Alarms, dashboards and saved searches read these lines.
    #[test]
    fn a_line_is_byte_for_byte_what_it_was() {
        let origin = Origin { request: "JKJaXmPLvHcESHA=".to_owned(), ..Origin::default() };
        let tally = Tally::default();
        tally.count_unknown_fields(2);
        tally.note_query_token();
        let refused = Failure::from(Reason::Unauthorized);
        let report = RequestReport {
            function: "ev-account",
            route: "/user/{proxy+}",
            origin: &origin,
            tally: &tally,
            status: StatusCode::UNAUTHORIZED,
            failure: Some(&refused),
            began: Timestamp::from_millisecond(1_779_000_000_123).unwrap(),
            took: SignedDuration::from_millis(12),
        };
        let metadata = concat!(
            r#""_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":["#,
            r#"{"Name":"Duration","Unit":"Milliseconds"},{"Name":"Fault","Unit":"Count"},"#,
            r#"{"Name":"Refused","Unit":"Count"},{"Name":"LoginFailure","Unit":"Count"},"#,
            r#"{"Name":"CodeLimit","Unit":"Count"},"#,
            r#"{"Name":"IdempotencyConflict","Unit":"Count"},{"Name":"TransactionConflict","Unit":"Count"},"#,
            r#"{"Name":"UnknownField","Unit":"Count"},{"Name":"QueryToken","Unit":"Count"}],"#,
            r#""Namespace":"ev-plaza"},{"Dimensions":[["function"]],"Metrics":["#,
            r#"{"Name":"Duration","Unit":"Milliseconds"},{"Name":"Fault","Unit":"Count"}],"#,
            r#""Namespace":"ev-plaza"}],"Timestamp":1779000000123}"#
        );
        let counted = r#""CodeLimit":0,"Duration":12,"Fault":0,"IdempotencyConflict":0,"LoginFailure":0,"QueryToken":1,"Refused":1,"TransactionConflict":0,"UnknownField":2"#;
        let said = r#""function":"ev-account","limit":null,"reason":"Unauthorized","request":"JKJaXmPLvHcESHA=","route":"/user/{proxy+}","status":401"#;
        assert_eq!(line(&report), format!("{{{counted},{metadata},{said}}}"));

        let calm = Tally::default();
        let answered =
            RequestReport { tally: &calm, status: StatusCode::OK, failure: None, took: SignedDuration::ZERO, ..report };
        let counted = r#""CodeLimit":0,"Duration":0,"Fault":0,"IdempotencyConflict":0,"LoginFailure":0,"QueryToken":0,"Refused":0,"TransactionConflict":0,"UnknownField":0"#;
        let said = said.replace(r#""Unauthorized""#, "null").replace("401", "200");
        assert_eq!(line(&answered), format!("{{{counted},{metadata},{said}}}"));
    }
}
