//! Keys that tests make: of tokens, in the form in which the plaza reads them and for forging; and of sealed fields.

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use shared::{
    auth::sealing::Sealer,
    outside::{key_service::KeyService, random::Random},
};

/// The data key of sealed fields, the same in every plaza.
pub const FIELD_KEYS: &str =
    r#"{"seal":"d1","index":"d1","keys":{"d1":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="}}"#;

/// The sealer with that key.
pub fn sealer() -> Sealer {
    let (ring, service) = (FIELD_KEYS.into(), KeyService::unwrapped());
    let opened = Sealer::open_keys(&ring, &service, Random::system());
    opened.now_or_never().unwrap().unwrap()
}

/// One Ed25519 key.
#[derive(Clone)]
pub struct TokenKey {
    pub id: String,
    seed: [u8; 32],
}

impl TokenKey {
    /// Any byte makes a key of its own.
    pub fn new(id: &str, seed: u8) -> Self {
        Self { id: id.to_owned(), seed: [seed; 32] }
    }

    /// As the secret of the signing key holds it.
    pub fn secret(&self) -> String {
        json!({"kid": self.id, "seed": encode(&self.seed)}).to_string()
    }

    /// As the secret of the verifying keys holds it.
    pub fn published(&self) -> Value {
        json!({"kid": self.id, "public": encode(&self.public())})
    }

    pub fn public(&self) -> Vec<u8> {
        self.pair().public_key().as_ref().to_vec()
    }

    /// A token with any header and any claims, rightly signed.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        signed(header, claims, |text| self.pair().sign(text).as_ref().to_vec())
    }

    fn pair(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&self.seed).unwrap()
    }
}

/// A token with a shared secret under it, as the attack of the confused algorithm signs it.
pub fn sign_hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    signed(header, claims, |text| hmac::sign(&key, text).as_ref().to_vec())
}

/// A token with any bytes for a signature.
pub fn signed(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
    let signature = sign(text.as_bytes());
    format!("{text}.{}", encode(&signature))
}

/// Header and claims of a token, unverified.
pub fn look_into(token: &str) -> (Value, Value) {
    let part = |n| serde_json::from_slice(&decode(token.split('.').nth(n).unwrap())).unwrap();
    (part(0), part(1))
}

pub fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub fn decode(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}
