//! A field of a request, declared once: its name, what reads it, and what the reference says of it.

use super::{kept::Kept, sample::SampleSource};
use crate::domain::{reason::Failure, rule::Rule};

/// A field whose text becomes a `T`.
#[derive(Debug)]
pub struct Field<T> {
    name: &'static str,
    /// Another spelling that a document has of it.
    other: Option<&'static str>,
    parse: fn(&str) -> Result<T, Failure>,
    about: Kept<About>,
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}

/// What the reference says of a field.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// In Chinese and in English, with ` · ` between.
    pub text: &'static str,
    /// One that the field's parser accepts; its type is the field's.
    pub example: Example,
    /// What the type that reads it refuses by.
    pub rule: Option<Rule>,
    pub bounds: Option<Bounds>,
    /// The only values it takes, where they are few.
    pub values: &'static [&'static str],
}

const UNSAID: About = About { text: "", example: Example::Text(""), rule: None, bounds: None, values: &[] };

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Example {
    Text(&'static str),
    Whole(i64),
    Decimal(f64),
    Flag(bool),
    /// An object or a list, as JSON writes it.
    Nested(&'static str),
    /// A picture, for which an example in text says nothing.
    File,
}

/// Between which numbers a field lies, and of which step they are multiples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub least: i64,
    pub most: i64,
    pub step: Option<f64>,
}

impl Bounds {
    pub const fn whole(least: i64, most: i64) -> Self {
        Self { least, most, step: None }
    }
}

/// Where a field is shown. One reader takes body and query alike (docs/wire.md); this is where the document has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldPlace {
    Body,
    Query,
    Header,
}

impl Field<String> {
    /// A field that is read as the text that it is, by a form that knows more than the field does.
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, |text| Ok(text.to_owned()))
    }
}

impl<T> Field<T> {
    pub const fn new(name: &'static str, parse: fn(&str) -> Result<T, Failure>) -> Self {
        Self { name, other: None, parse, about: Kept::new(UNSAID) }
    }

    /// What it is, as `中文 · English`.
    #[must_use]
    pub const fn about(self, text: &'static str) -> Self {
        self.saying(About { text, ..self.said() })
    }

    #[must_use]
    pub const fn example(self, text: &'static str) -> Self {
        self.shown(Example::Text(text))
    }

    /// A field that the document writes as a whole number.
    #[must_use]
    pub const fn whole(self, number: i64) -> Self {
        self.shown(Example::Whole(number))
    }

    /// A field that is no text: its type is the example's.
    #[must_use]
    pub const fn shown(self, example: Example) -> Self {
        self.saying(About { example, ..self.said() })
    }

    /// What its type refuses by.
    #[must_use]
    pub const fn rule(self, rule: Rule) -> Self {
        self.saying(About { rule: Some(rule), ..self.said() })
    }

    #[must_use]
    pub const fn bounds(self, bounds: Bounds) -> Self {
        self.saying(About { bounds: Some(bounds), ..self.said() })
    }

    /// The only values it takes.
    #[must_use]
    pub const fn one_of(self, values: &'static [&'static str]) -> Self {
        self.saying(About { values, ..self.said() })
    }

    /// Another spelling of its name that is read as well.
    #[must_use]
    pub const fn or(self, other: &'static str) -> Self {
        Self { other: Some(other), ..self }
    }

    /// As an endpoint takes it that answers 400 without.
    pub const fn required(self) -> Parameter {
        Parameter { required: true, ..self.optional() }
    }

    /// As an endpoint takes it that does without.
    pub const fn optional(self) -> Parameter {
        Parameter {
            name: self.name,
            about: self.said(),
            required: false,
            depends: false,
            source: None,
            is_left_out: false,
            place: None,
        }
    }

    /// As a header. The sample does without it.
    pub const fn header(self) -> Parameter {
        Parameter { place: Some(FieldPlace::Header), is_left_out: true, ..self.optional() }
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) const fn other(&self) -> Option<&'static str> {
        self.other
    }

    pub fn parse(&self, text: &str) -> Result<T, Failure> {
        (self.parse)(text)
    }

    const fn said(self) -> About {
        self.about.or(UNSAID)
    }

    const fn saying(self, about: About) -> Self {
        Self { about: Kept::new(about), ..self }
    }
}

/// A field as one endpoint takes it.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub about: About,
    pub required: bool,
    /// Whether it is needed depends on other fields.
    pub depends: bool,
    /// Where the sample's value comes from, if no caller can make it up.
    pub source: Option<SampleSource>,
    /// Whether the sample does without it, because it excludes another field, narrows what is found, or has to be new.
    pub is_left_out: bool,
    /// None: in the body where the method has one, else in the query.
    pub place: Option<FieldPlace>,
}

impl Parameter {
    /// Whether it is needed depends on other fields.
    #[must_use]
    pub const fn depending(self) -> Self {
        Self { depends: true, ..self }
    }

    #[must_use]
    pub const fn from(self, source: SampleSource) -> Self {
        Self { source: Some(source), ..self }
    }

    #[must_use]
    pub const fn left_out(self) -> Self {
        Self { is_left_out: true, ..self }
    }

    /// Where the document shows it.
    #[must_use]
    pub const fn at(self, place: FieldPlace) -> Self {
        Self { place: Some(place), ..self }
    }
}
