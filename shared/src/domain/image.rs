//! Pictures that people upload: which are taken, how large they may be, and under which names they are kept. What their
//! pixels are is `outside::pixels`' business.

use super::{
    account::AccountId,
    reason::{Failure, Reason},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most bytes one upload may have; the gateway's 6 MB count the Base64 in which it arrives.
pub const LARGEST_UPLOAD: usize = 4 * 1024 * 1024;
/// The longest side that is decoded.
pub const LONGEST_SIDE: u32 = 4096;
/// The most that the pixels of one picture may take.
pub const MOST_PIXEL_BYTES: u64 = 64 << 20;
/// The most that the pixels and what their decoder holds beside them may take. With it a function stays under 150 MB.
pub const MOST_WORKING_BYTES: u64 = 96 << 20;
/// How well pictures are kept: hardly to be told from the original, and small print stays readable.
pub const QUALITY: u8 = 85;
/// Seconds that the address of a private picture opens it.
pub const ADDRESS_SECONDS: u64 = 600;

/// A kind of picture that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    /// By its first bytes, and never by its name or by what the sender says it is.
    pub fn of(upload: &[u8]) -> Result<Self, Failure> {
        match upload {
            [] => Err(Reason::UnreadablePicture.into()),
            [0xFF, 0xD8, 0xFF, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::Webp),
            _ => Err(Failure::from(Reason::UnsupportedType).saying("只支持 JPEG、PNG 或 WebP 图片")),
        }
    }
}

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PicturePurpose {
    /// A face, shown small.
    Avatar,
    /// Papers (证件): a reviewer has to read them.
    Papers,
}

impl PicturePurpose {
    /// The longest side that is kept.
    pub const fn longest_side(self) -> u32 {
        match self {
            Self::Avatar => 512,
            Self::Papers => 2560,
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Avatar => "avatars",
            Self::Papers => "kyc",
        }
    }
}

/// Where a picture lies in the bucket: `avatars/<account>/<32 random digits>.jpg`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PictureKey(String);

impl PictureKey {
    /// A new name that cannot be guessed.
    pub fn drawn(purpose: PicturePurpose, account: &AccountId, chance: u128) -> Self {
        Self(format!("{}/{}/{chance:032x}.jpg", purpose.folder(), account.as_str()))
    }

    /// The picture that an address names. Host, bucket and signature do not count.
    pub fn named_in(address: &str) -> Option<Self> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let mut parts = path.rsplitn(4, '/');
        let (file, account, folder) = (parts.next()?, parts.next()?, parts.next()?);
        let id = file.strip_suffix(".jpg")?;
        let is_id = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_account = !account.is_empty() && account.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_folder =
            [PicturePurpose::Avatar, PicturePurpose::Papers].iter().any(|purpose| purpose.folder() == folder);
        (is_id && is_account && is_folder).then(|| Self(format!("{folder}/{account}/{file}")))
    }

    /// Whether it was uploaded by this account for this purpose.
    pub fn is_of(&self, purpose: PicturePurpose, account: &AccountId) -> bool {
        self.0
            .strip_prefix(purpose.folder())
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|rest| rest.strip_prefix(account.as_str()).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The name under which anybody may look at an avatar of an account whose id is 32 hexadecimal digits: one segment of a
    /// path, of which 128 bits are drawn, so it cannot be guessed.
    pub fn public_name(&self) -> Option<String> {
        let name = self.0.strip_prefix(PicturePurpose::Avatar.folder())?.strip_prefix('/')?.replacen('/', "-", 1);
        Self::of_public_name(&name).map(|_| name)
    }

    /// The picture of such a name.
    pub fn of_public_name(name: &str) -> Option<Self> {
        let (account, id) = name.strip_suffix(".jpg")?.split_once('-')?;
        let is_hex = |part: &str| part.len() == 32 && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let folder = PicturePurpose::Avatar.folder();
        (is_hex(account) && is_hex(id)).then(|| Self(format!("{folder}/{account}/{id}.jpg")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What tells this picture from another one (`ETag`): half of its name, so that it does not tell where it lies.
    pub fn tag(&self) -> String {
        let id = self.0.strip_suffix(".jpg").unwrap_or(&self.0);
        format!("\"{}\"", id.get(id.len().saturating_sub(16)..).unwrap_or_default())
    }
}

/// A log may show it: it opens nothing by itself.
impl fmt::Debug for PictureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PictureKey({})", self.0)
    }
}

/// What a decoder holds beside the pixels, by the kind and the headers of an upload. Fails for a JPEG that is cut short,
/// which its decoder would fill with grey.
pub fn working_bytes(kind: Kind, upload: &[u8], pixels: u64) -> Result<u64, Failure> {
    match kind {
        Kind::Png => Ok(0),
        Kind::Jpeg => Frame::of(upload).map(|frame| frame.coefficients(pixels)).ok_or_else(|| unreadable().into()),
        Kind::Webp => Ok(match upload.get(12..16) {
            // Planes of brightness and colour at half size.
            Some(b"VP8 ") => pixels * 2,
            // All pixels once more, with transparency, and what it unpacks them by.
            Some(b"VP8L") => pixels * 6,
            // Either of these, transparency apart, or a frame of an animation on its canvas.
            _ => pixels * 8,
        }),
    }
}

const fn unreadable() -> Reason {
    Reason::UnreadablePicture
}

/// The frame of a JPEG, as far as it decides what decoding it takes.
struct Frame {
    /// Samples of all components for each pixel, in sixteenths.
    samples: u64,
    /// Whether its coefficients must be kept until the last scan.
    is_kept: bool,
}

impl Frame {
    /// Walks over the markers from the first to the end of the picture; `None` when one is missing.
    fn of(jpeg: &[u8]) -> Option<Self> {
        let (mut rest, mut frame, mut scanned) = (jpeg.get(2..)?, None::<(Self, u8)>, false);
        loop {
            let (marker, after) = next_marker(rest)?;
            if marker == 0xD9 {
                return scanned.then_some(frame?.0);
            }
            let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
            let segment = after.get(2..length)?;
            rest = after.get(length..)?;
            match marker {
                0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => frame = Some(frame_of(marker, segment)?),
                0xDA => {
                    scanned = true;
                    let (frame, components) = frame.as_mut()?;
                    frame.is_kept |= segment.first()? < components;
                }
                _ => {}
            }
        }
    }

    fn coefficients(&self, pixels: u64) -> u64 {
        if self.is_kept { pixels.saturating_mul(2 * self.samples) / 16 } else { 0 }
    }
}

/// The next marker that begins a segment or ends the picture, and what follows it. In between lie the data of a scan, in
/// which 0xFF stands before a zero or a restart marker.
fn next_marker(mut bytes: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        let at = bytes.iter().position(|byte| *byte == 0xFF)?;
        bytes = bytes.get(at + 1..)?;
        match bytes.first()? {
            // A marker may have any number of 0xFF before it.
            0x00 | 0x01 | 0xD0..=0xD7 | 0xFF => {}
            marker => return Some((*marker, bytes.get(1..)?)),
        }
    }
}

fn frame_of(marker: u8, segment: &[u8]) -> Option<(Frame, u8)> {
    let components = *segment.get(5)?;
    let samplings = segment.get(6..)?.chunks_exact(3).map(|component| (component[1] >> 4, component[1] & 0xF));
    let samplings: Vec<_> = samplings.collect();
    let most = |side: fn(&(u8, u8)) -> u8| samplings.iter().map(side).max().map(u64::from).filter(|most| *most > 0);
    let whole = most(|(across, _)| *across)? * most(|(_, down)| *down)?;
    let parts: u64 = samplings.iter().map(|(across, down)| u64::from(*across) * u64::from(*down)).sum();
    Some((Frame { samples: (parts * 16).div_ceil(whole), is_kept: marker != 0xC0 && marker != 0xC1 }, components))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(chance: u128) -> PictureKey {
        PictureKey::drawn(PicturePurpose::Papers, &AccountId::known("a1"), chance)
    }

    #[test]
    fn a_kind_is_told_by_its_first_bytes() {
        assert_eq!(Kind::of(b"\xFF\xD8\xFF\xE0"), Ok(Kind::Jpeg));
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\n"), Ok(Kind::Png));
        assert_eq!(Kind::of(b"RIFF\0\0\0\0WEBPVP8 "), Ok(Kind::Webp));
        for other in ["GIF89a", "<svg xmlns", "RIFF\0\0\0\0WAVE", "hello, I am a.jpg", "\u{feff}"] {
            assert_eq!(Kind::of(other.as_bytes()).map_err(|f| f.reason()), Err(Reason::UnsupportedType), "{other}");
        }
        assert_eq!(Kind::of(b"").map_err(|f| f.reason()), Err(Reason::UnreadablePicture));
    }

    #[test]
    fn a_picture_is_known_by_its_address_whatever_the_host_and_the_signature() {
        let name = "kyc/a1/0000000000000000000000000000abcd.jpg";
        assert_eq!(key(0xabcd).as_str(), name);
        for address in [
            name.to_owned(),
            format!("https://bucket.s3.cn-north-1.amazonaws.com.cn/{name}?X-Amz-Signature=f00"),
            format!("http://localhost:4566/bucket/{name}#top"),
        ] {
            assert_eq!(PictureKey::named_in(&address), Some(key(0xabcd)), "{address}");
        }
        for address in ["", "kyc/a1/abcd.jpg", "captcha/a1/0000000000000000000000000000abcd.jpg", "https://x/?kyc/a1/0"]
        {
            assert_eq!(PictureKey::named_in(address), None, "{address}");
        }
    }

    #[test]
    fn a_picture_belongs_to_the_account_in_its_name_and_to_one_purpose() {
        assert!(key(1).is_of(PicturePurpose::Papers, &AccountId::known("a1")));
        assert!(!key(1).is_of(PicturePurpose::Avatar, &AccountId::known("a1")));
        for other in ["a", "a11", "a1/0", "1"] {
            assert!(!key(1).is_of(PicturePurpose::Papers, &AccountId::known(other)), "{other}");
        }
    }

    #[test]
    fn the_tag_is_half_of_the_name() {
        assert_eq!(key(u128::MAX - 0xF).tag(), "\"fffffffffffffff0\"");
    }

    /// Start, quantisation table, frame (4:2:0), scan of three components, data with a stuffed 0xFF, end.
    fn jpeg(frame: u8, scan: u8) -> Vec<u8> {
        let mut bytes = b"\xFF\xD8\xFF\xDB\x00\x05\xFF\xD9\x01".to_vec();
        bytes.extend([0xFF, frame, 0, 17, 8, 0, 16, 0, 16, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
        bytes.extend([0xFF, 0xDA, 0, 3, scan, 0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34, 0xFF, 0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn a_jpeg_in_many_scans_keeps_its_coefficients() {
        let held = |bytes: &[u8]| working_bytes(Kind::Jpeg, bytes, 1000).map_err(|failure| failure.reason());
        assert_eq!(held(&jpeg(0xC0, 3)), Ok(0), "one scan after the other lines");
        assert_eq!(held(&jpeg(0xC2, 3)), Ok(3000), "one and a half samples a pixel, two bytes each");
        assert_eq!(held(&jpeg(0xC0, 1)), Ok(3000), "one component after the other");
        let whole = jpeg(0xC0, 3);
        for cut in 0..whole.len() {
            assert_eq!(held(&whole[..cut]), Err(Reason::UnreadablePicture), "cut after {cut}");
        }
        let longer = [whole, b"<script>".to_vec()].concat();
        assert_eq!(held(&longer), Ok(0), "what comes behind the end is left out");
    }
}
