//! The audit trail and its hash chain as they stand in the tables, read item by item and compared.

use crate::{Problem, Result, doing};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_compact::{PublicKey, Signature, sha512};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::domain::audit_chain::{
    Attribute, Block, Chain, ChainPoint, Digest, EntryAttributes, EntryKey, Verdict, digest_of,
};
use std::collections::BTreeMap;

/// What has been read so far. Items come as DynamoDB writes them in JSON.
#[derive(Debug, Default)]
pub struct TrailReading {
    entries: BTreeMap<EntryKey, Digest>,
    blocks: Vec<Block>,
    head: Option<SignedPoint>,
    checkpoint: Option<SignedPoint>,
}

#[derive(Debug, Deserialize)]
struct SignedPoint {
    #[serde(flatten)]
    point: ChainPoint,
    kid: String,
    signature: String,
}

impl TrailReading {
    /// An item of the audit table.
    pub fn add_entry(&mut self, item: &Value) -> Result<()> {
        let entry: EntryAttributes =
            fields(item)?.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
        let key = serde_json::from_value(plain(&json!({ "M": item }))?).map_err(doing("an entry has no key"))?;
        self.entries.insert(key, digest_of(&entry, hash));
        Ok(())
    }

    /// An item of the table of the chain.
    pub fn add_to_chain(&mut self, item: &Value) -> Result<()> {
        let item = plain(&json!({ "M": item }))?;
        let sk = item["sk"].as_str().unwrap_or_default().to_owned();
        let malformed = || format!("{sk} of the audit chain");
        match sk.as_str() {
            "HEAD" => self.head = Some(serde_json::from_value(item).map_err(doing(malformed()))?),
            "CHECKPOINT" => self.checkpoint = Some(serde_json::from_value(item).map_err(doing(malformed()))?),
            _ => self.blocks.push(serde_json::from_value(item).map_err(doing(malformed()))?),
        }
        Ok(())
    }

    /// Compares the signatures with the public keys (`VerifyingKeys`), the chain with itself, and the entries with the chain.
    pub fn verify(self, keys: &Value) -> Result<Verdict> {
        let head =
            self.head.ok_or_else(|| Problem("the audit trail has not been sealed yet: there is no chain".into()))?;
        let head = head.verified("head", keys)?;
        let checkpoint = self.checkpoint.map(|point| point.verified("checkpoint", keys)).transpose()?;
        let mut blocks = self.blocks;
        blocks.sort_by_key(|block| block.number);
        Ok(Chain { blocks, head, checkpoint }.verify(self.entries, hash))
    }
}

impl SignedPoint {
    fn verified(self, what: &str, keys: &Value) -> Result<ChainPoint> {
        let keys = ["current", "next", "previous"].into_iter().filter_map(|name| keys.get(name));
        let key = keys.into_iter().find(|key| key["kid"] == self.kid.as_str());
        let unknown =
            || Problem(format!("the {what} of the audit chain is signed by {}, which is not published", self.kid));
        let public = key.and_then(|key| key["public"].as_str()).ok_or_else(unknown)?;
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let is_right = PublicKey::from_slice(&decoded(public))
            .and_then(|public| {
                public.verify(self.point.statement(), &Signature::from_slice(&decoded(&self.signature))?)
            })
            .is_ok();
        let forged = || Problem(format!("the signature of the {what} of the audit chain is wrong"));
        is_right.then_some(self.point).ok_or_else(forged)
    }
}

/// The hash of the chain: the first half of SHA-512.
fn hash(bytes: &[u8]) -> [u8; 32] {
    let whole = sha512::Hash::hash(bytes);
    let mut half = [0; 32];
    half.copy_from_slice(&whole[..32]);
    half
}

fn fields(item: &Value) -> Result<&Map<String, Value>> {
    item.as_object().ok_or_else(|| Problem("an item is no JSON object".into()))
}

fn attribute(value: &Value) -> Attribute {
    let text = |kind: &str| value[kind].as_str().map(ToOwned::to_owned);
    if let Some(text) = text("S") {
        return Attribute::Text(text);
    }
    if let Some(number) = text("N") {
        return Attribute::Number(number);
    }
    match (value.get("NULL"), value["BOOL"].as_bool()) {
        (Some(_), _) => Attribute::Null,
        (None, Some(flag)) => Attribute::Flag(flag),
        (None, None) => {
            let kind = value.as_object().and_then(|value| value.keys().next()).map_or("", String::as_str);
            Attribute::Other(if matches!(kind, "M" | "L" | "B") { kind } else { "set" }.to_owned())
        }
    }
}

/// A value without the types that DynamoDB writes beside it.
fn plain(value: &Value) -> Result<Value> {
    let unknown = || Problem(format!("{value} is no value of DynamoDB"));
    let (kind, inner) = value.as_object().and_then(|value| value.iter().next()).ok_or_else(unknown)?;
    Ok(match (kind.as_str(), inner) {
        ("N", Value::String(number)) => serde_json::from_str(number).map_err(|_| unknown())?,
        ("L", Value::Array(values)) => values.iter().map(plain).collect::<Result<_>>()?,
        ("M", Value::Object(values)) => {
            let named = values.iter().map(|(name, value)| Ok((name.clone(), plain(value)?)));
            named.collect::<Result<Map<_, _>>>()?.into()
        }
        ("NULL", _) => Value::Null,
        (_, other) => other.clone(),
    })
}
