//! Pictures with something wrong in them: each comes out as a JPEG of ours, small enough, or is refused; nothing panics.
//! The same as `fuzz/fuzz_targets/decode_upload.rs` looks for at length.

use bytes::Bytes;
use proptest::{collection::vec, prelude::*, sample::Index};
use shared::{
    domain::{
        image::{Kind, PicturePurpose},
        reason::Reason,
    },
    outside::pixels::PictureUpload,
};
use std::sync::LazyLock;
use tests::pictures::{jpeg, jpeg_from_a_phone, png, png_that_promises, webp};

/// Small ones of every kind.
static PICTURES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    vec![jpeg(24, 16), jpeg_from_a_phone(24, 16), png(24, 16), webp(24, 16), png_that_promises(24, 16)]
});

/// One thing that goes wrong.
#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    /// A piece of the picture once more, somewhere else.
    Copy(Index, Index, usize),
    /// A piece of another picture.
    Splice(Index, Index, Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let index = any::<Index>;
    prop_oneof![
        (index(), prop_oneof![Just(0), Just(0x7F), Just(0xFF), any::<u8>()]).prop_map(|(at, to)| Damage::Set(at, to)),
        (index(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        index().prop_map(Damage::Cut),
        (index(), vec(any::<u8>(), 1..9)).prop_map(|(at, more)| Damage::Insert(at, more)),
        (index(), 1..20_usize).prop_map(|(at, count)| Damage::Remove(at, count)),
        (index(), index(), 1..64_usize).prop_map(|(from, to, count)| Damage::Copy(from, to, count)),
        (index(), index(), index(), 1..64_usize).prop_map(|(of, from, to, n)| Damage::Splice(of, from, to, n)),
    ]
}

fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    let piece = |bytes: &[u8], from: &Index, count: usize| {
        let from = from.index(bytes.len());
        bytes[from..bytes.len().min(from + count)].to_vec()
    };
    for damage in all {
        if bytes.is_empty() {
            return bytes;
        }
        let length = bytes.len();
        match damage {
            Damage::Set(at, to) => bytes[at.index(length)] = *to,
            Damage::Flip(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Damage::Cut(at) => bytes.truncate(at.index(length)),
            Damage::Insert(at, more) => drop(bytes.splice(at.index(length)..at.index(length), more.clone())),
            Damage::Remove(at, count) => {
                drop(bytes.drain(at.index(length)..length.min(at.index(length) + count)));
            }
            Damage::Copy(from, to, count) => {
                let piece = piece(&bytes, from, *count);
                drop(bytes.splice(to.index(length)..to.index(length), piece));
            }
            Damage::Splice(of, from, to, count) => {
                let piece = piece(&PICTURES[of.index(PICTURES.len())], from, *count);
                drop(bytes.splice(to.index(length)..to.index(length), piece));
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_damaged_picture_is_rewritten_or_refused(which in any::<Index>(), all in vec(damage(), 1..6)) {
        let upload = Bytes::from(damaged(PICTURES[which.index(PICTURES.len())].clone(), &all));
        for purpose in [PicturePurpose::Avatar, PicturePurpose::Papers] {
            match PictureUpload::open(&upload).and_then(|opened| opened.rewritten(purpose)) {
                Ok(rewritten) => {
                    let picture = image::load_from_memory(&rewritten).unwrap();
                    prop_assert_eq!(Kind::of(&rewritten), Ok(Kind::Jpeg));
                    prop_assert!(picture.width().max(picture.height()) <= purpose.longest_side());
                }
                Err(failure) => {
                    let reason = failure.reason();
                    prop_assert!(matches!(reason, Reason::UnreadablePicture | Reason::UnsupportedType), "{reason:?}");
                }
            }
        }
    }
}
