//! Password hashing with Argon2id and a pepper, at the strength that docs/security.md states.

use super::hashing_memory::HashingMemory;
use crate::{
    domain::{password::Password, reason::Failure},
    outside::random::Random,
};
use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;

/// The length of a hash in bytes.
const TAG: usize = 32;

/// A stored password hash.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredHash {
    /// The hash in PHC form.
    pub phc: String,
    /// The id of the pepper in the hash.
    pub pepper: String,
}

/// The result of comparing a password with a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordMatch {
    No,
    Yes,
    /// Right, but hashed with earlier parameters or an earlier pepper: hash it again.
    Outdated,
}

/// The cost parameters of a hash.
#[derive(Clone, Copy, Debug)]
pub struct Strength {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Strength {
    /// OWASP's minimum: 12 ms of a full CPU.
    pub const PRODUCTION: Self = Self { memory_kib: 19_456, passes: 2 };

    /// The prefix of every hash of this strength, in PHC form.
    fn prefix(self) -> String {
        let Self { memory_kib, passes } = self;
        format!("$argon2id$v=19$m={memory_kib},t={passes},p=1$")
    }

    /// A hash of this strength that matches no password: finding one for a tag of zeros is as hard as inverting Argon2.
    fn dummy(self) -> String {
        format!("{}{}${}", self.prefix(), "A".repeat(22), "A".repeat(43))
    }

    fn params(self) -> argon2::Result<Params> {
        Params::new(self.memory_kib, self.passes, 1, Some(TAG))
    }

    /// Blocks of 1 KiB each.
    pub(super) fn blocks(self) -> usize {
        self.params().map_or(0, |params| params.block_count())
    }
}

struct Pepper {
    id: String,
    key: SecretSlice<u8>,
}

/// The password hasher of a function.
pub struct Passwords {
    /// The current pepper, then the earlier ones that stored hashes may name.
    peppers: Vec<Pepper>,
    strength: Strength,
    random: Random,
    /// Compared with the password when there is no stored hash, so that both cases take equally long.
    dummy: StoredHash,
    memory: HashingMemory,
    /// Memory and passes of every hash, for the test that known and unknown names cost the same.
    #[cfg(test)]
    work: std::sync::Mutex<Vec<(u32, u32)>>,
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
            // serde's error text would quote the secret.
            .map_err(|_| Failure::internal(r#"the pepper must be {"id":"…","key":"…"}"#))?;
        let peppers =
            [PepperSecret { earlier: vec![], ..secret }].into_iter().chain(secret.earlier).map(Pepper::decode);
        let peppers = peppers.collect::<Result<Vec<_>, _>>()?;
        let pepper = peppers.first().map(|pepper| pepper.id.clone()).unwrap_or_default();
        let dummy = StoredHash { phc: strength.dummy(), pepper };
        Ok(Self {
            peppers,
            strength,
            random,
            dummy,
            memory: HashingMemory::default(),
            #[cfg(test)]
            work: std::sync::Mutex::default(),
        })
    }

    /// The same hasher, working in memory that was allocated before.
    #[must_use]
    pub fn working_in(self, memory: HashingMemory) -> Self {
        Self { memory, ..self }
    }

    /// Hashes a password with the current strength and pepper.
    pub fn hash(&self, password: &Password) -> Result<StoredHash, Failure> {
        let pepper = self.peppers.first().ok_or_else(|| Failure::internal("no pepper is configured"))?;
        let salt: [u8; 16] = self.random.bytes();
        let params = self.strength.params().map_err(|error| broken(&error))?;
        let tag = self.tag(password, pepper, &params, &salt).map_err(|error| broken(&error))?;
        let hash = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(|error| broken(&error))?,
            salt: Some(Salt::new(&salt).map_err(|error| broken(&error))?),
            hash: Some(Output::new(&tag).map_err(|error| broken(&error))?),
        };
        Ok(StoredHash { phc: hash.to_string(), pepper: pepper.id.clone() })
    }

    /// Compares a password with a stored hash. It takes as long without a stored hash, so that the time does not tell
    /// which names exist.
    pub fn compare(&self, password: &Password, stored: Option<&StoredHash>) -> PasswordMatch {
        let comparable = stored.filter(|stored| self.pepper_of(stored).is_some());
        let (hash, exists) = comparable.map_or((&self.dummy, false), |stored| (stored, true));
        let matches = self.verify(password, hash) && exists;
        match (matches, matches && self.is_current(hash)) {
            (false, _) => PasswordMatch::No,
            (true, true) => PasswordMatch::Yes,
            (true, false) => PasswordMatch::Outdated,
        }
    }

    /// The id of the pepper of new hashes.
    pub(super) fn current_pepper(&self) -> &str {
        &self.dummy.pepper
    }

    /// A key for another purpose, derived from the pepper with this id. Each part is preceded by its length.
    pub(super) fn derive(&self, pepper: &str, parts: &[&str]) -> Option<hmac::Tag> {
        let pepper = self.peppers.iter().find(|known| known.id == pepper)?;
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, pepper.key.expose_secret()));
        for part in parts {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac.sign())
    }

    fn verify(&self, password: &Password, stored: &StoredHash) -> bool {
        let Some(pepper) = self.pepper_of(stored) else { return false };
        let Ok(hash) = PasswordHash::new(&stored.phc) else { return false };
        if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(Version::V0x13.into()) {
            return false;
        }
        let (Ok(params), Some(salt)) = (Params::try_from(&hash), hash.salt) else { return false };
        let tag = self.tag(password, pepper, &params, &salt).ok();
        // `Output` compares in constant time.
        tag.and_then(|tag| Output::new(&tag).ok()).is_some_and(|output| Some(output) == hash.hash)
    }

    fn pepper_of(&self, stored: &StoredHash) -> Option<&Pepper> {
        self.peppers.iter().find(|pepper| pepper.id == stored.pepper)
    }

    fn is_current(&self, stored: &StoredHash) -> bool {
        stored.phc.starts_with(&self.strength.prefix())
            && self.peppers.first().is_some_and(|pepper| pepper.id == stored.pepper)
    }

    fn tag(&self, password: &Password, pepper: &Pepper, params: &Params, salt: &[u8]) -> argon2::Result<[u8; TAG]> {
        #[cfg(test)]
        self.work.lock().unwrap().push((params.m_cost(), params.t_cost()));
        let key = pepper.key.expose_secret();
        let argon2 = Argon2::new_with_secret(key, Algorithm::Argon2id, Version::V0x13, params.clone())?;
        let mut tag = [0; TAG];
        self.memory.lend(params.block_count(), |blocks| {
            argon2.hash_password_into_with_memory(password.expose(), salt, &mut tag, blocks)
        })?;
        Ok(tag)
    }
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::internal(format!("password hashing failed: {error}"))
}

impl Pepper {
    fn decode(secret: PepperSecret) -> Result<Self, Failure> {
        let key = BASE64_URL_SAFE_NO_PAD.decode(secret.key.as_bytes()).ok().filter(|key| key.len() >= 32);
        let key = key.ok_or_else(|| Failure::internal("the pepper must be at least 32 bytes, in base64url"))?;
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

    const EARLIER: &str =
        "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Hn/XN2DRCXUFxogFV9qoVBowZJQ12qPFS1b2riTvCzc";

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
    fn the_hash_for_unknown_names_has_the_parameters_in_force_and_no_password_matches_it() {
        for strength in [CHEAP, Strength::PRODUCTION] {
            let passwords = passwords(P1, strength);
            let dummy = PasswordHash::new(&passwords.dummy.phc).unwrap();
            let params = Params::try_from(&dummy).unwrap();
            assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (strength.memory_kib, strength.passes, 1));
            assert_eq!((dummy.salt.unwrap().len(), dummy.hash.unwrap().len()), (16, 32));
            let known = passwords.hash(&Password::typed("123456wyc")).unwrap();
            assert_eq!(passwords.dummy.phc.len(), known.phc.len());
            assert!(passwords.is_current(&passwords.dummy), "it has the current pepper, so it is computed in full");
        }
        let passwords = passwords(P1, CHEAP);
        for typed in ["", "123456wyc", "a password of no account"] {
            assert!(!passwords.verify(&Password::typed(typed), &passwords.dummy), "{typed}");
        }
    }

    #[test]
    fn starting_hashes_nothing_and_known_and_unknown_names_cost_the_same_work() {
        let passwords = passwords(P2, Strength { memory_kib: 16, passes: 3 });
        let work = || std::mem::take(&mut *passwords.work.lock().unwrap());
        assert_eq!(work(), [], "nothing is hashed at start");
        let stored = passwords.hash(&Password::typed("123456wyc")).unwrap();
        work();
        let lost = StoredHash { pepper: "p9".to_owned(), ..stored.clone() };
        for (password, stored) in
            [("123456wyc", Some(&stored)), ("wrong", Some(&stored)), ("wrong", None), ("123456wyc", Some(&lost))]
        {
            passwords.compare(&Password::typed(password), stored);
            assert_eq!(work(), [(16, 3)], "{password}");
        }
    }

    /// Created by the release before, which left the memory to the library.
    #[test]
    fn hashes_of_earlier_releases_go_on_matching() {
        let stored = StoredHash { phc: EARLIER.to_owned(), pepper: "p1".to_owned() };
        assert_eq!(passwords(P1, CHEAP).compare(&Password::typed("123456wyc"), Some(&stored)), PasswordMatch::Yes);
        assert_eq!(passwords(P1, CHEAP).compare(&Password::typed("123456wyd"), Some(&stored)), PasswordMatch::No);
    }

    #[test]
    fn what_is_no_hash_of_ours_matches_nothing() {
        let passwords = passwords(P1, CHEAP);
        let good = passwords.hash(&Password::typed("123456wyc")).unwrap();
        let phc = &good.phc;
        for broken in [
            String::new(),
            phc.replace("argon2id", "argon2i"),
            phc.replace("v=19", "v=16"),
            phc.replace("v=19$", ""),
            phc.replace("m=8", "m=16"),
            phc[..phc.len() - 4].to_owned(),
            phc.rsplit_once('$').unwrap().0.to_owned(),
        ] {
            let stored = StoredHash { phc: broken, ..good.clone() };
            assert_eq!(
                passwords.compare(&Password::typed("123456wyc"), Some(&stored)),
                PasswordMatch::No,
                "{}",
                stored.phc
            );
        }
        let unknown_pepper = StoredHash { pepper: "p9".to_owned(), ..good };
        assert_eq!(passwords.compare(&Password::typed("123456wyc"), Some(&unknown_pepper)), PasswordMatch::No);
    }

    #[test]
    fn only_the_right_password_matches_and_nothing_matches_without_a_hash() {
        let passwords = passwords(P1, CHEAP);
        let hash = passwords.hash(&Password::typed("123456wyc")).unwrap();
        assert_eq!(passwords.compare(&Password::typed("123456wyc"), Some(&hash)), PasswordMatch::Yes);
        assert_eq!(passwords.compare(&Password::typed("123456wyd"), Some(&hash)), PasswordMatch::No);
        assert_eq!(passwords.compare(&Password::typed("a password of no account"), None), PasswordMatch::No);
    }

    #[test]
    fn a_hash_of_earlier_days_is_right_but_outdated() {
        let old = passwords(P1, CHEAP).hash(&Password::typed("123456wyc")).unwrap();
        let stronger = passwords(P1, Strength { memory_kib: 16, passes: 1 });
        assert_eq!(stronger.compare(&Password::typed("123456wyc"), Some(&old)), PasswordMatch::Outdated);
        assert_eq!(passwords(P2, CHEAP).compare(&Password::typed("123456wyc"), Some(&old)), PasswordMatch::Outdated);
        assert_eq!(passwords(P2, CHEAP).compare(&Password::typed("wrong"), Some(&old)), PasswordMatch::No);
    }
}
