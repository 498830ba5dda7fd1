//! Every upload becomes a JPEG of limited size or is refused; nothing panics.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use shared::{
    domain::image::{Kind, Purpose},
    outside::pixels::PictureUpload,
};

fuzz_target!(|upload: &[u8]| {
    let upload = Bytes::copy_from_slice(upload);
    for purpose in [Purpose::Avatar, Purpose::Papers] {
        let Ok(rewritten) = PictureUpload::open(&upload).and_then(|opened| opened.rewritten(purpose)) else { continue };
        assert_eq!(Kind::of(&rewritten), Ok(Kind::Jpeg));
        let again = PictureUpload::open(&rewritten).and_then(|opened| opened.rewritten(purpose));
        assert!(again.is_ok(), "what we wrote is a picture");
    }
});
