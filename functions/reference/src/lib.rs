//! What the system says of itself: docs/openapi.json, and a page that shows it and sends requests. Everything is compiled
//! in, so this function needs no client, no key and no permission.

mod files;
mod pages;

use shared::{
    boot::Function,
    wire::{Front, Router, Routes, plain::Plain},
};

/// What the function needs from its environment.
pub const FUNCTION: Function = Function { name: env!("CARGO_PKG_NAME"), needs: &[] };

/// The function as it answers HTTP. Everything is public, so it needs no parts.
pub fn router(front: &Front) -> Router {
    routes().serve(front, ())
}

/// Three files and the page that loads them.
pub fn routes() -> Routes<Plain, ()> {
    Routes::new(&["/openapi.json", "/docs", "/docs/{proxy+}"])
        .on(&pages::DOCUMENT, pages::document)
        .on(&pages::PAGE, pages::page)
        .on(&pages::START, pages::start)
        .on(&pages::SCALAR, pages::scalar)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = pages::reference::operations();
    describe::Described::new("reference", describe::Document::Reference, &routes(), operations)
}
