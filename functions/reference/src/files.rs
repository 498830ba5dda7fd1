//! The files themselves, as they were compiled in.

use bytes::Bytes;
use shared::wire::{Call, envelope::File};

/// One file. All are kept compressed; what people look at without a browser also as it is.
pub struct Asset {
    media: &'static str,
    packed: &'static [u8],
    plain: Option<&'static [u8]>,
    keep: &'static str,
    policy: Option<&'static str>,
}

/// The page comes from here alone, asks nobody else, and stands in nobody's frame. Scalar writes its styles into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Kept, and asked for each time.
const ASKED_FOR: &str = "no-cache";

pub const DOCUMENT: Asset = Asset {
    media: "application/json; charset=utf-8",
    packed: include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz")),
    plain: Some(include_bytes!("../../../docs/openapi.json")),
    keep: ASKED_FOR,
    policy: None,
};

pub const PAGE: Asset = Asset {
    media: "text/html; charset=utf-8",
    packed: include_bytes!(concat!(env!("OUT_DIR"), "/index.html.gz")),
    plain: Some(include_bytes!("../page/index.html")),
    keep: ASKED_FOR,
    policy: Some(POLICY),
};

pub const START: Asset = Asset {
    media: "text/javascript; charset=utf-8",
    packed: include_bytes!(concat!(env!("OUT_DIR"), "/start.js.gz")),
    plain: Some(include_bytes!("../page/start.js")),
    keep: ASKED_FOR,
    policy: None,
};

/// Unpacked it is close to the most that Lambda answers, and every browser unpacks it. How it came here: page/fetch.
pub const SCALAR: Asset = Asset {
    media: "text/javascript; charset=utf-8",
    packed: include_bytes!("../page/scalar.js.gz"),
    plain: None,
    keep: "public, max-age=86400",
    policy: None,
};

impl Asset {
    /// As the caller can read it, or that the caller has it already.
    pub fn for_whom(&self, call: &Call) -> File {
        let (tag, is_packed) = (self.tag(), self.plain.is_none() || call.takes_gzip());
        let bytes = self.plain.filter(|_| !is_packed).unwrap_or(self.packed);
        File {
            media: self.media,
            content: (!call.has(&tag)).then(|| Bytes::from_static(bytes)),
            tag,
            is_packed,
            keep: self.keep,
            policy: self.policy,
        }
    }

    /// A compressed file ends with a checksum of what is in it, and its length.
    fn tag(&self) -> String {
        let end = self.packed.last_chunk().copied().unwrap_or_default();
        format!("\"{:016x}\"", u64::from_be_bytes(end))
    }
}
