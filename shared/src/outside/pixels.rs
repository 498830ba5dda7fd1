//! Picture decoding with the `image` crate, within limits. An upload is written anew as a plain JPEG, so that nothing
//! else of it remains: no location, no trailing data, no other file format inside.

use crate::domain::{
    image::{Kind, LONGEST_SIDE, MOST_PIXEL_BYTES, MOST_WORKING_BYTES, PicturePurpose, QUALITY, working_bytes},
    reason::{Failure, Reason},
};
use bytes::Bytes;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageResult, Limits, RgbImage,
    codecs::{jpeg, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use std::io::Cursor;

/// The limit of decompressed chunks beside the pixels, such as a colour profile.
const MOST_CHUNK_BYTES: u64 = 4 << 20;

/// An upload whose headers are within the limits. Its pixels have not been decoded.
pub struct PictureUpload {
    decoder: Box<dyn ImageDecoder + Send>,
    orientation: Orientation,
}

impl PictureUpload {
    /// Reads the headers only, which takes microseconds for any claimed size.
    pub fn open(upload: &Bytes) -> Result<Self, Failure> {
        let kind = Kind::of(upload)?;
        let mut decoder = decoder(kind, upload).map_err(unreadable)?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        let is_within = (1..=LONGEST_SIDE).contains(&width) && (1..=LONGEST_SIDE).contains(&height);
        if !is_within || decoder.total_bytes() > MOST_PIXEL_BYTES {
            return Err(Reason::UnreadablePicture.into());
        }
        if decoder.total_bytes() + working_bytes(kind, upload, pixels)? > MOST_WORKING_BYTES {
            return Err(Failure::from(Reason::UnreadablePicture).saying("图片过大：请缩小或另存为普通 JPEG 后再上传"));
        }
        // A picture with a broken orientation tag is taken as upright.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        Ok(Self { decoder, orientation })
    }

    /// Decodes the picture, shrinks it, turns it upright, and writes it again. It is shrunk first, because turning
    /// takes as much memory again.
    pub fn rewritten(self, purpose: PicturePurpose) -> Result<Bytes, Failure> {
        let mut image = DynamicImage::from_decoder(self.decoder).map_err(unreadable)?;
        let side = purpose.longest_side();
        if image.width() > side || image.height() > side {
            // Averages in integers. The finer filters would keep a copy of the picture in floats.
            image = image.thumbnail(side, side);
        }
        let mut image = DynamicImage::ImageRgb8(on_white(image));
        image.apply_orientation(self.orientation);
        let mut written = Vec::new();
        jpeg::JpegEncoder::new_with_quality(&mut written, QUALITY)
            .encode(image.as_bytes(), image.width(), image.height(), ExtendedColorType::Rgb8)
            .map_err(|error| Failure::internal(format!("JPEG encoding failed: {error}")))?;
        Ok(written.into())
    }
}

impl std::fmt::Debug for PictureUpload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PictureUpload")
    }
}

fn decoder(kind: Kind, upload: &Bytes) -> ImageResult<Box<dyn ImageDecoder + Send>> {
    let reader = Cursor::new(upload.clone());
    Ok(match kind {
        Kind::Jpeg => Box::new(jpeg::JpegDecoder::new(reader)?),
        Kind::Png => {
            let mut limits = Limits::no_limits();
            limits.max_alloc = Some(MOST_CHUNK_BYTES);
            Box::new(PngDecoder::with_limits(reader, limits)?)
        }
        Kind::Webp => Box::new(WebPDecoder::new(reader)?),
    })
}

/// A JPEG has no transparency. Transparent parts become white, as on paper.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    let mut opaque = RgbImage::new(image.width(), image.height());
    for (from, to) in image.pixels().zip(opaque.pixels_mut()) {
        let [red, green, blue, alpha] = from.0.map(u16::from);
        let over = |colour: u16| u8::try_from((colour * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX);
        to.0 = [over(red), over(green), over(blue)];
    }
    opaque
}

/// A decoding error is about the sender's file: the sender corrects it, and our log does not need it.
fn unreadable(_: image::ImageError) -> Failure {
    Reason::UnreadablePicture.into()
}
