//! Sealing the audit trail: new entries go into the hash chain, and what retention removes leaves a signed checkpoint.

use crate::{
    auth::keys::SigningKey,
    domain::{
        audit_chain::{ChainPoint, EntryKey, SealedEntry, digest_of, late_from, settled_at},
        reason::Failure,
    },
    store::{ChainStore, SignedPoint},
};
use aws_lc_rs::digest::{SHA512, digest};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::BTreeSet;

/// New entries that one run seals.
const MOST_ENTRIES: usize = 2_000;
/// Expired blocks that one run removes.
const MOST_REMOVED: i32 = 5;
/// Blocks that one query reads.
const PAGE: i32 = 10;

/// Seals the audit trail.
#[derive(Clone)]
pub struct AuditChain {
    store: ChainStore,
    key: SigningKey,
    /// How long entries are kept.
    retention: SignedDuration,
}

/// The key is a secret.
impl std::fmt::Debug for AuditChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditChain")
    }
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SealingRun {
    pub sealed: usize,
    pub removed: usize,
}

/// The hash of the chain: the first half of SHA-512.
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    let mut half = [0; 32];
    half.copy_from_slice(&digest(&SHA512, bytes).as_ref()[..32]);
    half
}

impl AuditChain {
    pub fn new(store: ChainStore, key: SigningKey, days: u32) -> Self {
        Self { store, key, retention: SignedDuration::from_hours(24 * i64::from(days)) }
    }

    /// Seals the entries that are old enough, and removes those that retention has ended for. Safe to repeat: a run that
    /// ended half-way is continued by the next one, and of two runs at once one does nothing.
    pub async fn run(&self, now: Timestamp) -> Result<SealingRun, Failure> {
        let Some(head) = self.head(now).await? else { return Ok(SealingRun::default()) };
        let sealed = self.seal(head, now).await?;
        Ok(SealingRun { sealed, removed: self.remove_expired(now).await? })
    }

    /// The head of the chain, which the first run makes. None when another run makes it.
    async fn head(&self, now: Timestamp) -> Result<Option<ChainPoint>, Failure> {
        if let Some(head) = self.store.head().await? {
            return Ok(Some(head.point));
        }
        let head = ChainPoint::beginning(now.as_millisecond());
        Ok(self.store.move_head(None, None, &self.signed(&head)?).await?.then_some(head))
    }

    async fn seal(&self, mut head: ChainPoint, now: Timestamp) -> Result<usize, Failure> {
        let settled = settled_at(now.as_millisecond());
        if settled <= head.to {
            return Ok(0);
        }
        let mut from = late_from(&head);
        let mut found = self.store.entry_keys(from, settled).await?;
        if found.to <= head.to {
            // The minutes of which late entries may come are too full to be looked at again with the new ones.
            from = head.to;
            found = self.store.entry_keys(from, settled).await?;
        }
        let sealed = self.sealed_since(from).await?;
        let mut new: Vec<_> = found.keys.into_iter().filter(|key| !sealed.contains(key)).collect();
        let mut to = found.to;
        if let Some(first_left_out) = new.get(MOST_ENTRIES) {
            to = first_left_out.at();
            new.truncate(MOST_ENTRIES);
        }
        let entries = self.store.entries(&new).await?;
        let entries = entries.into_iter().map(|(key, entry)| SealedEntry { key, digest: digest_of(&entry, hash) });
        let appended = head.append(entries.collect(), to.max(head.to), hash);
        if appended.is_empty() {
            let moved = ChainPoint { to: to.max(head.to), ..head.clone() };
            self.store.move_head(Some(&head), None, &self.signed(&moved)?).await?;
            return Ok(0);
        }
        let mut count = 0;
        for (block, next) in appended {
            if !self.store.move_head(Some(&head), Some(&block), &self.signed(&next)?).await? {
                break;
            }
            count += block.entries.len();
            head = next;
        }
        Ok(count)
    }

    /// The entries of this time on that are in the chain.
    async fn sealed_since(&self, from: i64) -> Result<BTreeSet<EntryKey>, Failure> {
        let (mut sealed, mut after) = (BTreeSet::new(), None);
        loop {
            let blocks = self.store.blocks(true, after, PAGE).await?;
            let Some(last) = blocks.last() else { return Ok(sealed) };
            after = Some(last.number);
            let is_end = last.to <= from || last.number == 1;
            let recent = blocks.into_iter().filter(|block| block.to > from);
            sealed.extend(recent.flat_map(|block| block.entries).map(|entry| entry.key));
            if is_end {
                return Ok(sealed);
            }
        }
    }

    /// The checkpoint moves first, so that what is gone is never missed. A block goes last, because it says which entries are
    /// to go with it.
    async fn remove_expired(&self, now: Timestamp) -> Result<usize, Failure> {
        let expired = (now - self.retention).as_millisecond();
        let Some(head) = self.store.head().await? else { return Ok(0) };
        let mut checkpoint = self.store.checkpoint().await?;
        let mut removed = 0;
        for block in self.store.blocks(false, None, MOST_REMOVED).await? {
            if checkpoint.as_ref().is_none_or(|point| point.point.number < block.number) {
                if block.to > expired {
                    break;
                }
                let (number, digest) = (block.number, block.digest(hash));
                let point = self.signed(&ChainPoint { number, digest, start: head.point.start, to: block.to })?;
                self.store.save_checkpoint(&point).await?;
                checkpoint = Some(point);
            }
            self.store.remove(&block).await?;
            removed += block.entries.len();
        }
        // A key that is no longer published verifies nothing.
        if let Some(point) = checkpoint.filter(|point| point.kid != self.key.id()) {
            self.store.save_checkpoint(&self.signed(&point.point)?).await?;
        }
        Ok(removed)
    }

    fn signed(&self, point: &ChainPoint) -> Result<SignedPoint, Failure> {
        let signature = self.key.sign(&point.statement())?;
        Ok(SignedPoint { point: point.clone(), kid: self.key.id().to_owned(), signature })
    }
}
