//! Names of things in a station: modes, queue numbers (排队号), piles, requests, drivers, plates.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::moment::Moment;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Mode {
    #[serde(rename = "F")]
    Fast,
    #[serde(rename = "T")]
    Slow,
}

impl Mode {
    pub const BOTH: [Self; 2] = [Self::Fast, Self::Slow];

    pub fn letter(self) -> char {
        match self {
            Self::Fast => 'F',
            Self::Slow => 'T',
        }
    }

    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::BOTH.into_iter().find(|mode| letter.len() == 1 && letter.starts_with(mode.letter()))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// A queue number such as F12. Numbers of different modes are never compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Number {
    pub mode: Mode,
    pub n: u32,
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.mode, self.n)
    }
}

/// A pile such as T3. The order is F1, F2, …, T1, T2, ….
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PileId {
    pub mode: Mode,
    pub n: u16,
}

impl PileId {
    pub fn parse(text: &str) -> Option<Self> {
        let (letter, n) = text.split_at_checked(1)?;
        let id = Self { mode: Mode::from_letter(letter)?, n: n.parse().ok()? };
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for PileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.mode, self.n)
    }
}

/// The store's name for a request; opaque here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u64);

/// The store's name for a driver; opaque here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DriverId(pub u64);

/// Who asked, and as what they stand in the queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ticket {
    pub request: RequestId,
    pub driver: DriverId,
    /// Empty when the driver has no plate.
    pub plate: Box<str>,
    pub number: Number,
    /// When the request was made; a new number does not change it.
    pub applied_at: Moment,
}
