//! Metrics in `CloudWatch`'s embedded format: each line on standard output is a log entry and its metrics.

use crate::domain::energy::Energy;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// The destination of the lines: standard output, or a list of a test.
#[derive(Clone)]
pub struct Sink {
    namespace: Arc<str>,
    write: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Sink {
    /// `namespace`: the one that the alarms of the template use.
    pub fn stdout(namespace: &str) -> Self {
        let write = |line: &str| {
            use std::io::Write as _;
            // There is no other place to report that standard output is closed.
            drop(writeln!(std::io::stdout().lock(), "{line}"));
        };
        Self { namespace: namespace.into(), ..Self::from_fn(write) }
    }

    pub fn from_fn(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { namespace: "ev-plaza".into(), write: Arc::new(write) }
    }

    /// Writes one line. Each metric counts once over all functions, and a per-function metric once more for the
    /// `function` among the `properties`. There are no other dimensions, because every value of one is another metric
    /// to pay for.
    pub fn emit(&self, at: Timestamp, metrics: &[Metric], properties: &[(&str, Property<'_>)]) {
        let namespace = &*self.namespace;
        let overall = Directive { dimensions: [&[]], metrics: metrics.iter().collect(), namespace };
        let of_function: Vec<_> = metrics.iter().filter(|metric| metric.per_function).collect();
        let of_function = Directive { dimensions: [&["function"]], metrics: of_function, namespace };
        let directives = [overall, of_function];
        let directives = if directives[1].metrics.is_empty() { &directives[..1] } else { &directives };
        let line = MetricsLine { directives, at, metrics, properties };
        match serde_json::to_string(&line) {
            Ok(line) => (self.write)(&line),
            Err(error) => tracing::error!(%error, "metrics line could not be serialised"),
        }
    }
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sink")
    }
}

/// A property of a line: the value of a dimension, or a field for log searches.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum Property<'a> {
    Text(&'a str),
    Number(u64),
    Absent,
}

/// A whole line, serialised without an intermediate tree of values, because every request writes one.
struct MetricsLine<'a> {
    directives: &'a [Directive<'a>],
    at: Timestamp,
    metrics: &'a [Metric],
    properties: &'a [(&'a str, Property<'a>)],
}

impl Serialize for MetricsLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let metadata = Metadata { directives: self.directives, timestamp: self.at.as_millisecond() };
        let mut members: Vec<(&str, LineMember<'_>)> = vec![("_aws", LineMember::Metadata(metadata))];
        members.extend(
            self.metrics.iter().map(|metric| (metric.name, LineMember::Property(Property::Number(metric.value)))),
        );
        members.extend(self.properties.iter().map(|(name, property)| (*name, LineMember::Property(*property))));
        // Sorted, so that the order of the code does not change the line.
        members.sort_unstable_by_key(|(name, _)| *name);
        serializer.collect_map(members)
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum LineMember<'a> {
    Metadata(Metadata<'a>),
    Property(Property<'a>),
}

/// Tells `CloudWatch` which members of the line are metrics.
#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(rename = "CloudWatchMetrics")]
    directives: &'a [Directive<'a>],
    #[serde(rename = "Timestamp")]
    timestamp: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    dimensions: [&'static [&'static str]; 1],
    metrics: Vec<&'a Metric>,
    namespace: &'a str,
}

/// A named number. Serialised, it is its declaration in the metadata.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    name: &'static str,
    unit: &'static str,
    #[serde(skip)]
    value: u64,
    #[serde(skip)]
    per_function: bool,
}

impl Metric {
    /// The same metric, counted for each function as well.
    #[must_use]
    pub fn per_function(self) -> Self {
        Self { per_function: true, ..self }
    }

    pub fn count(name: &'static str, value: usize) -> Self {
        Self { name, unit: "Count", value: value as u64, per_function: false }
    }

    pub fn flag(name: &'static str, value: bool) -> Self {
        Self::count(name, usize::from(value))
    }

    /// Rounded up, so that any energy counts. The format has no unit for energy.
    pub fn watt_hours(name: &'static str, energy: Energy) -> Self {
        let watt_hours = energy.millijoules().over(3_600_000).ceil();
        Self { name, unit: "None", value: u64::try_from(watt_hours).unwrap_or(u64::MAX), per_function: false }
    }

    pub fn milliseconds(name: &'static str, value: u64) -> Self {
        Self { name, unit: "Milliseconds", value, per_function: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn written(sink: impl FnOnce(Sink) -> Sink, emit: impl FnOnce(&Sink)) -> String {
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&lines);
        emit(&sink(Sink::from_fn(move |line| kept.lock().unwrap().push(line.to_owned()))));
        let lines = lines.lock().unwrap();
        let [line] = &lines[..] else { panic!("{lines:?}") };
        line.clone()
    }

    #[test]
    fn a_line_is_byte_for_byte_what_dashboards_and_searches_know() {
        let at = Timestamp::from_millisecond(1_779_000_000_123).unwrap();
        let metrics = [Metric::count("Settled", 3), Metric::watt_hours("UnbilledEnergy", Energy::ZERO)];
        let properties = [("function", Property::Text("charging-scheduler"))];
        let line = written(|sink| sink, |sink| sink.emit(at, &metrics, &properties));
        let expected = concat!(
            r#"{"Settled":3,"UnbilledEnergy":0,"_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":["#,
            r#"{"Name":"Settled","Unit":"Count"},{"Name":"UnbilledEnergy","Unit":"None"}],"Namespace":"ev-plaza"}],"#,
            r#""Timestamp":1779000000123},"function":"charging-scheduler"}"#
        );
        assert_eq!(line, expected);
    }

    #[test]
    fn names_and_values_are_escaped_and_a_line_without_either_is_whole() {
        let named = |sink| Sink { namespace: "shop \"x\"".into(), ..sink };
        let line = written(named, |sink| sink.emit(Timestamp::UNIX_EPOCH, &[], &[]));
        let expected = r#"{"_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":[],"Namespace":"shop \"x\""}],"Timestamp":0}}"#;
        assert_eq!(line, expected);
        let properties = [("request", Property::Text("a \"quoted\" \\ \u{1} 请求\n")), ("reason", Property::Absent)];
        let line = written(|sink| sink, |sink| sink.emit(Timestamp::UNIX_EPOCH, &[], &properties));
        let expected = r#""reason":null,"request":"a \"quoted\" \\ \u0001 请求\n"}"#;
        assert!(line.ends_with(expected), "{line}");
    }
}
