//! Files that a function has compiled in: a page, its scripts, a document.

use super::{Call, envelope::File};
use bytes::Bytes;

/// A file, compressed once when it was compiled in.
#[derive(Clone, Copy, Debug)]
pub struct StaticFile {
    pub media: &'static str,
    pub packed: &'static [u8],
    /// As it is, for callers who do not unpack gzip; without it they get the packed one.
    pub plain: Option<&'static [u8]>,
}

impl StaticFile {
    /// `Cache-Control` of a file that changes under its address: the browser asks each time whether it has the current one.
    pub const ASK_EACH_TIME: &str = "no-cache";

    /// As the caller can read it, or that the caller has it already.
    pub fn answer(&self, call: &Call, keep: &'static str, policy: Option<&'static str>) -> File {
        let (tag, is_packed) = (self.tag(), self.plain.is_none() || call.takes_gzip());
        let bytes = self.plain.filter(|_| !is_packed).unwrap_or(self.packed);
        let content = (!call.has(&tag)).then(|| Bytes::from_static(bytes));
        File { media: self.media, tag, content, is_packed, keep, policy }
    }

    /// A compressed file ends with a checksum of what is in it, and its length.
    fn tag(&self) -> String {
        let end = self.packed.last_chunk().copied().unwrap_or_default();
        format!("\"{:016x}\"", u64::from_be_bytes(end))
    }
}
