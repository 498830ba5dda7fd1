//! `cargo run -p openapi` writes docs/openapi.json and docs/errors.md.

use std::{error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::write(docs.join("openapi.json"), openapi::text()?)?;
    fs::write(docs.join("errors.md"), openapi::errors::page())?;
    Ok(())
}
