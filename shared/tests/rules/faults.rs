//! Faults and recovery.

use shared::domain::charging::{DispatchMode, DispatchTarget, Draft, FaultStrategy};

use super::play::{Play, play};

fn slow(strategy: FaultStrategy, piles: u16, change: impl FnOnce(&mut Draft)) -> Play {
    play(|s| {
        (s.fault_strategy, s.slow_piles) = (strategy, piles);
        change(s);
    })
}

/// T1: V1 V4, T2: V2 V5, T3: V3 V6; V7 and V8 wait.
fn eight(strategy: FaultStrategy) -> Play {
    let mut p = slow(strategy, 3, |_| {});
    for (car, amount) in
        [("V1", "10"), ("V2", "20"), ("V3", "30"), ("V4", "10"), ("V5", "20"), ("V6", "30"), ("V7", "10"), ("V8", "10")]
    {
        p.apply(car, "T", amount);
    }
    assert_eq!(lanes(&mut p), ["V1 V4", "V2 V5", "V3 V6"]);
    p
}

fn lanes(p: &mut Play) -> [String; 3] {
    ["T1", "T2", "T3"].map(|pile| p.lane(pile))
}

#[test]
fn the_charging_cars_segment_ends_there_and_then() {
    let mut p = eight(FaultStrategy::Priority);
    p.at("06:30").fail("T2");
    assert_eq!(p.records(), ["V2 T2 06:00–06:30 5.00kWh 2.00+4.00=6.00"]);
}

#[test]
fn one_request_can_have_several_detail_records_and_one_bill() {
    let mut p = slow(FaultStrategy::Priority, 2, |_| {});
    p.apply("V1", "T", "20");
    p.at("06:30").fail("T1");
    p.at("07:30").fail("T2");
    p.at("08:00").recover("T1");
    p.finish();
    assert_eq!(
        p.records(),
        [
            "V1 T1 06:00–06:30 5.00kWh 2.00+4.00=6.00",
            "V1 T2 06:30–07:30 10.00kWh 5.50+8.00=13.50",
            "V1 T1 08:00–08:30 5.00kWh 3.50+4.00=7.50"
        ]
    );
    assert_eq!(p.end("V1"), "08:30 finished 3 records 27.00");
}

#[test]
fn the_remaining_energy_is_dispatched_again() {
    let mut p = slow(FaultStrategy::Priority, 2, |_| {});
    p.apply("V1", "T", "20");
    p.at("07:00").fail("T1");
    assert_eq!((p.lane("T2"), p.so_far("V1")), ("V1".into(), "10.00 ¥12.00".into()));
    p.finish();
    assert_eq!(p.end("V1"), "08:00 finished 2 records 27.00");
}

#[test]
fn a_failed_pile_holds_no_car() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    assert_eq!(lanes(&mut p), ["FAULT", "V2 V5", "V3 V6"]);
    assert_eq!(p.displaced(), "V1 V4");
}

#[test]
fn while_cars_are_displaced_calling_of_that_mode_pauses() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    p.at("08:00").look();
    assert_eq!(lanes(&mut p), ["FAULT", "V5 V1", "V3 V6"]);
    assert_eq!((p.displaced(), p.waiting()), ("V4".into(), "V7 V8".into()));
    p.cancel("V5");
    assert_eq!(lanes(&mut p), ["FAULT", "V1 V4", "V3 V6"], "the displaced car first");
    p.cancel("V6");
    assert_eq!(lanes(&mut p), ["FAULT", "V1 V4", "V3 V7"], "then the waiting area");
}

#[test]
fn calling_pauses_even_where_a_waiting_car_would_find_a_place() {
    let mut p = slow(FaultStrategy::Priority, 4, |s| {
        (s.dispatch_target, s.dispatch_mode) = (DispatchTarget::BestThenWait, DispatchMode::SingleTotal);
    });
    for (car, amount) in [("V1", "1"), ("V2", "90"), ("V3", "80"), ("V4", "85"), ("V5", "1")] {
        p.apply(car, "T", amount);
    }
    p.fail("T4");
    assert_eq!((p.lane("T1"), p.displaced()), ("V1 V5".into(), "V4".into()), "T1 is the best lane, and full");
    p.apply("V6", "T", "1");
    assert_eq!((p.lane("T2"), p.lane("T3"), p.waiting()), ("V2".into(), "V3".into(), "V6".into()));
}

#[test]
fn calling_of_the_other_mode_goes_on() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    p.apply("V9", "F", "30");
    assert_eq!(p.lane("F1"), "V9");
}

#[test]
fn calling_resumes_when_the_last_displaced_car_is_placed() {
    let mut p = slow(FaultStrategy::Priority, 2, |s| s.lane_places = 1);
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "T", "10");
    }
    p.fail("T1");
    assert_eq!((p.displaced(), p.waiting()), ("V1".into(), "V3".into()));
    p.finish();
    assert_eq!((p.starts("V1"), p.starts("V3")), ("06:00 07:00".into(), "08:00".into()));
}

#[test]
fn priority_dispatches_displaced_cars_in_lane_order() {
    let mut p = slow(FaultStrategy::Priority, 3, |s| s.lane_places = 3);
    for (car, amount) in [("V1", "10"), ("V2", "20"), ("V3", "30"), ("V4", "90"), ("V5", "10")] {
        p.apply(car, "T", amount);
    }
    assert_eq!(lanes(&mut p), ["V1 V4", "V2 V5", "V3"]);
    p.fail("T2");
    // V2 has the lower number and stands first; V5 follows.
    assert_eq!(lanes(&mut p), ["V1 V4", "FAULT", "V3 V2 V5"]);
}

#[test]
fn priority_dispatches_in_order_of_failure_then_lane_order() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T2");
    p.fail("T1");
    assert_eq!(p.displaced(), "V2 V5 V1 V4");
    p.at("09:00").look();
    assert_eq!((p.lane("T3"), p.displaced()), ("V6 V2".into(), "V5 V1 V4".into()));
}

#[test]
fn priority_leaves_the_other_lanes_as_they_are() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    assert_eq!(lanes(&mut p), ["FAULT", "V2 V5", "V3 V6"]);
}

#[test]
fn time_order_regroups_not_yet_charging_cars_of_other_lanes() {
    let mut p = eight(FaultStrategy::TimeOrder);
    p.fail("T1");
    // V1 V4 V5 V6 by number: V1 to T2, V4 to T3; V5 and V6 do not fit.
    assert_eq!(lanes(&mut p), ["FAULT", "V2 V1", "V3 V4"]);
    assert_eq!(p.displaced(), "V5 V6");
}

#[test]
fn time_order_leaves_charging_cars_where_they_are() {
    let mut p = eight(FaultStrategy::TimeOrder);
    p.at("06:30").fail("T3");
    assert_eq!(lanes(&mut p), ["V1 V3", "V2 V4", "FAULT"]);
    assert_eq!((p.starts("V1"), p.starts("V2")), ("06:00".into(), "06:00".into()));
}

#[test]
fn time_order_a_car_that_does_not_fit_stays_ahead_of_the_waiting_area() {
    let mut p = eight(FaultStrategy::TimeOrder);
    p.fail("T1");
    p.at("08:00").look();
    assert_eq!(lanes(&mut p), ["FAULT", "V1 V5", "V3 V4"]);
    assert_eq!((p.displaced(), p.waiting()), ("V6".into(), "V7 V8".into()));
    p.at("09:00").look();
    assert_eq!(lanes(&mut p), ["FAULT", "V5 V6", "V4 V7"]);
}

#[test]
fn time_order_joins_earlier_and_new_displaced_cars_in_one_list() {
    let mut p = eight(FaultStrategy::TimeOrder);
    p.fail("T1");
    assert_eq!(p.displaced(), "V5 V6");
    p.fail("T2");
    assert_eq!(lanes(&mut p), ["FAULT", "FAULT", "V3 V1"]);
    assert_eq!(p.displaced(), "V2 V4 V5 V6");
}

#[test]
fn time_order_regroups_even_when_the_failing_lane_was_empty() {
    let mut p = slow(FaultStrategy::TimeOrder, 3, |_| {});
    for (car, amount) in [("V1", "10"), ("V2", "20"), ("V3", "90"), ("V4", "20"), ("V5", "5")] {
        p.apply(car, "T", amount);
    }
    assert_eq!(lanes(&mut p), ["V1 V4", "V2 V5", "V3"]);
    p.at("06:10").cancel("V3");
    p.cancel("V1");
    assert_eq!(lanes(&mut p), ["V4", "V2 V5", ""]);
    p.fail("T3");
    // V5 was behind V2 and is dispatched anew: T1 has 20 kWh before it, T2 less.
    assert_eq!(lanes(&mut p), ["V4", "V2 V5", "FAULT"]);
    p.at("06:20").cancel("V4");
    p.recover("T3");
    assert_eq!(lanes(&mut p), ["V5", "V2", ""]);

    let mut p = slow(FaultStrategy::TimeOrder, 3, |_| {});
    for (car, amount) in [("V1", "10"), ("V2", "20"), ("V3", "90"), ("V4", "20"), ("V5", "5")] {
        p.apply(car, "T", amount);
    }
    p.at("06:10").cancel("V3");
    p.cancel("V2");
    assert_eq!(lanes(&mut p), ["V1 V4", "V5", ""]);
    p.fail("T3");
    assert_eq!(lanes(&mut p), ["V1", "V5 V4", "FAULT"], "V4 finds a better lane");
}

#[test]
fn recovery_regroups_over_all_working_lanes() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    p.at("08:00").look();
    assert_eq!(lanes(&mut p), ["FAULT", "V5 V1", "V3 V6"]);
    p.at("08:30").recover("T1");
    // V1 V4 V6 by number: V1 starts on T1; V4 to T3 (half an hour left, as T1 has an hour).
    assert_eq!(lanes(&mut p), ["V1 V6", "V5 V7", "V3 V4"]);
    assert_eq!((p.displaced(), p.waiting()), (String::new(), "V8".into()));
}

#[test]
fn recovery_sorts_by_number_under_priority_too() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T2");
    p.fail("T1");
    assert_eq!(p.displaced(), "V2 V5 V1 V4");
    p.recover("T2");
    // V1 V2 V4 V5 V6 by number over T2 and T3.
    assert_eq!(lanes(&mut p), ["FAULT", "V1 V2", "V3 V4"]);
    assert_eq!(p.displaced(), "V5 V6");
}

#[test]
fn recovery_with_displaced_cars_only_regroups() {
    let mut p = slow(FaultStrategy::Priority, 2, |s| s.lane_places = 1);
    p.apply("V1", "T", "30");
    p.apply("V2", "T", "30");
    p.fail("T2");
    p.fail("T1");
    assert_eq!(p.displaced(), "V2 V1");
    p.recover("T1");
    assert_eq!((p.lane("T1"), p.displaced()), ("V1".into(), "V2".into()), "by number");
}

#[test]
fn recovery_with_nothing_to_regroup_just_calls() {
    let mut p = slow(FaultStrategy::Priority, 1, |_| {});
    p.fail("T1");
    p.apply("V1", "T", "10");
    assert_eq!(p.waiting(), "V1");
    assert_eq!(p.at("06:20").recover("T1"), "ok");
    assert_eq!((p.lane("T1"), p.starts("V1")), ("V1".into(), "06:20".into()));
}

#[test]
fn failing_a_failed_pile_is_ignored_and_changes_nothing() {
    let mut p = eight(FaultStrategy::TimeOrder);
    p.fail("T1");
    let before = p.station.station().clone();
    assert_eq!(p.fail("T1"), "ignored:already_failed");
    assert_eq!(p.station.station(), &before);
}

#[test]
fn a_new_duration_for_a_failed_pile_is_ignored() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail_for("T1", 30);
    assert_eq!(p.fail_for("T1", 300), "ignored:already_failed");
    p.at("06:30").look();
    assert_eq!(p.lane("T1"), "V1 V4");
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    assert_eq!(p.fail_for("T1", 30), "ignored:already_failed");
    p.at("06:45").look();
    assert_eq!(p.lane("T1"), "FAULT");
}

#[test]
fn recovering_a_working_pile_is_ignored() {
    let mut p = eight(FaultStrategy::Priority);
    let before = p.station.station().clone();
    assert_eq!(p.recover("T1"), "ignored:already_working");
    assert_eq!(p.station.station(), &before, "though other lanes hold cars that do not charge yet");
}

#[test]
fn a_fault_with_a_duration_recovers_by_itself() {
    let mut p = slow(FaultStrategy::Priority, 1, |_| {});
    p.apply("V1", "T", "10");
    p.at("06:30").fail_for("T1", 45);
    p.at("09:00").look();
    assert_eq!((p.starts("V1"), p.end("V1")), ("06:00 07:15".into(), "07:45 finished 2 records 13.50".into()));
}

#[test]
fn a_fault_with_a_duration_may_recover_earlier() {
    let mut p = slow(FaultStrategy::Priority, 1, |_| {});
    p.apply("V1", "T", "10");
    p.at("06:30").fail_for("T1", 45);
    assert_eq!(p.at("06:40").recover("T1"), "ok");
    p.finish();
    assert_eq!(p.starts("V1"), "06:00 06:40");
}

#[test]
fn several_piles_may_be_down_at_once() {
    let mut p = eight(FaultStrategy::Priority);
    for pile in ["T1", "T2", "T3"] {
        assert_eq!(p.fail(pile), "ok");
    }
    assert_eq!(p.displaced(), "V1 V4 V2 V5 V3 V6");
    p.at("10:00").recover("T3");
    assert_eq!((p.lane("T3"), p.displaced()), ("V1 V2".into(), "V3 V4 V5 V6".into()));
}

#[test]
fn an_interrupted_car_keeps_its_number() {
    let mut p = eight(FaultStrategy::Priority);
    p.at("06:30").fail("T1");
    assert_eq!(p.number("V1"), "T1");
}

#[test]
fn a_zero_length_segment_leaves_no_detail_record() {
    let mut p = eight(FaultStrategy::Priority);
    p.fail("T1");
    assert!(p.records().is_empty());
    assert_eq!(p.cancel("V1"), "ok");
    assert_eq!(p.end("V1"), "06:00 cancelled no bill");
}

#[test]
fn modes_are_regrouped_apart() {
    let mut p = eight(FaultStrategy::TimeOrder);
    for car in ["W1", "W2", "W3"] {
        p.apply(car, "F", "30");
    }
    p.fail("T1");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("W1 W3".into(), "W2".into()));
}
