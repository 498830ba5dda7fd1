//! A parameter as the reference shows it: its example as JSON, and the schema of what it may hold.

use serde_json::{Map, Value, json};
use shared::{
    domain::rule::Rule,
    wire::{Bounds, Example, FieldPlace, Parameter, SampleSource},
};

/// One field of an endpoint.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: &'static str,
    /// In Chinese and in English, with ` · ` between.
    pub about: &'static str,
    pub example: Value,
    pub required: bool,
    /// Whether it is needed depends on other fields.
    pub depends: bool,
    /// Where a sample's value comes from, if no caller can make it up.
    pub source: Option<SampleSource>,
    /// Whether the sample does without it.
    pub is_left_out: bool,
    /// None: in the body where the method has one, else in the query.
    pub place: Option<FieldPlace>,
    declared: Example,
    values: &'static [&'static str],
    rule: Option<Rule>,
    bounds: Option<Bounds>,
}

/// Anything but nothing: empty means missing.
const GIVEN: Rule = Rule::text(1, usize::MAX).matching(r"\S");

impl Input {
    pub fn of(parameter: &Parameter) -> Self {
        let Parameter { name, about, required, depends, source, is_left_out, place } = *parameter;
        let is_free = about.values.is_empty() && about.example != Example::File;
        Self {
            name,
            about: about.text,
            example: json_of(about.example),
            required,
            depends,
            source,
            is_left_out,
            place,
            declared: about.example,
            values: about.values,
            rule: about.rule.or(Some(GIVEN).filter(|_| required && is_free)),
            bounds: about.bounds,
        }
    }

    /// Whether it is a file, for which an example in text says nothing.
    pub fn is_file(&self) -> bool {
        self.declared == Example::File
    }

    pub fn schema(&self) -> Value {
        let mut schema = Map::new();
        if self.is_file() {
            schema.insert("type".to_owned(), "string".into());
            schema.insert("format".to_owned(), "binary".into());
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
            Value::String(_) if self.is_file() => {}
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

fn json_of(example: Example) -> Value {
    match example {
        Example::Text(text) => text.into(),
        Example::Whole(number) => number.into(),
        Example::Decimal(number) => number.into(),
        Example::Flag(flag) => flag.into(),
        // A test parses every example.
        Example::Nested(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Example::File => "".into(),
    }
}
