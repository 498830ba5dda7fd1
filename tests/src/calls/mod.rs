//! The calls of docs/calls, which are files of Hurl: the part of its format that they use, read and carried out here, so
//! that a clean clone needs no other program. Hurl itself takes the same files.

mod look;
mod read;
mod run;

pub use read::read;
pub use run::{Done, Runner, succeeded};

use std::time::Duration;

/// One call of a file, and what is to come back.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Where it stands in its file.
    pub line: usize,
    pub method: String,
    /// With `{{name}}` where a variable goes, as everything below.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub content: Content,
    /// How often it is tried again, and after how long.
    pub retry: u32,
    pub interval: Duration,
    pub status: u16,
    pub captures: Vec<(String, Look)>,
    pub asserts: Vec<(Look, Must)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Nothing,
    Json(String),
    /// In backticks; its type is a header's business.
    Text(String),
    Form(Vec<(String, String)>),
    /// A value that begins with `file,` names a file beside the calls and its type.
    Multipart(Vec<(String, String)>),
}

/// Where in an answer to look.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    Json(String),
    Header(String),
    /// The whole body as text.
    Body,
    Bytes,
}

/// What must be there.
#[derive(Clone, Debug, PartialEq)]
pub enum Must {
    /// JSON, as it is written.
    Be(String),
    NotBe(String),
    Exist,
    NotExist,
    Count(usize),
    StartWith(String),
    Contain(String),
    /// Bytes in hexadecimal digits.
    StartWithBytes(Vec<u8>),
}
