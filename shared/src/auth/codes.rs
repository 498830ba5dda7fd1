//! SMS codes are not stored: each is computed with a key from the data that it is bound to.

use crate::domain::{
    otp::{Binding, Code},
    reason::Failure,
};
use aws_lc_rs::{constant_time, hmac};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::sync::Arc;

/// Random bytes, new for each code.
pub type Nonce = [u8; 16];

/// The key of SMS codes.
#[derive(Clone)]
pub struct CodeKey(Arc<hmac::Key>);

/// `{"key":"<base64url>"}`. Changing it invalidates the codes of the last five minutes.
#[derive(Deserialize)]
struct CodeKeySecret {
    key: String,
}

impl CodeKey {
    pub fn read(secret: &SecretString) -> Result<Self, Failure> {
        let broken = || Failure::internal("the key of SMS codes must be at least 32 bytes, in base64url");
        let secret: CodeKeySecret = serde_json::from_str(secret.expose_secret()).map_err(|_| broken())?;
        let key = BASE64_URL_SAFE_NO_PAD.decode(secret.key).ok().filter(|key| key.len() >= 32).ok_or_else(broken)?;
        Ok(Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &key))))
    }

    /// The code of a nonce. Each part is preceded by its length, so that no two bindings have the same bytes.
    pub fn code(&self, binding: &Binding, nonce: &Nonce) -> Code {
        let mut mac = hmac::Context::with_key(&self.0);
        let account = binding.purpose.account().map_or("", |account| account.as_str());
        let device = binding.device.as_ref().map_or("", |device| device.as_str());
        let (product, purpose) = (binding.product.as_str(), binding.purpose.as_str());
        for part in [product, purpose, account, binding.phone.as_e164(), device] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.update(nonce);
        let tag = mac.sign();
        let first = tag.as_ref().first_chunk().copied().unwrap_or_default();
        Code::of(u64::from_be_bytes(first))
    }

    /// Whether this is the code. Constant time.
    pub fn is_right(&self, given: &Code, binding: &Binding, nonce: &Nonce) -> bool {
        let right = self.code(binding, nonce);
        constant_time::verify_slices_are_equal(given.expose().as_bytes(), right.expose().as_bytes()).is_ok()
    }
}

impl std::fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        account::{AccountId, Realm},
        otp::{Device, Purpose},
        phone::Phone,
    };
    use std::collections::BTreeSet;

    fn key() -> CodeKey {
        CodeKey::read(&r#"{"key":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"}"#.into()).unwrap()
    }

    fn binding() -> Binding {
        Binding {
            product: Realm::MallDealer,
            purpose: Purpose::SignIn,
            phone: Phone::parse("13800138000").unwrap(),
            device: Some(Device::known("device-1")),
        }
    }

    #[test]
    fn a_code_is_right_for_exactly_what_it_is_bound_to() {
        let (nonce, one) = ([7; 16], binding());
        let code = key().code(&one, &nonce);
        assert!(key().is_right(&code, &one, &nonce));
        let others = [
            Binding { product: Realm::MallAgent, ..binding() },
            Binding { purpose: Purpose::Reset, ..binding() },
            Binding { purpose: Purpose::Change(AccountId::known("1004")), ..binding() },
            Binding { purpose: Purpose::Change(AccountId::known("1005")), ..binding() },
            Binding { phone: Phone::parse("13800138001").unwrap(), ..binding() },
            Binding { device: Some(Device::known("device-2")), ..binding() },
            Binding { device: None, ..binding() },
        ];
        let codes: BTreeSet<_> = others.iter().map(|other| key().code(other, &nonce).expose().to_owned()).collect();
        assert_eq!(codes.len(), others.len());
        assert!(!codes.contains(code.expose()));
        assert!(!key().is_right(&code, &one, &[8; 16]), "another nonce");
    }

    #[test]
    fn a_million_codes_are_spread_evenly_over_a_thousand_bins_and_over_the_digits() {
        let (key, binding) = (key(), binding());
        let (mut heaps, mut last) = (vec![0_u64; 1000], [0_u64; 10]);
        for n in 0..1_000_000_u128 {
            let code: usize = key.code(&binding, &n.to_be_bytes()).expose().parse().unwrap();
            heaps[code / 1000] += 1;
            last[code % 10] += 1;
        }
        let chi_square = |heaps: &[u64]| {
            let expected = 1_000_000 / heaps.len() as u64;
            heaps.iter().map(|n| n.abs_diff(expected).pow(2)).sum::<u64>() / expected
        };
        // With 999 degrees of freedom one series in a million lies above 1,229; with 9, above 46.
        assert!(chi_square(&heaps) < 1229, "{}", chi_square(&heaps));
        assert!(chi_square(&last) < 46, "{}", chi_square(&last));
    }
}
