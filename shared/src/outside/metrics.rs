//! Metrics in `CloudWatch`'s embedded format: a line on standard output is log and metric in one.

use crate::domain::energy::Energy;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Where the lines go: standard output, or a test's list.
#[derive(Clone)]
pub struct Sink {
    namespace: Arc<str>,
    write: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Sink {
    /// `namespace`: under which the alarms of the template look.
    pub fn stdout(namespace: &str) -> Self {
        let write = |line: &str| {
            use std::io::Write as _;
            // A closed standard output leaves nobody to tell.
            drop(writeln!(std::io::stdout().lock(), "{line}"));
        };
        Self { namespace: namespace.into(), ..Self::from_fn(write) }
    }

    pub fn from_fn(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { namespace: "ev-plaza".into(), write: Arc::new(write) }
    }

    /// Writes one line. Each metric counts once over everything, which is what the alarms watch, and once for each set of
    /// `dimensions`, whose values are among the `properties`.
    pub fn emit(&self, at: Timestamp, dimensions: &[&[&str]], metrics: &[Metric], properties: Value) {
        let all: Vec<&[&str]> = [&[] as &[&str]].into_iter().chain(dimensions.iter().copied()).collect();
        let names = metrics.iter().map(|metric| json!({ "Name": metric.name, "Unit": metric.unit }));
        let directive =
            json!({ "Namespace": *self.namespace, "Dimensions": all, "Metrics": names.collect::<Vec<_>>() });
        let mut line = Map::new();
        line.insert("_aws".into(), json!({ "Timestamp": at.as_millisecond(), "CloudWatchMetrics": [directive] }));
        line.extend(metrics.iter().map(|metric| (metric.name.to_owned(), json!(metric.value))));
        if let Value::Object(properties) = properties {
            line.extend(properties);
        }
        (self.write)(&Value::Object(line).to_string());
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
    }
}

/// One number with its name.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    value: u64,
}

impl Metric {
    pub fn count(name: &'static str, value: usize) -> Self {
        Self { name, unit: "Count", value: value as u64 }
    }

    pub fn flag(name: &'static str, value: bool) -> Self {
        Self::count(name, usize::from(value))
    }

    /// Whatever is more than nothing counts as one at least. The format has no unit for energy.
    pub fn watt_hours(name: &'static str, energy: Energy) -> Self {
        let watt_hours = energy.millijoules().over(3_600_000).ceil();
        Self { name, unit: "None", value: u64::try_from(watt_hours).unwrap_or(u64::MAX) }
    }

    pub fn milliseconds(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Milliseconds", value }
    }
}
