//! Keys and pepper: created once for a stack, and by `cargo local keys` for a deployment.

use crate::{Result, doing, paths::StackDir};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_compact::{KeyPair, Seed};
use serde_json::{Value, json};
use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

/// The files and their content. The names are those of the functions' variables in template.yaml.
#[derive(Debug)]
pub struct Secrets {
    pub signing_key: Value,
    pub verifying_keys: Value,
    pub pepper: Value,
    /// The data keys, unwrapped. On AWS, KMS wraps them and they are never visible.
    pub field_keys: Value,
    pub code_key: Value,
    /// The key of the payment provider's signatures.
    pub payment_key: Value,
}

impl Secrets {
    pub fn new() -> Result<Self> {
        let (seed, pepper, id, fields) = (random::<32>()?, random::<32>()?, random::<6>()?, random::<32>()?);
        let (code, payment) = (random::<32>()?, random::<32>()?);
        let kid = format!("k-{}", URL_SAFE_NO_PAD.encode(id));
        let signing_key = json!({ "kid": kid, "seed": URL_SAFE_NO_PAD.encode(seed) });
        Ok(Self {
            verifying_keys: verifying_keys(&signing_key)?,
            signing_key,
            pepper: json!({ "id": "p1", "key": URL_SAFE_NO_PAD.encode(pepper) }),
            field_keys: json!({ "seal": "d1", "index": "d1", "keys": { "d1": STANDARD.encode(fields) } }),
            code_key: json!({ "key": URL_SAFE_NO_PAD.encode(code) }),
            payment_key: json!({ "key": URL_SAFE_NO_PAD.encode(payment) }),
        })
    }
}

/// The public keys of a deployment with only this key.
pub fn verifying_keys(signing_key: &Value) -> Result<Value> {
    let text = |field: &str| signing_key.get(field).and_then(Value::as_str).unwrap_or_default();
    let seed = URL_SAFE_NO_PAD.decode(text("seed")).map_err(doing("the seed of the signing key is malformed"))?;
    let seed = Seed::from_slice(&seed).map_err(doing("the seed of the signing key is malformed"))?;
    let public = URL_SAFE_NO_PAD.encode(KeyPair::from_seed(seed).pk.as_ref());
    Ok(json!({ "current": { "kid": text("kid"), "public": public }, "next": null, "previous": null }))
}

/// Creates missing secrets of a stack. Existing ones stay, because they have signed tokens and hashed passwords.
pub fn make_once(dir: &StackDir) -> Result<()> {
    let folder = dir.join("secrets");
    std::fs::create_dir_all(&folder).map_err(doing(folder.display()))?;
    let made = Secrets::new()?;
    // Secrets that belong together are created together, and a stack of an earlier release gets the missing ones.
    for together in [
        &[("signing-key", &made.signing_key), ("verifying-keys", &made.verifying_keys)] as &[_],
        &[("pepper", &made.pepper)],
        &[("code-key", &made.code_key)],
        &[("payment-key", &made.payment_key)],
        &[("field-keys", &made.field_keys)],
    ] {
        if together.iter().all(|(name, _)| folder.join(name).exists()) {
            continue;
        }
        for (name, content) in together {
            write_private(&folder.join(name), &content.to_string())?;
        }
    }
    Ok(())
}

fn write_private(file: &Path, content: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let opened = options.write(true).create(true).truncate(true).mode(0o600).open(file);
    opened.and_then(|mut opened| opened.write_all(content.as_bytes())).map_err(doing(file.display()))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(doing("the system returned no random numbers"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_key_is_the_one_of_the_seed_as_rfc_8032_has_it() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
        };
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        let keys = verifying_keys(&json!({ "kid": "k-1", "seed": URL_SAFE_NO_PAD.encode(seed) })).expect("it is a key");
        let wanted = json!({ "kid": "k-1", "public": URL_SAFE_NO_PAD.encode(public) });
        assert_eq!(keys, json!({ "current": wanted, "next": null, "previous": null }));
        for malformed in [json!({}), json!({ "seed": "abc" }), json!({ "seed": "not base64" })] {
            assert!(verifying_keys(&malformed).is_err(), "{malformed}");
        }
    }

    #[test]
    fn no_two_stacks_share_a_secret() {
        let (one, two) = (Secrets::new().expect("made"), Secrets::new().expect("made"));
        assert_ne!(one.signing_key["seed"], two.signing_key["seed"]);
        assert_ne!(one.pepper["key"], two.pepper["key"]);
        assert_ne!(one.field_keys["keys"]["d1"], two.field_keys["keys"]["d1"]);
        assert_eq!(one.signing_key["kid"], one.verifying_keys["current"]["kid"]);
    }
}
