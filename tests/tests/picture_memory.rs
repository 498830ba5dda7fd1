//! How much memory the function takes for the worst pictures: those that are refused and the largest that are accepted.
//! One test in a process of its own, because the peak is the process's.

use image::{ExtendedColorType, ImageEncoder as _, ImageFormat, codecs::webp::WebPEncoder};
use shared::domain::{
    account::{AccountId, Realm},
    image::Purpose,
    reason::Reason,
};
use tests::{
    pictures::{halves, png_that_promises, written},
    plaza::Plaza,
};

/// What docs/performance.md promises.
const MOST_KILOBYTES: u64 = 150_000;
const SIDE: u32 = 4096;

type Made = fn() -> Vec<u8>;

/// From here on the peak is counted anew.
fn forget_the_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// With four megabytes of transparent pixels that do not compress away entirely.
fn rgba_png() -> Vec<u8> {
    written(&halves(SIDE, SIDE).into_rgba8().into(), ImageFormat::Png)
}

fn lossless_webp(width: u32, height: u32) -> Vec<u8> {
    let (image, mut bytes) = (halves(width, height).into_rgb8(), Vec::new());
    WebPEncoder::new_lossless(&mut bytes).write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// A progressive JPEG of grey: its tables, one scan of nothing but end-of-band runs for each component.
fn progressive(sampling: u8) -> Vec<u8> {
    let side = u16::try_from(SIDE).unwrap().to_be_bytes();
    let mut bytes = b"\xFF\xD8\xFF\xDB\x00\x43\x00".to_vec();
    bytes.extend([1; 64]);
    bytes.extend([0xFF, 0xC2, 0, 17, 8, side[0], side[1], side[0], side[1], 3]);
    bytes.extend([1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0]);
    // One code of one bit: a difference of zero.
    bytes.extend([0xFF, 0xC4, 0, 20, 0, 1]);
    bytes.extend([0; 15]);
    bytes.push(0);
    bytes.extend([0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0]);
    // One bit for each block of eight by eight.
    let blocks = usize::try_from(SIDE / 8).unwrap().pow(2) * if sampling == 0x22 { 3 } else { 6 } / 2;
    bytes.extend(vec![0; blocks / 8]);
    bytes.extend([0xFF, 0xD9]);
    bytes
}

#[tokio::test]
async fn the_peak_stays_under_150_megabytes() {
    let plaza = Plaza::open();
    let owner = AccountId::known("1004");
    let mut figures = Vec::new();
    let pictures: [(&str, Made, Option<Reason>); 9] = [
        ("JPEG, all of 4,096 x 4,096", || written(&halves(SIDE, SIDE), ImageFormat::Jpeg), None),
        ("PNG with transparency, all of 4,096 x 4,096", rgba_png, None),
        ("progressive JPEG, all of 4,096 x 4,096, 4:2:0", || progressive(0x22), None),
        ("lossless WebP, 4,096 x 3,500", || lossless_webp(SIDE, 3500), None),
        ("PNG that promises 12,000 x 12,000", || png_that_promises(12_000, 12_000), Some(Reason::UnreadablePicture)),
        (
            "PNG, one pixel too wide",
            || written(&halves(SIDE + 1, SIDE), ImageFormat::Png),
            Some(Reason::UnreadablePicture),
        ),
        (
            "PNG with sixteen bits a colour",
            || written(&halves(SIDE, SIDE).into_rgba16().into(), ImageFormat::Png),
            Some(Reason::UnreadablePicture),
        ),
        ("progressive JPEG, all of 4,096 x 4,096, 4:4:4", || progressive(0x11), Some(Reason::UnreadablePicture)),
        ("lossless WebP, all of 4,096 x 4,096", || lossless_webp(SIDE, SIDE), Some(Reason::UnreadablePicture)),
    ];
    for purpose in [Purpose::Avatar, Purpose::Papers] {
        for (what, make, refused) in pictures {
            let content = bytes::Bytes::from(make());
            forget_the_peak();
            let answer = plaza.pictures.upload((Realm::Ev, &owner), purpose, content, plaza.watch.now()).await;
            let peak = peak();
            assert_eq!(answer.err().map(|failure| failure.reason()), refused, "{what}");
            figures.push(format!("{purpose:?}, {what}: {} MB", peak / 1000));
            println!("{}", figures.last().unwrap());
            assert!(peak < MOST_KILOBYTES, "{what}: {peak} kB");
        }
    }
}
