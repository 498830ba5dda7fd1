//! What a request says, field by field, in any media type.

use super::{field::Field, labels::label};
use crate::domain::{
    image::LARGEST_UPLOAD,
    patch::Patch,
    reason::{Failure, Reason},
};
use bytes::Bytes;
use serde_json::value::RawValue;

/// One named value of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SentField {
    pub name: String,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A string, or a number as it was written: documents differ on which is which.
    Text(String),
    Flag(bool),
    Null,
    /// An object or a list.
    Nested(Box<RawValue>),
    File(Bytes),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Null, Self::Null) => true,
            (Self::Nested(a), Self::Nested(b)) => a.get() == b.get(),
            (Self::File(a), Self::File(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Value {
    /// Null, or a text without anything in it.
    pub(super) fn is_unset(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Flag(_) | Self::Nested(_) | Self::File(_) => false,
        }
    }
}

/// A picture as a form has it: a new one, or the address of the one that is there.
#[derive(Clone, Debug)]
pub enum Upload {
    New(Bytes),
    Shown(String),
}

/// The fields of a request. A form takes those it knows; what is left over is counted, never bound.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    sent: Vec<SentField>,
    /// The names that a form has asked for, which a test compares with the endpoint's declaration.
    #[cfg(feature = "openapi")]
    asked: Vec<&'static str>,
}

impl Fields {
    /// Adds fields of a later source; of a name that an earlier source has, the earlier one counts.
    pub(super) fn extend(&mut self, later: Vec<SentField>) {
        for field in later {
            if self.sent.iter().all(|known| known.name != field.name) {
                self.sent.push(field);
            }
        }
    }

    /// A field that may be missing. Empty and `null` are missing too.
    pub fn optional<T>(&mut self, field: &Field<T>) -> Result<Option<T>, Failure> {
        self.optional_text(field)?.map(|text| field.parse(&text)).transpose()
    }

    fn text(&mut self, name: &'static str) -> Result<Option<String>, Failure> {
        text_of(name, self.take(name))
    }

    /// A field that must be there.
    pub fn required<T>(&mut self, field: &Field<T>) -> Result<T, Failure> {
        self.optional(field)?.ok_or_else(|| missing(field.name()))
    }

    /// What was sent for a field that must be there, for a form that judges other fields first.
    pub fn required_text<T>(&mut self, field: &Field<T>) -> Result<String, Failure> {
        self.optional_text(field)?.ok_or_else(|| missing(field.name()))
    }

    /// The same for a field that may be missing.
    pub fn optional_text<T>(&mut self, field: &Field<T>) -> Result<Option<String>, Failure> {
        let sent = self.text(field.name())?;
        match field.other() {
            Some(other) => Ok(sent.or(text_of(other, self.take_unasked(other))?)),
            None => Ok(sent),
        }
    }

    /// Yes or no; a form has it as a text.
    pub fn flag<T>(&mut self, field: &Field<T>) -> Result<bool, Failure> {
        self.optional_flag(field)?.ok_or_else(|| missing(field.name()))
    }

    /// The same where it may be left out.
    pub fn optional_flag<T>(&mut self, field: &Field<T>) -> Result<Option<bool>, Failure> {
        let name = field.name();
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Flag(flag)) => Ok(Some(flag)),
            Some(Value::Text(text)) => match text.trim() {
                "" => Ok(None),
                "true" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                _ => Err(wrong_type(name)),
            },
            Some(Value::Nested(_) | Value::File(_)) => Err(wrong_type(name)),
        }
    }

    /// A field of a merge patch: absent keeps, `null` and the empty text clear. A refusal names it.
    pub fn patched<T>(&mut self, field: &Field<T>) -> Result<Patch<T>, Failure> {
        let name = field.name();
        match self.take(name) {
            None => Ok(Patch::Keep),
            Some(Value::Null) => Ok(Patch::Clear),
            Some(Value::Text(text)) if text.trim().is_empty() => Ok(Patch::Clear),
            Some(Value::Text(text)) => field.parse(&text).map(Patch::Set).map_err(|refused| refused.of(name)),
            Some(Value::Flag(_) | Value::Nested(_) | Value::File(_)) => Err(wrong_type(name)),
        }
    }

    /// The same for an object or a list.
    pub fn patched_nested<T>(&mut self, field: &Field<T>) -> Result<Patch<Box<RawValue>>, Failure> {
        let name = field.name();
        match self.take(name) {
            None => Ok(Patch::Keep),
            Some(Value::Null) => Ok(Patch::Clear),
            Some(Value::Text(text)) if text.trim().is_empty() => Ok(Patch::Clear),
            Some(Value::Nested(raw)) => Ok(Patch::Set(raw)),
            Some(Value::Text(_) | Value::Flag(_) | Value::File(_)) => Err(wrong_type(name)),
        }
    }

    /// A field that may be empty on purpose: an empty text is parsed, `None` is missing. A refusal names it.
    pub fn given<T>(&mut self, field: &Field<T>) -> Result<Option<T>, Failure> {
        let sent = self.given_text(field)?;
        sent.map(|text| field.parse(&text)).transpose().map_err(|refused| refused.of(field.name()))
    }

    /// What was sent for such a field.
    pub fn given_text<T>(&mut self, field: &Field<T>) -> Result<Option<String>, Failure> {
        let name = field.name();
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Flag(_) | Value::Nested(_) | Value::File(_)) => Err(wrong_type(name)),
        }
    }

    /// A file under this name; an empty one is none.
    pub fn file<T>(&mut self, field: &Field<T>) -> Result<Option<Bytes>, Failure> {
        let name = field.name();
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::File(file)) if file.len() > LARGEST_UPLOAD => Err(Reason::TooLarge.into()),
            Some(Value::File(file)) => Ok(Some(file).filter(|file| !file.is_empty())),
            Some(Value::Text(text)) if text.is_empty() => Ok(None),
            Some(Value::Text(_) | Value::Flag(_) | Value::Nested(_)) => Err(wrong_type(name)),
        }
    }

    /// A file under this name, or the address under which a file sent earlier was shown.
    pub fn file_or_address<T>(&mut self, field: &Field<T>) -> Result<Option<Upload>, Failure> {
        let name = field.name();
        match self.take(name) {
            Some(Value::Text(text)) => Ok(Some(text).filter(|text| !text.trim().is_empty()).map(Upload::Shown)),
            Some(file) => {
                self.sent.push(SentField { name: name.to_owned(), value: file });
                Ok(self.file(field)?.map(Upload::New))
            }
            None => Ok(None),
        }
    }

    /// A text, or a JSON list of strings and numbers; none when it is missing.
    pub fn texts<T>(&mut self, field: &Field<T>) -> Result<Vec<String>, Failure> {
        let name = field.name();
        match self.take(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Text(text)) => Ok(vec![text]),
            Some(Value::Nested(raw)) => super::json::texts(&raw).ok_or_else(|| wrong_type(name)),
            Some(Value::Flag(_) | Value::File(_)) => Err(wrong_type(name)),
        }
    }

    /// An object or a list as it was written, for a reader of its own.
    pub fn nested<T>(&mut self, field: &Field<T>) -> Result<Option<Box<RawValue>>, Failure> {
        let name = field.name();
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Nested(raw)) => Ok(Some(raw)),
            Some(Value::Text(_) | Value::Flag(_) | Value::File(_)) => Err(wrong_type(name)),
        }
    }

    /// The one picture of a request, under any field name.
    pub fn picture(&mut self) -> Result<Bytes, Failure> {
        let is_file = |field: &SentField| matches!(field.value, Value::File(_));
        let position = self.sent.iter().position(is_file).ok_or_else(|| Failure::malformed("缺少图片文件"))?;
        if self.sent.iter().filter(|field| is_file(field)).count() > 1 {
            return Err(Failure::malformed("一次只能上传一个文件"));
        }
        match self.sent.swap_remove(position).value {
            Value::File(picture) if picture.len() > LARGEST_UPLOAD => Err(Reason::TooLarge.into()),
            Value::File(picture) => Ok(picture),
            Value::Text(_) | Value::Flag(_) | Value::Null | Value::Nested(_) => Err(Failure::malformed("缺少图片文件")),
        }
    }

    /// How many fields no form has asked for.
    pub(super) fn left_over(&self) -> usize {
        self.sent.len()
    }

    /// The names that were asked for, with a picture under none.
    #[cfg(feature = "openapi")]
    pub(super) fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// Takes a field that the form knows.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Value> {
        #[cfg(feature = "openapi")]
        self.asked.push(name);
        self.take_unasked(name)
    }

    /// Takes what is no field of the form: what a caller sends back of a record, another spelling.
    pub(super) fn take_unasked(&mut self, name: &str) -> Option<Value> {
        let position = self.sent.iter().position(|field| field.name == name)?;
        Some(self.sent.swap_remove(position).value)
    }
}

/// A field that is needed is not there.
pub fn missing(name: &str) -> Failure {
    Failure::malformed(format!("缺少{}", label(name))).of(name)
}

fn text_of(name: &str, sent: Option<Value>) -> Result<Option<String>, Failure> {
    match sent {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        Some(Value::Flag(_) | Value::Nested(_) | Value::File(_)) => Err(wrong_type(name)),
    }
}

fn wrong_type(name: &str) -> Failure {
    Failure::malformed(format!("{}的类型不正确", label(name))).of(name)
}

/// Fields of a query string or a form body.
pub(super) fn urlencoded(text: &[u8]) -> Result<Vec<SentField>, Failure> {
    let mut fields: Vec<SentField> = Vec::new();
    for (name, value) in form_urlencoded::parse(text) {
        if [&name, &value].into_iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
            return Err(Failure::malformed("参数不是有效的 UTF-8 文本"));
        }
        fields.push(SentField { name: name.into_owned(), value: Value::Text(value.into_owned()) });
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields_of(sent: Vec<SentField>) -> Fields {
        let mut fields = Fields::default();
        fields.extend(sent);
        fields
    }

    const fn text(name: &'static str) -> Field<String> {
        Field::text(name)
    }

    fn fields(query: &str) -> Fields {
        let mut fields = Fields::default();
        fields.extend(urlencoded(query.as_bytes()).unwrap());
        fields
    }

    #[test]
    fn the_first_of_a_name_counts() {
        let mut fields = fields("a=1&a=2");
        fields.extend(urlencoded(b"a=3&b=4").unwrap());
        assert_eq!(fields.required(&text("a")), Ok("1".to_owned()));
        assert_eq!(fields.required(&text("b")), Ok("4".to_owned()));
    }

    #[test]
    fn empty_is_missing_and_named() {
        let failure = fields("username=&x=%20").required(&text("username")).unwrap_err();
        assert_eq!((failure.text(), failure.field()), ("缺少用户名", Some("username")));
        assert_eq!(fields("x=%20").optional(&text("x")), Ok(None));
    }

    #[test]
    fn a_patch_tells_absent_from_null() {
        let mut fields = fields_of(crate::wire::json::object(r#"{"a":null,"b":"","c":"1","d":[1]}"#).unwrap());
        assert_eq!(fields.patched(&text("absent")), Ok(Patch::Keep));
        assert_eq!(fields.patched(&text("a")), Ok(Patch::Clear));
        assert_eq!(fields.patched(&text("b")), Ok(Patch::Clear));
        assert_eq!(fields.patched(&text("c")), Ok(Patch::Set("1".to_owned())));
        assert!(fields.patched(&text("d")).is_err() && fields.patched_nested(&text("d")).is_ok());
    }

    #[test]
    fn a_boolean_is_no_text_and_a_text_may_be_one() {
        let fields = || fields_of(crate::wire::json::object(r#"{"a":false,"b":"false","c":0,"d":"yes"}"#).unwrap());
        assert!(
            fields().optional(&text("a")).is_err()
                && fields().patched(&text("a")).is_err()
                && fields().given(&text("a")).is_err()
        );
        assert!(
            fields().texts(&text("a")).is_err()
                && fields().nested(&text("a")).is_err()
                && fields().file(&text("a")).is_err()
        );
        assert_eq!((fields().flag(&text("a")), fields().flag(&text("b"))), (Ok(false), Ok(false)));
        assert!(["c", "d", "e"].into_iter().all(|name| fields().flag(&text(name)).is_err()));
    }

    #[test]
    fn what_no_form_asks_for_is_left_over() {
        let mut fields = fields("username=a&role=admin&balance=9");
        fields.required(&text("username")).unwrap();
        assert_eq!(fields.left_over(), 2);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(urlencoded(b"a=%FF").is_err());
    }
}
