//! The files themselves, as they were compiled in.

use bytes::Bytes;
use shared::wire::{Call, envelope::File};

/// One file, as it is and compressed.
pub struct Asset {
    name: &'static str,
    media: &'static str,
    packed: &'static [u8],
    plain: &'static [u8],
}

// VERSION, PAGE and FILES
include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The page comes from here alone and speaks to no other host. Pictures of papers come from the bucket's own address; on
/// one machine that is another port.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data: http://127.0.0.1:* https://*.amazonaws.com https://*.amazonaws.com.cn; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A browser asks each time whether it has the current one.
const ASK_EACH_TIME: &str = "no-cache";
/// The address names the version, so what is there never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The page, which names the version of all other files.
pub fn page(call: &Call) -> File {
    PAGE.answer(call, ASK_EACH_TIME, Some(POLICY))
}

/// A file under a version. While a release is rolled out a page may ask for the other release's files: it gets those that
/// are here, and the browser does not keep them.
pub fn file(version: &str, name: &str, call: &Call) -> Option<File> {
    let keep = if version == VERSION { FOREVER } else { ASK_EACH_TIME };
    let asset = FILES.iter().find(|asset| asset.name == name)?;
    Some(asset.answer(call, keep, None))
}

impl Asset {
    fn answer(&self, call: &Call, keep: &'static str, policy: Option<&'static str>) -> File {
        let (tag, is_packed) = (self.tag(), call.takes_gzip());
        let bytes = if is_packed { self.packed } else { self.plain };
        let content = (!call.has(&tag)).then(|| Bytes::from_static(bytes));
        File { media: self.media, tag, content, is_packed, keep, policy }
    }

    /// A compressed file ends with a checksum of what is in it, and its length.
    fn tag(&self) -> String {
        let end = self.packed.last_chunk().copied().unwrap_or_default();
        format!("\"{:016x}\"", u64::from_be_bytes(end))
    }
}
