//! A dealer's picture: #29 takes it, #28 sets it.

use jiff::SignedDuration;
use serde_json::json;
use tests::{
    answer::Answer,
    database::Fate,
    dealer::TestDealer,
    pictures::{jpeg_from_a_phone, png},
    plaza::{PASSWORD, Plaza},
    request::{Request, get, post},
};

const PHONE: &str = "13912345678";

async fn upload(plaza: &Plaza, dealer: &TestDealer, picture: Vec<u8>) -> Answer {
    let request = post("/user/dealer/uploadFavicon").bearer(&dealer.token).body("image/png", picture);
    plaza.mall_dealer(request).await
}

async fn uploaded(plaza: &Plaza, dealer: &TestDealer) -> String {
    upload(plaza, dealer, png(20, 20)).await.json()["data"]["favicon"].as_str().unwrap().to_owned()
}

async fn set(plaza: &Plaza, dealer: &TestDealer, address: &str) -> Answer {
    let body = json!({"username": PHONE, "favicon": address});
    plaza.mall_dealer(post("/user/dealer/editFavicon").bearer(&dealer.token).json(&body)).await
}

async fn shown(plaza: &Plaza) -> String {
    let form = json!({"telephone": PHONE, "password": PASSWORD});
    let answer = plaza.mall_dealer(post("/user/dealer/login").json(&form)).await;
    answer.json()["data"]["favicon"].as_str().unwrap().to_owned()
}

async fn signed_in(plaza: &Plaza) -> String {
    let form = json!({"telephone": PHONE, "password": PASSWORD});
    let answer = plaza.mall_dealer(post("/user/dealer/login").json(&form)).await;
    answer.header("x-access-token").unwrap().to_owned()
}

/// What lies in the bucket beside the captchas.
fn favicons(plaza: &Plaza) -> Vec<String> {
    plaza.bucket.objects().into_keys().filter(|key| key.starts_with("avatars/")).collect()
}

/// As a page shows it: without a session.
async fn look(plaza: &Plaza, address: &str) -> Answer {
    plaza.mall_dealer(get(address.strip_prefix("https://plaza.example").unwrap())).await
}

/// Where the bucket has it.
fn key(address: &str) -> String {
    format!("avatars/{}", address.rsplit('/').next().unwrap().replacen('-', "/", 1))
}

fn assert_not_yours(answer: &Answer) {
    let body = json!({"errCode": 2020, "msg": "图片不是本人上传的"}).to_string();
    assert_eq!(answer.whole(), (200, body));
}

#[tokio::test]
async fn an_upload_gives_an_address_and_sets_nothing() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    for path in ["uploadFavicon", "euploadFavicon"] {
        for method in ["POST", "PUT"] {
            let request = Request::new(method.parse().unwrap(), &format!("/user/dealer/{path}"));
            let request = request.bearer(&dealer.token).body("image/jpeg", jpeg_from_a_phone(60, 40));
            let answer = plaza.mall_dealer(request).await;
            let mut body = answer.json();
            let address = body["data"]["favicon"].take();
            assert_eq!(body, json!({"errCode": 200, "msg": "success", "data": {"favicon": null}}));
            let address = address.as_str().unwrap();
            let ours = format!("https://plaza.example/user/dealer/favicon/{}-", dealer.id);
            assert!(address.starts_with(&ours), "{address}");
            assert_eq!(look(&plaza, address).await.status, 200, "before it is set, too");
        }
    }
    assert_eq!(favicons(&plaza).len(), 4);
    assert_eq!(shown(&plaza).await, "");
    plaza.bucket.a_day_passes();
    assert!(favicons(&plaza).is_empty());
}

#[tokio::test]
async fn a_picture_that_was_set_stays_and_the_one_before_goes() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let (first, second) = (uploaded(&plaza, &dealer).await, uploaded(&plaza, &dealer).await);
    let done = (200, r#"{"errCode":200,"msg":"success"}"#.to_owned());
    assert_eq!(set(&plaza, &dealer, &first).await.whole(), done);
    assert_eq!(shown(&plaza).await, first);
    assert_eq!(set(&plaza, &dealer, &first).await.whole(), done, "the same once more");
    assert_eq!(set(&plaza, &dealer, &format!("{second}?v=2")).await.whole(), done, "also with what a page has added");
    assert_eq!(shown(&plaza).await, second);
    plaza.bucket.a_day_passes();
    let left = favicons(&plaza);
    assert_eq!(left, [key(&second)]);
}

/// An address of the bucket opens a picture for ten minutes; this one as long as the account shows it.
#[tokio::test]
async fn a_favicons_address_stays_good_for_as_long_as_it_is_set() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let (first, second) = (uploaded(&plaza, &dealer).await, uploaded(&plaza, &dealer).await);
    set(&plaza, &dealer, &first).await;
    plaza.bucket.a_day_passes();
    plaza.watch.advance(SignedDuration::from_hours(24 * 20));
    let seen = look(&plaza, &first).await;
    assert_eq!((seen.status.as_u16(), seen.header("content-type")), (200, Some("image/jpeg")));
    assert_eq!(seen.header("cache-control"), Some("public, max-age=86400, immutable"));
    assert!(seen.body.starts_with(&[0xFF, 0xD8, 0xFF]));
    assert_eq!(shown(&plaza).await, first, "the same address each time");

    let path = first.strip_prefix("https://plaza.example").unwrap();
    let again = plaza.mall_dealer(get(path).header("if-none-match", seen.header("etag").unwrap())).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));

    let dealer = TestDealer { token: signed_in(&plaza).await, ..dealer };
    let third = uploaded(&plaza, &dealer).await;
    set(&plaza, &dealer, &third).await;
    assert_eq!((look(&plaza, &first).await.status.as_u16(), look(&plaza, &second).await.status.as_u16()), (404, 404));
}

#[tokio::test]
async fn an_unknown_address_opens_nothing() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let own = uploaded(&plaza, &dealer).await;
    let missing = (404, json!({"errCode": 404, "msg": "图片不存在"}).to_string());
    let drivers = format!("1234567890123456-{:032x}.jpg", 7);
    for name in [&format!("{}-{:032x}.jpg", dealer.id, 7), &drivers, "unknown.jpg", "..%2Fkyc%2Fa.jpg", &dealer.id] {
        let answer = plaza.mall_dealer(get(&format!("/user/dealer/favicon/{name}"))).await;
        assert_eq!(answer.whole(), missing, "{name}");
    }
    assert_eq!(look(&plaza, &own.replace(".jpg", ".png")).await.whole(), missing);
}

#[tokio::test]
async fn only_ones_own_uploads_at_our_own_place_can_be_set() {
    let plaza = Plaza::open();
    let (dealer, other) = (plaza.dealer(PHONE).await, plaza.dealer("13800138000").await);
    let (own, others) = (uploaded(&plaza, &dealer).await, uploaded(&plaza, &other).await);
    let key = key(&own);
    let name = own.rsplit('/').next().unwrap();
    let never = format!("avatars/{}/{:032x}.jpg", dealer.id, 7);
    for address in [
        others.as_str(),
        "https://evil.example/a.jpg",
        &format!("https://evil.example/{key}"),
        &format!("https://evil.example/user/dealer/favicon/{name}"),
        &format!("https://evil.example/?x=https://ev-plaza-pictures.s3.cn-north-1.amazonaws.com.cn/{key}"),
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        &never,
        &key.replace("avatars", "kyc"),
        &format!("{key}/../x"),
    ] {
        assert_not_yours(&set(&plaza, &dealer, address).await);
    }
    assert_eq!(shown(&plaza).await, "");
    assert_eq!(set(&plaza, &dealer, &key).await.json()["errCode"], 200, "its name alone will do");
    assert_eq!(shown(&plaza).await, own);
    let bucket = format!("https://ev-plaza-pictures.s3.cn-north-1.amazonaws.com.cn/{key}?X-Amz-Signature=0");
    assert_eq!(set(&plaza, &dealer, &bucket).await.json()["errCode"], 200, "as earlier releases gave it out");
}

#[tokio::test]
async fn an_upload_that_is_a_day_old_cannot_be_set_any_more() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    let address = uploaded(&plaza, &dealer).await;
    plaza.watch.advance(SignedDuration::from_hours(24));
    assert_not_yours(&set(&plaza, &dealer, &address).await);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_at_once() {
    let plaza = Plaza::open();
    let dealer = plaza.dealer(PHONE).await;
    for (content, status) in [(b"hello, I am a.jpg".to_vec(), 415), (vec![], 400), (vec![0xFF; 6 << 20], 413)] {
        let answer = upload(&plaza, &dealer, content).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errCode"]), (status, &json!(status)), "{}", answer.text());
    }
    assert!(favicons(&plaza).is_empty());
}

/// With a fault at any call, the record never names a picture that the bucket deletes.
#[tokio::test]
async fn the_record_names_nothing_that_is_gone() {
    for fate in [Fate::Refuse, Fate::LoseAnswer, Fate::Conflict, Fate::Break, Fate::HangAfter] {
        for call in 0..4 {
            let plaza = Plaza::open();
            let dealer = plaza.dealer(PHONE).await;
            let address = uploaded(&plaza, &dealer).await;
            plaza.database.from(call, fate);
            let answer = set(&plaza, &dealer, &address).await;
            plaza.database.heal();
            plaza.watch.advance(SignedDuration::from_mins(3));
            plaza.pictures.sweep(plaza.watch.now()).await.unwrap();
            plaza.bucket.a_day_passes();
            let (shown, kept) = (shown(&plaza).await, favicons(&plaza).len());
            assert_eq!(kept, usize::from(!shown.is_empty()), "{fate:?} from {call} on: {}", answer.text());
            assert!(!shown.is_empty() || answer.json()["errCode"] != 200, "{fate:?} from {call} on");
        }
    }
}
