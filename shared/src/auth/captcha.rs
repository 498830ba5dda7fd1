//! The seal over the letters of a captcha. A reader of the table cannot solve the captcha with it.

use crate::domain::{
    captcha::{Guess, Letters},
    device::DeviceId,
    reason::Failure,
};
use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// Separates this use of the pepper from every other use.
const PURPOSE: &[u8] = b"ev-plaza captcha";

/// Seals and compares the letters of captchas.
pub struct CaptchaSeal(Key);

#[derive(Deserialize)]
struct CaptchaPepperSecret {
    key: String,
}

impl CaptchaSeal {
    /// Derives a key of its own from the pepper.
    pub fn new(pepper: &SecretString) -> Result<Self, Failure> {
        let secret: CaptchaPepperSecret = serde_json::from_str(pepper.expose_secret())
            // serde's error text would quote the secret.
            .map_err(|_| Failure::internal(r#"the pepper must be {"id":"…","key":"…"}"#))?;
        let pepper = BASE64_URL_SAFE_NO_PAD.decode(secret.key).ok().filter(|key| key.len() >= 32);
        let pepper = pepper.ok_or_else(|| Failure::internal("the pepper must be at least 32 bytes, in base64url"))?;
        let derived = hmac::sign(&Key::new(HMAC_SHA256, &pepper), PURPOSE);
        Ok(Self(Key::new(HMAC_SHA256, derived.as_ref())))
    }

    /// The stored seal over the letters of one captcha of one device.
    pub fn of(&self, device: &DeviceId, picture: &str, letters: &Letters) -> Vec<u8> {
        hmac::sign(&self.0, &sealed(device, picture, letters.as_str())).as_ref().to_vec()
    }

    /// Whether a guess has the same seal. Constant time, so that the time does not tell how near the guess was.
    pub fn fits(&self, device: &DeviceId, picture: &str, guess: &Guess, seal: &[u8]) -> bool {
        hmac::verify(&self.0, &sealed(device, picture, guess.as_str()), seal).is_ok()
    }
}

/// None of the three parts can contain a line break.
fn sealed(device: &DeviceId, picture: &str, letters: &str) -> Vec<u8> {
    [device.as_str(), picture, letters].join("\n").into_bytes()
}

impl std::fmt::Debug for CaptchaSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaptchaSeal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_letters_of_this_picture_on_this_device_fit() {
        let pepper = r#"{"id":"p1","key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}"#;
        let seal = CaptchaSeal::new(&pepper.into()).unwrap();
        let (here, there) = (DeviceId::parse("d1").unwrap(), DeviceId::parse("d2").unwrap());
        let letters = Letters::draw(4711);
        let (right, wrong) = (Guess::read(&letters.as_str().to_lowercase()), Guess::read("AAAAA"));
        let stored = seal.of(&here, "p", &letters);
        assert!(seal.fits(&here, "p", &right, &stored));
        assert!(!seal.fits(&here, "p", &wrong, &stored));
        assert!(!seal.fits(&there, "p", &right, &stored));
        assert!(!seal.fits(&here, "q", &right, &stored));
    }
}
