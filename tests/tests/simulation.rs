//! Seeded histories of the charging queue. `tests/mutants` shows that they notice faults.

use std::{
    io::{Write as _, stderr},
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};
use tests::simulation::{Played, again, compare, fresh_seed, play};

/// Seeds that have found something, kept so that it is not found twice.
const REGRESSIONS: [u64; 7] = [
    // A look, and in the last one a refusal, at a request that came and went within one step: the check knew only the
    // request before the step and the one after it.
    88_001_523,
    90_000_063,
    90_002_603,
    90_000_267,
    // A hint for a station that does not exist, while the table could not be read: the check took it for a message that
    // shows by itself that it can never be handled.
    88_000_224,
    90_002_761,
    // An order was refused because of its driver's own request, which was over: its plate was taken in the same instant.
    526_115_455_796,
];
/// These are played each time, so that what a change breaks shows at once and not by chance.
const FIXED: std::ops::RangeInclusive<u64> = 1..=500;
/// So many others each time, because the fixed ones have told what they know.
const FRESH: u64 = 500;
/// And so many on both keepers.
const COMPARED: u64 = 30;

/// Plays in as many threads as there are processors until one fails.
fn first_failure(seeds: &[u64]) -> Option<Played> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(next.fetch_add(1, Relaxed)) {
                    if failed.lock().unwrap().is_some() {
                        return;
                    }
                    let played = play(*seed);
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
fn every_invariant_holds_in_every_fixed_history() {
    let seeds: Vec<u64> = REGRESSIONS.into_iter().chain(FIXED).collect();
    if let Some(played) = first_failure(&seeds) {
        panic!("{played}");
    }
}

#[test]
fn every_invariant_holds_in_fresh_histories() {
    let first = fresh_seed();
    // Past the capture of the test's output: it is to be read also when nothing fails, or when the test is killed.
    writeln!(stderr(), "{FRESH} fresh histories from seed {first}; again:\n  {}", again(FRESH, first)).unwrap();
    let seeds: Vec<u64> = (0..FRESH).map(|n| first.wrapping_add(n)).collect();
    if let Some(played) = first_failure(&seeds) {
        panic!("{played}\nOnce it is understood, it belongs into the list of regressions.");
    }
}

#[test]
fn a_seed_gives_the_same_history_again() {
    // The second on the engine.
    for seed in [7, 10, 1_000_003, u64::MAX] {
        let (first, again) = (play(seed), play(seed));
        assert!(first.trace.len() > 60, "{} lines", first.trace.len());
        for (n, (one, other)) in first.trace.iter().zip(&again.trace).enumerate() {
            assert_eq!(one, other, "line {n} of seed {seed}");
        }
        assert_eq!(first, again, "seed {seed}");
    }
    assert_ne!(play(7).trace, play(8).trace);
}

/// Most histories keep their tables in memory, which counts only as long as nothing could tell it from the engine: the
/// same operations, answers and violations, and the same items in the end.
#[test]
fn memory_keeps_what_the_engine_keeps() {
    let next = AtomicU64::new(fresh_seed());
    let until = next.load(Relaxed) + COMPARED;
    let differences = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                for seed in std::iter::repeat_with(|| next.fetch_add(1, Relaxed)).take_while(|seed| *seed < until) {
                    differences.lock().unwrap().extend(compare(seed).err());
                }
            });
        }
    });
    let differences = differences.into_inner().unwrap();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
