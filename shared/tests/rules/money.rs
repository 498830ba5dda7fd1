//! Money: bands, service fee, rounding, detail records, bills, arrears.

use local::scenario::Clock;
use shared::domain::charging::books::{Account, Meter};
use shared::domain::charging::{Fact, MINUTE, Moment, Span, Tariff, What, Zone};
use shared::domain::energy::Energy;
use shared::domain::ledger::{Balance, BillState};
use shared::domain::money::Fen;

use super::play::{bands, flat, kw, kwh, play};

fn price_at(tariff: &Tariff, time: &str) -> String {
    let clock = Clock::on(Clock::DAY, tariff.zone()).unwrap();
    let start = clock.parse(time).unwrap();
    let (_, price) = tariff.split_over_bands(start, start + Span::from_millis(1)).next().unwrap();
    price.to_string()
}

#[test]
fn the_default_prices_are_those_of_the_rules() {
    let tariff = Tariff::default();
    for (from, to, price) in [
        (0, 7, "0.40"),
        (7, 10, "0.70"),
        (10, 15, "1.00"),
        (15, 18, "0.70"),
        (18, 21, "1.00"),
        (21, 23, "0.70"),
        (23, 24, "0.40"),
    ] {
        for hour in from..to {
            assert_eq!(price_at(&tariff, &format!("{hour:02}:00")), price);
            assert_eq!(price_at(&tariff, &format!("{hour:02}:59:59")), price);
        }
    }
    assert_eq!(tariff.service().to_string(), "0.80");
    assert_eq!(tariff.zone().name(), "Asia/Shanghai");
}

#[test]
fn intervals_are_half_open() {
    let tariff = Tariff::default();
    assert_eq!((price_at(&tariff, "06:59:59"), price_at(&tariff, "07:00")), ("0.40".into(), "0.70".into()));
    assert_eq!((price_at(&tariff, "22:59:59"), price_at(&tariff, "23:00")), ("0.70".into(), "0.40".into()));
}

#[test]
fn a_segment_is_split_over_the_bands_by_time() {
    let mut p = play(|s| s.slow_power = kw("7"));
    p.at("09:10").apply("V1", "T", "42");
    p.finish();
    // 50 minutes flat, 5 hours peak, 10 minutes flat.
    assert_eq!(p.records(), ["V1 T1 09:10–15:10 42.00kWh 39.90+33.60=73.50"]);
}

#[test]
fn a_band_may_wrap_midnight() {
    let mut p = play(|s| s.tariff = bands(&[("23:00", "07:00", "0.4"), ("07:00", "23:00", "1")], "0"));
    p.at("22:00").apply("V1", "T", "100");
    p.finish();
    // An hour at 1.00, eight at 0.40, an hour at 1.00.
    assert_eq!(p.records(), ["V1 T1 22:00–08:00+1 100.00kWh 52.00+0.00=52.00"]);
}

#[test]
fn bands_follow_the_local_time_of_the_stations_zone() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let tariff = Tariff::new(zone, Tariff::default().bands(), Tariff::default().service()).unwrap();
    assert_eq!((price_at(&tariff, "06:59:59"), price_at(&tariff, "07:00")), ("0.40".into(), "0.70".into()));
}

#[test]
fn bands_follow_a_zone_that_changes_its_offset() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let tariff = Tariff::new(zone.clone(), Tariff::default().bands(), Tariff::default().service()).unwrap();
    let midnight = zone.midnight(jiff::civil::date(2026, 3, 29)).unwrap();
    let pieces: Vec<_> = tariff.split_over_bands(midnight, midnight + Span::from_millis(7 * 60 * MINUTE)).collect();
    // 02:00 becomes 03:00: valley lasts six hours on that night, and the seventh hour is flat.
    let valley: Span = pieces.iter().filter(|(_, price)| price.to_string() == "0.40").map(|(span, _)| *span).sum();
    assert_eq!(valley, Span::from_millis(6 * 60 * MINUTE));
}

#[test]
fn the_service_fee_is_energy_times_service_price() {
    let mut p = play(|s| s.tariff = flat("0", "0.8"));
    p.apply("V1", "F", "12.34");
    p.finish();
    assert!(p.records()[0].ends_with("12.34kWh 0.00+9.87=9.87"));
}

#[test]
fn half_a_fen_counts_upwards() {
    let mut p = play(|s| s.tariff = flat("1", "0.5"));
    p.apply("V1", "F", "0.005");
    p.apply("V2", "F", "0.0049");
    p.finish();
    assert!(p.records()[0].ends_with("0.00kWh 0.00+0.00=0.00"));
    assert!(p.records()[1].ends_with("0.01kWh 0.01+0.00=0.01"));
    let mut p = play(|s| s.tariff = flat("0", "0.5"));
    p.apply("V1", "F", "0.01");
    p.finish();
    assert!(p.records()[0].ends_with("0.01kWh 0.00+0.01=0.01"));
}

#[test]
fn rounding_happens_once_per_detail_record_not_per_band() {
    // 1 Wh before and 1 Wh after the boundary: 0.4 fen each, 0.8 together.
    let mut p = play(|s| {
        s.fast_power = kw("3.6");
        s.tariff = bands(&[("00:00", "07:00", "4"), ("07:00", "24:00", "4")], "0");
    });
    p.at("06:59:59").apply("V1", "F", "0.002");
    p.finish();
    assert!(p.records()[0].ends_with("0.01+0.00=0.01"), "{:?}", p.records());
}

#[test]
fn a_records_total_is_its_rounded_charging_fee_plus_its_rounded_service_fee() {
    let mut p = play(|s| s.tariff = flat("0.5", "0.5"));
    p.apply("V1", "F", "0.01");
    p.finish();
    assert!(p.records()[0].ends_with("0.01+0.01=0.02"), "half a fen twice: {:?}", p.records());
}

#[test]
fn a_bills_total_is_the_sum_of_its_records() {
    let mut p = play(|s| s.tariff = flat("0.5", "0.5"));
    p.apply("V1", "F", "30.01");
    p.at("06:30").fail("F1");
    p.finish();
    assert!(p.records()[1].ends_with("7.51+7.51=15.02"));
    assert_eq!(p.end("V1"), "07:00:01 finished 2 records 30.02");
    let bill = p.facts.iter().find_map(|fact| match &fact.what {
        What::Ended { bill, .. } => bill.clone(),
        _ => None,
    });
    let bill = bill.unwrap();
    assert_eq!((bill.charging, bill.service, bill.energy), (Fen(1501), Fen(1501), kwh("30.01")));
}

#[test]
fn a_running_fee_is_the_exact_sum_of_all_segments_rounded_once() {
    // Two segments of 0.4 fen each: 0.8 fen, shown as 0.01; each alone would be 0.00.
    let mut p = play(|s| (s.fast_power, s.tariff) = (kw("3.6"), flat("4", "0")));
    p.apply("V1", "F", "1");
    p.at("06:00:01").fail("F1");
    p.at("06:00:02");
    assert_eq!(p.so_far("V1"), "0.00 ¥0.01");
}

#[test]
fn what_is_shown_while_charging_has_closed_records_as_written() {
    let mut p = play(|s| (s.fast_power, s.tariff) = (kw("3.6"), flat("4", "0")));
    p.apply("V1", "F", "1");
    p.at("06:00:01").fail("F1");
    p.at("06:00:02").look();
    let station = p.station.station();
    let charging = station.piles().find_map(|pile| pile.charging()).unwrap();
    assert_eq!(charging.shown_so_far(p.now), (Fen(0), Fen(0)));
}

#[test]
fn a_price_change_never_touches_a_session_that_has_begun() {
    let mut p = play(|s| s.tariff = flat("1", "0"));
    p.apply("V1", "F", "30");
    p.at("06:30").adopt(|s| s.tariff = flat("2", "1"));
    p.finish();
    assert_eq!(p.end("V1"), "07:00 finished 1 records 30.00");
}

#[test]
fn an_interrupted_session_keeps_its_prices() {
    let mut p = play(|s| s.tariff = flat("1", "0"));
    p.apply("V1", "F", "30");
    p.at("06:30").adopt(|s| s.tariff = flat("2", "1"));
    p.at("06:40").fail("F1");
    p.finish();
    assert_eq!(p.end("V1"), "07:00 finished 2 records 30.00");
}

#[test]
fn a_session_that_has_not_begun_takes_the_new_prices() {
    let mut p = play(|s| (s.fast_piles, s.tariff) = (1, flat("1", "0")));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.at("06:30").adopt(|s| s.tariff = flat("2", "1"));
    p.finish();
    assert_eq!(p.end("V2"), "08:00 finished 1 records 90.00");
}

/// V2 begins at 07:00, the instant from which the first new prices count; V3 at 08:00, a second too early for the next.
#[test]
fn prices_with_a_date_count_for_sessions_that_begin_then_or_later() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.tariff) = (1, 3, flat("1", "0")));
    let (seven, later) = (p.clock.parse("07:00").unwrap(), p.clock.parse("08:00:01").unwrap());
    p.adopt(|s| {
        let soon = s.clone().with_prices(seven, (*flat("2", "0")).clone());
        *s = soon.with_prices(later, (*flat("9", "0")).clone());
    });
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "F", "30");
    }
    p.finish();
    let ends = ["V1", "V2", "V3", "V4"].map(|car| p.end(car));
    assert_eq!(
        ends,
        [
            "07:00 finished 1 records 30.00",
            "08:00 finished 1 records 60.00",
            "09:00 finished 1 records 60.00",
            "10:00 finished 1 records 270.00",
        ]
    );
}

#[test]
fn records_of_a_request_are_numbered_and_kept_together() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "30");
    p.at("06:30").fail("F1");
    p.finish();
    let parts = p.facts.iter().filter_map(|fact| match &fact.what {
        What::SegmentClosed(record) => Some((record.ticket.request, record.part, record.stop == fact.at)),
        _ => None,
    });
    let request = p.request("V1");
    assert_eq!(parts.collect::<Vec<_>>(), [(request, 1, true), (request, 2, true)]);
}

const DUE: Moment = Moment::from_millis(1_000);

fn state(total: i64, paid: i64, now: i64) -> BillState {
    let balance = Balance { total: Fen(total), paid: Fen(paid), credited: Fen(0) };
    BillState::of(balance, DUE, Moment::from_millis(now))
}

#[test]
fn a_bill_is_current_until_paid() {
    assert_eq!((state(10, 0, 999), state(10, 0, 1_000)), (BillState::Current, BillState::Current));
    assert_eq!((state(10, 10, 0), state(10, 10, 5_000)), (BillState::Paid, BillState::Paid));
}

#[test]
fn a_bill_is_in_arrears_past_its_due_time_or_when_underpaid() {
    assert_eq!((state(10, 0, 1_001), state(10, 9, 0)), (BillState::InArrears, BillState::InArrears));
}

#[test]
fn a_bills_due_time_is_a_setting() {
    let due = |hours| {
        let mut p = play(|s| s.payment_due_hours = hours);
        p.apply("V1", "F", "30");
        p.finish();
        p.facts.iter().find_map(|fact| match &fact.what {
            What::Ended { bill, .. } => bill.as_ref().map(|bill| p.clock.show(bill.due)),
            _ => None,
        })
    };
    assert_eq!(due(168).as_deref(), Some("07:00+7"));
    assert_eq!(due(5).as_deref(), Some("12:00"));
}

#[test]
fn no_detail_record_no_bill() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "30");
    p.cancel("V1");
    assert_eq!(p.end("V1"), "06:00 cancelled no bill");
}

#[test]
fn below_five_watt_hours_in_all_there_is_no_bill() {
    // At 30 kW a watt-hour takes 120 ms.
    for (millis, end) in [(599, "cancelled no bill"), (600, "cancelled 1 records 0.00")] {
        let mut p = play(|_| {});
        p.apply("V1", "F", "30");
        p.now = p.now + Span::from_millis(millis);
        p.cancel("V1");
        assert!(p.end("V1").ends_with(end), "{millis}: {}", p.end("V1"));
        let records = p.facts.iter().filter(|fact| matches!(fact.what, What::SegmentClosed(_))).count();
        assert_eq!(records, 1, "the segment is told all the same");
    }
    // Two segments, each too little, together enough.
    let mut p = play(|s| s.fast_piles = 2);
    p.apply("V1", "F", "30");
    p.now = p.now + Span::from_millis(400);
    p.fail("F1");
    p.now = p.now + Span::from_millis(400);
    p.cancel("V1");
    assert!(p.end("V1").contains("cancelled 2 records"), "{}", p.end("V1"));
}

#[test]
fn a_meter_beside_the_station_notices_what_is_not_billed() {
    let mut p = play(|_| {});
    let before = Meter::from(p.station.station());
    p.at("06:00").apply("V1", "F", "15");
    p.finish();
    let amiss = |facts: &[Fact]| -> Energy {
        let mut meter = before.clone();
        meter.see(facts);
        meter.accounts(p.station.station()).values().map(Account::amiss).sum()
    };
    assert_eq!(amiss(&p.facts), Energy::ZERO);

    let mut half = p.facts.clone();
    for fact in &mut half {
        if let What::Ended { bill: Some(bill), .. } = &mut fact.what {
            bill.energy = kwh("7.5");
        }
    }
    assert_eq!(amiss(&half), kwh("30"));

    let unrecorded: Vec<Fact> =
        p.facts.iter().filter(|fact| !matches!(fact.what, What::SegmentClosed(_))).cloned().collect();
    assert_eq!(amiss(&unrecorded), kwh("15"));
}
