//! The second factor of staff: time-based codes (TOTP, RFC 6238) and recovery codes, as people type them, and how often
//! they may be wrong.

use super::{
    account::Role,
    reason::{Failure, Reason},
    text::halfwidth,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// Seconds in which a code is current.
pub const STEP: i64 = 30;
/// Recovery codes of one enrolment.
pub const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code: 80 bits, so guessing one is hopeless.
const RECOVERY_LENGTH: usize = 16;
/// RFC 4648: what secrets and recovery codes are written in.
pub const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Codes that one account may be tried with from one network in a quarter of an hour; the right one ends the count.
pub const MOST_TRIES: u32 = 5;
pub const ATTEMPT_SECONDS: i64 = 900;
/// Time-based codes that one account may be tried with in a day, from all networks together. A guess is right once in
/// 333,333, three steps counted. Recovery codes pass this limit, so that it locks no owner out.
pub const MOST_TRIES_A_DAY: u32 = 100;
pub const DAY_SECONDS: i64 = 86_400;

/// What the secret of an account is derived from, beside the pepper and the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    pub nonce: String,
    /// The id of the pepper, which stays configured as long as a seed names it.
    pub pepper: String,
}

/// Six digits of an authenticator.
#[derive(Clone)]
pub struct TotpCode(SecretString);

/// One of the codes that were shown at enrolment.
#[derive(Clone)]
pub struct RecoveryCode(SecretString);

/// What is given beside the password.
#[derive(Clone, Debug)]
pub enum SecondProof {
    Code(TotpCode),
    Recovery(RecoveryCode),
}

impl TotpCode {
    /// As people type it: `123 456`, `１２３４５６`.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let digits: String = halfwidth(text).chars().filter(|c| !c.is_whitespace()).collect();
        let fits = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(digits.into())) } else { Err(wrong()) }
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl RecoveryCode {
    /// The code of ten random bytes.
    pub fn of(random: [u8; 10]) -> Self {
        Self(base32(&random).into())
    }

    /// As people type it: with or without hyphens, in any case.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let plain: String = halfwidth(text).chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let plain = plain.to_ascii_uppercase();
        let fits = plain.len() == RECOVERY_LENGTH && plain.bytes().all(|b| BASE32.contains(&b));
        if fits { Ok(Self(plain.into())) } else { Err(wrong()) }
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// As it is shown once: four groups of four.
    pub fn shown(&self) -> String {
        let groups: Vec<_> = self.expose().as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }
}

impl std::fmt::Debug for TotpCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpCode")
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode")
    }
}

/// The answer to every code that is wrong, used, or none.
pub fn wrong() -> Failure {
    Failure::from(Reason::WrongCode).saying("动态验证码或恢复码不正确")
}

/// The steps whose codes are taken at `now`: the current one and its neighbours, for clocks that differ.
pub fn steps(now: Timestamp) -> [i64; 3] {
    let step = now.as_second().div_euclid(STEP);
    [step - 1, step, step + 1]
}

/// Base32 without padding, as authenticators read it.
pub fn base32(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    let letter = |first: usize| (first..first + 5).fold(0, |value, at| value << 1 | bit(at));
    (0..bytes.len() * 8).step_by(5).map(|first| char::from(BASE32[letter(first)])).collect()
}

/// The address of an enrolment, for a QR code.
pub fn otpauth_uri(issuer: &str, name: &str, role: Role, secret: &str) -> String {
    let (issuer, label) = (percent_encoded(issuer), percent_encoded(&format!("{name} ({})", role.as_str())));
    format!("otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

/// RFC 3986: everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10.
    #[test]
    fn base32_is_that_of_the_standard() {
        for (plain, written) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(plain.as_bytes()), written);
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(TotpCode::read(" １２３ 456").unwrap().expose(), "123456");
        for refused in ["", "12345", "1234567", "12345a"] {
            assert_eq!(TotpCode::read(refused).unwrap_err().reason(), Reason::WrongCode, "{refused}");
        }
        let code = RecoveryCode::of([7; 10]);
        assert_eq!(code.shown().len(), 19);
        assert_eq!(RecoveryCode::read(&code.shown().to_lowercase()).unwrap().expose(), code.expose());
        for refused in ["", "AAAA-AAAA-AAAA-AAA", "AAAA-AAAA-AAAA-AAA1"] {
            assert_eq!(RecoveryCode::read(refused).unwrap_err().reason(), Reason::WrongCode, "{refused}");
        }
    }

    #[test]
    fn the_address_names_the_issuer_and_the_account() {
        assert_eq!(
            otpauth_uri("ev-plaza", "王 a&b", Role::Admin, "JBSWY3DP"),
            "otpauth://totp/ev-plaza:%E7%8E%8B%20a%26b%20%28admin%29?secret=JBSWY3DP&issuer=ev-plaza&algorithm=SHA1&digits=6&period=30"
        );
    }
}
