//! The hash chain over the audit trail: blocks of sealed entries, each with the digest of the block before it, and what the
//! chain says of the entries that are there.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An entry is sealed when it is this old: by then the index of the table shows it.
pub const SETTLED: SignedDuration = SignedDuration::from_mins(2);
/// An entry that comes to be seen later than that is sealed by a later run, for this long.
pub const LATE: SignedDuration = SignedDuration::from_mins(10);
/// A release that does not know the chain may write entries for this long after the first run.
pub const DEPLOYING: SignedDuration = SignedDuration::from_hours(1);
/// The most entries of one block.
pub const BLOCK: usize = 200;

/// The first half of the SHA-512 digest of some bytes.
pub type Hash = fn(&[u8]) -> [u8; 32];

/// A digest in hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    fn of(bytes: &[u8], hash: Hash) -> Self {
        let digits = hash(bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Self(digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An attribute of an entry as the table holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    Null,
    Flag(bool),
    Text(String),
    Number(String),
    /// Any other kind. No entry of ours has one.
    Other(String),
}

/// The attributes of an entry by name.
pub type EntryAttributes = BTreeMap<String, Attribute>;

/// The digest of an entry. It covers the name, kind and value of every attribute, and does not depend on their order.
pub fn digest_of(entry: &EntryAttributes, hash: Hash) -> Digest {
    let mut bytes = Vec::new();
    for (name, attribute) in entry {
        let (kind, value) = match attribute {
            Attribute::Null => ("null", ""),
            Attribute::Flag(true) => ("flag", "true"),
            Attribute::Flag(false) => ("flag", "false"),
            Attribute::Text(text) => ("text", text.as_str()),
            Attribute::Number(number) => ("number", number.as_str()),
            Attribute::Other(other) => ("other", other.as_str()),
        };
        write(&mut bytes, &[name, kind, value]);
    }
    Digest::of(&bytes, hash)
}

/// Each text with its length before it, so that no two lists of texts are the same bytes.
fn write(bytes: &mut Vec<u8>, texts: &[&str]) {
    for text in texts {
        bytes.extend(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
}

/// Where an entry is in the table. In order of time, because the sort key begins with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryKey {
    pub sk: String,
    pub pk: String,
}

impl EntryKey {
    /// When the entry was written, in milliseconds.
    pub fn at(&self) -> i64 {
        self.sk.split('#').next().and_then(|at| at.parse().ok()).unwrap_or(0)
    }
}

impl std::fmt::Display for EntryKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {}", self.pk, self.sk)
    }
}

/// An entry in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEntry {
    #[serde(flatten)]
    pub key: EntryKey,
    pub digest: Digest,
}

/// Entries that were sealed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub number: u64,
    /// The digest of the block before it.
    pub previous: Digest,
    /// All its entries are older than this, in milliseconds.
    pub to: i64,
    pub entries: Vec<SealedEntry>,
}

impl Block {
    pub fn digest(&self, hash: Hash) -> Digest {
        let mut bytes = Vec::new();
        write(&mut bytes, &[&self.number.to_string(), self.previous.as_str(), &self.to.to_string()]);
        for SealedEntry { key, digest } in &self.entries {
            write(&mut bytes, &[&key.pk, &key.sk, digest.as_str()]);
        }
        Digest::of(&bytes, hash)
    }
}

/// A place in the chain. The newest one is its head; the last one that retention removed is its checkpoint. Both are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainPoint {
    /// The number of the block; 0 before the first one.
    pub number: u64,
    /// The digest of the block.
    pub digest: Digest,
    /// Every entry from this time on is in the chain, in milliseconds.
    pub start: i64,
    /// Every entry that is older than this has been sealed, in milliseconds.
    pub to: i64,
}

impl ChainPoint {
    /// The beginning of a chain whose first run is at `now`.
    pub fn beginning(now: i64) -> Self {
        let start = now + milliseconds(DEPLOYING);
        Self { number: 0, digest: Digest::default(), start, to: now - milliseconds(SETTLED) }
    }

    /// The head after these entries, which are in order of time and all older than `to`, and their blocks.
    pub fn append(&self, entries: Vec<SealedEntry>, to: i64, hash: Hash) -> Vec<(Block, Self)> {
        let (mut head, mut chain) = (self.clone(), Vec::new());
        let mut rest = entries;
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(BLOCK));
            let block = Block { number: head.number + 1, previous: head.digest, to, entries: rest };
            // The time moves with the last block, so that a run that ends half-way is done again.
            let reached = if later.is_empty() { to } else { head.to };
            head = Self { number: block.number, digest: block.digest(hash), start: head.start, to: reached };
            chain.push((block, head.clone()));
            rest = later;
        }
        chain
    }

    /// What is signed.
    pub fn statement(&self) -> Vec<u8> {
        let Self { number, digest, start, to } = self;
        let mut bytes = Vec::new();
        let numbers = [number.to_string(), start.to_string(), to.to_string()];
        write(&mut bytes, &["ev-plaza audit chain", &numbers[0], digest.as_str(), &numbers[1], &numbers[2]]);
        bytes
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The first time of which a run looks for entries that were not sealed yet.
pub fn late_from(head: &ChainPoint) -> i64 {
    head.to - milliseconds(LATE)
}

/// The time up to which a run seals.
pub fn settled_at(now: i64) -> i64 {
    now - milliseconds(SETTLED)
}

/// Something that is not as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error("block {0} is missing")]
    BlockMissing(u64),
    #[error("block {0} was changed")]
    BlockChanged(u64),
    #[error("block {0} was added after the signed head")]
    BlockAdded(u64),
    #[error("the checkpoint of block {0} does not fit the block after it")]
    CheckpointMisfit(u64),
    #[error("entry {0} is missing")]
    Missing(EntryKey),
    #[error("entry {0} was changed")]
    Changed(EntryKey),
    #[error("entry {0} was added")]
    Added(EntryKey),
}

/// What a comparison of the chain with the trail shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Blocks first, then entries in order of time.
    pub findings: Vec<Finding>,
    /// Entries that are as they were sealed.
    pub intact: usize,
    /// Entries that a later run will seal.
    pub waiting: usize,
    /// Entries of the time before the chain.
    pub before: usize,
}

/// The chain as it is stored. The signatures of its two points have been compared.
#[derive(Clone, Debug)]
pub struct Chain {
    /// In order of their numbers.
    pub blocks: Vec<Block>,
    pub head: ChainPoint,
    pub checkpoint: Option<ChainPoint>,
}

impl Chain {
    /// Compares the chain with all entries of the trail.
    pub fn verify(&self, mut entries: BTreeMap<EntryKey, Digest>, hash: Hash) -> Verdict {
        let mut verdict = Verdict { findings: self.broken_blocks(hash), ..Verdict::default() };
        let removed = self.checkpoint.as_ref().map_or(0, |point| point.number);
        let mut amiss = BTreeMap::new();
        for block in &self.blocks {
            for SealedEntry { key, digest } in &block.entries {
                match entries.remove(key) {
                    // Retention is about to remove it, or has.
                    _ if block.number <= removed => {}
                    Some(found) if found == *digest => verdict.intact += 1,
                    Some(_) => drop(amiss.insert(key.clone(), Finding::Changed(key.clone()))),
                    None => drop(amiss.insert(key.clone(), Finding::Missing(key.clone()))),
                }
            }
        }
        for key in entries.into_keys() {
            if key.at() >= late_from(&self.head) {
                verdict.waiting += 1;
            } else if key.at() < self.head.start {
                verdict.before += 1;
            } else {
                amiss.insert(key.clone(), Finding::Added(key));
            }
        }
        verdict.findings.extend(amiss.into_values());
        verdict
    }

    /// Goes from the signed head to the checkpoint. What stands before a block that is not as it was is known by its word
    /// only, so the walk ends there.
    fn broken_blocks(&self, hash: Hash) -> Vec<Finding> {
        let (removed, fits) = self.checkpoint.as_ref().map_or((0, ""), |point| (point.number, point.digest.as_str()));
        let blocks: BTreeMap<u64, &Block> = self.blocks.iter().map(|block| (block.number, block)).collect();
        let mut expected = self.head.digest.as_str();
        for number in (removed + 1..=self.head.number).rev() {
            let Some(block) = blocks.get(&number) else { return vec![Finding::BlockMissing(number)] };
            if block.digest(hash).as_str() != expected {
                return vec![Finding::BlockChanged(number)];
            }
            expected = block.previous.as_str();
        }
        let misfit = (expected != fits).then_some(Finding::CheckpointMisfit(removed));
        let added = blocks.into_keys().filter(|number| *number > self.head.number).map(Finding::BlockAdded);
        misfit.into_iter().chain(added).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not a good hash, but one that depends on every byte.
    fn hash(bytes: &[u8]) -> [u8; 32] {
        let mut state = [7u8; 32];
        for (n, byte) in bytes.iter().enumerate() {
            let at = n % 32;
            state[at] = state[at].wrapping_mul(31).wrapping_add(*byte).wrapping_add(state[(at + 31) % 32]);
        }
        state
    }

    fn entry(action: &str) -> EntryAttributes {
        let text = |text: &str| Attribute::Text(text.to_owned());
        BTreeMap::from([("action".to_owned(), text(action)), ("subject".to_owned(), text("1004"))])
    }

    fn key(at: i64) -> EntryKey {
        EntryKey { pk: "SUBJECT#ev#1004".into(), sk: format!("{at:015}#0") }
    }

    const HOUR: i64 = 3_600_000;
    const NOW: i64 = 1_780_000_000_000;

    /// A chain of entries that are a second apart, and the entries.
    fn chain(count: usize) -> (Chain, BTreeMap<EntryKey, Digest>) {
        let beginning = ChainPoint::beginning(NOW - 4 * HOUR);
        let keys = (0..count).map(|n| key(NOW - 2 * HOUR + 1000 * i64::try_from(n).unwrap()));
        let entries: Vec<_> = keys.map(|key| SealedEntry { digest: digest_of(&entry(&key.sk), hash), key }).collect();
        let there = entries.iter().map(|entry| (entry.key.clone(), entry.digest.clone())).collect();
        let appended = beginning.append(entries, NOW, hash);
        let head = appended.last().map_or(beginning, |(_, head)| head.clone());
        (Chain { blocks: appended.into_iter().map(|(block, _)| block).collect(), head, checkpoint: None }, there)
    }

    #[test]
    fn every_name_kind_and_value_counts() {
        let digest = |entry: &EntryAttributes| digest_of(entry, hash);
        let plain = entry("signed-in");
        let with = |name: &str, attribute: Attribute| {
            let mut other = plain.clone();
            other.insert(name.to_owned(), attribute);
            other
        };
        for other in [
            entry("signed-out"),
            with("subject", Attribute::Number("1004".into())),
            with("subject", Attribute::Null),
            with("more", Attribute::Null),
        ] {
            assert_ne!(digest(&plain), digest(&other), "{other:?}");
        }
        // What moves from one text into the next is told apart.
        let pair = |a: &str, b: &str| {
            BTreeMap::from([
                ("a".to_owned(), Attribute::Text(a.to_owned())),
                ("b".to_owned(), Attribute::Text(b.to_owned())),
            ])
        };
        assert_ne!(digest(&pair("xb", "")), digest(&pair("x", "b")));
    }

    #[test]
    fn an_untouched_trail_verifies_over_several_blocks() {
        let (chain, entries) = chain(450);
        assert_eq!(chain.blocks.len(), 3);
        let verdict = chain.verify(entries, hash);
        assert_eq!((verdict.findings, verdict.intact), (vec![], 450));
    }

    #[test]
    fn the_first_entry_that_is_amiss_comes_first() {
        let (chain, entries) = chain(450);
        let keys: Vec<_> = entries.keys().cloned().collect();
        let mut touched = entries.clone();
        touched.remove(&keys[300]);
        touched.insert(keys[20].clone(), digest_of(&entry("another"), hash));
        let between = key(NOW - 2 * HOUR + 5500);
        touched.insert(between.clone(), digest_of(&entry("x"), hash));
        let expected =
            [Finding::Added(between), Finding::Changed(keys[20].clone()), Finding::Missing(keys[300].clone())];
        assert_eq!(chain.verify(touched, hash).findings, expected);
    }

    #[test]
    fn blocks_that_are_missing_changed_or_added_are_named() {
        let findings = |touch: fn(&mut Chain)| {
            let (mut chain, entries) = chain(450);
            touch(&mut chain);
            chain.verify(entries, hash).findings.into_iter().next()
        };
        assert_eq!(findings(|chain| drop(chain.blocks.remove(1))), Some(Finding::BlockMissing(2)));
        assert_eq!(findings(|chain| drop(chain.blocks.pop())), Some(Finding::BlockMissing(3)));
        assert_eq!(findings(|chain| drop(chain.blocks[1].entries.pop())), Some(Finding::BlockChanged(2)));
        assert_eq!(findings(|chain| drop(chain.blocks[2].entries.pop())), Some(Finding::BlockChanged(3)));
        let more = |chain: &mut Chain| chain.blocks.push(Block { number: 4, ..chain.blocks[2].clone() });
        assert_eq!(findings(more), Some(Finding::BlockAdded(4)));
    }

    #[test]
    fn what_a_checkpoint_covers_may_be_gone() {
        let (mut chain, entries) = chain(450);
        let gone = chain.blocks.remove(0);
        chain.checkpoint =
            Some(ChainPoint { number: 1, digest: gone.digest(hash), start: chain.head.start, to: gone.to });
        let gone: Vec<_> = gone.entries.iter().map(|entry| entry.key.clone()).collect();
        let kept = entries.into_iter().filter(|(key, _)| !gone.contains(key)).collect();
        assert_eq!(chain.verify(kept, hash).findings, []);
        // Another checkpoint does not fit the block after it.
        chain.checkpoint.as_mut().unwrap().digest = Digest::of(b"another", hash);
        assert_eq!(chain.verify(BTreeMap::new(), hash).findings[0], Finding::CheckpointMisfit(1));
    }

    #[test]
    fn entries_of_the_last_minutes_wait_and_older_ones_than_the_chain_are_let_be() {
        let (chain, mut entries) = chain(3);
        entries.insert(key(NOW - 60_000), Digest::default());
        entries.insert(key(NOW - 9 * HOUR), Digest::default());
        let verdict = chain.verify(entries, hash);
        assert_eq!((verdict.findings, verdict.waiting, verdict.before), (vec![], 1, 1));
    }
}
