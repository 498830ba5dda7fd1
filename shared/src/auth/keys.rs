//! The keys that sign and verify tokens, and how they turn over.

use crate::{
    domain::reason::Failure,
    outside::secrets::{Kind, Secrets},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// An unknown key id causes one reading of the parameter in so long, whoever sends how many.
const REFETCH_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// Known keys are read again after so long, so that one that was taken back ends everywhere, not only in new environments.
const TRUSTED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// The private key; only functions that issue tokens can read it.
#[derive(Clone)]
pub struct SigningKey {
    pub(super) id: String,
    pub(super) key: EncodingKey,
}

/// `{"kid":"…","seed":"<base64url of 32 bytes>"}`
#[derive(Deserialize)]
struct SigningSecret {
    kid: String,
    seed: String,
}

impl SigningKey {
    pub fn read(secret: &SecretString) -> Result<Self, Failure> {
        let broken = || Failure::internal("the signing key cannot be read");
        let secret: SigningSecret = serde_json::from_str(secret.expose_secret()).map_err(|_| broken())?;
        let seed =
            BASE64_URL_SAFE_NO_PAD.decode(secret.seed).ok().filter(|seed| seed.len() == 32).ok_or_else(broken)?;
        Ok(Self { id: secret.kid, key: EncodingKey::from_ed_der(&pkcs8(&seed)) })
    }
}

/// RFC 8410: an Ed25519 private key in PKCS #8 is this prefix and the seed.
fn pkcs8(seed: &[u8]) -> Vec<u8> {
    const PREFIX: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    [&PREFIX, seed].concat()
}

/// `next` is published a day before it signs anything; `previous` stays for the longest life of a token.
#[derive(Deserialize)]
struct PublicKeys {
    current: PublicKey,
    #[serde(default)]
    next: Option<PublicKey>,
    #[serde(default)]
    previous: Option<PublicKey>,
}

#[derive(Deserialize)]
struct PublicKey {
    kid: String,
    public: String,
}

/// The public keys, read when first needed and again when a key id is unknown.
#[derive(Debug)]
pub struct VerifyingKeys {
    secrets: Secrets,
    parameter: String,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    keys: HashMap<String, Arc<DecodingKey>>,
    read_at: Option<Timestamp>,
}

impl VerifyingKeys {
    pub fn new(secrets: Secrets, parameter: impl Into<String>) -> Self {
        Self { secrets, parameter: parameter.into(), cache: Mutex::default() }
    }

    /// The key of this id, or nothing when there is none today. Two calls give the same `Arc` only if the keys were not read
    /// again in between.
    pub(super) async fn find(&self, id: &str, now: Timestamp) -> Result<Option<Arc<DecodingKey>>, Failure> {
        {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            let good_for = if cache.keys.contains_key(id) { TRUSTED_FOR } else { REFETCH_AFTER };
            if cache.read_at.is_some_and(|at| now.duration_since(at) < good_for) {
                return Ok(cache.keys.get(id).cloned());
            }
            // Noted before the reading, so that a flood of unknown ids does not become a flood of readings.
            cache.read_at = Some(now);
        }
        let read = self.secrets.read(Kind::Parameter, &self.parameter).await.and_then(|text| decode(&text));
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(keys) => cache.keys = keys,
            Err(failure) if cache.keys.is_empty() => {
                cache.read_at = None;
                return Err(failure);
            }
            // Known keys go on working while the parameter cannot be read.
            Err(failure) => tracing::warn!(detail = failure.detail(), "verifying keys could not be read again"),
        }
        Ok(cache.keys.get(id).cloned())
    }
}

fn decode(text: &SecretString) -> Result<HashMap<String, Arc<DecodingKey>>, Failure> {
    let broken = || Failure::internal("the verifying keys cannot be read");
    let keys: PublicKeys = serde_json::from_str(text.expose_secret()).map_err(|_| broken())?;
    let keys = [Some(keys.current), keys.next, keys.previous].into_iter().flatten();
    let decode = |key: PublicKey| {
        let decoded = DecodingKey::from_ed_components(&key.public).map_err(|_| broken())?;
        Ok((key.kid, Arc::new(decoded)))
    };
    keys.map(decode).collect()
}
