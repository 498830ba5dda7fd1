//! A field's rule and its parser agree: what the rule allows is read, and of what is read the usual spelling is allowed.

use jiff::civil::{Date, date};
use proptest::{prelude::*, string::string_regex, test_runner::TestRunner};
use shared::domain::{
    account::{Email, PersonName, Username},
    cloud::{Contact, Customer, LoginId},
    dealer::Nickname,
    device::DeviceId,
    garage::VehicleType,
    open_id::OpenId,
    otp::Code,
    papers::Why,
    password::Password,
    phone::Phone,
    place::{Coordinates, StationPlace},
    resident_id::{GivenId, ResidentId},
    rule::Rule,
    shop::{ShopId, Tag},
    station_id::StationId,
    text::compact,
    vehicle::Plate,
    vin::Vin,
};

const TODAY: Date = date(2026, 11, 20);

/// A rule, and whether its parser reads a text.
type Agreement = (&'static str, Rule, fn(&str) -> bool);

/// Those whose pattern says everything.
const WHOLE: &[Agreement] = &[
    ("user name", Username::RULE, |text| Username::parse(text).is_ok()),
    ("login id", LoginId::RULE, |text| LoginId::parse(text).is_ok()),
    ("telephone", Phone::RULE, |text| Phone::parse(text).is_ok()),
    ("code", Code::RULE, |text| Code::read(text).is_ok()),
    ("VIN", Vin::RULE, |text| Vin::parse(text).is_ok()),
    ("kind of vehicle", VehicleType::RULE, |text| VehicleType::parse(text).is_ok()),
    ("station", StationId::RULE, |text| StationId::parse(text).is_ok()),
    ("shop", ShopId::RULE, |text| ShopId::parse(text).is_ok()),
    ("tag", Tag::RULE, |text| Tag::parse(text).is_ok()),
    ("openId", OpenId::RULE, |text| OpenId::parse(text).is_ok()),
    ("deviceId", DeviceId::RULE, |text| DeviceId::parse(text).is_ok()),
    ("dealer's name", Nickname::RULE, |text| Nickname::parse(text).is_ok()),
    ("driver's nickname", PersonName::NICKNAME, |text| PersonName::nickname(text).is_ok()),
    ("real name", PersonName::REAL, |text| PersonName::real(text).is_ok()),
    ("reason", Why::RULE, |text| Why::parse(text).is_ok()),
    ("postcode", Customer::POSTCODE, |text| Customer::postcode(text).is_ok()),
    ("address", Customer::ADDRESS, |text| Customer::address(text).is_ok()),
    ("contact's name", Contact::NAME, |text| Contact::name(text).is_ok()),
    ("patient's number", GivenId::RULE, |text| compact(text).is_empty() || GivenId::of_patient(text, TODAY).is_ok()),
    ("coordinates", Coordinates::RULE, |text| Coordinates::parse(text).is_ok()),
    ("station's name", StationPlace::NAME, |text| StationPlace::name(text).is_ok()),
    ("station's address", StationPlace::ADDRESS, |text| StationPlace::address(text).is_ok()),
    ("opening hours", StationPlace::HOURS, |text| StationPlace::hours(text).is_ok()),
    ("station's phone", StationPlace::PHONE, |text| StationPlace::phone(text).is_ok()),
];

/// In the usual spelling: nothing that Chinese input methods or copying add, and no format character that no pattern can name.
fn is_usual(text: &str) -> bool {
    let is_plain = |c: char| c < '\u{10000}' || !shared::domain::text::is_invisible(c);
    text.chars().all(is_plain)
        && text.trim() == text
        && !text.is_empty()
        && shared::domain::text::halfwidth(text) == text
}

#[test]
fn what_a_rule_allows_is_read() {
    for (name, rule, reads) in WHOLE {
        let pattern = rule.pattern.unwrap();
        let texts = string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).unwrap();
        let texts = texts.prop_filter("length", |text| rule.fits(text) && is_usual(text));
        let test = |text: String| {
            prop_assert!(reads(&text), "{name}: {text:?}");
            Ok(())
        };
        TestRunner::new(ProptestConfig { cases: 200, max_global_rejects: 100_000, ..ProptestConfig::default() })
            .run(&texts, test)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}

/// Each has samples on both sides of each of its edges, which a pattern with a look ahead cannot be asked to make.
#[test]
fn what_a_rule_refuses_is_refused() {
    let long = |count: usize| "长".repeat(count);
    let digits = |count: usize| "1".repeat(count);
    for (name, reads, refused) in [
        ("user name", WHOLE[0].2, vec!["a".to_owned(), "a b".into(), "a#b".into(), "a\u{7}b".into(), long(33)]),
        ("login id", WHOLE[1].2, vec!["a".into(), "a,b".into(), "a/b".into(), long(65)]),
        ("telephone", WHOLE[2].2, vec!["12345678901".into(), digits(10), digits(12)]),
        ("code", WHOLE[3].2, vec![digits(7), "12a".into()]),
        ("VIN", WHOLE[4].2, vec!["车架号".into(), digits(18)]),
        ("kind of vehicle", WHOLE[5].2, vec![digits(17), "a\u{7}".into()]),
        ("station", WHOLE[6].2, vec!["S 1".into(), "站".into(), digits(33)]),
        ("tag", WHOLE[8].2, vec![long(21), "a\u{85}b".into()]),
        ("openId", WHOLE[9].2, vec!["微信".into(), "a#b".into(), digits(129)]),
        ("deviceId", WHOLE[10].2, vec!["a b".into(), "a#b".into(), long(129)]),
        ("dealer's name", WHOLE[11].2, vec![long(33), "a\u{7}".into()]),
        ("real name", WHOLE[13].2, vec!["张".into(), "12345".into(), "<b>".into(), long(51)]),
        ("reason", WHOLE[14].2, vec![long(201), "a\nb".into()]),
        ("postcode", WHOLE[15].2, vec!["abc".into(), digits(5), digits(7)]),
        (
            "coordinates",
            |text| Coordinates::parse(text).is_ok(),
            vec!["2.9,121".into(), "31,136".into(), "121,31".into()],
        ),
        ("station's phone", |text| StationPlace::phone(text).is_ok(), vec!["-1".into(), "a12".into(), digits(25)]),
    ] {
        for text in refused {
            assert!(!reads(&text), "{name}: {text:?}");
        }
    }
}

/// Such characters make two names look alike, or one look like another.
#[test]
fn no_name_and_no_login_id_has_a_format_character() {
    type Reads = fn(&str) -> bool;
    let reads: [(&str, Reads); 8] = [
        ("user name", |text| Username::parse(text).is_ok()),
        ("login id", |text| LoginId::parse(text).is_ok()),
        ("email", |text| Email::parse(&format!("{text}@example.com")).is_ok()),
        ("dealer's name", |text| Nickname::parse(text).is_ok()),
        ("driver's nickname", |text| PersonName::nickname(text).is_ok()),
        ("real name", |text| PersonName::real(text).is_ok()),
        ("contact's name", |text| Contact::name(text).is_ok()),
        ("tag", |text| Tag::parse(text).is_ok()),
    ];
    for (what, reads) in reads {
        assert!(reads("wang"), "{what}");
        for format in ["\u{202e}", "\u{200b}", "\u{200d}", "\u{2066}", "\u{feff}", "\u{ad}", "\u{e0041}"] {
            assert!(!reads(&format!("wa{format}ng")), "{what} takes {}", format.escape_unicode());
        }
    }
}

#[test]
fn plates_passwords_addresses_and_numbers_of_cards_are_bounded_by_their_rules() {
    for plate in ["皖A12345", "皖AYN056", "皖AD12345", "皖A12345D", "粤Z1234港", "京A1234警", "使123456", "123456使"]
    {
        assert!(Plate::parse(plate).is_ok() && Plate::RULE.fits(plate), "{plate}");
    }
    let address = format!("{}@example.com", "a".repeat(60));
    assert!(Email::parse(&address).is_ok() && Email::RULE.fits(&address));
    assert!(ResidentId::parse("11010519491231002X", TODAY).is_ok() && ResidentId::RULE.fits("11010519491231002X"));
    for length in [Password::RULE.shortest, Password::RULE.longest] {
        let phrase: String = "correct horse battery staple ".chars().cycle().take(length).collect();
        assert!(Password::choose(&phrase, &[]).is_ok(), "{length}");
    }
    for length in [Password::RULE.shortest - 1, Password::RULE.longest + 1] {
        let phrase: String = "correct horse battery staple ".chars().cycle().take(length).collect();
        assert!(Password::choose(&phrase, &[]).is_err(), "{length}");
    }
}
