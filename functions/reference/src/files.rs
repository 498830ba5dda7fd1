//! The files themselves, as they were compiled in.

use shared::wire::StaticFile;

/// The page comes from here alone, asks no other host, and stands in no frame. Scalar writes its styles into the page.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub const DOCUMENT: StaticFile = StaticFile {
    media: "application/json; charset=utf-8",
    packed: include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz")),
    plain: Some(include_bytes!("../../../docs/openapi.json")),
};

pub const PAGE: StaticFile = StaticFile {
    media: "text/html; charset=utf-8",
    packed: include_bytes!(concat!(env!("OUT_DIR"), "/index.html.gz")),
    plain: Some(include_bytes!("../page/index.html")),
};

pub const START: StaticFile = StaticFile {
    media: "text/javascript; charset=utf-8",
    packed: include_bytes!(concat!(env!("OUT_DIR"), "/start.js.gz")),
    plain: Some(include_bytes!("../page/start.js")),
};

/// Unpacked it is close to the most that Lambda answers, and every browser unpacks it. How it came here: page/fetch.
pub const SCALAR: StaticFile =
    StaticFile { media: "text/javascript; charset=utf-8", packed: include_bytes!("../page/scalar.js.gz"), plain: None };
