//! The keys that sign and verify tokens, and their rotation.

use crate::{domain::reason::Failure, outside::secrets::Secrets};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Unknown key ids cause at most one reload of the public keys in this time, also when many are sent.
const REFETCH_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// Loaded keys are reloaded after this time, so that a revoked key ends in every environment, not only in new ones.
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
        let broken = || Failure::internal(r#"the signing key must be {"kid":"…","seed":"<base64url of 32 bytes>"}"#);
        let secret: SigningSecret = serde_json::from_str(secret.expose_secret()).map_err(|_| broken())?;
        let seed =
            BASE64_URL_SAFE_NO_PAD.decode(secret.seed).ok().filter(|seed| seed.len() == 32).ok_or_else(broken)?;
        Ok(Self { id: secret.kid, key: EncodingKey::from_ed_der(&pkcs8(&seed)) })
    }
}

impl SigningKey {
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The signature of a statement, as base64url. No statement of ours can be taken for a token: a token has dots only.
    pub fn sign(&self, statement: &[u8]) -> Result<String, Failure> {
        jsonwebtoken::crypto::sign(statement, &self.key, jsonwebtoken::Algorithm::EdDSA)
            .map_err(|error| Failure::internal(format!("statement could not be signed: {error}")))
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

/// The public keys: loaded when a function starts, when a key id is unknown, and every ten minutes.
#[derive(Debug)]
pub struct VerifyingKeys {
    secrets: Secrets,
    id: String,
    cache: Mutex<Cache>,
}

#[derive(Debug)]
struct Cache {
    keys: HashMap<String, Arc<DecodingKey>>,
    read_at: Timestamp,
}

impl VerifyingKeys {
    /// `first` is the value that was loaded at `read_at`; `id` is the secret to reload it from.
    pub fn new(secrets: Secrets, id: &str, first: &SecretString, read_at: Timestamp) -> Result<Self, Failure> {
        let cache = Mutex::new(Cache { keys: decode(first)?, read_at });
        Ok(Self { secrets, id: id.to_owned(), cache })
    }

    /// The key with this id, if there is one. Two calls return the same `Arc` only if the keys were not reloaded in
    /// between.
    pub(super) async fn find(&self, id: &str, now: Timestamp) -> Option<Arc<DecodingKey>> {
        {
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            let good_for = if cache.keys.contains_key(id) { TRUSTED_FOR } else { REFETCH_AFTER };
            if now.duration_since(cache.read_at) < good_for {
                return cache.keys.get(id).cloned();
            }
            // Set before the reload, so that a flood of unknown ids does not become a flood of reloads.
            cache.read_at = now;
        }
        let read = self.secrets.read(&self.id).await.and_then(|text| decode(&text));
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(keys) => cache.keys = keys,
            // The loaded keys stay in use while the secret cannot be read.
            Err(failure) => tracing::warn!(
                detail = failure.detail(),
                "verifying keys could not be reloaded; the loaded ones stay in use"
            ),
        }
        cache.keys.get(id).cloned()
    }
}

fn decode(text: &SecretString) -> Result<HashMap<String, Arc<DecodingKey>>, Failure> {
    let broken = || Failure::internal(r#"the verifying keys must be {"current":{"kid":"…","public":"…"},…}"#);
    let keys: PublicKeys = serde_json::from_str(text.expose_secret()).map_err(|_| broken())?;
    let keys = [Some(keys.current), keys.next, keys.previous].into_iter().flatten();
    let decode = |key: PublicKey| {
        let decoded = DecodingKey::from_ed_components(&key.public).map_err(|_| broken())?;
        Ok((key.kid, Arc::new(decoded)))
    };
    keys.map(decode).collect()
}
