//! How much memory the functions take for the worst pictures: those that are refused and the largest that are accepted,
//! each as an event of the gateway's with four megabytes in Base64. One test in a process of its own, because the peak is
//! the process's.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use image::{ExtendedColorType, ImageEncoder as _, ImageFormat, codecs::webp::WebPEncoder};
use serde_json::json;
use shared::{auth::passwords::Strength, domain::image::LARGEST_UPLOAD};
use tests::{
    pictures::{halves, png_that_promises, written},
    plaza::Plaza,
};

/// What docs/performance.md promises of a function.
const MOST_KILOBYTES: u64 = 150_000;
/// What a function holds at rest; the test's process, with a database in it, holds more.
const AT_REST: u64 = 14_000;
/// What a function keeps that hashes passwords, too. Hashes of tests need next to nothing.
const HASHING_MEMORY: u64 = Strength::PRODUCTION.memory_kib as u64;
const SIDE: u32 = 4096;

type Made = fn() -> Vec<u8>;

/// From here on the peak is counted anew.
fn forget_the_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}

/// Kilobytes: `VmHWM` is the peak, `VmRSS` what is held now.
fn memory(which: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
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

/// As large as an upload may be: what comes behind the end of a picture is not looked at.
fn padded(mut picture: Vec<u8>) -> Vec<u8> {
    picture.resize(picture.len().max(LARGEST_UPLOAD), 0);
    picture
}

/// The event in which the gateway hands a function a picture, in Base64.
fn event(method: &str, path: &str, token: &str, (kind, body): &(&str, Vec<u8>)) -> String {
    json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": "",
        "headers": {"content-type": kind, "authorization": format!("Bearer {token}")},
        "requestContext": {"apiId": "api", "stage": "$default", "requestId": "r", "timeEpoch": 0,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.9"}},
        "body": BASE64_STANDARD.encode(body), "isBase64Encoded": true
    })
    .to_string()
}

/// The file as a form sends it.
fn form(picture: &[u8]) -> Vec<u8> {
    let head = b"--b\r\nContent-Disposition: form-data; name=\"permit_addr\"; filename=\"a\"\r\n\r\n".as_slice();
    [head, picture, b"\r\n--b--\r\n"].concat()
}

#[tokio::test]
async fn the_peak_stays_under_150_megabytes() {
    let plaza = Plaza::open();
    let driver = plaza.driver("wyc2002").await.token;
    let admin = plaza.customer("51idc").await;
    let pictures: [(&str, Made, u16); 9] = [
        ("JPEG, all of 4,096 x 4,096", || written(&halves(SIDE, SIDE), ImageFormat::Jpeg), 200),
        ("PNG with transparency, all of 4,096 x 4,096", rgba_png, 200),
        ("progressive JPEG, all of 4,096 x 4,096, 4:2:0", || progressive(0x22), 200),
        ("lossless WebP, 4,096 x 2,700", || lossless_webp(SIDE, 2700), 200),
        ("PNG that promises 12,000 x 12,000", || png_that_promises(12_000, 12_000), 400),
        ("PNG, one pixel too wide", || written(&halves(SIDE + 1, SIDE), ImageFormat::Png), 400),
        ("PNG with sixteen bits a colour", || written(&halves(SIDE, SIDE).into_rgba16().into(), ImageFormat::Png), 400),
        ("progressive JPEG, all of 4,096 x 4,096, 4:4:4", || progressive(0x11), 400),
        ("lossless WebP, all of 4,096 x 4,096", || lossless_webp(SIDE, SIDE), 400),
    ];
    let before = memory("VmRSS:");
    for (what, make, expected) in pictures {
        for purpose in ["avatar", "papers"] {
            let event = {
                let picture = padded(make());
                if purpose == "avatar" {
                    event("PUT", "/customer/customers/uploadAvatar", &driver, &("image/jpeg", picture))
                } else {
                    let body = ("multipart/form-data; boundary=b", form(&picture));
                    event("PUT", "/customer/papers", &admin, &body)
                }
            };
            let function = if purpose == "avatar" { "ev-customer" } else { "cloud-customer" };
            forget_the_peak();
            let answer = plaza.replay(function, &event).await;
            let peak = memory("VmHWM:") - before + AT_REST + HASHING_MEMORY;
            assert_eq!(answer.status, expected, "{purpose}, {what}: {}", answer.text());
            println!("{purpose}, {what}: {} MB", peak / 1000);
            assert!(peak < MOST_KILOBYTES, "{purpose}, {what}: {peak} kB");
        }
    }
}
