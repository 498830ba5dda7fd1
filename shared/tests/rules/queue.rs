//! Numbers and calling: who gets which number, who is refused, who is called.

use shared::domain::charging::{
    Command, DispatchTarget, Draft, DriverId, MINUTE, Mode, Outcome, Progress, Rejection, RequestId, Span, Standing,
    Station, Turn,
};

use super::play::{kwh, play};

#[test]
fn a_request_gets_the_next_number_of_its_mode() {
    let mut p = play(|_| {});
    for (car, mode) in [("V1", "F"), ("V2", "T"), ("V3", "F"), ("V4", "T"), ("V5", "T")] {
        assert_eq!(p.apply(car, mode, "30"), "ok");
    }
    assert_eq!(["V1", "V2", "V3", "V4", "V5"].map(|car| p.number(car)), ["F1", "T1", "F2", "T2", "T3"]);
}

#[test]
fn numbers_are_never_reused() {
    let mut p = play(|s| s.fast_piles = 1);
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    assert_eq!(p.number("V3"), "F3");
    p.cancel("V3");
    p.apply("V4", "F", "30");
    assert_eq!(p.number("V4"), "F4");
}

#[test]
fn a_request_that_is_refused_takes_no_number() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (1, 1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    assert_eq!(p.apply("V3", "F", "30"), "rejected:full");
    p.cancel("V2");
    assert_eq!(p.apply("V4", "F", "30"), "ok");
    assert_eq!(p.number("V4"), "F3");
}

#[test]
fn when_the_waiting_area_is_full_the_request_is_refused() {
    let mut p = play(|s| (s.fast_piles, s.waiting_places) = (1, 2));
    for car in ["V1", "V2", "V3", "V4"] {
        assert_eq!(p.apply(car, "F", "30"), "ok");
    }
    assert_eq!(p.apply("V5", "F", "30"), "rejected:full");
}

#[test]
fn n_is_checked_before_the_new_car_is_called() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (1, 1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    assert_eq!(p.lane("T1"), "");
    assert_eq!(p.apply("V3", "T", "30"), "rejected:full", "though a slow lane is free");
}

#[test]
fn the_waiting_area_is_shared_by_both_modes() {
    let mut p = play(|s| (s.fast_piles, s.slow_piles, s.lane_places, s.waiting_places) = (1, 1, 1, 2));
    for (car, mode) in [("V1", "F"), ("V2", "T"), ("V3", "F"), ("V4", "T")] {
        assert_eq!(p.apply(car, mode, "30"), "ok");
    }
    assert_eq!(p.waiting(), "V3 V4");
    assert_eq!(p.apply("V5", "F", "30"), "rejected:full");
    assert_eq!(p.apply("V6", "T", "30"), "rejected:full");
}

#[test]
fn displaced_cars_do_not_count_towards_n() {
    let mut p = play(|s| (s.fast_piles, s.waiting_places) = (1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.fail("F1");
    assert_eq!(p.displaced(), "V1 V2");
    assert_eq!(p.apply("V3", "F", "30"), "ok");
    assert_eq!(p.apply("V4", "F", "30"), "rejected:full");
}

#[test]
fn one_live_request_per_driver_waiting_displaced_or_in_a_lane() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 2));
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    for car in ["V1", "V2", "V3"] {
        assert_eq!(p.apply(car, "T", "30"), "rejected:live_request", "charging, in a lane, waiting");
    }
    p.fail("F1");
    assert_eq!(p.apply("V1", "T", "30"), "rejected:live_request", "displaced");
}

#[test]
fn one_live_request_per_plate() {
    let mut p = play(|_| {});
    assert_eq!(p.apply_as(DriverId(1), "V1", "F", "30"), "ok");
    assert_eq!(p.apply_as(DriverId(2), "V1", "F", "30"), "rejected:live_request");
}

#[test]
fn drivers_without_a_plate_do_not_collide() {
    let mut p = play(|_| {});
    assert_eq!(p.apply_as(DriverId(1), "", "F", "30"), "ok");
    assert_eq!(p.apply_as(DriverId(2), "", "F", "30"), "ok");
}

#[test]
fn after_leaving_the_same_car_may_apply_again_from_zero() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "30");
    p.at("06:30").cancel("V1");
    assert_eq!(p.apply("V1", "F", "30"), "ok");
    assert_eq!(p.number("V1"), "F2");
    assert_eq!(p.so_far("V1"), "0.00 ¥0.00");
}

#[test]
fn a_request_that_ends_in_this_very_turn_is_no_longer_live() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "30");
    assert_eq!(p.at("07:00").apply("V1", "F", "30"), "ok", "the first request ends at 07:00, completions come first");
    assert_eq!(p.number("V1"), "F2");
}

fn arrears(admitted: bool) -> Outcome {
    let mut p = play(|s| s.arrears_may_not_join = !admitted);
    let standing = Standing { live: Vec::new(), in_arrears: true };
    let (request, driver, plate) = (RequestId(9), DriverId(9), "V9".into());
    let apply = Command::Apply { request, driver, plate, mode: Mode::Fast, energy: kwh("1"), standing };
    p.station.handle(p.now, apply).0
}

#[test]
fn a_driver_in_arrears_may_not_join() {
    assert_eq!(arrears(false), Outcome::Rejected(Rejection::InArrears));
}

#[test]
fn a_station_may_admit_drivers_in_arrears() {
    assert_eq!(arrears(true), Outcome::Done);
}

/// No writer has updated the station since it charged the driver, who returns this many minutes after more than an hour.
fn back_after(minutes: i64, change: impl Fn(&mut Draft)) -> String {
    let mut p = play(|s| {
        s.payment_due_hours = 1;
        change(s);
    });
    p.apply_as(DriverId(1), "V1", "F", "30");
    p.now = p.now + Span::from_millis((120 + minutes) * MINUTE);
    p.apply_as(DriverId(1), "V1", "F", "30")
}

#[test]
fn a_bill_that_is_written_late_is_overdue_at_the_same_instant() {
    assert_eq!(back_after(0, |_| {}), "ok", "it falls due at this very instant");
    assert_eq!(back_after(1, |_| {}), "rejected:in_arrears");
    assert_eq!(back_after(1, |s| s.arrears_may_not_join = false), "ok");
}

#[test]
fn the_lowest_number_is_called_as_soon_as_a_place_is_free() {
    let mut p = play(|s| (s.fast_piles, s.lane_places) = (1, 1));
    for car in ["V1", "V2", "V3"] {
        p.apply(car, "F", "30");
    }
    assert_eq!(p.waiting(), "V2 V3");
    p.at("06:59").look();
    assert_eq!(p.lane("F1"), "V1");
    p.at("07:00").look();
    assert_eq!((p.lane("F1"), p.waiting()), ("V2".into(), "V3".into()));
    assert_eq!(p.moves("V2"), "07:00 F1");
}

#[test]
fn a_called_car_leaves_the_waiting_area() {
    let mut p = play(|_| {});
    p.apply("V1", "F", "30");
    assert_eq!((p.lane("F1"), p.waiting()), ("V1".into(), String::new()));
    assert_eq!(p.station.station().waiting(), 0);
}

#[test]
fn if_the_lowest_number_cannot_be_placed_no_later_one_is_called() {
    // F1 is the best lane but full: V4 stays, and V5 with it, although F2 has a free place.
    let mut p = play(|s| {
        s.lane_places = 2;
        s.dispatch_target = DispatchTarget::BestThenWait;
    });
    p.apply("V1", "F", "1.5");
    p.apply("V2", "F", "60");
    p.apply("V3", "F", "1.5");
    assert_eq!((p.lane("F1"), p.lane("F2")), ("V1 V3".into(), "V2".into()));
    p.apply("V4", "F", "30");
    p.apply("V5", "F", "1");
    assert_eq!((p.lane("F2"), p.waiting()), ("V2".into(), "V4 V5".into()));
}

#[test]
fn modes_are_called_apart() {
    let mut p = play(|s| (s.fast_piles, s.slow_piles, s.lane_places) = (1, 1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    p.apply("V3", "T", "10");
    assert_eq!((p.waiting(), p.lane("T1")), ("V2".into(), "V3".into()));
}

#[test]
fn cancelling_in_the_waiting_area_frees_a_place_at_once() {
    let mut p = play(|s| (s.fast_piles, s.lane_places, s.waiting_places) = (1, 1, 1));
    p.apply("V1", "F", "30");
    p.apply("V2", "F", "30");
    assert_eq!(p.cancel("V2"), "ok");
    assert_eq!(p.end("V2"), "06:00 cancelled no bill");
    assert_eq!(p.apply("V3", "F", "30"), "ok");
    assert_eq!(p.waiting(), "V3");
}

#[test]
fn a_decision_may_be_written_before_dispatch() {
    let p = play(|_| {});
    let standing = Standing::default();
    let (request, driver, plate) = (RequestId(1), DriverId(1), "V1".into());
    let apply = Command::Apply { request, driver, plate, mode: Mode::Fast, energy: kwh("30"), standing };
    let mut turn = Turn::new(p.station.station().clone(), p.now, Some(apply), 12);
    assert_eq!(turn.advance(), Progress::Decided(Outcome::Done));
    let (station, _) = turn.into_parts();
    assert_eq!((station.waiting(), station.due()), (1, Some(p.now)), "it waits, and dispatch is due");

    let later = p.clock.parse("06:20").unwrap();
    let mut turn = Turn::new(Station::unpack(&station.pack()).unwrap(), later, None, 12);
    assert_eq!(turn.advance(), Progress::Done);
    let (station, facts) = turn.into_parts();
    assert_eq!(facts[0].at, p.now, "called at the instant at which it applied");
    assert_eq!((station.waiting(), station.due()), (0, p.clock.parse("07:00")));
}
