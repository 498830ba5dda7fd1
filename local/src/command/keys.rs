//! `cargo local keys`: fresh secrets in the formats that functions read, for a deployment or a rotation.

use crate::{Result, secrets::Secrets, tell};
use serde_json::json;

pub fn print() -> Result<()> {
    let Secrets { signing_key, verifying_keys, pepper, code_key, payment_key, field_keys: _ } = Secrets::new()?;
    let all = json!({
        "signing-key": signing_key, "verifying-keys": verifying_keys, "pepper": pepper, "code-key": code_key,
        "payment-key": payment_key
    });
    tell::answer(format!("{all:#}"));
    Ok(())
}
