//! What an endpoint takes.

use crate::Source;
use serde_json::{Map, Value, json};
use shared::domain::rule::Rule;

/// Where a field is shown. One reader takes body and query alike (docs/wire.md); this is where the document has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Body,
    Query,
    Header,
}

/// One field, with an example that the form accepts; the example's type is the field's.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: &'static str,
    /// In Chinese and in English, with ` · ` between.
    pub about: &'static str,
    pub example: Value,
    pub required: bool,
    /// Whether it is needed hangs on other fields.
    pub depends: bool,
    /// Where a sample's value comes from, if no caller can make it up.
    pub source: Option<Source>,
    /// Whether the sample does without it, because it excludes another field, narrows what is found, or has to be new.
    pub is_left_out: bool,
    /// None: in the body where the method has one, else in the query.
    pub place: Option<Place>,
    values: &'static [&'static str],
    form: Option<Value>,
    rule: Option<Rule>,
    bounds: Option<Bounds>,
}

/// Between which numbers a field lies, and of which step they are multiples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub least: i64,
    pub most: i64,
    pub step: Option<f64>,
}

/// A field without which the endpoint answers 400.
pub fn need(name: &'static str, about: &'static str, example: impl Into<Value>) -> Input {
    Input {
        name,
        about,
        example: example.into(),
        required: true,
        depends: false,
        source: None,
        is_left_out: false,
        place: None,
        values: &[],
        form: None,
        rule: None,
        bounds: None,
    }
}

/// A field that may be left out.
pub fn may(name: &'static str, about: &'static str, example: impl Into<Value>) -> Input {
    Input { required: false, ..need(name, about, example) }
}

impl Input {
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// Needed with some values of other fields, which `about` tells.
    #[must_use]
    pub fn depending(self) -> Self {
        Self { depends: true, ..self }
    }

    /// Where the value of a sample comes from.
    #[must_use]
    pub fn from(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }

    /// The sample does without it.
    #[must_use]
    pub fn left_out(self) -> Self {
        Self { is_left_out: true, ..self }
    }

    /// The only values it takes.
    #[must_use]
    pub fn one_of(self, values: &'static [&'static str]) -> Self {
        Self { values, ..self }
    }

    /// What the type that reads it refuses by.
    #[must_use]
    pub fn ruled(self, rule: Rule) -> Self {
        Self { rule: Some(rule), ..self }
    }

    /// Between which numbers it lies.
    #[must_use]
    pub fn bounded(self, bounds: Bounds) -> Self {
        Self { bounds: Some(bounds), ..self }
    }

    /// Whether it says of itself what it may hold.
    pub(crate) fn is_told(&self) -> bool {
        self.rule.is_some() || self.bounds.is_some() || self.is_file() || !self.values.is_empty()
    }

    /// A picture's bytes.
    #[must_use]
    pub fn binary(self) -> Self {
        Self { form: Some(json!({ "type": "string", "format": "binary" })), ..self }
    }

    /// Whether it is a file, for which an example in text says nothing.
    pub fn is_file(&self) -> bool {
        self.form.is_some()
    }

    pub fn schema(&self) -> Value {
        let mut schema = Map::new();
        if let Some(Value::Object(form)) = &self.form {
            schema.extend(form.clone());
        } else {
            schema.insert("type".to_owned(), type_of(&self.example).into());
            schema.insert("examples".to_owned(), json!([self.example]));
            if let Value::Array(items) = &self.example {
                let item = items.first().map_or("string", type_of);
                schema.insert("items".to_owned(), json!({ "type": item }));
            }
        }
        if !self.values.is_empty() {
            let of_type =
                |text: &&str| if self.example.is_number() { text.parse().unwrap_or_default() } else { json!(text) };
            schema.insert("enum".to_owned(), self.values.iter().map(of_type).collect());
        }
        match &self.example {
            Value::String(_) => schema.extend(self.rule.map(|rule| self.text_rule(rule)).unwrap_or_default()),
            Value::Array(_) => {
                if let (Some(rule), Some(items)) = (self.rule, schema.get_mut("items").and_then(Value::as_object_mut)) {
                    items.extend(length_and_pattern(rule, true));
                }
            }
            _ => schema.extend(self.bounds.map(number_rule).unwrap_or_default()),
        }
        schema.insert("description".to_owned(), self.about.into());
        schema.into()
    }

    /// A text that may be left out may be empty as well.
    fn text_rule(&self, rule: Rule) -> Map<String, Value> {
        let mut said = length_and_pattern(rule, self.required);
        if self.name == "email" {
            said.insert("format".to_owned(), "email".into());
        }
        said
    }
}

fn length_and_pattern(rule: Rule, is_needed: bool) -> Map<String, Value> {
    let mut said = Map::new();
    if is_needed && rule.shortest > 0 {
        said.insert("minLength".to_owned(), rule.shortest.into());
    }
    if rule.longest < usize::MAX {
        said.insert("maxLength".to_owned(), rule.longest.into());
    }
    if let Some(pattern) = rule.pattern {
        let may_be_empty = !is_needed && rule.shortest > 0;
        let pattern = if may_be_empty { format!("^$|{pattern}") } else { pattern.to_owned() };
        said.insert("pattern".to_owned(), pattern.into());
    }
    said
}

fn number_rule(Bounds { least, most, step }: Bounds) -> Map<String, Value> {
    let mut said = Map::from_iter([("minimum".to_owned(), least.into()), ("maximum".to_owned(), most.into())]);
    said.extend(step.map(|step| ("multipleOf".to_owned(), step.into())));
    said
}

fn type_of(example: &Value) -> &'static str {
    match example {
        Value::Null | Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
