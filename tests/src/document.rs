//! docs/openapi.json as tests ask it: which endpoint an address is of, and whether an answer is described.

use crate::schema::faults;
use serde_json::{Map, Value};

/// The path that an address is of, with its endpoints by method. What is written out counts before a parameter.
pub fn endpoints<'d>(document: &'d Value, address: &str) -> Option<(&'d str, &'d Map<String, Value>)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let fitting = paths.filter(|(path, _)| is_of(path, address));
    let (path, item) = fitting.min_by_key(|(path, _)| path.matches('{').count())?;
    Some((path, item.as_object()?))
}

fn is_of(path: &str, address: &str) -> bool {
    let (mut parts, mut words) = (path.split('/'), address.split('/'));
    parts.by_ref().zip(words.by_ref()).all(|(part, word)| part == word || (part.starts_with('{') && !word.is_empty()))
        && path.matches('/').count() == address.matches('/').count()
}

/// What is wrong with an answer of an endpoint.
pub fn fault(document: &Value, endpoint: &Value, status: u16, media: &str, body: &[u8]) -> Option<String> {
    let response = &endpoint["responses"][status.to_string()];
    let referred = response["$ref"].as_str().and_then(|name| document.pointer(name.trim_start_matches('#')));
    let response = referred.unwrap_or(response);
    if !response.is_object() {
        return Some("this status is not described".to_owned());
    }
    let Some(content) = response["content"].as_object() else {
        return (!body.is_empty()).then(|| "no body is described".to_owned());
    };
    let media = media.split(';').next().unwrap_or_default().trim();
    let Some(content) = content.get(media) else { return Some(format!("the type {media} is not described")) };
    if media != "application/json" {
        return None;
    }
    let Ok(value) = serde_json::from_slice(body) else { return Some("is no JSON".to_owned()) };
    let faults = faults(document, &content["schema"], &value);
    (!faults.is_empty()).then(|| format!("{value} is not as described: {}", faults.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_belongs_to_the_path_that_says_most_of_it() {
        let document = json!({ "paths": { "/a/{id}": {}, "/a/b": {}, "/a/{id}/c": {} } });
        let path = |address| endpoints(&document, address).map(|(path, _)| path);
        assert_eq!((path("/a/b"), path("/a/x"), path("/a/x/c")), (Some("/a/b"), Some("/a/{id}"), Some("/a/{id}/c")));
        assert_eq!((path("/a"), path("/a/"), path("/a/x/d")), (None, None, None));
    }

    #[test]
    fn an_answer_that_is_not_described_is_seen() {
        let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
        let endpoint = json!({ "responses": {
            "200": { "content": { "application/json": { "schema": schema } } }, "204": { "description": "" } } });
        let fault = |status, media, body: &str| fault(&json!({}), &endpoint, status, media, body.as_bytes());
        assert_eq!(fault(200, "application/json; charset=utf-8", r#"{"a":1}"#), None);
        assert_eq!(fault(204, "", ""), None);
        for (status, media, body) in [
            (500, "application/json", r#"{"a":1}"#),
            (204, "", "x"),
            (200, "text/plain", r#"{"a":1}"#),
            (200, "application/json", "x"),
            (200, "application/json", r#"{"a":"1"}"#),
        ] {
            assert!(fault(status, media, body).is_some(), "{status} {media} {body}");
        }
    }
}
