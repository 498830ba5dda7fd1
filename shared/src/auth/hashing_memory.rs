//! The memory for password hashing.

use super::passwords::Strength;
use argon2::Block;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One piece of memory per environment, reused from hash to hash. At production strength it is 19 MiB; allocated anew
/// for each hash, its page faults would cost two thirds of the hash.
///
/// **Invariant:** memory that is not in use holds zeros. What a hash leaves behind would let an attacker test guesses
/// of the password without paying for the hash.
#[derive(Clone, Default)]
pub struct HashingMemory(Arc<Mutex<Vec<Block>>>);

impl std::fmt::Debug for HashingMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashingMemory")
    }
}

impl HashingMemory {
    /// Allocates the memory and touches every page, in a thread of its own: while a function starts, the processor
    /// mostly waits for the network. A hash that comes earlier waits for it.
    pub fn touch(&self, strength: Strength) {
        let (memory, blocks) = (self.clone(), strength.blocks());
        let touch = move || {
            let mut kept = memory.kept();
            if kept.len() < blocks {
                *kept = vec![Block::new(); blocks];
            }
        };
        // Without a thread, the first hash allocates the memory.
        drop(std::thread::Builder::new().name("hashing-memory".into()).spawn(touch));
    }

    /// Gives `count` zeroed blocks to a hash. Of concurrent hashes, the first uses the kept memory and the others
    /// allocate their own; one piece is kept afterwards.
    pub(super) fn lend<R>(&self, count: usize, work: impl FnOnce(&mut [Block]) -> R) -> R {
        let mut blocks = std::mem::take(&mut *self.kept());
        if blocks.len() < count {
            blocks = vec![Block::new(); count];
        }
        let lent = &mut blocks[..count];
        let result = work(lent);
        lent.fill(Block::new());
        *self.kept() = blocks;
        result
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Block>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(blocks: &[Block]) -> usize {
        blocks.as_ptr().addr()
    }

    fn is_zero(blocks: &[Block]) -> bool {
        blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
    }

    #[test]
    fn the_next_hash_gets_the_same_memory_and_nothing_of_what_was_in_it() {
        let memory = HashingMemory::default();
        let first = memory.lend(8, |blocks| {
            blocks[7].as_mut().fill(u64::MAX);
            place(blocks)
        });
        assert!(is_zero(&memory.kept()), "nothing lies there between two hashes");
        memory.lend(8, |blocks| {
            assert_eq!(place(blocks), first);
            assert!(is_zero(blocks));
        });
    }

    #[test]
    fn a_weaker_hash_gets_a_part_and_a_stronger_one_more() {
        let memory = HashingMemory::default();
        assert_eq!(memory.lend(8, |blocks| blocks.len()), 8);
        assert_eq!(memory.lend(4, |blocks| blocks.len()), 4);
        assert_eq!(memory.kept().len(), 8);
        assert_eq!(memory.lend(16, |blocks| blocks.len()), 16);
    }

    #[test]
    fn hashes_at_the_same_time_never_share_memory_and_one_piece_stays() {
        let memory = HashingMemory::default();
        memory.lend(8, |outer| {
            outer[0].as_mut()[0] = 1;
            memory.lend(8, |inner| {
                assert_ne!(place(inner), place(outer));
                inner[0].as_mut()[0] = 2;
            });
            assert_eq!(outer[0].as_ref()[0], 1);
        });
        assert_eq!(memory.kept().len(), 8);
        assert!(is_zero(&memory.kept()));
    }

    #[test]
    fn memory_that_is_touched_at_start_is_there_for_the_first_hash() {
        let memory = HashingMemory::default();
        memory.touch(Strength { memory_kib: 8, passes: 1 });
        while memory.kept().is_empty() {
            std::thread::yield_now();
        }
        let touched = place(&memory.kept());
        assert_eq!(memory.lend(8, |blocks| place(blocks)), touched);
    }
}
