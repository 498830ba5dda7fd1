//! Which numbers of a mode are waiting, a bit each, so that counting the cars ahead never walks the line.

use std::collections::VecDeque;

const BITS: u32 = u64::BITS;

/// A set of numbers that only grows at its end: 125 bytes per thousand, counted by popcount.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Live {
    /// The number of the first bit, divided by 64. What lies before has been called or cancelled.
    first: u32,
    words: VecDeque<u64>,
    count: u32,
}

impl Live {
    pub fn count(&self) -> u32 {
        self.count
    }

    pub fn contains(&self, n: u32) -> bool {
        self.word(n).is_some_and(|word| word & bit(n) != 0)
    }

    /// Adds a number that is higher than every number ever added.
    pub fn push(&mut self, n: u32) {
        if self.words.is_empty() {
            self.first = n / BITS;
        }
        let index = (n / BITS - self.first) as usize;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        self.words[index] |= bit(n);
        self.count += 1;
    }

    /// Whether the number was there. The front moves up over words that are empty.
    pub fn remove(&mut self, n: u32) -> bool {
        if !self.contains(n) {
            return false;
        }
        self.words[(n / BITS - self.first) as usize] &= !bit(n);
        self.count -= 1;
        while self.words.front() == Some(&0) {
            self.words.pop_front();
            self.first += 1;
        }
        true
    }

    /// How many are lower than `n`.
    pub fn below(&self, n: u32) -> u32 {
        let whole = (n / BITS).saturating_sub(self.first) as usize;
        let full: u32 = self.words.iter().take(whole).map(|word| word.count_ones()).sum();
        let rest = self.word(n).map_or(0, |word| (word & (bit(n) - 1)).count_ones());
        full + rest
    }

    /// The lowest number above `n`.
    pub fn next_after(&self, n: u32) -> Option<u32> {
        let from = (n + 1).max(self.first * BITS);
        let skipped = (from / BITS - self.first) as usize;
        let masked = |(index, word): (usize, &u64)| if index == skipped { word & !(bit(from) - 1) } else { *word };
        let words = self.words.iter().enumerate().skip(skipped).map(|pair| (pair.0, masked(pair)));
        let (index, word) = words.into_iter().find(|(_, word)| *word != 0)?;
        Some((self.first + u32::try_from(index).ok()?) * BITS + word.trailing_zeros())
    }

    pub fn parts(&self) -> (u32, impl ExactSizeIterator<Item = u64> + '_) {
        (self.first, self.words.iter().copied())
    }

    pub fn from_parts(first: u32, words: VecDeque<u64>) -> Self {
        let count = words.iter().map(|word| word.count_ones()).sum();
        Self { first, words, count }
    }

    fn word(&self, n: u32) -> Option<u64> {
        self.words.get((n / BITS).checked_sub(self.first)? as usize).copied()
    }
}

fn bit(n: u32) -> u64 {
    1 << (n % BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_neighbours_agree_with_a_plain_list() {
        let mut live = Live::default();
        let mut plain: Vec<u32> = Vec::new();
        for n in 1..2_000 {
            live.push(n);
            plain.push(n);
            if n % 3 == 0 || n % 7 < 3 {
                let gone = plain.remove((n as usize * 31) % plain.len());
                assert!(live.remove(gone));
                assert!(!live.remove(gone));
            }
            if n % 11 == 0 && !plain.is_empty() {
                assert!(live.remove(plain.remove(0)));
            }
        }
        assert_eq!(live.count() as usize, plain.len());
        for n in 0..2_100 {
            assert_eq!(live.below(n) as usize, plain.iter().filter(|other| **other < n).count(), "{n}");
            assert_eq!(live.contains(n), plain.contains(&n), "{n}");
            assert_eq!(live.next_after(n), plain.iter().copied().find(|other| *other > n), "{n}");
        }
    }

    #[test]
    fn the_front_takes_no_room_once_it_has_been_called() {
        let mut live = Live::default();
        for n in 1..=100_000 {
            live.push(n);
            if n > 50 {
                live.remove(n - 50);
            }
        }
        assert!(live.parts().1.len() <= 2);
    }
}
