//! What goes before a sample, because a caller who has just registered cannot make it up: calls of other endpoints, and
//! values from their answers. The reference says it, and a test sends every sample after exactly that.

use std::fmt;

/// Method and path of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    pub method: &'static str,
    pub path: &'static str,
}

impl Way {
    /// Of an endpoint of another function, as `POST /u/login`. A test finds one that does not exist.
    pub const fn to(text: &'static str) -> Self {
        let mut at = 0;
        while at < text.len() && text.as_bytes()[at] != b' ' {
            at += 1;
        }
        let (method, rest) = text.split_at(at);
        let path = if let Some((_, path)) = rest.split_at_checked(1) { path } else { "" };
        Self { method, path }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Where the value of a field comes from.
#[derive(Clone, Copy, Debug)]
pub enum SampleSource {
    /// The code in the SMS that `asked` sends to the telephone in the field `number` of this sample.
    Sms { asked: Way, number: &'static str, with: &'static [(&'static str, &'static str)] },
    /// What the picture shows for which `asked` answers an address.
    Picture { asked: Way },
    /// What stands behind the last slash of an address in another endpoint's answer.
    LastPart { of: Way, at: &'static str },
    /// A value of another endpoint's answer, at a JSON pointer.
    Answer { of: Way, at: &'static str, with: &'static [(&'static str, &'static str)] },
}

/// A call that goes before: the sample of another endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    pub way: Way,
    /// In place of the sample's own values.
    pub with: &'static [(&'static str, Given)],
    /// How long the caller waits after it.
    pub minutes: u16,
}

/// A value in place of a sample's own.
#[derive(Clone, Copy, Debug)]
pub enum Given {
    Text(&'static str),
    /// As JSON writes it.
    Json(&'static str),
    From(SampleSource),
}

/// The SMS code that `asked` sends to the telephone in the field `number`.
pub const fn sms(asked: Way, number: &'static str) -> SampleSource {
    SampleSource::Sms { asked, number, with: &[] }
}

pub const fn picture(asked: Way) -> SampleSource {
    SampleSource::Picture { asked }
}

/// What stands at a JSON pointer in the answer of another endpoint.
pub const fn answer(of: Way, at: &'static str) -> SampleSource {
    SampleSource::Answer { of, at, with: &[] }
}

/// What stands behind the last slash of an address in the answer of another endpoint.
pub const fn last_part(of: Way, at: &'static str) -> SampleSource {
    SampleSource::LastPart { of, at }
}

pub const fn before(way: Way) -> Before {
    Before { way, with: &[], minutes: 0 }
}

impl SampleSource {
    /// With other values in the call that it comes from.
    #[must_use]
    pub const fn with(self, with: &'static [(&'static str, &'static str)]) -> Self {
        match self {
            Self::Sms { asked, number, .. } => Self::Sms { asked, number, with },
            Self::Answer { of, at, .. } => Self::Answer { of, at, with },
            Self::Picture { .. } | Self::LastPart { .. } => self,
        }
    }

    /// The call that it comes from.
    pub const fn way(&self) -> Way {
        match self {
            Self::Sms { asked: way, .. }
            | Self::Picture { asked: way }
            | Self::LastPart { of: way, .. }
            | Self::Answer { of: way, .. } => *way,
        }
    }
}

impl Before {
    #[must_use]
    pub const fn with(self, with: &'static [(&'static str, Given)]) -> Self {
        Self { with, ..self }
    }

    #[must_use]
    pub const fn then_wait(self, minutes: u16) -> Self {
        Self { minutes, ..self }
    }
}
