//! Hashing with Argon2id, peppered, at the strength that docs/security.md states.

use crate::{
    domain::{password::Password, reason::Failure},
    outside::random::Random,
};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash::phc::PasswordHash,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;

/// What is stored of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    /// In PHC form.
    pub phc: String,
    /// The id of the pepper that went in.
    pub pepper: String,
}

/// How an attempt compares with what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    No,
    Yes,
    /// Right, but made with parameters or a pepper of earlier days: hash it again.
    Outdated,
}

/// How hard hashing is.
#[derive(Clone, Copy, Debug)]
pub struct Strength {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Strength {
    /// OWASP's minimum: 12 ms of a full CPU.
    pub const PRODUCTION: Self = Self { memory_kib: 19_456, passes: 2 };
}

struct Pepper {
    id: String,
    key: SecretSlice<u8>,
}

/// The one hasher of a function.
pub struct Passwords {
    /// The pepper of today first, then those that older hashes were made with.
    peppers: Vec<Pepper>,
    strength: Strength,
    random: Random,
    dummy: StoredHash,
}

/// `{"id":"p1","key":"<base64url>"}`, with earlier peppers in `earlier` after a change.
#[derive(Deserialize)]
struct PepperSecret {
    id: String,
    key: String,
    #[serde(default)]
    earlier: Vec<PepperSecret>,
}

impl Passwords {
    pub fn new(pepper: &SecretString, strength: Strength, random: Random) -> Result<Self, Failure> {
        let secret: PepperSecret = serde_json::from_str(pepper.expose_secret())
            .map_err(|error| Failure::internal(format!("the pepper cannot be read: {error}")))?;
        let peppers =
            [PepperSecret { earlier: vec![], ..secret }].into_iter().chain(secret.earlier).map(Pepper::decode);
        let peppers = peppers.collect::<Result<Vec<_>, _>>()?;
        let nobody = StoredHash { phc: String::new(), pepper: String::new() };
        let mut passwords = Self { peppers, strength, random, dummy: nobody };
        passwords.dummy = passwords.hash(&Password::typed("a password that nobody has"))?;
        Ok(passwords)
    }

    /// A new hash with today's strength and pepper.
    pub fn hash(&self, password: &Password) -> Result<StoredHash, Failure> {
        let pepper = self.peppers.first().ok_or_else(|| Failure::internal("there is no pepper"))?;
        let salt: [u8; 16] = self.random.bytes();
        let hash: PasswordHash = self
            .argon2(pepper)?
            .hash_password_with_salt(password.expose(), &salt)
            .map_err(|error| Failure::internal(format!("hashing failed: {error}")))?;
        Ok(StoredHash { phc: hash.to_string(), pepper: pepper.id.clone() })
    }

    /// Compares, and takes as long when there is nothing to compare with, so that the time tells nobody which names
    /// exist.
    pub fn compare(&self, password: &Password, stored: Option<&StoredHash>) -> Match {
        let (hash, exists) = stored.map_or((&self.dummy, false), |stored| (stored, true));
        let matches = self.verify(password, hash) && exists;
        match (matches, matches && self.is_current(hash)) {
            (false, _) => Match::No,
            (true, true) => Match::Yes,
            (true, false) => Match::Outdated,
        }
    }

    fn verify(&self, password: &Password, stored: &StoredHash) -> bool {
        let Some(pepper) = self.peppers.iter().find(|pepper| pepper.id == stored.pepper) else { return false };
        let (Ok(hash), Ok(argon2)) = (PasswordHash::new(&stored.phc), self.argon2(pepper)) else { return false };
        argon2.verify_password(password.expose(), &hash).is_ok()
    }

    fn is_current(&self, stored: &StoredHash) -> bool {
        let Strength { memory_kib, passes } = self.strength;
        let parameters = format!("$argon2id$v=19$m={memory_kib},t={passes},p=1$");
        stored.phc.starts_with(&parameters) && self.peppers.first().is_some_and(|pepper| pepper.id == stored.pepper)
    }

    fn argon2<'p>(&self, pepper: &'p Pepper) -> Result<Argon2<'p>, Failure> {
        let broken = |error| Failure::internal(format!("the hash parameters are refused: {error}"));
        let params = Params::new(self.strength.memory_kib, self.strength.passes, 1, Some(32)).map_err(broken)?;
        Argon2::new_with_secret(pepper.key.expose_secret(), Algorithm::Argon2id, Version::V0x13, params).map_err(broken)
    }
}

impl Pepper {
    fn decode(secret: PepperSecret) -> Result<Self, Failure> {
        let key = BASE64_URL_SAFE_NO_PAD.decode(secret.key.as_bytes()).ok().filter(|key| key.len() >= 32);
        let key = key.ok_or_else(|| Failure::internal("a pepper is 32 bytes or more in base64url"))?;
        Ok(Self { id: secret.id, key: key.into() })
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Strength = Strength { memory_kib: 8, passes: 1 };
    const P1: &str = r#"{"id":"p1","key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}"#;
    const P2: &str = r#"{"id":"p2","key":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE","earlier":
        [{"id":"p1","key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}]}"#;

    fn passwords(pepper: &str, strength: Strength) -> Passwords {
        Passwords::new(&pepper.into(), strength, Random::system()).unwrap()
    }

    #[test]
    fn production_hashes_name_the_parameters_of_the_security_page() {
        let hash = passwords(P1, Strength::PRODUCTION).hash(&Password::typed("123456wyc")).unwrap();
        assert!(hash.phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.phc);
        let [.., salt, tag] = hash.phc.split('$').collect::<Vec<_>>()[..] else { panic!("{}", hash.phc) };
        assert_eq!((salt.len(), tag.len()), (22, 43), "16 and 32 bytes in base64");
    }

    #[test]
    fn only_the_right_password_matches_and_nobody_has_none() {
        let passwords = passwords(P1, CHEAP);
        let hash = passwords.hash(&Password::typed("123456wyc")).unwrap();
        assert_eq!(passwords.compare(&Password::typed("123456wyc"), Some(&hash)), Match::Yes);
        assert_eq!(passwords.compare(&Password::typed("123456wyd"), Some(&hash)), Match::No);
        assert_eq!(passwords.compare(&Password::typed("a password that nobody has"), None), Match::No);
    }

    #[test]
    fn a_hash_of_earlier_days_is_right_but_outdated() {
        let old = passwords(P1, CHEAP).hash(&Password::typed("123456wyc")).unwrap();
        let stronger = passwords(P1, Strength { memory_kib: 16, passes: 1 });
        assert_eq!(stronger.compare(&Password::typed("123456wyc"), Some(&old)), Match::Outdated);
        assert_eq!(passwords(P2, CHEAP).compare(&Password::typed("123456wyc"), Some(&old)), Match::Outdated);
        assert_eq!(passwords(P2, CHEAP).compare(&Password::typed("wrong"), Some(&old)), Match::No);
    }
}
