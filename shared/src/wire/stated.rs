//! What a caller sends back of a record that the call cannot change: fine as long as it is what the record says.

use super::{
    fields::{Fields, SentField, Value},
    json,
};
use crate::domain::{reason::Failure, text::halfwidth};
use serde::Serialize;

/// Fields that a call cannot change, as they were sent.
#[derive(Debug, Default)]
pub struct Stated(Vec<(SentField, &'static str)>);

impl Fields {
    /// Takes fields that this call cannot change, each with what people call it. To be called when the form has taken
    /// its own.
    pub fn stated(&mut self, fields: &[(&'static str, &'static str)]) -> Stated {
        let sent = |(name, label): &(&'static str, &'static str)| {
            let value = self.take_unasked(name)?;
            Some((SentField { name: (*name).to_owned(), value }, *label))
        };
        Stated(fields.iter().filter_map(sent).collect())
    }
}

impl Stated {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Refuses by name a field that says something else than the record as it is shown.
    pub fn must_match(&self, shown: &impl Serialize) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        let shown = serde_json::to_string(shown)
            .map_err(|error| Failure::internal(format!("record could not be serialised: {error}")))?;
        let shown = json::object(&shown)?;
        for (SentField { name, value }, label) in &self.0 {
            let present = shown.iter().find(|field| field.name == *name).map(|field| &field.value);
            if !says_the_same(value, present.unwrap_or(&Value::Null)) {
                let text = format!("{label}不能在此修改，且与当前记录不一致");
                return Err(Failure::malformed(text).of(name));
            }
        }
        Ok(())
    }
}

/// Unset is absent, null and empty alike. An address is signed anew each time it is shown.
fn says_the_same(sent: &Value, shown: &Value) -> bool {
    match (sent, shown) {
        (Value::Text(sent), Value::Text(shown)) => {
            let place = |text: &str| {
                let end = if text.starts_with("http") { text.find('?') } else { None };
                halfwidth(&text[..end.unwrap_or(text.len())])
            };
            place(sent) == place(shown)
        }
        (Value::Nested(sent), Value::Nested(shown)) => {
            let parsed = |raw: &str| serde_json::from_str::<serde_json::Value>(raw).ok();
            parsed(sent.get()).is_some_and(|sent| Some(sent) == parsed(shown.get()))
        }
        (Value::Flag(sent), Value::Flag(shown)) => sent == shown,
        (unset, other) => unset.is_unset() && other.is_unset(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn matches(sent: &str, shown: &serde_json::Value) -> bool {
        let mut fields = Fields::default();
        fields.extend(json::object(sent).unwrap());
        fields.stated(&[("a", "甲"), ("b", "乙")]).must_match(shown).is_ok()
    }

    #[test]
    fn what_is_sent_back_as_it_was_shown_matches() {
        let shown = json!({"a": 1, "b": null});
        for sent in [r#"{"a":1,"b":null}"#, r#"{"a":"１"}"#, r#"{"b":""}"#, "{}", r#"{"c":9}"#] {
            assert!(matches(sent, &shown), "{sent}");
        }
        let shown = json!({"a": [{"id": 1, "name": "x"}], "b": "https://host/key?signature=1"});
        for sent in [r#"{"a":[{"name":"x","id":1}]}"#, r#"{"b":"https://host/key?signature=2"}"#] {
            assert!(matches(sent, &shown), "{sent}");
        }
        assert!(matches(r#"{"a":true}"#, &json!({"a": true})));
    }

    #[test]
    fn what_differs_is_refused_by_name() {
        let shown = json!({"a": 1, "b": "https://host/key?signature=1"});
        for sent in [
            r#"{"a":2}"#,
            r#"{"a":null}"#,
            r#"{"a":[1]}"#,
            r#"{"a":true}"#,
            r#"{"b":"https://host/other?signature=1"}"#,
            r#"{"b":{}}"#,
        ] {
            assert!(!matches(sent, &shown), "{sent}");
        }
        let mut fields = Fields::default();
        fields.extend(json::object(r#"{"a":2}"#).unwrap());
        let refused = fields.stated(&[("a", "甲")]).must_match(&shown).unwrap_err();
        assert_eq!((refused.text(), refused.field()), ("甲不能在此修改，且与当前记录不一致", Some("a")));
    }
}
