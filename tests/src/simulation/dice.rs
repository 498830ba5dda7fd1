//! Chance that comes from the seed alone (`SplitMix64`).

use shared::outside::random::Random;
use std::sync::{Arc, Mutex};

/// Clones go on drawing from the same stream.
#[derive(Clone)]
pub struct Dice(Arc<Mutex<u64>>);

impl Dice {
    /// Different purposes draw from streams of their own, so that one does not move the other.
    pub fn new(seed: u64, purpose: u64) -> Self {
        let dice = Self(Arc::new(Mutex::new(seed ^ purpose.wrapping_mul(0xA076_1D64_78BD_642F))));
        dice.next();
        dice
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap();
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub fn index(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    /// Both ends included.
    pub fn between(&self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.below(u64::try_from(most - least + 1).unwrap())).unwrap()
    }

    pub fn percent(&self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&self, from: &[T]) -> T {
        from[self.index(from.len())]
    }

    /// As the plaza draws.
    pub fn random(&self) -> Random {
        let dice = self.clone();
        Random::from_fn(move |bytes| {
            for byte in bytes {
                *byte = dice.next().to_le_bytes()[0];
            }
        })
    }
}
