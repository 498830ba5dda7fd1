//! Sealing of sensitive fields: AES-256-GCM under keys derived for each tenant, and blind indexes.

use crate::{
    domain::{
        reason::Failure,
        sealed::{BlindIndex, Sealed, SealedPlace},
    },
    outside::{key_service::KeyService, random::Random},
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Prk, Salt},
    hmac,
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};

/// The version prefix of a sealed text. Another way of sealing would have another number.
const VERSION: &str = "1";
/// The purposes of derived keys. The two never share a key.
const SEAL: &[u8] = b"ev-plaza seal 1";
const INDEX: &[u8] = b"ev-plaza index 1";
const KEY_LENGTH: usize = 32;

/// `{"seal":"d2","index":"d1","keys":{"d1":"<base64>","d2":"<base64>"}}`: `seal` names the key for new fields, a sealed
/// field names the key that opens it, and `index` names the key of all blind indexes, which therefore stays.
#[derive(Deserialize)]
struct KeyRing {
    seal: String,
    index: String,
    keys: BTreeMap<String, String>,
}

/// The sealer of a function. Clones share their keys.
#[derive(Clone)]
pub struct Sealer {
    keys: Arc<Keys>,
    random: Random,
}

struct Keys {
    seal: String,
    index: Prk,
    all: BTreeMap<String, Prk>,
}

impl Sealer {
    /// Unwraps every data key when a function starts. After that a field costs no call.
    pub async fn open_keys(ring: &SecretString, service: &KeyService, random: Random) -> Result<Self, Failure> {
        let ring: KeyRing = serde_json::from_str(ring.expose_secret())
            .map_err(|_| Failure::internal(r#"the data keys must be {"seal":"…","index":"…","keys":{…}}"#))?;
        let mut all = BTreeMap::new();
        for (id, wrapped) in ring.keys {
            let wrapped = BASE64_STANDARD.decode(wrapped.trim().as_bytes());
            let wrapped = wrapped.map_err(|_| Failure::internal(format!("data key {id} is not base64")))?;
            all.insert(id, extracted(&service.open(wrapped).await?)?);
        }
        let missing = |id: &str| Failure::internal(format!("data key {id} is missing"));
        let index = all.get(&ring.index).cloned().ok_or_else(|| missing(&ring.index))?;
        if !all.contains_key(&ring.seal) {
            return Err(missing(&ring.seal));
        }
        Ok(Self { keys: Arc::new(Keys { seal: ring.seal, index, all }), random })
    }

    /// Encrypts `text` for one place.
    pub fn seal(&self, place: &SealedPlace, text: &str) -> Result<Sealed, Failure> {
        let id = &self.keys.seal;
        let key = self.key(id, place)?;
        let nonce: [u8; NONCE_LEN] = self.random.bytes();
        let mut sealed = text.as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(place), &mut sealed)
            .map_err(|_| Failure::internal("encryption of a field failed"))?;
        let bytes = BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Ok(Sealed(format!("{VERSION}.{id}.{bytes}")))
    }

    /// Opens a field that was sealed for this place. Anything else is a fault: the item was moved or changed.
    pub fn open(&self, place: &SealedPlace, sealed: &Sealed) -> Result<SecretString, Failure> {
        let broken = || Failure::internal("decryption of a field failed: wrong key, or the item was changed");
        let mut parts = sealed.0.splitn(3, '.');
        let (Some(VERSION), Some(id), Some(bytes)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(broken());
        };
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(bytes.as_bytes()).map_err(|_| broken())?;
        let (nonce, ciphertext) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(broken)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self.key(id, place)?.open_in_place(nonce, aad(place), ciphertext).map_err(|_| broken())?;
        Ok(std::str::from_utf8(text).map_err(|_| broken())?.into())
    }

    /// The blind index of a text. `kind` separates the indexes of different fields.
    pub fn blind(&self, tenant: &str, kind: &str, text: &str) -> Result<BlindIndex, Failure> {
        let info = [INDEX, tenant.as_bytes()];
        let key = self.keys.index.expand(&info, hmac::HMAC_SHA256);
        let key = hmac::Key::from(key.map_err(|_| Failure::internal("key derivation failed"))?);
        let mut tag = hmac::Context::with_key(&key);
        tag.update(&framed(kind));
        tag.update(&framed(text));
        Ok(BlindIndex(BASE64_URL_SAFE_NO_PAD.encode(tag.sign())))
    }

    fn key(&self, id: &str, place: &SealedPlace) -> Result<LessSafeKey, Failure> {
        let data_key = self.keys.all.get(id).ok_or_else(|| Failure::internal(format!("data key {id} is missing")))?;
        let info = [SEAL, place.tenant.as_bytes()];
        let key = data_key.expand(&info, &AES_256_GCM).map_err(|_| Failure::internal("key derivation failed"))?;
        Ok(LessSafeKey::new(UnboundKey::from(key)))
    }
}

fn extracted(key: &SecretSlice<u8>) -> Result<Prk, Failure> {
    let key = key.expose_secret();
    if key.len() != KEY_LENGTH {
        return Err(Failure::internal(format!("a data key must have {KEY_LENGTH} bytes")));
    }
    Ok(Salt::new(HKDF_SHA256, &[]).extract(key))
}

/// The additional data that bind a ciphertext to its place. Each part is preceded by its length, so that no two places
/// have the same bytes.
fn aad(place: &SealedPlace) -> Aad<Vec<u8>> {
    let parts = [place.tenant.as_str(), place.field].into_iter().chain(place.item.iter().map(String::as_str));
    Aad::from(parts.flat_map(framed).collect::<Vec<u8>>())
}

fn framed(part: &str) -> Vec<u8> {
    [(part.len() as u64).to_be_bytes().as_slice(), part.as_bytes()].concat()
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "11010519491231002X";
    const FIRST: &str = r#"{"seal":"d1","index":"d1","keys":{"d1":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="}}"#;
    const TURNED: &str = r#"{"seal":"d2","index":"d1","keys":{"d1":"MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
        "d2":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}}"#;
    /// Another environment: the same names, another key.
    const OTHER: &str = r#"{"seal":"d1","index":"d1","keys":{"d1":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}}"#;

    async fn sealer(ring: &str) -> Sealer {
        Sealer::open_keys(&ring.into(), &KeyService::unwrapped(), Random::system()).await.unwrap()
    }

    fn place(tenant: &str, item: &str) -> SealedPlace {
        SealedPlace { tenant: tenant.into(), item: vec!["pk".into(), item.into()], field: "idcard" }
    }

    fn opened(with: &Sealer, place: &SealedPlace, sealed: &Sealed) -> Option<String> {
        with.open(place, sealed).ok().map(|text| text.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn what_is_sealed_opens_in_its_place_and_shows_nothing() {
        let here = sealer(FIRST).await;
        let sealed = here.seal(&place("a", "1"), NUMBER).unwrap();
        assert_eq!(opened(&here, &place("a", "1"), &sealed).as_deref(), Some(NUMBER));
        assert!(sealed.0.starts_with("1.d1.") && !sealed.0.contains("1949"), "{}", sealed.0);
        assert_ne!(sealed, here.seal(&place("a", "1"), NUMBER).unwrap(), "a nonce of its own each time");
    }

    #[tokio::test]
    async fn it_opens_in_no_other_place_for_no_other_tenant_and_not_when_changed() {
        let here = sealer(FIRST).await;
        let sealed = here.seal(&place("a", "1"), NUMBER).unwrap();
        assert_eq!(opened(&here, &place("a", "2"), &sealed), None, "another item");
        assert_eq!(opened(&here, &place("b", "1"), &sealed), None, "another tenant");
        let other_field = SealedPlace { field: "address", ..place("a", "1") };
        assert_eq!(opened(&here, &other_field, &sealed), None, "another field");
        let glued = SealedPlace { item: vec!["pk1".into(), String::new()], ..place("a", "1") };
        assert_eq!(opened(&here, &glued, &sealed), None, "the same letters in other parts");
        for at in ["1.d1.".len(), sealed.0.len() / 2, sealed.0.len() - 2] {
            let mut changed = sealed.0.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(opened(&here, &place("a", "1"), &Sealed(String::from_utf8(changed).unwrap())), None);
        }
        for odd in ["", "1", "1.d1", "1.d1.", "1.d1.AAAA", "2.d1.AAAA", "1.d9.AAAA"] {
            assert_eq!(opened(&here, &place("a", "1"), &Sealed(odd.into())), None, "{odd}");
        }
    }

    #[tokio::test]
    async fn two_environments_open_nothing_of_each_other() {
        let (one, two) = (sealer(FIRST).await, sealer(OTHER).await);
        let sealed = one.seal(&place("a", "1"), NUMBER).unwrap();
        assert_eq!(opened(&two, &place("a", "1"), &sealed), None);
        assert_ne!(one.blind("a", "idcard", NUMBER), two.blind("a", "idcard", NUMBER));
    }

    #[tokio::test]
    async fn a_turned_key_seals_what_is_new_opens_what_is_old_and_keeps_the_indexes() {
        let (before, after) = (sealer(FIRST).await, sealer(TURNED).await);
        let old = before.seal(&place("a", "1"), NUMBER).unwrap();
        assert_eq!(opened(&after, &place("a", "1"), &old).as_deref(), Some(NUMBER));
        let new = after.seal(&place("a", "1"), NUMBER).unwrap();
        assert!(new.0.starts_with("1.d2."), "{}", new.0);
        assert_eq!(opened(&before, &place("a", "1"), &new), None);
        assert_eq!(before.blind("a", "idcard", NUMBER), after.blind("a", "idcard", NUMBER));
    }

    #[tokio::test]
    async fn equal_texts_have_equal_indexes_within_one_tenant_and_kind() {
        let here = sealer(FIRST).await;
        let blind = |tenant, kind, text| here.blind(tenant, kind, text).unwrap();
        assert_eq!(blind("a", "idcard", NUMBER), blind("a", "idcard", NUMBER));
        for other in [blind("b", "idcard", NUMBER), blind("a", "mobile", NUMBER), blind("a", "idcard1", &NUMBER[1..])] {
            assert_ne!(blind("a", "idcard", NUMBER), other);
        }
    }

    #[tokio::test]
    async fn keys_that_are_missing_short_or_refused_stop_a_function_at_its_start() {
        let refusing = KeyService::from_fn(|_| std::future::ready(Err(Failure::internal("KMS: denied"))));
        let start = async |ring: &str, service: &KeyService| {
            Sealer::open_keys(&ring.into(), service, Random::system()).await.err()
        };
        assert!(start(FIRST, &refusing).await.is_some());
        for ring in [
            "{}",
            r#"{"seal":"d1","index":"d1","keys":{}}"#,
            r#"{"seal":"d1","index":"d1","keys":{"d1":"c2hvcnQ="}}"#,
            r#"{"seal":"d1","index":"d1","keys":{"d1":"?"}}"#,
            &FIRST.replace(r#""seal":"d1""#, r#""seal":"d2""#),
        ] {
            assert!(start(ring, &KeyService::unwrapped()).await.is_some(), "{ring}");
        }
    }
}
