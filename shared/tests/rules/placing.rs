//! Optimal placing: against brute force on small cases, against greedy on large ones.

use local::plan::PlanRequest;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use shared::domain::charging::{LaneOffer, Span, place};
use shared::domain::energy::{Energy, Power};

/// Lanes as (busy minutes, watts, places), amounts in watt-hours.
type Case = (Vec<(i64, u32, usize)>, Vec<u32>);

fn offers(lanes: &[(i64, u32, usize)]) -> Vec<LaneOffer> {
    let offer = |(busy, watts, places): &(i64, u32, usize)| LaneOffer {
        busy: Span::from_millis(busy * 60_000),
        power: Power::from_watts(*watts).unwrap(),
        places: *places,
    };
    lanes.iter().map(offer).collect()
}

/// The sum of completion times of lanes in which cars charge in this order, by plain adding up.
fn sum(lanes: &[LaneOffer], cars: &[Energy], placed: &[Vec<usize>]) -> Span {
    let lane_sum = |(lane, order): (&LaneOffer, &Vec<usize>)| {
        let mut at = lane.busy;
        let mut total = Span::ZERO;
        for car in order {
            at = at + Span::to_deliver(cars[*car], lane.power);
            total = total + at;
        }
        total
    };
    lanes.iter().zip(placed).map(lane_sum).sum()
}

/// Tries every lane for every car, in lexicographic order of lanes by number; within a lane the shortest goes first.
fn brute_force(lanes: &[LaneOffer], cars: &[Energy]) -> (Span, Vec<usize>) {
    let mut best: Option<(Span, Vec<usize>)> = None;
    let all = lanes.len().pow(u32::try_from(cars.len()).unwrap());
    for code in 0..all {
        let choice: Vec<usize> = (0..cars.len())
            .rev()
            .map(|car| code / lanes.len().pow(u32::try_from(car).unwrap()) % lanes.len())
            .collect();
        let mut placed = vec![Vec::new(); lanes.len()];
        for (car, lane) in choice.iter().enumerate() {
            placed[*lane].push(car);
        }
        if placed.iter().zip(lanes).any(|(cars, lane)| cars.len() > lane.places) {
            continue;
        }
        for order in &mut placed {
            order.sort_by_key(|car| cars[*car]);
        }
        let total = sum(lanes, cars, &placed);
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, choice));
        }
    }
    best.unwrap()
}

/// A fixed seed: a failure is the same failure the next time.
pub fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

/// Few different values, so that ties are common.
fn small() -> impl Strategy<Value = Case> {
    let lane = (
        prop::sample::select(vec![0_i64, 0, 20, 30, 60, 61]),
        prop::sample::select(vec![7_000_u32, 10_000, 30_000, 30_000, 60_000]),
        1_usize..4,
    );
    let amount = prop::sample::select(vec![10_000_u32, 10_000, 20_000, 20_000, 30_000, 30_500, 60_000]);
    (prop::collection::vec(lane, 1..4), prop::collection::vec(amount, 0..7))
        .prop_filter("fits", |(lanes, cars)| lanes.iter().map(|lane| lane.2).sum::<usize>() >= cars.len())
}

#[test]
fn a_placing_equals_brute_force_ties_included() {
    let check = |(lanes, amounts): Case| {
        let lanes = offers(&lanes);
        let cars: Vec<Energy> = amounts.into_iter().map(Energy::from_watt_hours).collect();
        let (least, choice) = brute_force(&lanes, &cars);
        let placing = place(&cars, &lanes);
        prop_assert_eq!(placing.total, least);
        prop_assert_eq!(sum(&lanes, &cars, &placing.lanes), least);
        let mut lane_of = vec![usize::MAX; cars.len()];
        for (lane, cars) in placing.lanes.iter().enumerate() {
            for car in cars {
                lane_of[*car] = lane;
            }
        }
        prop_assert_eq!(lane_of, choice, "lower number to lower pile");
        Ok(())
    };
    runner(400).run(&small(), check).unwrap();
}

#[test]
fn a_placing_is_never_worse_than_greedy() {
    let lane = (0_i64..300, prop::sample::select(vec![7_000_u32, 10_000, 30_000, 120_000]), 1_usize..12);
    let large = (prop::collection::vec(lane, 5..30), prop::collection::vec(1_000_u32..100_000, 1..60));
    let check = |(lanes, amounts): Case| {
        let lanes = offers(&lanes);
        let cars: Vec<Energy> = amounts.into_iter().map(Energy::from_watt_hours).collect();
        let places: usize = lanes.iter().map(|lane| lane.places).sum();
        prop_assume!(places >= cars.len());
        let mut greedy: Vec<Vec<usize>> = vec![Vec::new(); lanes.len()];
        for car in 0..cars.len() {
            let free = (0..lanes.len()).filter(|lane| greedy[*lane].len() < lanes[*lane].places);
            let finish = |lane: &usize| {
                let before: Span =
                    greedy[*lane].iter().map(|other| Span::to_deliver(cars[*other], lanes[*lane].power)).sum();
                lanes[*lane].busy + before + Span::to_deliver(cars[car], lanes[*lane].power)
            };
            let best = free.min_by_key(finish).unwrap();
            greedy[best].push(car);
        }
        let placing = place(&cars, &lanes);
        prop_assert!(placing.total <= sum(&lanes, &cars, &greedy));
        prop_assert_eq!(placing.total, sum(&lanes, &cars, &placing.lanes));
        Ok(())
    };
    runner(60).run(&large, check).unwrap();
}

#[test]
fn with_more_cars_than_places_the_largest_number_fits() {
    let lanes = offers(&[(0, 30_000, 1), (60, 30_000, 1)]);
    let cars: Vec<Energy> = [60_000, 30_000, 15_000, 30_000].map(Energy::from_watt_hours).into();
    let placing = place(&cars, &lanes);
    assert_eq!((placing.lanes, placing.left_over), (vec![vec![1], vec![2]], vec![0, 3]));
}

#[test]
fn a_plan_is_printed_as_the_rules_say() {
    let problem = r#"{"piles":[{"id":"F1","power_kwh_per_h":30,"places":2,"busy_hours":"0.5"},
        {"id":"T1","power_kwh_per_h":"7.5","places":1}],
        "cars":[{"car":"V1","kwh":24},{"car":"V2","kwh":"12"},{"car":"V3","kwh":7.5},{"car":"V4","kwh":100.4}]}"#;
    let plan = PlanRequest::read(problem).unwrap().solve();
    assert_eq!(
        serde_json::to_string(&plan).unwrap(),
        r#"{"sum_completion_hours":"3.600000","lanes":{"F1":["V2","V1"],"T1":["V3"]},"left_over":["V4"]}"#
    );
}

#[test]
fn a_plan_that_cannot_be_read_is_refused_naming_the_row() {
    let refusal = |text: &str| PlanRequest::read(text).unwrap_err().to_string();
    let pile = |power: &str, places: &str| {
        format!(r#"{{"piles":[{{"id":"F1","power_kwh_per_h":{power},"places":{places}}}],"cars":[]}}"#)
    };
    assert!(refusal(&pile("0", "1")).starts_with("pile 1: expected power_kwh_per_h above zero"));
    assert!(refusal(&pile("30", "1.5")).starts_with("pile 1: expected places as a whole number"));
    let cars = r#"{"piles":[],"cars":[{"car":"V1","kwh":1},{"car":"V2","kwh":0}]}"#;
    assert_eq!(refusal(cars), "car 2: expected kwh above zero, as a plain decimal, got 0");
    assert!(refusal("[]").starts_with("not a plan: "));
}
