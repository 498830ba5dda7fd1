//! Gender as the documents number it.

use super::{reason::Failure, text::halfwidth};
use serde::{Deserialize, Serialize};

/// 0 unknown, 1 male, 2 female, 3 third, in every document that has numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Gender {
    #[default]
    Unknown,
    Male,
    Female,
    Third,
}

impl Gender {
    const ALL: [Self; 4] = [Self::Unknown, Self::Male, Self::Female, Self::Third];

    /// Reads `1`, whether it came as a number or as a string.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let number = halfwidth(text).parse::<u8>().ok().and_then(|number| Self::try_from(number).ok());
        number.ok_or_else(|| Failure::malformed("性别应为 0（未知）、1（男）、2（女）或 3（第三性）"))
    }
}

impl TryFrom<u8> for Gender {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL.get(usize::from(number)).copied().ok_or("no gender has this number")
    }
}

impl From<Gender> for u8 {
    fn from(gender: Gender) -> Self {
        match gender {
            Gender::Unknown => 0,
            Gender::Male => 1,
            Gender::Female => 2,
            Gender::Third => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_numbers_are_genders_and_nothing_else_is() {
        for (typed, number) in [("0", 0), ("1", 1), (" ２ ", 2), ("3", 3)] {
            assert_eq!(Gender::parse(typed).map(u8::from), Ok(number));
        }
        for refused in ["", "4", "-1", "1.0", "male", "256"] {
            assert!(Gender::parse(refused).is_err(), "{refused}");
        }
    }
}
