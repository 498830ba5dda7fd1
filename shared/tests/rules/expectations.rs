//! Looking ahead: what a car may expect if nothing else happens.

use shared::domain::charging::{Expectation, What};

use super::play::{Play, play};

fn expect(p: &Play, car: &str) -> Expectation {
    p.station.station().forecast().of(p.request(car), None).unwrap()
}

fn shown(p: &Play, car: &str) -> String {
    let expected = expect(p, car);
    let show = |at: Option<_>| at.map_or("never".to_owned(), |at| p.clock.show(at));
    let Expectation { ahead, called, start, finish, .. } = expected;
    format!("{ahead} ahead, {} {} {}", show(called), show(start), show(finish))
}

fn two_lanes() -> Play {
    let mut p = play(|s| s.lane_places = 2);
    for (car, amount) in [("V1", "10"), ("V2", "20"), ("V3", "10"), ("V4", "10"), ("V5", "10"), ("V6", "10")] {
        p.apply(car, "T", amount);
    }
    p
}

#[test]
fn a_waiting_car_is_told_call_start_and_finish() {
    let p = two_lanes();
    assert_eq!(shown(&p, "V5"), "0 ahead, 07:00 08:00 09:00");
    assert_eq!(shown(&p, "V6"), "1 ahead, 08:00 09:00 10:00");
}

#[test]
fn a_car_in_a_lane_is_told_start_and_finish() {
    let p = two_lanes();
    assert_eq!(shown(&p, "V3"), "1 ahead, never 07:00 08:00");
    assert_eq!(shown(&p, "V1"), "0 ahead, never never 07:00");
}

#[test]
fn a_displaced_car_is_told_when_it_starts_again() {
    let mut p = two_lanes();
    p.at("06:30").fail("T1");
    assert_eq!(shown(&p, "V1"), "0 ahead, never 09:00 09:30");
    p.fail("T2");
    p.recover("T1");
    assert_eq!(shown(&p, "V3"), "0 ahead, never 08:30 09:30");
}

#[test]
fn what_was_expected_is_what_happens() {
    let mut p = two_lanes();
    p.at("06:10").fail_for("T1", 45);
    let cars = ["V1", "V2", "V3", "V4", "V5", "V6"];
    let expected: Vec<_> = cars.iter().map(|car| expect(&p, car)).collect();
    p.finish();
    for (car, expected) in cars.iter().zip(expected) {
        let request = p.request(car);
        let of = |pick: fn(&What) -> Option<&shared::domain::charging::Ticket>| {
            let facts = p.facts.iter().filter(|fact| pick(&fact.what).is_some_and(|ticket| ticket.request == request));
            facts.map(|fact| fact.at).next_back()
        };
        let ended = of(|what| match what {
            What::Ended { ticket, .. } => Some(ticket),
            _ => None,
        });
        assert_eq!(expected.finish, ended, "{car}");
    }
}

#[test]
fn a_car_that_can_never_leave_is_told_no_instant() {
    let mut p = two_lanes();
    p.fail("T1");
    p.fail("T2");
    assert_eq!(shown(&p, "V5"), "4 ahead, never never never");
}

#[test]
fn displaced_cars_are_ahead_of_those_waiting() {
    let mut p = two_lanes();
    p.fail("T1");
    assert_eq!(expect(&p, "V6").ahead, 3);
}

#[test]
fn behind_the_window_the_instants_are_marked_as_an_estimate() {
    let mut p = play(|s| (s.slow_piles, s.lane_places, s.waiting_places) = (1, 1, 200));
    for n in 0..=80 {
        p.apply(&format!("V{n}"), "T", "10");
    }
    let entry = |car: &str| {
        p.facts.iter().find_map(|fact| match &fact.what {
            What::Joined(waiting) if waiting.ticket.request == p.request(car) => Some(waiting.clone()),
            _ => None,
        })
    };
    let forecast = p.station.station().forecast();
    let last_known = forecast.of(p.request("V32"), entry("V32")).unwrap();
    assert!(!last_known.estimate);
    let behind = forecast.of(p.request("V80"), entry("V80")).unwrap();
    assert!(behind.estimate);
    // All ask for the same, so the estimate is right.
    assert_eq!(behind.start.map(|at| p.clock.show(at)).as_deref(), Some("14:00+3"));
}
