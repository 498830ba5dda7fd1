//! The picture with letters (图形验证码): what may stand on it, and how long and how often it may be tried.

mod font;
mod picture;

pub use picture::CaptchaPicture;

use super::text::compact;
use font::ALPHABET;
use jiff::SignedDuration;
use std::fmt;

/// How long the letters are taken.
pub const LIFE: SignedDuration = SignedDuration::from_secs(180);
/// How long the picture can be looked at.
pub const SHOWN_FOR: SignedDuration = SignedDuration::from_secs(120);
/// Guesses at one picture, counted before they are compared.
pub const MOST_TRIES: u32 = 3;

const LENGTH: usize = 5;

/// Where a picture lies in the private bucket, whose lifecycle forgets what is under `captcha/` after a day.
pub fn object_key(picture: &str) -> String {
    format!("captcha/{picture}.png")
}

/// The letters of one picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Letters([u8; LENGTH]);

impl Letters {
    /// Any of nearly eight million, as chance says.
    pub fn draw(chance: u64) -> Self {
        let count = ALPHABET.len() as u64;
        let powers = std::iter::successors(Some(1_u64), |power| power.checked_mul(count));
        let mut letters = [b' '; LENGTH];
        for (letter, power) in letters.iter_mut().zip(powers) {
            let place = usize::try_from(chance / power % count).unwrap_or_default();
            *letter = ALPHABET.get(place).map_or(b' ', |(letter, _)| *letter);
        }
        Self(letters)
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The picture that shows them, bent and littered as `chance` says.
    pub fn picture(&self, chance: u64) -> CaptchaPicture {
        CaptchaPicture::of(&self.0, chance)
    }
}

/// A caller who reads it has solved it.
impl fmt::Debug for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letters(…)")
    }
}

/// What a person read in a picture: in either case and any width, as long as it could be letters at all.
#[derive(Clone, PartialEq, Eq)]
pub struct Guess(String);

impl Guess {
    const LONGEST: usize = 16;

    pub fn read(text: &str) -> Self {
        Self(compact(text).chars().take(Self::LONGEST).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guess(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_letters_can_be_taken_for_each_other() {
        let letters: BTreeSet<_> = ALPHABET.iter().map(|(letter, _)| *letter).collect();
        assert_eq!(letters.len(), ALPHABET.len());
        for confusing in b"0O1Il2Z5S8BV" {
            assert!(!letters.contains(confusing), "{}", char::from(*confusing));
        }
        let shapes: BTreeSet<_> = ALPHABET.iter().map(|(_, rows)| *rows).collect();
        assert_eq!(shapes.len(), ALPHABET.len());
    }

    #[test]
    fn every_letter_comes_at_every_place() {
        let mut seen = vec![BTreeSet::new(); LENGTH];
        // A sequence that goes through all residues, place after place.
        for n in 0..20_000_u64 {
            for (place, letter) in Letters::draw(n * 487_651).as_str().bytes().enumerate() {
                seen[place].insert(letter);
            }
        }
        assert!(seen.iter().all(|letters| letters.len() == ALPHABET.len()));
    }

    #[test]
    fn a_guess_is_read_in_either_case_and_width() {
        for typed in ["acd34", "ACD34", " ａＣd 3４ "] {
            assert_eq!(Guess::read(typed).as_str(), "ACD34");
        }
        assert_ne!(Guess::read("acd3").as_str(), "ACD34");
    }

    #[test]
    fn nothing_prints_the_letters() {
        let letters = Letters::draw(7);
        let printed = format!("{letters:?} {:?}", Guess::read(letters.as_str()));
        assert!(!printed.contains(letters.as_str()));
    }
}
