//! The operator console: one page, its scripts and its styles, compiled in. What it shows comes from the API, so this
//! function needs no client, no key and no permission.

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

/// The page under its two addresses, and the files that it loads.
pub fn routes() -> Routes<Plain, ()> {
    Routes::new(&["/console", "/console/{proxy+}", "/board/{proxy+}"])
        .on(&pages::CONSOLE, pages::page)
        .on(&pages::FILE, pages::file)
        .on(&pages::BOARD, pages::page)
}

/// Its share of the reference.
#[cfg(feature = "openapi")]
pub fn describe() -> describe::Described {
    let operations = pages::reference::operations();
    describe::Described::new("operator-console", describe::Document::Console, &routes(), operations)
}
