//! Changing a station under way.

use shared::domain::charging::{DispatchTarget, FaultStrategy};

use super::play::{flat, kw, play};

#[test]
fn more_places_call_at_the_next_dispatch() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 1));
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    p.at("06:10").adopt(|s| s.lane_places = 3);
    assert_eq!((p.lane("F1"), p.moves("V3")), ("V1 V2 V3".into(), "06:10 F1".into()));
}

#[test]
fn a_lane_over_its_new_size_drains_by_itself() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 3));
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "F", "30");
    }
    p.adopt(|s| s.lane_places = 1);
    assert_eq!((p.lane("F1"), p.waiting()), ("V1 V2 V3".into(), "V4".into()));
    p.at("08:00").look();
    assert_eq!((p.lane("F1"), p.waiting()), ("V3".into(), "V4".into()));
    p.at("09:00").look();
    assert_eq!(p.lane("F1"), "V4");
}

#[test]
fn a_waiting_area_over_its_new_size_drains_by_itself() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 1));
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "F", "30");
    }
    p.adopt(|s| s.waiting_places = 1);
    assert_eq!(p.waiting(), "V2 V3 V4");
    assert_eq!(p.apply("V5", "F", "30"), "rejected:full");
    p.at("09:00");
    assert_eq!(p.apply("V5", "F", "30"), "ok");
}

#[test]
fn a_new_pile_is_called_to_at_once() {
    let mut p = play(|s| (s.slow_piles, s.lane_places) = (1, 1));
    p.apply("V1", "T", "30");
    p.apply("V2", "T", "30");
    p.adopt(|s| s.slow_piles = 2);
    assert_eq!((p.piles(), p.lane("T2")), ("F1 F2 T1 T2".into(), "V2".into()));
}

#[test]
fn a_pile_is_removed_when_it_is_empty() {
    let mut p = play(|_| {});
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "T", "10");
    }
    p.adopt(|s| s.slow_piles = 1);
    assert_eq!((p.piles(), p.lane("T2")), ("F1 F2 T1 T2".into(), "V2 V4".into()));
    p.at("07:59:59");
    assert_eq!(p.piles(), "F1 F2 T1 T2");
    p.at("08:00");
    assert_eq!(p.piles(), "F1 F2 T1");
}

#[test]
fn a_pile_that_is_to_be_removed_gets_no_car() {
    let mut p = play(|s| s.lane_places = 2);
    p.apply("V1", "T", "90");
    p.apply("V2", "T", "10");
    p.adopt(|s| s.slow_piles = 1);
    p.apply("V3", "T", "10");
    assert_eq!((p.lane("T1"), p.lane("T2")), ("V1 V3".into(), "V2".into()));
}

#[test]
fn a_failed_pile_that_is_to_be_removed_goes_at_once() {
    let mut p = play(|_| {});
    p.fail("T2");
    p.adopt(|s| s.slow_piles = 1);
    assert_eq!(p.piles(), "F1 F2 T1");
    let mut p = play(|_| {});
    p.apply("V1", "T", "90");
    p.apply("V2", "T", "10");
    p.adopt(|s| s.slow_piles = 1);
    p.fail("T2");
    assert_eq!((p.piles(), p.lane("T1")), ("F1 F2 T1".into(), "V1 V2".into()));
    assert_eq!(p.recover("T2"), "rejected:unknown_pile");
}

#[test]
fn a_pile_that_drains_may_be_kept_after_all() {
    let mut p = play(|_| {});
    p.apply("V1", "T", "10");
    p.apply("V2", "T", "10");
    p.adopt(|s| s.slow_piles = 1);
    p.adopt(|s| s.slow_piles = 3);
    p.at("08:00");
    assert_eq!(p.piles(), "F1 F2 T1 T2 T3");
}

#[test]
fn a_new_power_counts_for_the_next_start() {
    let mut p = play(|s| (s.slow_piles, s.tariff) = (1, flat("1", "0")));
    p.apply("V1", "T", "10");
    p.apply("V2", "T", "10");
    p.at("06:30").adopt(|s| s.slow_power = kw("20"));
    p.finish();
    assert_eq!(
        (p.end("V1"), p.end("V2")),
        ("07:00 finished 1 records 10.00".into(), "07:30 finished 1 records 10.00".into())
    );
}

#[test]
fn a_new_strategy_counts_from_the_next_fault() {
    let mut p = play(|s| s.slow_piles = 3);
    for (car, amount) in [("V1", "10"), ("V2", "20"), ("V3", "30"), ("V4", "10"), ("V5", "20"), ("V6", "30")] {
        p.apply(car, "T", amount);
    }
    p.adopt(|s| s.fault_strategy = FaultStrategy::TimeOrder);
    assert_eq!(p.lane("T2"), "V2 V5");
    p.fail("T1");
    assert_eq!((p.lane("T2"), p.displaced()), ("V2 V1".into(), "V5 V6".into()));
}

#[test]
fn a_new_dispatch_target_counts_from_the_next_dispatch() {
    let mut p = play(|s| s.dispatch_target = DispatchTarget::BestThenWait);
    for (car, amount) in [("V1", "1.5"), ("V2", "90"), ("V3", "1.5"), ("V4", "30")] {
        p.apply(car, "F", amount);
    }
    assert_eq!(p.waiting(), "V4");
    p.adopt(|s| s.dispatch_target = DispatchTarget::Vacant);
    assert_eq!((p.lane("F2"), p.waiting()), ("V2 V4".into(), String::new()));
}

#[test]
fn powers_that_would_make_instants_inexact_are_refused_until_lanes_drain() {
    let mut p = play(|s| (s.slow_piles, s.slow_power, s.waiting_places) = (1, kw("7.001"), 90));
    for n in 0..80 {
        p.apply(&format!("V{n}"), "T", "0.1");
    }
    let mut answers = Vec::new();
    for (n, power) in ["7.013", "7.019", "7.027", "7.039", "7.043", "7.057"].into_iter().enumerate() {
        p.at(&format!("06:{:02}:30", n * 2));
        answers.push(p.adopt(|s| s.slow_power = kw(power)));
    }
    assert_eq!(answers[0], "ok");
    assert!(answers.contains(&"rejected:power_changed_too_often".to_owned()), "{answers:?}");
    p.at("23:00").look();
    assert_eq!(p.adopt(|s| s.slow_power = kw("7.069")), "ok", "nothing is left of the earlier powers");
}

#[test]
fn the_powers_of_many_busy_piles_are_changed_at_once() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (40, 1, 90));
    for n in 0..60 {
        p.apply(&format!("V{n}"), "F", "100");
    }
    for (hour, power) in ["180", "120", "90", "60", "180"].into_iter().enumerate() {
        p.at(&format!("{:02}:07", 6 + hour));
        assert_eq!(p.adopt(|s| s.fast_power = kw(power)), "ok");
    }
}

#[test]
fn changed_powers_stay_exact() {
    // 7 kW leaves sevenths, 11 kW elevenths; together they come out whole again.
    let mut p = play(|s| (s.slow_piles, s.slow_power) = (1, kw("7")));
    p.apply("V1", "T", "1");
    p.apply("V2", "T", "11");
    p.apply("V3", "T", "6");
    p.adopt(|s| s.slow_power = kw("11"));
    p.at("06:30").adopt(|s| s.slow_power = kw("7"));
    p.finish();
    // 1/7 h, then an hour at 11 kW, then 6/7 h.
    assert_eq!(p.end("V3"), "08:00 finished 1 records 9.00");
    assert_eq!(p.facts.last().map(|fact| fact.at), p.clock.parse("08:00"));
}
