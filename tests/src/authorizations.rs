//! What the functions of a stack asked the emulator for, held against what their roles allow.

use crate::{iam::Policy, stack::Stack, template::Template};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
struct Authorization {
    /// As its binary is called.
    function: String,
    action: String,
    resource: String,
    allowed: bool,
}

/// Every right on the emulator that a function has and did not use, as `function: action on resource`.
pub fn unused(stack: &Stack, template: &Template) -> Vec<String> {
    let used = read(stack);
    let mut unused = Vec::new();
    for id in template.functions() {
        let function = template.binary(id);
        let Some(policy) = Policy::find(stack, id) else { continue };
        for statement in policy.statements() {
            for action in texts(&statement["Action"]) {
                // A statement that names what it does not allow allows anything else.
                let resources = statement.get("Resource").map_or_else(|| vec!["*"], texts);
                for resource in resources {
                    let is_it = |one: &Authorization| {
                        one.function == function && one.action == action && fits(&one.resource, resource) && one.allowed
                    };
                    if !used.iter().any(is_it) {
                        unused.push(format!("{function}: {action} on {}", without_draw(resource)));
                    }
                }
            }
        }
    }
    unused.sort();
    unused.dedup();
    unused
}

/// What functions asked for in vain.
pub fn refused(stack: &Stack) -> Vec<String> {
    let refused = read(stack).into_iter().filter(|one| !one.allowed);
    refused.map(|one| format!("{}: {} on {}", one.function, one.action, without_draw(&one.resource))).collect()
}

fn read(stack: &Stack) -> Vec<Authorization> {
    let lines = stack.file("ministack/authorizations.jsonl");
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        other => other.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    }
}

/// `*` at the end stands for anything, as policies here use it.
fn fits(resource: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(resource == pattern, |start| resource.starts_with(start))
}

/// The name of a resource without account and without what CloudFormation drew for it.
fn without_draw(resource: &str) -> String {
    let name = resource.rsplit(':').next().unwrap_or_default();
    let is_drawn = |part: &str| part.len() >= 10 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let segments = name.split('/').map(|segment| {
        let parts: Vec<_> = segment.split('-').filter(|part| !is_drawn(part)).collect();
        parts.join("-")
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_called_by_what_the_template_calls_it() {
        for (resource, name) in [
            (
                "arn:aws:dynamodb:ap-southeast-1:000000000000:table/s-Table-0A1B2C3D4E5F/index/due",
                "table/s-Table/index/due",
            ),
            ("arn:aws:s3:::s-picturesbucket-f00468d1d0eb5/kyc/*", "s-picturesbucket/kyc/*"),
            ("arn:aws:sqs:ap-southeast-1:000000000000:s-charging.fifo", "s-charging.fifo"),
        ] {
            assert_eq!(without_draw(resource), name);
        }
        assert!(fits("a/kyc/*", "a/kyc/*") && fits("a/kyc/x", "a/*") && !fits("a/kyc", "b/*") && !fits("ab", "a"));
    }
}
