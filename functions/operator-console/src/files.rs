//! The files themselves, as they were compiled in.

use shared::wire::{Call, StaticFile, envelope::File};

// VERSION, PAGE, and FILES by their names
include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The page comes from here alone and speaks to no other host. Pictures of papers come from the bucket's own address; on
/// one machine that is another port.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data: http://127.0.0.1:* https://*.amazonaws.com https://*.amazonaws.com.cn; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The address names the version, so what is there never changes.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// The page, which names the version of all other files.
pub fn page(call: &Call) -> File {
    PAGE.answer(call, StaticFile::ASK_EACH_TIME, Some(POLICY))
}

/// A file under a version. While a release is rolled out a page may ask for the other release's files: it gets those that
/// are here, and the browser does not keep them.
pub fn file(version: &str, name: &str, call: &Call) -> Option<File> {
    let keep = if version == VERSION { FOREVER } else { StaticFile::ASK_EACH_TIME };
    let (_, file) = FILES.iter().find(|(known, _)| *known == name)?;
    Some(file.answer(call, keep, None))
}
