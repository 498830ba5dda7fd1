//! Reading a JSON object field by field: numbers stay text, a key comes once, and a mistake is named with its place.

use super::fields::{SentField, Value};
use crate::domain::{reason::Failure, text::is_invisible};
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{collections::HashSet, fmt};

/// Reads one object.
pub(super) fn object(body: &str) -> Result<Vec<SentField>, Failure> {
    let mut reader = serde_json::Deserializer::from_str(body);
    let fields = reader.deserialize_map(FieldsVisitor).and_then(|fields| reader.end().map(|()| fields));
    let fields = fields.map_err(|error| explain(body, &error))?;
    match duplicate(body) {
        None => Ok(fields),
        Some((start, name)) => {
            let before = body.get(..start).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let name = shortened(&name);
            Err(Failure::malformed(format!("JSON 中字段重复：{name}（第 {line} 行第 {column} 个字符）")))
        }
    }
}

/// Finds the first key that occurs twice in one object, at any depth, with its position. The text must be valid JSON.
/// A loop instead of recursion: a caller could nest deeper than the stack allows.
fn duplicate(body: &str) -> Option<(usize, String)> {
    let (mut open, mut is_key) = (Vec::new(), false);
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => {
                open.push(Some(HashSet::new()));
                is_key = true;
            }
            b'[' => open.push(None),
            b'}' | b']' => drop(open.pop()),
            b',' => is_key = open.last().is_some_and(Option::is_some),
            b'"' => {
                let start = at;
                at += 1;
                while bytes.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if bytes.get(at) == Some(&b'\\') { 2 } else { 1 };
                }
                if let Some(Some(seen)) = open.last_mut().filter(|_| std::mem::take(&mut is_key)) {
                    let name: String = serde_json::from_str(body.get(start..=at)?).ok()?;
                    if !seen.insert(name.clone()) {
                        return Some((start, name));
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Vec<SentField>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<SentField>, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
            fields.push(SentField { name, value: value(raw).map_err(A::Error::custom)? });
        }
        Ok(fields)
    }
}

/// A number is kept as it was written, so that `100.4` never passes through a float.
fn value(raw: &RawValue) -> Result<Value, serde_json::Error> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(text)?),
        Some(b'n') => Value::Null,
        Some(b't') => Value::Flag(true),
        Some(b'f') => Value::Flag(false),
        Some(b'-' | b'0'..=b'9') => Value::Text(text.to_owned()),
        _ => Value::Nested(raw.to_owned()),
    })
}

/// The strings and numbers of a list, each as it was written; nothing when it is no such list.
pub(super) fn texts(raw: &RawValue) -> Option<Vec<String>> {
    let list: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
    let text = |raw: &&RawValue| match value(raw) {
        Ok(Value::Text(text)) => Some(text),
        _ => None,
    };
    list.iter().map(text).collect()
}

/// What is wrong and where, as a person would say it.
fn explain(body: &str, error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    if error.is_data() {
        return Failure::malformed("请求内容应为 JSON 对象");
    }
    if let Some((line, column)) = full_width_comma(body, line, column) {
        return Failure::malformed(format!("JSON 第 {line} 行第 {column} 个字符处有全角逗号“，”，请改为半角逗号“,”"));
    }
    let column = characters(body, line, column);
    Failure::malformed(format!("JSON 格式错误：第 {line} 行第 {column} 个字符附近"))
}

/// A full-width comma where the reader stopped. It stops at one of the comma's three bytes.
fn full_width_comma(body: &str, line: usize, column: usize) -> Option<(usize, usize)> {
    let text = body.lines().nth(line.checked_sub(1)?)?;
    let comma = text.match_indices('，').map(|(start, _)| start).find(|start| (*start..start + 4).contains(&column))?;
    Some((line, text[..comma].chars().count() + 1))
}

/// The reader counts bytes, people count characters.
fn characters(body: &str, line: usize, column: usize) -> usize {
    let text = body.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    text.char_indices().take_while(|(start, _)| *start < column.max(1)).count().max(1)
}

fn shortened(name: &str) -> String {
    name.chars().filter(|c| !is_invisible(*c)).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> String {
        object(body).unwrap_err().text().to_owned()
    }

    #[test]
    fn the_full_width_comma_of_the_documents_example_is_named_with_its_place() {
        let example = "{\n   \"customerId\":1004,\n   \"vehicleType\":\"02git \",\n   \"carPlate\":\"皖A12345\"，\n   \"vin\":\"123456\"\n}";
        assert_eq!(text(example), "JSON 第 4 行第 24 个字符处有全角逗号“，”，请改为半角逗号“,”");
    }

    #[test]
    fn a_mistake_is_named_with_line_and_character() {
        assert_eq!(text("{\"车牌\": 皖}"), "JSON 格式错误：第 1 行第 8 个字符附近");
        assert_eq!(text("{\"a\":1"), "JSON 格式错误：第 1 行第 6 个字符附近");
        assert_eq!(text("{} x"), "JSON 格式错误：第 1 行第 4 个字符附近");
    }

    #[test]
    fn a_key_that_comes_twice_is_refused() {
        assert_eq!(text(r#"{"a":1,"\u0061":2}"#), "JSON 中字段重复：a（第 1 行第 8 个字符）");
        assert_eq!(
            text("{\"车\":1,\n \"b\":{\"c\":[{\"d\":1,\"d\":2}]}}"),
            "JSON 中字段重复：d（第 2 行第 19 个字符）"
        );
        // The same key in another object, as a value, or in a list is another thing.
        let apart = r#"{"a":{"a":"a","b":["a","a"]},"b":[{"a":1},{"a":2}],"c\"":"{\"a\":1,\"a\":2}"}"#;
        assert!(object(apart).is_ok());
        let deep = "[".repeat(100_000);
        let deep = format!("{{\"a\":{deep}{}}}", "]".repeat(100_000));
        assert!(object(&deep).is_ok());
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        for body in ["[]", "1", "\"a\"", "null"] {
            assert_eq!(text(body), "请求内容应为 JSON 对象", "{body}");
        }
    }

    #[test]
    fn numbers_keep_every_digit() {
        let fields = object(r#"{"quantity":100.40,"big":12345678901234567890123}"#).unwrap();
        let values: Vec<_> = fields.iter().map(|field| &field.value).collect();
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(values, [&text("100.40"), &text("12345678901234567890123")]);
    }
}
