//! Changes and cancels: what may be changed, where, and what it costs to leave.

use shared::domain::charging::{DispatchMode, DispatchTarget};

use super::play::{Play, play};

fn one_lane() -> Play {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 2));
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "F", "30");
    }
    p
}

#[test]
fn a_new_quantity_keeps_the_number() {
    let mut p = one_lane();
    assert_eq!(p.change("V3", None, Some("12")), "ok");
    assert_eq!((p.number("V3"), p.waiting()), ("F3".into(), "V3 V4".into()));
    p.finish();
    assert_eq!(p.end("V3"), "08:24 finished 1 records 18.00");
}

#[test]
fn naming_the_cars_own_mode_changes_only_the_quantity() {
    let mut p = one_lane();
    assert_eq!(p.change("V3", Some("F"), Some("12")), "ok");
    assert_eq!((p.number("V3"), p.waiting()), ("F3".into(), "V3 V4".into()));
}

#[test]
fn a_new_mode_takes_a_new_number_at_the_tail_of_that_mode() {
    let mut p = play(|s| (s.fast_piles, s.slow_piles, s.lane_places) = (1, 1, 1));
    for (car, mode) in [("V1", "F"), ("V2", "T"), ("V3", "F"), ("V4", "T")] {
        p.apply(car, mode, "30");
    }
    assert_eq!(p.change("V3", Some("T"), None), "ok");
    assert_eq!(p.number("V3"), "T3");
    p.apply("V5", "F", "1");
    assert_eq!(p.number("V5"), "F3", "F2 is gone for good");
    p.finish();
    assert_eq!((p.starts("V4"), p.starts("V3")), ("09:00".into(), "12:00".into()));
}

#[test]
fn a_mode_change_counts_as_a_new_arrival() {
    let mut p = play(|s| (s.fast_piles, s.slow_piles, s.lane_places) = (1, 1, 1));
    for (car, mode) in [("V1", "F"), ("V2", "T"), ("V3", "F"), ("V4", "T")] {
        p.apply(car, mode, "30");
    }
    p.change("V3", Some("T"), None);
    assert_eq!(p.waiting(), "V4 V3");
}

#[test]
fn a_mode_change_works_when_the_area_is_full() {
    let mut p = play(|s| (s.fast_piles, s.slow_piles, s.lane_places, s.waiting_places) = (1, 1, 1, 1));
    for (car, mode) in [("V1", "F"), ("V2", "T"), ("V3", "F")] {
        p.apply(car, mode, "30");
    }
    assert_eq!(p.apply("V4", "T", "30"), "rejected:full");
    assert_eq!(p.change("V3", Some("T"), Some("20")), "ok");
    assert_eq!((p.number("V3"), p.waiting()), ("T2".into(), "V3".into()));
}

#[test]
fn a_mode_change_is_dispatched_at_once() {
    let mut p = one_lane();
    p.change("V3", Some("T"), None);
    assert_eq!((p.lane("T1"), p.waiting()), ("V3".into(), "V4".into()));
}

#[test]
fn a_change_of_nothing_is_done() {
    let mut p = one_lane();
    assert_eq!(p.change("V3", None, None), "ok");
    assert_eq!(p.number("V3"), "F3");
}

#[test]
fn in_a_lane_neither_may_change() {
    let mut p = one_lane();
    for car in ["V1", "V2"] {
        assert_eq!(p.change(car, None, Some("10")), "rejected:change_not_allowed");
        assert_eq!(p.change(car, Some("T"), None), "rejected:change_not_allowed");
    }
    p.finish();
    assert_eq!(p.end("V2"), "08:00 finished 1 records 45.00");
}

#[test]
fn displaced_by_a_fault_neither_may_change() {
    let mut p = one_lane();
    p.fail("F1");
    assert_eq!(p.displaced(), "V1 V2");
    for car in ["V1", "V2"] {
        assert_eq!(p.change(car, None, Some("10")), "rejected:change_not_allowed");
        assert_eq!(p.change(car, Some("T"), None), "rejected:change_not_allowed");
    }
}

#[test]
fn without_the_setting_the_charging_car_may_not_change() {
    let mut p = one_lane();
    assert_eq!(p.at("06:30").change("V1", None, Some("20")), "rejected:change_not_allowed");
}

/// At 06:30 V1 has been delivered 15 of 30 kWh.
fn allowed() -> Play {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.finish_at_new_amount) = (1, 2, true));
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "F", "30");
    }
    p.at("06:30");
    p
}

#[test]
fn finish_at_new_amount_takes_a_lower_quantity() {
    let mut p = allowed();
    assert_eq!(p.change("V1", None, Some("20")), "ok");
    p.finish();
    assert_eq!(p.end("V1"), "06:40 finished 1 records 24.00");
    assert_eq!(p.starts("V2"), "06:40");
}

#[test]
fn finish_at_new_amount_is_for_the_charging_car_only() {
    let mut p = allowed();
    assert_eq!(p.change("V2", None, Some("20")), "rejected:change_not_allowed");
    p.fail("F1");
    assert_eq!(p.change("V1", None, Some("20")), "rejected:change_not_allowed");
}

#[test]
fn finish_at_new_amount_refuses_an_unchanged_or_higher_amount() {
    let mut p = allowed();
    assert_eq!(p.change("V1", None, Some("30")), "rejected:change_not_allowed");
    assert_eq!(p.change("V1", None, Some("31")), "rejected:change_not_allowed");
    assert_eq!(p.change("V1", None, None), "rejected:change_not_allowed");
    assert_eq!(p.change("V1", Some("F"), None), "rejected:change_not_allowed");
}

#[test]
fn finish_at_new_amount_refuses_less_than_has_been_delivered() {
    let mut p = allowed();
    assert_eq!(p.change("V1", None, Some("14.999")), "rejected:change_not_allowed");
    p.finish();
    assert_eq!(p.end("V1"), "07:00 finished 1 records 36.00", "rejected as a whole");
}

#[test]
fn finish_at_new_amount_takes_its_own_mode_and_no_other() {
    let mut p = allowed();
    assert_eq!(p.change("V1", Some("T"), Some("20")), "rejected:change_not_allowed");
    assert_eq!(p.change("V1", Some("F"), Some("20")), "ok");
}

#[test]
fn a_change_to_exactly_what_has_been_delivered_completes_the_car_before_dispatch() {
    let mut p = allowed();
    assert_eq!(p.change("V1", None, Some("15")), "ok");
    assert_eq!(p.end("V1"), "06:30 finished 1 records 18.00");
    assert_eq!((p.lane("F1"), p.waiting()), ("V2 V3".into(), "V4".into()));
    assert_eq!((p.starts("V2"), p.moves("V3")), ("06:30".into(), "06:30 F1".into()));
}

#[test]
fn delivered_so_far_includes_earlier_segments() {
    let mut p = play(|s| s.finish_at_new_amount = true);
    p.apply("V1", "F", "30");
    p.at("06:30").fail("F1");
    p.at("06:40");
    assert_eq!(p.so_far("V1"), "20.00 ¥24.00");
    assert_eq!(p.change("V1", None, Some("19")), "rejected:change_not_allowed");
    assert_eq!(p.change("V1", None, Some("20")), "ok");
    assert_eq!(p.end("V1"), "06:40 finished 2 records 24.00");
}

#[test]
fn a_head_that_started_at_this_very_instant_counts_as_charging() {
    let mut p = allowed();
    p.at("07:00");
    assert_eq!(p.change("V2", None, Some("20")), "ok");
    p.finish();
    assert_eq!(p.records()[1], "V2 F1 07:00–07:40 20.00kWh 14.00+16.00=30.00");
}

#[test]
fn changing_or_cancelling_without_a_live_request_is_ignored() {
    let mut p = one_lane();
    assert_eq!(p.cancel("V9"), "ignored:no_live_request");
    assert_eq!(p.change("V9", None, Some("5")), "ignored:no_live_request");
    p.at("07:00");
    assert_eq!(p.cancel("V1"), "ignored:no_live_request", "completions come first");
    assert_eq!(p.end("V1"), "07:00 finished 1 records 36.00");
}

#[test]
fn cancelling_in_a_lane_costs_nothing_before_charging() {
    let mut p = one_lane();
    assert_eq!(p.at("06:30").cancel("V2"), "ok");
    assert_eq!(p.end("V2"), "06:30 cancelled no bill");
    assert!(p.records().is_empty());
}

#[test]
fn while_charging_cancelling_bills_the_energy_delivered() {
    let mut p = one_lane();
    assert_eq!(p.at("06:30").cancel("V1"), "ok");
    assert_eq!(p.records(), ["V1 F1 06:00–06:30 15.00kWh 6.00+12.00=18.00"]);
    assert_eq!(p.end("V1"), "06:30 cancelled 1 records 18.00");
    assert_eq!(p.starts("V2"), "06:30");
}

#[test]
fn cancelling_a_displaced_car_ends_its_request_with_the_records_it_has() {
    let mut p = one_lane();
    p.at("06:30").fail("F1");
    assert_eq!(p.at("06:45").cancel("V1"), "ok");
    assert_eq!(p.end("V1"), "06:45 cancelled 1 records 18.00");
    assert_eq!(p.cancel("V2"), "ok");
    assert_eq!(p.end("V2"), "06:45 cancelled no bill");
}

#[test]
fn when_the_last_displaced_car_is_cancelled_calling_resumes_at_once() {
    // V4 waits for T1, the best lane, while T2 and T3 have places that V6 could take.
    let mut p = play(|s| {
        s.slow_piles = 4;
        (s.dispatch_target, s.dispatch_mode) = (DispatchTarget::BestThenWait, DispatchMode::SingleTotal);
    });
    for (car, amount) in [("V1", "1"), ("V2", "90"), ("V3", "80"), ("V4", "85"), ("V5", "1")] {
        p.apply(car, "T", amount);
    }
    p.fail("T4");
    p.apply("V6", "T", "1");
    assert_eq!((p.displaced(), p.waiting()), ("V4".into(), "V6".into()));
    p.at("06:02").cancel("V4");
    assert_eq!((p.waiting(), p.moves("V6")), (String::new(), "06:02 T3".into()));
}

#[test]
fn cancelling_a_queued_car_lets_the_next_be_called() {
    let mut p = one_lane();
    p.at("06:10").cancel("V2");
    assert_eq!((p.lane("F1"), p.waiting()), ("V1 V3".into(), "V4".into()));
    assert_eq!(p.moves("V3"), "06:10 F1");
}
