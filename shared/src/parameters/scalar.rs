//! A JSON number or string as the text that stands in the file, so that 100.4 never passes through a float.

use std::fmt;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scalar(pub String);

impl Scalar {
    /// Numbers as written, strings without their quotes; nothing else.
    pub fn of(raw: &RawValue) -> Option<Self> {
        let text = raw.get().trim();
        match text.as_bytes().first()? {
            b'"' => serde_json::from_str(text).ok().map(Self),
            b'-' | b'0'..=b'9' => Some(Self(text.to_owned())),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?;
        Self::of(raw).ok_or_else(|| D::Error::custom(format!("expected a number or a string, got {raw}")))
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
