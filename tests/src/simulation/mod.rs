//! Seeded histories of the whole charging queue: the real handlers behind their routers and the real scheduler, over a
//! DynamoDB and a queue that fail in the ways in which such services fail. After every step every invariant of queue and money is
//! checked, with a meter that stands outside. One seed is one history, always the same.

mod answers;
mod checks;
mod commits;
mod dice;
mod house;
mod invariant;
mod ledger;
mod liveness;
mod meter;
#[cfg(test)]
mod minimal;
mod operations;
mod plans;
mod post;
#[path = "../../../shared/tests/rules/reference.rs"]
#[expect(clippy::format_push_string, reason = "it need not be quick")]
pub mod reference;
mod refusals;
mod stored;
mod world;

use crate::idle::Idle;
pub use invariant::Invariant;
use shared::outside::random::Random;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex},
};
use world::World;

/// An invariant that does not hold, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub invariant: Invariant,
    pub text: String,
}

impl Violation {
    fn of<T>(invariant: Invariant, text: impl Into<String>) -> Result<T, Self> {
        Err(Self { invariant, text: text.into() })
    }
}

/// One history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    pub seed: u64,
    /// Operations and outcomes in their order.
    pub trace: Vec<String>,
    pub violation: Option<Violation>,
}

/// What keeps the tables of a history.
#[derive(Clone, Copy, Debug)]
pub enum Keeper {
    /// The embedded engine, which every other test stands on.
    Engine,
    Memory,
}

/// Every so many seeds it is the engine.
const ENGINE: u64 = 10;

/// Plays the history of a seed to its end, or to the first thing that does not hold.
pub fn play(seed: u64) -> Played {
    play_on(seed, if seed.is_multiple_of(ENGINE) { Keeper::Engine } else { Keeper::Memory })
}

fn play_on(seed: u64, keeper: Keeper) -> Played {
    let trace = Arc::<Mutex<Vec<String>>>::default();
    let ended = catch_unwind(AssertUnwindSafe(|| {
        fastrand::seed(seed);
        let idle = Idle::default();
        idle.runtime().block_on(World::open(seed, keeper, &idle, &trace).play())
    }));
    let violation = match ended {
        Ok(ended) => ended.err(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Some(Violation { invariant: Invariant::NoPanic, text: text.unwrap_or_default() })
        }
    };
    let trace = trace.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Played { seed, trace, violation }
}

impl std::fmt::Display for Played {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seed, trace, violation } = self;
        let Some(Violation { invariant, text }) = violation else { return write!(f, "seed {seed}: all holds") };
        for line in trace.iter().skip(trace.len().saturating_sub(40)) {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "seed {seed}: invariant {invariant} does not hold: {text}")?;
        write!(f, "again: {}", again(1, *seed))
    }
}

/// Plays a history with both keepers, which must make no difference.
pub fn compare(seed: u64) -> Result<(), String> {
    let [engine, memory] = [Keeper::Engine, Keeper::Memory].map(|keeper| play_on(seed, keeper));
    if engine == memory {
        return Ok(());
    }
    let differs = engine.trace.iter().zip(&memory.trace).find(|(one, other)| one != other);
    Err(format!("seed {seed}: {differs:?}, or else the ends: {:?}, {:?}", engine.violation, memory.violation))
}

/// The command that plays histories from a seed on.
pub fn again(histories: u64, seed: u64) -> String {
    format!("cargo run --release -p tests --bin simulate -- --histories {histories} --seed {seed}")
}

/// A seed that has most likely never been played: drawn by the operating system, and short enough to be typed.
pub fn fresh_seed() -> u64 {
    Random::system().u64() % 1_000_000_000_000
}
