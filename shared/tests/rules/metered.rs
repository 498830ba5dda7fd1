//! Metered stations: a sentence of the rules each. Registers are in Wh; F1 and F2 have 30 kW.

use shared::domain::charging::{Draft, MINUTE, MeteredSettings, Metering, Moment, Registers, Span, Station};

use super::play::{Play, bands, flat, kw, play};

fn metered(change: impl FnOnce(&mut Draft, &mut MeteredSettings)) -> Play {
    play(|draft| {
        let mut settings = MeteredSettings::default();
        draft.tariff = flat("1", "0.5");
        change(draft, &mut settings);
        draft.metering = Metering::Metered(settings);
    })
}

/// The register invariant over everything that has happened, and a station that comes out of the store as it went in.
fn holds(p: &Play) {
    let mut registers = Registers::default();
    registers.see(&p.facts).unwrap();
    registers.check(p.station.station()).unwrap();
    assert_eq!(&Station::unpack(&p.station.station().pack()).unwrap(), p.station.station());
}

fn minutes(n: i64) -> Span {
    Span::from_millis(n * MINUTE)
}

#[test]
fn the_head_of_a_lane_is_awaited_and_nothing_flows_until_its_pile_begins() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "30");
    p.at("06:09").look();
    assert_eq!(p.so_far("V1"), "0.00 ¥0.00");
    assert_eq!(p.report("F1", "began s1 0 5000"), "ok");
    p.at("06:39");
    assert_eq!(p.report("F1", "reading s1 1 15000 20000"), "ok");
    assert_eq!(p.so_far("V1"), "10.00 ¥15.00");
    p.at("12:00").look();
    assert_eq!(p.end("V1"), "live", "a metered session never ends by the clock");
    assert_eq!(p.report("F1", "stopped s1 2 25000 unplugged"), "ok");
    assert_eq!(p.records(), ["V1 F1 06:09–12:00 20.00kWh 20.00+10.00=30.00"]);
    assert_eq!(p.end("V1"), "12:00 finished 1 records 30.00");
    holds(&p);
}

#[test]
fn a_car_that_does_not_come_leaves_without_a_bill_and_the_next_is_called() {
    let mut p = metered(|draft, _| (draft.fast_piles, draft.lane_places) = (1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.at("06:10").look();
    assert_eq!((p.end("V1").as_str(), p.lane("F1").as_str()), ("06:10 no show no bill", "V2"));
    assert_eq!(p.report("F1", "began s1 0 0"), "ok");
    p.at("06:30").look();
    assert_eq!(p.end("V2"), "live");
    holds(&p);
}

#[test]
fn a_report_at_the_last_instant_of_a_kept_place_counts() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "30");
    assert_eq!(p.at("06:10").report("F1", "began s1 0 0"), "ok");
    assert_eq!(p.end("V1"), "live");
}

#[test]
fn the_pile_is_asked_to_stop_when_the_order_is_reached() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "10");
    p.report("F1", "began s1 0 0");
    p.at("06:10").report("F1", "reading s1 1 5000");
    assert_eq!(p.asked_to_stop(), [""; 0]);
    p.at("06:20").report("F1", "reading s1 2 10000");
    p.at("06:21").report("F1", "reading s1 3 10100");
    assert_eq!(p.asked_to_stop(), ["F1 s1 Reached"]);
    assert_eq!(p.end("V1"), "live");
    p.at("06:22").report("F1", "stopped s1 4 10150 asked");
    assert_eq!(p.end("V1"), "06:22 finished 1 records 15.00");
    assert_eq!(p.unassigned(), ["F1 10000–10150 far above"], "more than the last interval");
    holds(&p);
}

#[test]
fn energy_above_the_order_is_billed_where_the_station_says_so() {
    let mut p = metered(|_, settings| settings.bill_above_order = true);
    p.apply("V1", "F", "10");
    p.report("F1", "began s1 0 0");
    p.at("06:22").report("F1", "stopped s1 1 10200 full");
    assert_eq!(p.end("V1"), "06:22 finished 1 records 15.30");
    assert_eq!(p.unassigned(), [""; 0]);
    holds(&p);
}

#[test]
fn a_cancel_before_the_start_ends_at_once_and_one_while_charging_when_the_pile_has_stopped() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "10");
    assert_eq!(p.cancel("V1"), "ok");
    assert_eq!(p.end("V1"), "06:00 cancelled no bill");
    p.apply("V2", "F", "10");
    p.report("F1", "began s1 0 0");
    p.at("06:05");
    assert_eq!((p.cancel("V2"), p.end("V2")), ("ok".to_owned(), "live".to_owned()));
    assert_eq!(p.cancel("V2"), "ok", "asking again changes nothing");
    assert_eq!(p.asked_to_stop(), ["F1 s1 Cancelled"]);
    p.at("06:06").report("F1", "stopped s1 1 2600 asked");
    assert_eq!(p.end("V2"), "06:06 cancelled 1 records 3.90");
    holds(&p);
}

#[test]
fn lowering_the_amount_to_what_is_delivered_asks_the_pile_to_stop() {
    let mut p = metered(|draft, _| draft.finish_at_new_amount = true);
    p.apply("V1", "F", "30");
    p.report("F1", "began s1 0 0");
    p.at("06:20").report("F1", "reading s1 1 10000");
    assert_eq!(p.change("V1", None, Some("9")), "rejected:change_not_allowed");
    assert_eq!(p.change("V1", None, Some("10")), "ok");
    assert_eq!((p.asked_to_stop(), p.end("V1")), (vec!["F1 s1 Reached".to_owned()], "live".to_owned()));
    p.report("F1", "stopped s1 2 10000 asked");
    assert_eq!(p.end("V1"), "06:20 finished 1 records 15.00");
}

#[test]
fn repeated_reordered_and_missing_readings_change_nothing_when_the_register_ends_the_same() {
    let readings = ["reading s1 1 2000", "reading s1 2 4000", "reading s1 3 6000"];
    for order in [&[0, 1, 2][..], &[0, 0, 2, 1, 2], &[2, 1, 0], &[2], &[]] {
        let mut p = metered(|_, _| {});
        p.apply("V1", "F", "30");
        p.report("F1", "began s1 0 1000");
        p.at("06:10");
        for index in order {
            p.report("F1", readings[*index]);
        }
        p.at("06:20").report("F1", "stopped s1 4 9000 full");
        assert_eq!(p.records(), ["V1 F1 06:00–06:20 8.00kWh 8.00+4.00=12.00"], "{order:?}");
        holds(&p);
    }
}

#[test]
fn what_the_register_contradicts_is_refused() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "30");
    p.report("F1", "began s1 0 1000");
    p.at("06:10").report("F1", "reading s1 5 3000");
    for impossible in ["reading s1 6 2999", "reading s1 5 3001", "reading s1 4 3001", "began s2 0 3000"] {
        assert_eq!(p.report("F1", impossible), "rejected:impossible_report", "{impossible}");
    }
    assert_eq!(p.report("F1", "reading s1 4 2000"), "ignored:known_report");
    assert_eq!(p.report("F1", "reading s9 1 4000"), "ignored:no_such_session");
    assert_eq!(p.report("F1", "began s1 0 1000"), "ignored:known_report");
    holds(&p);
}

#[test]
fn energy_of_a_car_that_was_not_called_is_billed_to_no_driver() {
    let mut p = metered(|_, _| {});
    assert_eq!(p.report("F1", "began x1 0 1000"), "ok");
    p.apply("V1", "F", "30");
    p.at("06:05").report("F1", "reading x1 1 2000");
    p.report("F1", "stopped x1 2 2500 unplugged");
    p.at("06:06").report("F1", "began s1 0 2600");
    p.at("06:10").report("F1", "stopped s1 1 3600 full");
    assert_eq!(p.unassigned(), ["F1 1000–2500 stray", "F1 2500–2600 between"]);
    assert_eq!(p.records(), ["V1 F1 06:06–06:10 1.00kWh 1.00+0.50=1.50"]);
    holds(&p);
}

#[test]
fn a_failed_pile_keeps_its_session_until_it_says_that_it_has_stopped() {
    let mut p = metered(|draft, _| (draft.fast_piles, draft.lane_places) = (2, 2));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.apply("V3", "F", "30");
    p.report("F1", "began s1 0 0");
    p.report("F2", "began t1 0 0");
    p.at("06:20");
    assert_eq!(p.report("F1", "faulted"), "ok");
    assert_eq!((p.lane("F1").as_str(), p.lane("F2").as_str()), ("FAULT", "V2 V3"));
    assert_eq!(p.displaced(), "");
    p.at("06:30").report("F1", "reading s1 1 12000");
    assert_eq!(p.so_far("V1"), "12.00 ¥18.00", "an offline pile may still deliver");
    p.at("06:31").report("F1", "stopped s1 2 12500 fault");
    assert_eq!((p.displaced().as_str(), p.end("V1").as_str()), ("V1", "live"));
    assert_eq!(p.records(), ["V1 F1 06:00–06:31 12.50kWh 12.50+6.25=18.75"]);
    p.at("06:40").report("F2", "stopped t1 1 1000 unplugged");
    assert_eq!(p.lane("F2"), "V3 V1", "with its remaining energy");
    assert_eq!(p.report("F1", "available"), "ok");
    holds(&p);
}

#[test]
fn a_pile_that_stops_for_a_fault_has_failed() {
    let mut p = metered(|draft, _| (draft.fast_piles, draft.lane_places) = (1, 2));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.report("F1", "began s1 0 0");
    p.at("06:10").report("F1", "stopped s1 1 4000 fault");
    assert_eq!((p.lane("F1").as_str(), p.displaced().as_str()), ("FAULT", "V1 V2"));
    assert_eq!(p.at("06:20").report("F1", "available"), "ok");
    assert_eq!(p.lane("F1"), "V1 V2");
    holds(&p);
}

#[test]
fn what_an_operator_switched_off_a_pile_does_not_switch_on() {
    let mut p = metered(|_, _| {});
    p.fail("F1");
    assert_eq!(p.report("F1", "available"), "ignored:known_report");
    assert_eq!(p.lane("F1"), "FAULT");
}

#[test]
fn an_operator_closes_a_session_at_a_stated_register_and_the_rest_is_unassigned() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "30");
    p.report("F1", "began s1 0 0");
    p.at("06:10").report("F1", "reading s1 1 5000");
    assert_eq!(p.at("07:00").remove("V1", Some(4000)), "rejected:impossible_report");
    assert_eq!(p.remove("V1", Some(6000)), "ok");
    assert_eq!(p.end("V1"), "07:00 removed 1 records 9.00");
    assert_eq!(p.report("F1", "stopped s1 2 7000 unplugged"), "ignored:no_such_session");
    p.apply("V2", "F", "30");
    p.at("07:05").report("F1", "began s2 0 7000");
    assert_eq!(p.unassigned(), ["F1 6000–7000 between"]);
    holds(&p);
}

#[test]
fn an_operator_takes_out_a_request_wherever_it_is() {
    let mut p = metered(|draft, _| (draft.fast_piles, draft.lane_places) = (1, 2));
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    for (car, left) in [("V3", "V1 V2"), ("V2", "V1"), ("V1", "")] {
        assert_eq!(p.remove(car, None), "ok");
        assert_eq!((p.end(car).as_str(), p.lane("F1").as_str()), ("06:00 removed no bill", left));
    }
    assert_eq!(p.remove("V1", None), "ignored:no_live_request");
    let mut nominal = play(|draft| draft.tariff = flat("1", "0.5"));
    nominal.apply("V1", "F", "30");
    nominal.at("06:20").remove("V1", None);
    assert_eq!(nominal.end("V1"), "06:20 removed 1 records 15.00");
}

#[test]
fn the_piles_instants_price_the_energy() {
    let day = [("00:00", "06:30", "0.40"), ("06:30", "24:00", "1.00")];
    let mut p = metered(|draft, _| draft.tariff = bands(&day, "0"));
    p.apply("V1", "F", "30");
    let at = |p: &Play, time: &str| p.clock.parse(time).unwrap();
    // An hour later an offline pile says what happened.
    let began = at(&p, "06:00");
    p.at("06:09").report_from("F1", "began s1 0 0", began);
    p.at("07:30");
    let (cut, end) = (at(&p, "06:30"), at(&p, "06:40"));
    p.report_from("F1", "reading s1 1 10000", cut);
    p.report_from("F1", "stopped s1 2 12000 unplugged", end);
    assert_eq!(p.records(), ["V1 F1 06:00–06:40 12.00kWh 6.00+0.00=6.00"]);
    assert_eq!(p.end("V1"), "07:30 finished 1 records 6.00", "no car moves in the past");
    holds(&p);
}

#[test]
fn an_impossible_instant_is_replaced_by_ours() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "30");
    let now = p.now;
    let before = Moment::from_exact((now + minutes(-5)).exact());
    p.report_from("F1", "began s1 0 0", before);
    p.at("06:10");
    let ahead = p.now + minutes(2);
    p.report_from("F1", "stopped s1 1 3000 full", ahead);
    assert_eq!(p.records(), ["V1 F1 06:00–06:10 3.00kWh 3.00+1.50=4.50"]);
}

#[test]
fn a_band_that_cuts_an_interval_floors_what_flowed_before_it() {
    let day = [("00:00", "06:01", "0.10"), ("06:01", "24:00", "1.00")];
    let mut p = metered(|draft, _| draft.tariff = bands(&day, "0"));
    p.apply("V1", "F", "30");
    p.report("F1", "began s1 0 0");
    p.at("06:03").report("F1", "stopped s1 1 1000 full");
    // A third at 0.10 and two thirds at 1.00: 0.0333… + 0.6666… yuan.
    assert_eq!(p.records(), ["V1 F1 06:00–06:03 1.00kWh 0.70+0.00=0.70"]);
    holds(&p);
}

#[test]
fn the_source_of_energy_changes_only_while_no_car_stands_at_a_pile() {
    let mut p = metered(|_, _| {});
    p.apply("V1", "F", "30");
    assert_eq!(p.adopt(|draft| draft.metering = Metering::Nominal), "rejected:session_runs");
    p.cancel("V1");
    assert_eq!(p.adopt(|draft| draft.metering = Metering::Nominal), "ok");
    assert_eq!(p.report("F1", "began s1 0 0"), "rejected:not_metered");
}

#[test]
fn forecasts_go_by_the_measured_power() {
    let mut p = metered(|draft, _| (draft.fast_piles, draft.fast_power) = (1, kw("30")));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.report("F1", "began s1 0 0");
    let finish = |p: &Play, car: &str| {
        let expected = p.station.station().forecast().of(p.request(car), None).unwrap();
        expected.finish.map(|at| p.clock.show(at))
    };
    assert_eq!((finish(&p, "V1").as_deref(), finish(&p, "V2").as_deref()), (Some("07:00"), Some("08:00")));
    p.at("06:10").report("F1", "reading s1 1 2500 15000");
    assert_eq!((finish(&p, "V1").as_deref(), finish(&p, "V2").as_deref()), (Some("08:00"), Some("09:00")));
}
