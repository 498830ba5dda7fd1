//! Which passwords are accepted: by length and by how common they are, not by composition.

use super::{
    reason::{Failure, Reason},
    rule::Rule,
    text::composed,
};
use secrecy::{ExposeSecret as _, SecretString};

/// The most common passwords of eight characters and more, sorted, one a line. Where it comes from: docs/security.md.
const COMMON: &str = include_str!("common_passwords.txt");
/// Words that everybody would try here first.
const OURS: [&str; 6] = ["evplaza", "ev-plaza", "charging", "charger", "充电桩", "充电站"];

/// A password as it was typed, composed and otherwise untouched: no trimming, no truncation.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

impl Password {
    pub const SHORTEST: usize = 8;
    const LONGEST: usize = 128;
    /// Of a new one; common ones and one's own names are refused besides.
    pub const RULE: Rule = Rule::text(Self::SHORTEST, Self::LONGEST);

    /// What a person signs in with. Its strength was judged when it was chosen.
    pub fn typed(text: &str) -> Self {
        Self(composed(text).into())
    }

    /// A new password of a person whose own names are `owners`.
    pub fn choose(text: &str, owners: &[&str]) -> Result<Self, Failure> {
        Self::choose_of(Self::SHORTEST, text, owners)
    }

    /// The same where a setting allows shorter ones.
    pub fn choose_of(shortest: usize, text: &str, owners: &[&str]) -> Result<Self, Failure> {
        let password = Self::typed(text);
        let text = password.0.expose_secret();
        let length = text.chars().count();
        if !(shortest..=Self::LONGEST).contains(&length) || is_guessable(&text.to_lowercase(), owners) {
            return Err(Reason::WeakPassword.into());
        }
        Ok(password)
    }

    /// For the hash function alone.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret().as_bytes()
    }

    /// Longer than anything that could have been chosen, so there is no point in hashing it.
    pub fn is_oversized(&self) -> bool {
        self.0.expose_secret().chars().nth(Self::LONGEST).is_some()
    }
}

/// Common, or nothing but a name of the owner or of ours with a few digits around it.
fn is_guessable(password: &str, owners: &[&str]) -> bool {
    let is_common = COMMON.lines().collect::<Vec<_>>().binary_search(&password).is_ok();
    let is_filler = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c.is_ascii_punctuation());
    let around =
        |name: &str| password.split_once(name).is_some_and(|(before, after)| is_filler(before) && is_filler(after));
    let is_name = |name: &str| !name.is_empty() && around(name);
    is_common
        || OURS.into_iter().any(is_name)
        || owners.iter().map(|owner| owner.to_lowercase()).any(|owner| is_name(&owner))
        || password.chars().all(|c| password.starts_with(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_common_passwords_is_sorted_and_long_enough() {
        let lines: Vec<_> = COMMON.lines().collect();
        assert!(lines.len() >= 3000);
        assert!(lines.is_sorted());
        assert!(lines.iter().all(|line| line.chars().count() >= Password::SHORTEST));
    }

    #[test]
    fn common_short_and_endless_passwords_are_refused() {
        for refused in [
            "password",
            "12345678",
            "PASSWORD",
            "short7!",
            "",
            "evplaza2026",
            "aaaaaaaaaaaa",
            "充电桩12345678",
            &"x1".repeat(65),
        ] {
            assert!(Password::choose(refused, &[]).is_err(), "{refused}");
        }
    }

    #[test]
    fn ones_own_name_is_refused_with_digits_around_it_too() {
        assert!(Password::choose("Wyc2002wyc", &["wyc2002wyc"]).is_err());
        assert!(Password::choose("zhangsan1!", &["ZhangSan"]).is_err());
        assert!(Password::choose("wyc20021", &["wyc2002"]).is_err(), "a name may end in digits of its own");
    }

    #[test]
    fn long_and_emoji_passwords_and_the_documents_own_are_accepted() {
        let phrase = "马 correct horse 🔋 battery staple";
        for accepted in ["123456wyc", &"p1".repeat(32), &"p1".repeat(64), "🔋🔌🚗🚙🚕🛻🚐🚎", phrase] {
            assert!(Password::choose(accepted, &["wyc2002"]).is_ok(), "{accepted}");
        }
    }

    #[test]
    fn a_password_never_prints_itself() {
        assert!(!format!("{:?}", Password::typed("123456wyc")).contains("123456wyc"));
    }
}
