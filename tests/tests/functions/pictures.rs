//! Uploaded pictures: which are accepted, what they become, and that table and bucket agree after any fault.

use bytes::Bytes;
use image::{GenericImageView as _, ImageFormat};
use jiff::SignedDuration;
use shared::domain::{
    account::{AccountId, Realm, Role},
    image::{PictureKey, PicturePurpose},
    reason::Reason,
    session::{AccountStanding, Caller, SessionId},
};
use std::time::Duration;
use tests::{
    bucket::BUCKET,
    cpu,
    database::Fate,
    pictures::{halves, jpeg, jpeg_from_a_phone, png, png_that_promises, webp, written},
    plaza::{Plaza, TestDriver},
};

fn caller(plaza: &Plaza, driver: &TestDriver) -> Caller {
    Caller {
        realm: Realm::Ev,
        account: AccountId::known(driver.id.as_str()),
        role: Role::Driver,
        shops: vec![],
        tenant: None,
        session: SessionId("s".to_owned()),
        signed_in_at: plaza.watch.now(),
        standing: AccountStanding::default(),
        step: None,
    }
}

async fn upload(plaza: &Plaza, purpose: PicturePurpose, content: Vec<u8>) -> Result<PictureKey, Reason> {
    let owner = AccountId::known("1004");
    let uploaded = plaza.pictures.upload((Realm::Ev, &owner), purpose, Bytes::from(content), plaza.watch.now()).await;
    uploaded.map_err(|failure| failure.reason())
}

/// What the bucket holds for an upload, decoded.
async fn kept(content: Vec<u8>, purpose: PicturePurpose) -> (Vec<u8>, image::DynamicImage) {
    let plaza = Plaza::open();
    let key = upload(&plaza, purpose, content).await.unwrap();
    let object = plaza.bucket.objects().remove(key.as_str()).unwrap();
    assert_eq!((object.content_type.as_str(), object.linked.as_str()), ("image/jpeg", "no"));
    let image = image::load_from_memory_with_format(&object.content, ImageFormat::Jpeg).unwrap();
    (object.content, image)
}

#[tokio::test]
async fn every_kind_becomes_a_small_jpeg_of_our_own() {
    for content in [jpeg(1000, 400), png(1000, 400), webp(1000, 400)] {
        let (_, image) = kept(content, PicturePurpose::Avatar).await;
        assert_eq!(image.dimensions(), (512, 205));
        let (left, right) = (image.get_pixel(100, 100).0, image.get_pixel(400, 100).0);
        assert!(left[0] > 200 && left[2] < 60 && right[0] < 60 && right[2] > 200, "{left:?} {right:?}");
    }
    assert_eq!(kept(jpeg(60, 40), PicturePurpose::Avatar).await.1.dimensions(), (60, 40), "nothing is blown up");
    assert_eq!(kept(jpeg(3000, 1500), PicturePurpose::Papers).await.1.dimensions(), (2560, 1280));
}

#[tokio::test]
async fn a_picture_is_turned_as_it_was_taken_and_forgets_where() {
    let upload = jpeg_from_a_phone(600, 300);
    assert!(upload.windows(4).any(|part| part == b"Exif"));
    let (content, image) = kept(upload, PicturePurpose::Avatar).await;
    assert_eq!(image.dimensions(), (256, 512), "the long side stands now");
    assert!(image.get_pixel(128, 100).0[0] > 200, "what was left is on top");
    for word in ["Exif", "GPS"] {
        assert!(!content.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
    }
}

#[tokio::test]
async fn what_hides_behind_or_in_a_picture_is_gone() {
    for hidden in ["<script>alert(1)</script>", "#!/bin/sh"] {
        for content in [png(40, 40), jpeg(40, 40)] {
            let (content, _) = kept([content, hidden.as_bytes().to_vec()].concat(), PicturePurpose::Avatar).await;
            assert!(!content.windows(hidden.len()).any(|part| part == hidden.as_bytes()));
        }
    }
}

#[tokio::test]
async fn what_shows_through_becomes_white() {
    let mut image = halves(40, 40).into_rgba8();
    image.pixels_mut().for_each(|pixel| pixel.0[3] = 0);
    let (_, image) = kept(written(&image.into(), ImageFormat::Png), PicturePurpose::Avatar).await;
    assert!(image.get_pixel(10, 10).0.iter().all(|part| *part > 250));
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_refused_at_once_and_leaves_nothing() {
    let plaza = Plaza::open();
    let whole = jpeg(300, 200);
    let cut = |bytes: &[u8]| bytes[..bytes.len() * 2 / 3].to_vec();
    for (what, content, reason) in [
        ("a bomb", png_that_promises(12_000, 12_000), Reason::UnreadablePicture),
        ("a bomb that is one pixel high", png_that_promises(100_000, 1), Reason::UnreadablePicture),
        ("no pixels", png_that_promises(0, 10), Reason::UnreadablePicture),
        ("vectors", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), Reason::UnsupportedType),
        ("a GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), Reason::UnsupportedType),
        ("a text", b"I am a.jpg".to_vec(), Reason::UnsupportedType),
        ("nothing", Vec::new(), Reason::UnreadablePicture),
        ("the beginning of a JPEG", cut(&whole), Reason::UnreadablePicture),
        ("a JPEG without its end", whole[..whole.len() - 2].to_vec(), Reason::UnreadablePicture),
        ("the beginning of a PNG", cut(&png(300, 200)), Reason::UnreadablePicture),
        ("the beginning of a WebP", cut(&webp(300, 200)), Reason::UnreadablePicture),
        ("too many bytes", vec![0xFF; 4 * 1024 * 1024 + 1], Reason::TooLarge),
    ] {
        assert_eq!(upload(&plaza, PicturePurpose::Papers, content).await, Err(reason), "{what}");
    }
    assert!(plaza.bucket.objects().is_empty() && plaza.bucket.take_calls().is_empty());
}

/// The bound tells two kinds apart: decoding one of these would take most of a second of processor time.
#[tokio::test]
async fn a_bomb_is_known_by_its_head() {
    let plaza = Plaza::open();
    let before = cpu::taken();
    for _ in 0..100 {
        assert!(upload(&plaza, PicturePurpose::Avatar, png_that_promises(12_000, 12_000)).await.is_err());
    }
    let took = cpu::since(before);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn the_twenty_first_upload_of_a_day_waits_for_the_next() {
    let plaza = Plaza::open().restarted(|settings| settings.set("UPLOADS_PER_DAY", 20));
    for _ in 0..20 {
        upload(&plaza, PicturePurpose::Avatar, png(8, 8)).await.unwrap();
    }
    assert_eq!(upload(&plaza, PicturePurpose::Avatar, png(8, 8)).await, Err(Reason::Throttled));
    assert_eq!(plaza.bucket.objects().len(), 20);
    // It is 08:30 in Shanghai.
    plaza.watch.advance(SignedDuration::from_hours(15) + SignedDuration::from_mins(29));
    assert_eq!(
        upload(&plaza, PicturePurpose::Avatar, png(8, 8)).await,
        Err(Reason::Throttled),
        "one minute to midnight"
    );
    plaza.watch.advance(SignedDuration::from_mins(1));
    assert!(upload(&plaza, PicturePurpose::Avatar, png(8, 8)).await.is_ok());
}

#[tokio::test]
async fn parallel_uploads_keep_to_the_quota_too() {
    let plaza = Plaza::open().restarted(|settings| settings.set("UPLOADS_PER_DAY", 5));
    let many = (0..12).map(|_| upload(&plaza, PicturePurpose::Avatar, png(8, 8)));
    let answers = futures_util::future::join_all(many).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
}

#[tokio::test]
async fn an_address_opens_the_picture_for_ten_minutes_and_shows_it() {
    let plaza = Plaza::open();
    let key = upload(&plaza, PicturePurpose::Papers, jpeg(40, 40)).await.unwrap();
    let address = plaza.pictures.address(&key, plaza.watch.now()).await.unwrap();
    let host = format!("https://{BUCKET}.s3.cn-north-1.amazonaws.com.cn/{}?", key.as_str());
    assert!(address.starts_with(&host), "{address}");
    let query: Vec<_> = form_urlencoded::parse(address.split_once('?').unwrap().1.as_bytes()).collect();
    let value = |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string());
    assert_eq!(value("X-Amz-Expires").as_deref(), Some("600"));
    assert_eq!(value("X-Amz-Date").as_deref(), Some("20260601T003005Z"), "from now on");
    assert_eq!(value("X-Amz-SignedHeaders").as_deref(), Some("host"), "a browser can open it as it is");
    assert!(value("response-content-disposition").unwrap().starts_with("inline; filename="));
    assert_eq!(PictureKey::named_in(&address), Some(key), "and it is known again");
}

#[tokio::test]
async fn a_new_avatar_takes_the_old_ones_place() {
    let plaza = Plaza::open();
    let driver = caller(&plaza, &plaza.driver("wyc2002").await);
    let unknown = plaza.customers.avatar(&driver.account).await.map_err(|failure| failure.reason());
    assert_eq!(unknown, Err(Reason::NotYours));
    let mut seen = Vec::new();
    for side in [30, 40] {
        plaza.customers.set_avatar(&driver, png(side, side).into(), plaza.watch.now()).await.unwrap();
        let key = plaza.customers.avatar(&driver.account).await.unwrap();
        let objects = plaza.bucket.objects();
        assert_eq!(objects.keys().map(String::as_str).collect::<Vec<_>>(), [key.as_str()], "one at a time");
        assert_eq!(objects[key.as_str()].linked, "yes");
        seen.push(key);
    }
    assert_ne!(seen[0], seen[1]);
    assert_eq!(plaza.database.under("PICTURE#").len(), 1);
}

/// No record names what the bucket does not have, and the bucket has nothing that no record names.
async fn assert_agreed(plaza: &Plaza, driver: &Caller, what: &str) {
    for _ in 0..2 {
        plaza.watch.advance(SignedDuration::from_hours(13));
        let swept = plaza.wake(serde_json::json!({"pictures": true})).await;
        assert_eq!(swept["due"], 0, "{what}");
    }
    plaza.bucket.a_day_passes();
    let named = plaza.customers.avatar(&driver.account).await.ok();
    let named: Vec<_> = named.iter().map(PictureKey::as_str).collect();
    let objects = plaza.bucket.objects();
    assert_eq!(objects.keys().map(String::as_str).collect::<Vec<_>>(), named, "{what}");
    let noted: Vec<_> = plaza.database.under("PICTURE#").into_iter().map(|item| item["state"]["S"].clone()).collect();
    assert_eq!(noted, vec!["linked"; named.len()], "{what}");
}

#[tokio::test]
async fn after_any_fault_the_bucket_agrees_with_the_records_within_a_day() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Break, Fate::Throttle] {
        for broken in ["PUT", "TAG", "DELETE", "all"] {
            let what = format!("{fate:?} of {broken}");
            let plaza = Plaza::open();
            let driver = caller(&plaza, &plaza.driver("wyc2002").await);
            plaza.customers.set_avatar(&driver, png(30, 30).into(), plaza.watch.now()).await.unwrap();
            let first = plaza.customers.avatar(&driver.account).await.unwrap();
            plaza.bucket.follow(move |operation| if [operation, "all"].contains(&broken) { fate } else { Fate::Apply });
            let answer = plaza.customers.set_avatar(&driver, png(40, 40).into(), plaza.watch.now()).await;
            let now = plaza.customers.avatar(&driver.account).await.unwrap();
            assert_eq!(answer.is_ok(), now != first, "{what}: the answer is true");
            assert_eq!(answer.is_ok(), !matches!(broken, "PUT" | "all"), "{what}");
            plaza.bucket.heal();
            assert_agreed(&plaza, &driver, &what).await;
        }
    }
}

#[tokio::test]
async fn a_crash_between_any_two_steps_is_made_good_within_a_day() {
    for step in ["PUT", "TAG", "DELETE"] {
        for fate in [Fate::Die, Fate::DieAfter] {
            let what = format!("{fate:?} at {step}");
            let plaza = Plaza::open();
            let driver = caller(&plaza, &plaza.driver("wyc2002").await);
            plaza.customers.set_avatar(&driver, png(30, 30).into(), plaza.watch.now()).await.unwrap();
            let change = plaza.customers.set_avatar(&driver, png(40, 40).into(), plaza.watch.now());
            assert!(plaza.bucket.killed(step, fate, Box::pin(change)).await.is_none(), "{what}");
            assert_agreed(&plaza, &driver, &what).await;
        }
    }
}

#[tokio::test]
async fn a_broken_table_leaves_nothing_in_the_bucket_for_long() {
    for call in 0..6 {
        let plaza = Plaza::open();
        let driver = caller(&plaza, &plaza.driver("wyc2002").await);
        plaza.customers.set_avatar(&driver, png(30, 30).into(), plaza.watch.now()).await.unwrap();
        plaza.database.from(call, Fate::Break);
        drop(plaza.customers.set_avatar(&driver, png(40, 40).into(), plaza.watch.now()).await);
        plaza.database.heal();
        assert_agreed(&plaza, &driver, &format!("call {call} and all later ones")).await;
    }
}

#[tokio::test]
async fn avatars_set_at_once_leave_one() {
    let plaza = Plaza::open();
    let driver = caller(&plaza, &plaza.driver("wyc2002").await);
    let many = (0..4_u32).map(|n| plaza.customers.set_avatar(&driver, png(20 + n, 20).into(), plaza.watch.now()));
    let answers = futures_util::future::join_all(many).await;
    assert!(answers.iter().any(Result::is_ok));
    assert_agreed(&plaza, &driver, "four at once").await;
    assert_eq!(plaza.bucket.objects().len(), 1);
}
