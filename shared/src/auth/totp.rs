//! Time-based codes (RFC 6238: HMAC-SHA-1, six digits, 30 s). The secret of an account is not stored: it is derived from
//! the pepper and a stored random seed, as SMS codes are, so that enrolment needs no key and no call of its own.

use super::passwords::Passwords;
use crate::{
    domain::{
        account::AccountId,
        reason::Failure,
        second_factor::{RecoveryCode, Seed, TotpCode, base32, steps},
    },
    outside::random::Random,
};
use aws_lc_rs::{constant_time, hmac};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::SecretString;

/// The purposes of derived keys.
const SECRET: &str = "ev-plaza totp 1";
const RECOVERY: &str = "ev-plaza recovery 1";
/// RFC 4226 recommends 160 bits.
const SECRET_LENGTH: usize = 20;

/// The key that an authenticator shares with us.
pub struct TotpSecret(hmac::Key, [u8; SECRET_LENGTH]);

impl Seed {
    pub fn draw(passwords: &Passwords, random: &Random) -> Self {
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<16>());
        Self { nonce, pepper: passwords.current_pepper().to_owned() }
    }

    /// The secret of this account under this seed.
    pub fn secret(&self, passwords: &Passwords, account: &AccountId) -> Result<TotpSecret, Failure> {
        let tag = self.derive(passwords, &[SECRET, account.as_str()])?;
        let bytes = tag.as_ref().first_chunk().copied();
        Ok(TotpSecret::new(bytes.ok_or_else(|| Failure::internal("a derived secret is too short"))?))
    }

    /// What is stored of a recovery code. It has 80 random bits, so a keyed hash needs no slowness.
    pub fn recovery_hash(
        &self,
        passwords: &Passwords,
        account: &AccountId,
        code: &RecoveryCode,
    ) -> Result<String, Failure> {
        let tag = self.derive(passwords, &[RECOVERY, account.as_str(), code.expose()])?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(&tag.as_ref()[..16]))
    }

    fn derive(&self, passwords: &Passwords, parts: &[&str]) -> Result<hmac::Tag, Failure> {
        let parts = [parts, &[&self.nonce]].concat();
        let missing = || Failure::internal(format!("pepper {} of a second factor is missing", self.pepper));
        passwords.derive(&self.pepper, &parts).ok_or_else(missing)
    }
}

impl TotpSecret {
    fn new(bytes: [u8; SECRET_LENGTH]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes), bytes)
    }

    /// As authenticators take it.
    pub fn base32(&self) -> SecretString {
        base32(&self.1).into()
    }

    /// The step whose code this is, if it is current and later than `used`: a code works once.
    pub fn step_of(&self, code: &TotpCode, now: Timestamp, used: Option<i64>) -> Option<i64> {
        let fresh = steps(now).into_iter().filter(|step| used.is_none_or(|used| used < *step));
        let is_right = |step: &i64| {
            constant_time::verify_slices_are_equal(self.code(*step).as_bytes(), code.expose().as_bytes()).is_ok()
        };
        fresh.into_iter().find(is_right)
    }

    /// RFC 4226, section 5.3.
    pub fn code(&self, step: i64) -> String {
        let tag = hmac::sign(&self.0, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag.last().copied().unwrap_or_default() & 0xF);
        let word = tag[offset..].first_chunk().copied().map_or(0, u32::from_be_bytes);
        format!("{:06}", (word & 0x7FFF_FFFF) % 1_000_000)
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::passwords::Strength;

    const PEPPER: &str = r#"{"id":"p1","key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}"#;
    const TURNED: &str = r#"{"id":"p2","key":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
        "earlier":[{"id":"p1","key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}]}"#;

    fn passwords(pepper: &str) -> Passwords {
        let strength = Strength { memory_kib: 8, passes: 1 };
        Passwords::new(&pepper.into(), strength, Random::system()).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, the rows of SHA-1: six of their eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(second / 30), code, "{second}");
            let given = TotpCode::read(code).unwrap();
            assert_eq!(secret.step_of(&given, at(second), None), Some(second / 30));
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late_and_once() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        let code = TotpCode::read(&secret.code(100)).unwrap();
        let step = |second, used| secret.step_of(&code, at(second), used);
        assert_eq!([2969, 2970, 3000, 3059].map(|second| step(second, None).is_some()), [false, true, true, true]);
        assert_eq!(step(3060, None), None);
        assert_eq!(step(3000, Some(99)), Some(100));
        assert_eq!(step(3000, Some(100)), None, "used");
        assert_eq!(step(2970, Some(101)), None, "a later one was used");
    }

    #[test]
    fn secrets_depend_on_account_seed_and_pepper_and_outlive_a_new_pepper() {
        let (one, account) = (passwords(PEPPER), AccountId::known("a"));
        let seed = Seed::draw(&one, &Random::system());
        let code = |passwords: &Passwords, seed: &Seed, account: &str| {
            seed.secret(passwords, &AccountId::known(account)).unwrap().code(1)
        };
        let first = code(&one, &seed, "a");
        assert_eq!(code(&passwords(TURNED), &seed, "a"), first);
        let others = [seed.clone(), Seed::draw(&one, &Random::system())];
        assert_ne!(others.map(|seed| code(&one, &seed, "b")).as_slice(), [first.clone(), first]);
        let lost = Seed { pepper: "p9".into(), ..seed.clone() };
        assert!(lost.secret(&one, &account).is_err());
        let recovery = RecoveryCode::of([1; 10]);
        assert_ne!(
            seed.recovery_hash(&one, &account, &recovery).unwrap(),
            seed.recovery_hash(&one, &account, &RecoveryCode::of([2; 10])).unwrap()
        );
    }
}
