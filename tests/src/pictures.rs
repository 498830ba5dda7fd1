//! Pictures that tests make: good ones of every kind, and what people send instead.

use image::{
    DynamicImage, ExtendedColorType, ImageEncoder as _, ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder,
};
use std::io::Cursor;

/// Why `shown` is not the picture `uploaded`, written anew as a JPEG.
pub fn difference(uploaded: &[u8], shown: &[u8]) -> Option<String> {
    /// What compression may do to a colour, of 255.
    const COMPRESSION: u64 = 12;
    let uploaded = image::load_from_memory(uploaded).unwrap().into_rgb8();
    let shown = match image::load_from_memory_with_format(shown, ImageFormat::Jpeg) {
        Ok(shown) => shown.into_rgb8(),
        Err(error) => return Some(format!("it is no JPEG: {error}")),
    };
    if shown.dimensions() != uploaded.dimensions() {
        return Some(format!("it measures {:?} instead of {:?}", shown.dimensions(), uploaded.dimensions()));
    }
    let apart = uploaded.as_raw().iter().zip(shown.as_raw()).map(|(one, other)| u64::from(one.abs_diff(*other)));
    let average = apart.sum::<u64>() / uploaded.as_raw().len() as u64;
    (average > COMPRESSION).then(|| format!("its colours differ by {average} on average"))
}

/// Left half red, right half blue.
pub fn halves(width: u32, height: u32) -> DynamicImage {
    let colour = |x: u32, _: u32| if x < width / 2 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) };
    RgbImage::from_fn(width, height, colour).into()
}

pub fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    written(&halves(width, height), ImageFormat::Jpeg)
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    written(&halves(width, height), ImageFormat::Png)
}

pub fn webp(width: u32, height: u32) -> Vec<u8> {
    written(&halves(width, height), ImageFormat::WebP)
}

/// A JPEG that says where it was taken and which way up it is: orientation 6, turned right by a quarter.
pub fn jpeg_from_a_phone(width: u32, height: u32) -> Vec<u8> {
    let exif = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0";
    let image = halves(width, height).into_rgb8();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata([exif.as_slice(), b"GPS 31.8N 117.2E"].concat()).unwrap();
    encoder.write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// The head of a PNG that promises this many pixels: what a bomb begins with.
pub fn png_that_promises(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [chunk, [b"IDAT".as_slice(), b"\x78\x9c\x63\0\0\0\x01\0\x01"].concat()] {
        bytes.extend(u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
        let checksum = crc(&chunk);
        bytes.extend(chunk);
        bytes.extend(checksum.to_be_bytes());
    }
    bytes
}

/// The checksum of a PNG's chunk.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
    let all = bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)));
    !all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_told_from_another_one() {
        let uploaded = png(40, 20);
        assert_eq!(difference(&uploaded, &jpeg(40, 20)), None);
        let mirrored = written(&halves(40, 20).fliph(), ImageFormat::Jpeg);
        for other in [jpeg(20, 20), mirrored, png(40, 20), b"<Error/>".to_vec()] {
            assert!(difference(&uploaded, &other).is_some());
        }
    }
}
