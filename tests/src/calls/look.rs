//! Looking into an answer.

use super::{Look, Must};
use local::http::Answer;
use serde_json::Value;

/// What is there, if anything is.
pub fn find(answer: &Answer, look: &Look) -> Option<Value> {
    match look {
        Look::Header(name) => answer.header(&name.to_ascii_lowercase()).map(Into::into),
        Look::Json(path) => follow(serde_json::from_slice(&answer.body).ok()?, path),
        Look::Body => Some(answer.text().into()),
        Look::Bytes => Some(answer.body.iter().map(|byte| Value::from(*byte)).collect()),
    }
}

/// `$.a.b[0]`, which is as much of a path as the calls need.
fn follow(mut value: Value, path: &str) -> Option<Value> {
    for step in path.trim_start_matches('$').replace('[', ".").replace(']', "").split('.').skip(1) {
        value = match step.parse::<usize>() {
            Ok(at) if value.is_array() => value.get_mut(at)?.take(),
            _ => value.get_mut(step)?.take(),
        };
    }
    Some(value)
}

/// Why it is not as it must be.
pub fn fault(found: Option<&Value>, must: &Must) -> Option<String> {
    let text = found.and_then(Value::as_str).unwrap_or_default();
    let is = |wanted: &str| serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| found == Some(&wanted));
    let holds = match must {
        Must::Be(wanted) => is(wanted),
        Must::NotBe(other) => found.is_some() && !is(other),
        Must::Exist => found.is_some(),
        Must::NotExist => found.is_none(),
        Must::Count(count) => found.and_then(Value::as_array).is_some_and(|items| items.len() == *count),
        Must::StartWith(start) => text.starts_with(start.as_str()),
        Must::Contain(part) => text.contains(part.as_str()),
        Must::StartWithBytes(start) => found.and_then(Value::as_array).is_some_and(|bytes| begins(bytes, start)),
    };
    (!holds).then(|| format!("must {must:?} and is {}", found.map_or("not there".to_owned(), shortened)))
}

fn begins(bytes: &[Value], start: &[u8]) -> bool {
    bytes.len() >= start.len() && bytes.iter().zip(start).all(|(byte, wanted)| byte == wanted)
}

/// A picture would fill the screen.
fn shortened(value: &Value) -> String {
    let text = value.to_string();
    text.char_indices().nth(300).map_or(text.clone(), |(at, _)| format!("{}…", &text[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_through_objects_and_lists() {
        let value = json!({ "a": [{ "b": 1 }, { "b": null }] });
        assert_eq!(follow(value.clone(), "$.a[0].b"), Some(json!(1)));
        assert_eq!(follow(value.clone(), "$.a[1].b"), Some(json!(null)));
        assert_eq!(follow(value.clone(), "$.a[2]"), None);
        assert_eq!(follow(json!([7]), "$[0]"), Some(json!(7)));
        assert_eq!(follow(value.clone(), "$"), Some(value));
    }

    #[test]
    fn each_demand_can_fail() {
        let found = json!("ab");
        for (holds, fails) in [
            (Must::Be("\"ab\"".into()), Must::Be("\"a\"".into())),
            (Must::NotBe("1".into()), Must::NotBe("\"ab\"".into())),
            (Must::Exist, Must::NotExist),
            (Must::StartWith("a".into()), Must::StartWith("b".into())),
            (Must::Contain("b".into()), Must::Contain("c".into())),
        ] {
            assert_eq!(fault(Some(&found), &holds), None);
            assert!(fault(Some(&found), &fails).is_some(), "{fails:?}");
        }
        assert_eq!(fault(Some(&json!([255, 216, 1])), &Must::StartWithBytes(vec![255, 216])), None);
        assert!(fault(Some(&json!([255])), &Must::StartWithBytes(vec![255, 216])).is_some());
        assert_eq!(fault(Some(&json!([1])), &Must::Count(1)), None);
        assert!(fault(Some(&json!([1])), &Must::Count(2)).is_some());
        assert!(fault(None, &Must::NotBe("1".into())).is_some());
    }
}
