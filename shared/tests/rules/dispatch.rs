//! Dispatch: which lane a called car goes to.

use shared::domain::charging::{DispatchMode, DispatchTarget, FaultStrategy};

use super::play::{Play, play};

#[test]
fn a_car_goes_to_the_lane_where_it_would_finish_first() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "60");
    p.apply("V2", "F", "30");
    p.apply("V3", "F", "10");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1".into(), "V2 V3".into()));
}

#[test]
fn every_car_already_in_the_lane_counts() {
    let mut p = play(|s| s.lane_places = 3);
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "20");
    p.apply("V3", "F", "20");
    p.apply("V4", "F", "5");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1 V4".into(), "V2 V3".into()));
}

#[test]
fn what_the_head_has_been_delivered_no_longer_counts() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "30");
    p.at("06:40").apply("V2", "F", "20");
    p.apply("V3", "F", "20");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1 V3".into(), "V2".into()), "20 minutes left against 40");
}

#[test]
fn ties_go_to_the_lowest_pile_id() {
    let mut p = play(|s| s.slow_piles = 3);
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "T", "20");
    }
    assert_eq!(["T1", "T2", "T3"].map(|pile| p.lane(pile)), ["V1 V4", "V2", "V3"]);
}

#[test]
fn only_lanes_of_its_mode_are_considered() {
    let mut p = play(|s| (s.slow_piles, s.lane_places) = (1, 1));
    p.apply("V1", "T", "20");
    p.apply("V2", "T", "20");
    assert_eq!((p.lane("F1"), p.waiting()), (String::new(), "V2".into()));
}

#[test]
fn only_lanes_with_a_free_place_are_considered() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "1");
    p.apply("V2", "F", "90");
    p.apply("V3", "F", "1");
    p.apply("V4", "F", "30");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1 V3".into(), "V2 V4".into()), "F1 would be better, but is full");
    p.apply("V5", "F", "30");
    assert_eq!(p.waiting(), "V5");
}

#[test]
fn a_failed_pile_gets_no_car() {
    let mut p = play(|_| {});
    p.fail("F1");
    p.apply("V1", "F", "30");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("FAULT".into(), "V1".into()));
}

#[test]
fn best_then_wait_lets_the_car_stay_if_the_best_lane_is_full() {
    let mut p = play(|s| s.dispatch_target = DispatchTarget::BestThenWait);
    p.apply("V1", "F", "1.5");
    p.apply("V2", "F", "90");
    p.apply("V3", "F", "1.5");
    p.apply("V4", "F", "30");
    assert_eq!((p.lane("F2"), p.waiting()), ("V2".into(), "V4".into()));
    p.at("06:03").look();
    assert_eq!((p.lane("F1"), p.waiting()), ("V3 V4".into(), String::new()));
    assert_eq!(p.moves("V4"), "06:03 F1");
}

#[test]
fn best_then_wait_takes_the_best_lane_when_it_is_free() {
    let mut p = play(|s| s.dispatch_target = DispatchTarget::BestThenWait);
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "60");
    p.apply("V3", "F", "30");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1 V3".into(), "V2".into()));
}

#[test]
fn best_then_wait_ties_go_to_the_lowest_id_full_or_not() {
    let mut p = play(|s| (s.dispatch_target, s.lane_places) = (DispatchTarget::BestThenWait, 2));
    p.apply("V1", "T", "10");
    p.apply("V2", "T", "20");
    p.apply("V3", "T", "10");
    assert_eq!((p.lane("T1"), p.lane("T2")), ("V1 V3".into(), "V2".into()));
    p.apply("V4", "T", "10");
    assert_eq!(p.waiting(), "V4", "both lanes are busy for two hours; T1 is full, and wins the tie all the same");
}

#[test]
fn best_then_wait_applies_to_displaced_cars() {
    let mut p = play(|s| (s.dispatch_target, s.slow_piles) = (DispatchTarget::BestThenWait, 3));
    p.apply("V1", "T", "1");
    p.apply("V2", "T", "90");
    p.apply("V3", "T", "80");
    p.apply("V4", "T", "1");
    assert_eq!(p.lane("T1"), "V1 V4");
    p.fail("T3");
    assert_eq!((p.lane("T2"), p.displaced()), ("V2".into(), "V3".into()), "T2 has a place, but T1 is better");
    p.at("06:06").look();
    assert_eq!((p.lane("T1"), p.displaced()), ("V4 V3".into(), String::new()));
}

#[test]
fn best_then_wait_applies_to_regrouped_cars() {
    let mut p = play(|s| {
        (s.dispatch_target, s.slow_piles) = (DispatchTarget::BestThenWait, 3);
        s.fault_strategy = FaultStrategy::TimeOrder;
    });
    p.apply("V1", "T", "1");
    p.apply("V2", "T", "90");
    p.apply("V3", "T", "80");
    p.apply("V4", "T", "1");
    p.fail("T3");
    assert_eq!((p.lane("T1"), p.lane("T2"), p.displaced()), ("V1 V3".into(), "V2".into(), "V4".into()));
}

/// Cars that came while the only fast pile was down; then there are more piles.
fn came_while_down(cars: &[(&str, &str)]) -> Play {
    let mut p = play(|s| (s.dispatch_mode, s.fast_piles) = (DispatchMode::SingleTotal, 1));
    p.fail("F1");
    for (car, amount) in cars {
        p.apply(car, "F", amount);
    }
    p
}

#[test]
fn single_total_places_as_many_as_there_are_places_at_once() {
    let cars = [("V1", "60"), ("V2", "20"), ("V3", "40"), ("V4", "10")];
    let mut p = came_while_down(&cars);
    p.adopt(|s| (s.fast_piles, s.lane_places) = (3, 1));
    // F1 is down, F2 and F3 are new: two are called, by number.
    assert_eq!((p.lane("F2"), p.lane("F3"), p.waiting()), ("V1".into(), "V2".into(), "V3 V4".into()));

    let mut p = came_while_down(&cars);
    p.adopt(|s| (s.fast_piles, s.lane_places) = (3, 2));
    assert_eq!((p.lane("F2"), p.lane("F3")), ("V2 V1".into(), "V4 V3".into()), "the short ones first");
}

#[test]
fn single_total_with_one_free_lane_calls_by_number() {
    let mut p = came_while_down(&[("V1", "60"), ("V2", "20"), ("V3", "40")]);
    p.recover("F1");
    assert_eq!((p.lane("F1"), p.waiting()), ("V1 V2".into(), "V3".into()));
}

#[test]
fn single_total_ties_give_the_lower_number_the_lower_pile() {
    let mut p = came_while_down(&[("V1", "20"), ("V2", "40"), ("V3", "40")]);
    p.adopt(|s| (s.fast_piles, s.lane_places) = (4, 1));
    assert_eq!(["F2", "F3", "F4"].map(|pile| p.lane(pile)), ["V1", "V2", "V3"]);
}

#[test]
fn single_total_leaves_faults_as_they_are() {
    let mut p = play(|s| s.dispatch_mode = DispatchMode::SingleTotal);
    for (car, amount) in [("V1", "60"), ("V2", "30"), ("V3", "60"), ("V4", "30"), ("V5", "3")] {
        p.apply(car, "F", amount);
    }
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1 V4".into(), "V2 V3".into()));
    p.fail("F1");
    assert_eq!((p.lane("F2"), p.displaced(), p.waiting()), ("V2 V3".into(), "V1 V4".into(), "V5".into()));
}

#[test]
fn single_total_counts_what_lanes_are_busy_with() {
    let mut p = play(|s| (s.dispatch_mode, s.fast_piles, s.lane_places) = (DispatchMode::SingleTotal, 1, 1));
    p.apply("V1", "F", "90");
    p.apply("V2", "F", "30");
    p.apply("V3", "F", "15");
    p.adopt(|s| (s.fast_piles, s.lane_places) = (2, 2));
    // Behind V1 a car would wait three hours: both go to F2, the short one first, and the place on F1 stays free.
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1".into(), "V3 V2".into()));
}
