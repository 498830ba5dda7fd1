//! A dealer's picture: #29 takes it, #28 sets it.

use jiff::SignedDuration;
use serde_json::json;
use tests::{
    answer::Answer,
    database::Fate,
    dealer::TestDealer,
    pictures::{jpeg_from_a_phone, png},
    plaza::{PASSWORD, Plaza},
    request::{Request, post},
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

/// What lies in the bucket beside the pictures with letters.
fn favicons(plaza: &Plaza) -> Vec<String> {
    plaza.bucket.objects().into_keys().filter(|key| key.starts_with("avatars/")).collect()
}

fn place(address: &str) -> &str {
    address.split('?').next().unwrap()
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
            assert!(address.contains(&format!("/avatars/{}/", dealer.id)), "{address}");
            assert!(address.contains("X-Amz-Expires=600"), "{address}");
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
    assert_eq!(place(&shown(&plaza).await), place(&first));
    assert_eq!(set(&plaza, &dealer, &first).await.whole(), done, "the same once more");
    assert_eq!(set(&plaza, &dealer, place(&second)).await.whole(), done, "without its signature");
    assert_eq!(place(&shown(&plaza).await), place(&second));
    plaza.bucket.a_day_passes();
    let left = favicons(&plaza);
    assert!(left.len() == 1 && place(&second).ends_with(&left[0]), "{left:?}");
}

#[tokio::test]
async fn only_ones_own_uploads_at_our_own_place_can_be_set() {
    let plaza = Plaza::open();
    let (dealer, other) = (plaza.dealer(PHONE).await, plaza.dealer("13800138000").await);
    let (own, others) = (uploaded(&plaza, &dealer).await, uploaded(&plaza, &other).await);
    let key = place(&own).split_once(".cn/").unwrap().1.to_owned();
    let never = format!("avatars/{}/{:032x}.jpg", dealer.id, 7);
    for address in [
        others.as_str(),
        "https://evil.example/a.jpg",
        &format!("https://evil.example/{key}"),
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
    assert_eq!(place(&shown(&plaza).await), place(&own));
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

/// Whatever fails when, the record never names a picture that the bucket loses.
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
