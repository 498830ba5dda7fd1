//! Seeded histories of the charging queue, and for each invariant a bug that they catch.

use shared::domain::charging::planted::{Bug, plant};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
};
use tests::simulation::{Played, play};

const HISTORIES: u64 = 500;
/// Far apart, so that other tests have histories of their own.
const FIRST_SEED: u64 = 1;

/// Plays in as many threads as there are processors until one fails.
fn first_failure(seeds: std::ops::Range<u64>) -> Option<Played> {
    let (next, failed) = (AtomicU64::new(seeds.start), Mutex::new(None));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Relaxed);
                    if seed >= seeds.end || failed.lock().unwrap().is_some() {
                        return;
                    }
                    let played = play(seed);
                    if played.violation.is_some() {
                        *failed.lock().unwrap() = Some(played);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}

#[test]
fn every_invariant_holds_in_every_history() {
    if let Some(played) = first_failure(FIRST_SEED..FIRST_SEED + HISTORIES) {
        panic!("{played}");
    }
}

#[test]
fn a_seed_gives_the_same_history_again() {
    for seed in [7, 1_000_003, u64::MAX] {
        let (first, again) = (play(seed), play(seed));
        assert!(first.trace.len() > 60, "{} lines", first.trace.len());
        for (n, (one, other)) in first.trace.iter().zip(&again.trace).enumerate() {
            assert_eq!(one, other, "line {n} of seed {seed}");
        }
        assert_eq!(first, again, "seed {seed}");
    }
    assert_ne!(play(7).trace, play(8).trace);
}

/// A bug, and the invariant that it breaks.
const BUGS: [(Bug, &[&str]); 33] = [
    (Bug::EntryOutlivesCall, &["1"]),
    (Bug::DriverMayJoinTwice, &["2"]),
    (Bug::PlateMayJoinTwice, &["2"]),
    (Bug::NamedVehicleIgnored, &["2"]),
    (Bug::ForeignVehicleTaken, &["2"]),
    (Bug::DispatchToFullLane, &["3"]),
    (Bug::FullCheckedAfterCalling, &["3"]),
    (Bug::LateCarSlipsIntoWindow, &["4"]),
    (Bug::TieToHighestPile, &["4", "9", "8"]),
    (Bug::DispatchIgnoresChargingHead, &["4", "9", "8"]),
    (Bug::BestThenWaitSkipsWaiting, &["4", "9", "8", "12"]),
    (Bug::SingleTotalIsGreedy, &["4", "9", "8"]),
    (Bug::PlacingTiesToHighestPile, &["4", "9", "8"]),
    (Bug::NumberReused, &["5"]),
    (Bug::QuantityChangeTakesNumber, &["5"]),
    (Bug::LostRaceIsDone, &["6"]),
    (Bug::WritesOverOthers, &["6"]),
    (Bug::SweepFindsNothing, &["7"]),
    (Bug::LooksAtThePast, &["8"]),
    (Bug::RecoveryWithoutRegrouping, &["9"]),
    (Bug::TimeOrderWithoutLanes, &["9"]),
    (Bug::InterruptedCarLosesEnergy, &["10", "12", "8"]),
    (Bug::LateCommandLateCompletion, &["10", "4", "9", "12", "8"]),
    (Bug::NewAmountMayRise, &["10", "4", "6", "9", "8"]),
    (Bug::CancelledHeadIsFree, &["10"]),
    (Bug::CancelledWithoutBill, &["11"]),
    (Bug::BandBoundaryOneMinuteLate, &["12", "8"]),
    (Bug::FeeRoundedPerBand, &["12", "8"]),
    (Bug::BillForgetsEarlierRecords, &["12"]),
    (Bug::BillOverEarlierBill, &["13"]),
    (Bug::RecordsShareAnId, &["13"]),
    (Bug::OwedForgotten, &["14"]),
    (Bug::OverdueAtOnceIsForgiven, &["14"]),
];

/// So many histories must be enough.
const BOUND: u64 = 150;

#[test]
fn for_every_invariant_a_planted_bug_is_caught() {
    let next = AtomicU64::new(0);
    let missed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((bug, invariants)) = BUGS.get(usize::try_from(next.fetch_add(1, Relaxed)).unwrap()) {
                    plant(Some(*bug));
                    let caught = (0..BOUND).map(|n| (n, play(10_000 + n))).find(|(_, it)| it.violation.is_some());
                    plant(None);
                    let said = caught.map(|(n, played)| (n + 1, played.violation.unwrap()));
                    println!("{bug:?}: {said:?}");
                    if !said.as_ref().is_some_and(|(_, violation)| invariants.contains(&violation.invariant)) {
                        missed.lock().unwrap().push((*bug, said));
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "{missed:#?}");
    for bug in Bug::KEEPING {
        assert!(BUGS.iter().any(|(planted, _)| planted == bug), "{bug:?} is not tried");
    }
}
