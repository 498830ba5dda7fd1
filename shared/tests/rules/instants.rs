//! Time: exact instants, and what comes first at one instant.

use super::play::{kw, play};

#[test]
fn a_completion_happens_when_it_is_due_however_late_the_command() {
    let mut p = play(|_| {});
    p.at("06:05").apply("V1", "F", "70");
    p.at("23:00").apply("V2", "F", "1");
    assert_eq!(p.end("V1"), "08:25 finished 1 records 96.75");
}

#[test]
fn the_next_head_starts_at_the_very_instant_the_head_leaves() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 1));
    p.apply("V1", "F", "10");
    p.apply("V2", "F", "10");
    p.apply("V3", "F", "10");
    p.at("12:00").look();
    assert_eq!(["V1", "V2", "V3"].map(|car| p.starts(car)), ["06:00", "06:20", "06:40"]);
}

#[test]
fn instants_at_seven_kilowatts_are_exact() {
    let mut p = play(|s| (s.slow_piles, s.slow_power) = (1, kw("7")));
    p.apply("V1", "T", "10");
    p.apply("V2", "T", "4");
    p.finish();
    assert_eq!(p.records()[0], "V1 T1 06:00–07:25:43 10.00kWh 4.90+8.00=12.90");
    assert_eq!(p.end("V2"), "08:00 finished 1 records 6.00");
}

#[test]
fn many_thirds_of_a_second_add_up_to_whole_ones() {
    // 2 Wh at 21.6 kW take a third of a second; 30 of them take ten seconds.
    let mut p = play(|s| (s.fast_piles, s.fast_power, s.waiting_places) = (1, kw("21.6"), 50));
    for n in 0..30 {
        p.apply(&format!("V{n}"), "F", "0.002");
    }
    p.finish();
    let last = shared::domain::charging::Moment::from_millis(p.now.floor_millis() + 10_000);
    assert_eq!(p.facts.last().map(|fact| fact.at), Some(last));
}

#[test]
fn due_completions_come_in_pile_order() {
    let mut p = play(|s| s.lane_places = 1);
    p.apply("V1", "T", "10");
    p.apply("V2", "F", "30");
    p.apply("V3", "T", "10");
    p.apply("V4", "F", "30");
    p.at("07:00").look();
    let order: Vec<_> = p.records().iter().map(|record| record[3..5].to_owned()).collect();
    assert_eq!(order, ["F1", "F2", "T1", "T2"]);
}

#[test]
fn each_completion_is_followed_by_dispatch_before_the_next() {
    let mut p = play(|s| s.lane_places = 1);
    for car in ["V1", "V2", "V3", "V4"] {
        p.apply(car, "F", "30");
    }
    p.at("07:00").look();
    // When V3 is called only F1 is free; F2 completes after that.
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V3".into(), "V4".into()));
    let mut p = play(|_| {});
    for (car, amount) in [("V1", "30"), ("V2", "30"), ("V3", "90"), ("V4", "60"), ("V5", "1"), ("V6", "1")] {
        p.apply(car, "F", amount);
    }
    p.at("07:00").look();
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V3 V5".into(), "V4 V6".into()), "V5 is called before F2 is better");
}

#[test]
fn completions_come_before_fault_durations_that_end() {
    let mut p = play(|s| (s.slow_piles, s.lane_places) = (2, 2));
    p.apply("V1", "T", "10");
    p.apply("V2", "T", "20");
    p.apply("V3", "T", "30");
    p.fail_for("T2", 60);
    assert_eq!((p.lane("T1"), p.displaced()), ("V1 V3".into(), "V2".into()));
    p.at("07:00").look();
    // First V1 completes: V3 starts and V2 goes behind it. Then T2 recovers, and V2 is regrouped.
    assert_eq!((p.lane("T1"), p.lane("T2")), ("V3".into(), "V2".into()));
    assert_eq!(p.moves("V2"), "06:00 T2, 07:00 T1, 07:00 T2");
}

#[test]
fn fault_durations_that_end_come_in_pile_order_each_with_its_regrouping() {
    let mut p = play(|s| (s.slow_piles, s.lane_places) = (2, 1));
    p.apply("V1", "T", "10");
    p.apply("V2", "T", "10");
    p.at("06:10").fail_for("T2", 20);
    p.at("06:20").fail_for("T1", 10);
    assert_eq!(p.displaced(), "V2 V1");
    p.at("06:30").look();
    assert_eq!((p.lane("T1"), p.lane("T2")), ("V1".into(), "V2".into()));
}

#[test]
fn completions_come_before_the_event() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 2));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.at("07:00").fail("F1");
    assert_eq!((p.end("V1"), p.displaced()), ("07:00 finished 1 records 36.00".into(), "V2".into()));
    assert_eq!(p.records().len(), 1, "V2 started and was interrupted at the same instant");
}

#[test]
fn dispatch_comes_after_the_event() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (2, 1));
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    p.at("06:30").cancel("V1");
    assert_eq!(p.moves("V3"), "06:30 F1");
}

#[test]
fn rows_of_the_same_time_are_handled_in_order() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (1, 1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    assert_eq!(p.apply("V3", "F", "30"), "rejected:full");
    p.cancel("V1");
    assert_eq!(p.apply("V3", "F", "30"), "ok");
}

#[test]
fn records_closed_at_one_instant_are_completions_in_pile_order_then_the_events() {
    let mut p = play(|s| s.lane_places = 1);
    p.apply("V1", "F", "90");
    p.apply("V2", "F", "30");
    p.apply("V3", "T", "10");
    p.at("07:00").cancel("V1");
    let order: Vec<_> = p.records().iter().map(|record| record[..5].to_owned()).collect();
    assert_eq!(order, ["V2 F2", "V3 T1", "V1 F1"]);
}

#[test]
fn a_clock_that_goes_back_does_not_move_the_station_back() {
    let mut p = play(|_| {});
    p.at("07:00").apply("V1", "F", "30");
    p.at("06:30").apply("V2", "F", "30");
    assert_eq!(p.starts("V2"), "07:00");
}

#[test]
fn a_turn_may_stop_after_so_many_completions_at_a_correct_earlier_instant() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (1, 1, 9));
    for car in ["V1", "V2", "V3", "V4", "V5"] {
        p.apply(car, "F", "30");
    }
    let noon = p.clock.parse("12:00").unwrap();
    let mut whole = p.station.clone();
    let all = whole.settle(noon);
    let mut parts = Vec::new();
    for _ in 0..3 {
        let (_, facts) = p.station.turn(noon, None, 2);
        parts.extend(facts);
    }
    assert_eq!(parts, all);
    assert_eq!(p.station.station(), whole.station());

    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (1, 1, 9));
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    p.station.turn(noon, None, 2);
    assert_eq!(p.clock.show(p.station.station().settled_at()), "08:00");
}

#[test]
fn a_station_tells_when_it_is_next_due() {
    let mut p = play(|_| {});
    assert_eq!(p.station.station().due(), None);
    p.apply("V1", "T", "10");
    p.apply("V2", "F", "45");
    let due = |p: &super::play::Play| p.station.station().due().map(|at| p.clock.show(at));
    assert_eq!(due(&p).as_deref(), Some("07:00"));
    p.at("06:20").fail_for("T2", 25);
    assert_eq!(due(&p).as_deref(), Some("06:45"));
    p.at("07:10").look();
    assert_eq!(due(&p).as_deref(), Some("07:30"));
}

#[test]
fn settling_in_many_small_steps_is_settling_at_once() {
    let mut p = play(|s| (s.slow_piles, s.slow_power) = (2, kw("7")));
    for (car, amount) in [("V1", "10"), ("V2", "11"), ("V3", "12"), ("V4", "13"), ("V5", "14")] {
        p.apply(car, "T", amount);
    }
    p.fail_for("T1", 77);
    let mut steps = p.station.clone();
    let mut facts = Vec::new();
    for minute in 0..1_000 {
        let at = p.now.floor_millis() + minute * 61_001;
        facts.extend(steps.settle(shared::domain::charging::Moment::from_millis(at)));
    }
    assert_eq!(p.station.settle(steps.station().settled_at()), facts);
    assert_eq!(p.station.station(), steps.station());
}
