//! Each limit is read from its own variable, and counts what its name says.

use jiff::Timestamp;
use shared::{
    domain::{
        account::Realm,
        origin::Origin,
        otp::{Binding, Device, Purpose},
        phone::Phone,
        reason::Failure,
    },
    service::codes::Ask,
};
use tests::plaza::{Plaza, Settings};

const OF_CODES: [&str; 8] = [
    "OTP_PER_PHONE_MINUTE",
    "OTP_PER_PHONE_HOUR",
    "OTP_PER_PHONE_DAY",
    "OTP_PER_DEVICE_HOUR",
    "OTP_PER_DEVICE_DAY",
    "OTP_PER_IP_HOUR",
    "OTP_PER_IP_DAY",
    "OTP_PER_PRODUCT_MINUTE",
];

/// Asks for a code number `n`: from a phone, a device and an address of its own, unless `of` says that they are the same.
async fn ask(plaza: &Plaza, n: u8, of: &str) -> Result<(), Failure> {
    let number = |what: &str| if of.contains(what) { 0 } else { n };
    let phone = Phone::parse(&format!("138000000{:02}", number("PHONE"))).unwrap();
    let device = Some(Device::known(format!("device-{}", number("DEVICE"))));
    let origin = Origin { address: format!("203.0.113.{}", number("_IP_")).parse().unwrap(), ..Origin::default() };
    let binding = Binding { product: Realm::MallDealer, purpose: Purpose::SignIn, phone, device };
    let now = plaza.watch.now();
    plaza
        .codes
        .ask(&Ask { binding, addition: None, only_known: false, captcha_after: None, origin: &origin, now })
        .await
}

/// Until the minute, the hour or the day is over: a phone's begins with its first code, every other one with the calendar.
fn seconds(of: &str, now: Timestamp) -> u64 {
    let window = match of.rsplit('_').next() {
        Some("MINUTE") => 60,
        Some("HOUR") => 3600,
        _ => 86_400,
    };
    let begun = if of.contains("PHONE") { 0 } else { now.as_second().rem_euclid(window) };
    (window - begun).unsigned_abs()
}

#[tokio::test]
async fn each_limit_of_codes_is_read_from_its_own_variable() {
    for of in OF_CODES {
        let settings = OF_CODES.into_iter().fold(Settings::default(), |settings, name| settings.with(name, 1000));
        let plaza = Plaza::with(settings.with(of, 2));
        for n in 1..=2 {
            ask(&plaza, n, of).await.unwrap_or_else(|failure| panic!("{of}: {failure:?}"));
        }
        let refused = ask(&plaza, 3, of).await.map_err(|failure| failure.retry_after());
        if of.contains("PRODUCT") {
            assert_eq!(refused, Ok(()), "a full product refuses no ask");
            assert_eq!(plaza.deliver_sms().await.batch_item_failures.len(), 1, "it delays messages");
            continue;
        }
        assert_eq!(refused, Err(Some(seconds(of, plaza.watch.now()))), "{of}");
    }
}
