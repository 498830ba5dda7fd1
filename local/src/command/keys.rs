//! `cargo local keys`: new secrets in the formats of the functions, for a deployment or a rotation.

use crate::{
    Result, doing,
    secrets::{self, Secrets},
    tell,
};
use serde_json::json;
use std::io::stdin;

pub fn print() -> Result<()> {
    let Secrets { signing_key, verifying_keys, pepper, code_key, payment_key, field_keys: _ } = Secrets::new()?;
    let all = json!({
        "signing-key": signing_key, "verifying-keys": verifying_keys, "pepper": pepper, "code-key": code_key,
        "payment-key": payment_key
    });
    tell::answer(format!("{all:#}"));
    Ok(())
}

/// The public half of the signing key on standard input, in the format of `verifying-keys`.
pub fn public_half() -> Result<()> {
    let signing_key = serde_json::from_reader(stdin()).map_err(doing("standard input has no signing key"))?;
    tell::answer(secrets::verifying_keys(&signing_key)?);
    Ok(())
}
