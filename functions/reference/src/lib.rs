//! What the system says of itself: docs/openapi.json, and a page that shows it and sends requests. Everything is compiled
//! in, so this function needs no client, no key and no permission.

#[cfg(feature = "openapi")]
mod describe;
mod files;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::Function,
    domain::reason::Failure,
    wire::{
        Call, Front, Router, Routes,
        plain::{Plain, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[] };

/// The function as it answers HTTP. Everything is public, so it needs no parts.
pub fn router(front: &Front) -> Router {
    routes().serve(front, ())
}

/// Three files and the page that loads them.
pub fn routes() -> Routes<Plain, ()> {
    Routes::new(&["/openapi.json", "/docs", "/docs/{proxy+}"])
        .public("GET", "/openapi.json", document)
        .public("GET", "/docs", page)
        .public("GET", "/docs/start.js", start)
        .public("GET", "/docs/scalar.js", scalar)
}

async fn document(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::DOCUMENT.for_whom(&call)))
}

async fn page(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::PAGE.for_whom(&call)))
}

async fn start(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::START.for_whom(&call)))
}

async fn scalar(_: Arc<()>, call: Call) -> Result<Success, Failure> {
    Ok(Success::File(files::SCALAR.for_whom(&call)))
}
