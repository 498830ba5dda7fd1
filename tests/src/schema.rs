//! Whether a value is what a schema of docs/openapi.json says: the keywords that the document uses, and no others.

use regex_lite::Regex;
use serde_json::Value;

/// Keywords that say nothing about validity.
const WORDS: [&str; 5] = ["description", "examples", "format", "title", "default"];

/// What is wrong with `value`, where `document` holds the schemas that are referred to.
pub fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    check(document, schema, value, "", &mut faults);
    faults
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else {
        assert_eq!(schema, true, "at {at}: a schema is an object or true");
        return;
    };
    for (keyword, wanted) in keywords {
        let holds = match keyword.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                let referred = document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing"));
                check(document, referred, value, at, faults);
                true
            }
            "type" => types(wanted).any(|name| is_of(name, value)),
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
            "multipleOf" => value.as_f64().is_none_or(|number| {
                let steps = number / wanted.as_f64().unwrap();
                (steps - steps.round()).abs() < 1e-6
            }),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() >= size(wanted)),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() <= size(wanted)),
            "pattern" => value.as_str().is_none_or(|text| matches(wanted.as_str().unwrap(), text)),
            "required" => {
                let names = wanted.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                let missing: Vec<_> = names.filter(|name| value.is_object() && value.get(name).is_none()).collect();
                faults.extend(missing.iter().map(|name| format!("{at}/{name} is missing")));
                true
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(inner) = value.get(name) {
                        check(document, schema, inner, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties");
                for (name, inner) in value.as_object().into_iter().flatten() {
                    if known.is_none_or(|known| known.get(name).is_none()) && wanted.is_object() {
                        check(document, wanted, inner, &format!("{at}/{name}"), faults);
                    }
                }
                true
            }
            "items" => {
                for (n, inner) in value.as_array().into_iter().flatten().enumerate() {
                    check(document, wanted, inner, &format!("{at}/{n}"), faults);
                }
                true
            }
            "minItems" => value.as_array().is_none_or(|items| items.len() >= size(wanted)),
            "maxItems" => value.as_array().is_none_or(|items| items.len() <= size(wanted)),
            "oneOf" => matching(document, wanted, value) == 1,
            "anyOf" => matching(document, wanted, value) > 0,
            word => {
                assert!(WORDS.contains(&word), "{at}: the keyword {word} is not understood here");
                true
            }
        };
        if !holds {
            faults.push(format!("{at}: {value} is not {keyword} {wanted}"));
        }
    }
}

/// Patterns that look ahead or name classes of letters are beyond this engine; Schemathesis knows them.
fn matches(pattern: &str, text: &str) -> bool {
    let is_known = !pattern.contains("(?=") && !pattern.contains(r"\p{");
    !is_known || Regex::new(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}")).is_match(text)
}

fn size(wanted: &Value) -> usize {
    usize::try_from(wanted.as_u64().unwrap()).unwrap()
}

fn matching(document: &Value, schemas: &Value, value: &Value) -> usize {
    schemas.as_array().unwrap().iter().filter(|schema| faults(document, schema, value).is_empty()).count()
}

fn types(wanted: &Value) -> impl Iterator<Item = &str> {
    let several = wanted.as_array().into_iter().flatten().filter_map(Value::as_str);
    wanted.as_str().into_iter().chain(several)
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("there is no type {other}"),
    }
}
