//! The register invariant of metered piles: detail records and unassigned stretches tile the register of each pile
//! without gap or overlap, from its commissioning to the open session. It reads facts only and trusts no sum.

use std::collections::BTreeMap;

use super::fact::{Fact, What};
use super::number::PileId;
use super::station::Station;
use crate::domain::energy::Energy;

/// Up to which register each pile is accounted for.
#[derive(Clone, Debug, Default)]
pub struct Registers(BTreeMap<PileId, Energy>);

/// A stretch that does not begin where the last one ended, or a pile that stands elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("register of {pile}: accounted up to {accounted}, goes on from {from}")]
pub struct RegisterGap {
    pub pile: PileId,
    pub accounted: Energy,
    pub from: Energy,
}

impl Registers {
    /// From here on; what was accounted for before counts as right.
    pub fn from(station: &Station) -> Self {
        let meters = station.piles().filter_map(|pile| Some((pile.id, pile.meter.as_ref()?.register)));
        Self(meters.collect())
    }

    pub fn see(&mut self, facts: &[Fact]) -> Result<(), RegisterGap> {
        for fact in facts {
            match &fact.what {
                What::Commissioned { pile, register } => drop(self.0.insert(*pile, *register)),
                What::PileRemoved { pile } => drop(self.0.remove(pile)),
                What::SegmentClosed(record) => {
                    if let Some(stretch) = &record.meter {
                        self.add(record.pile, stretch.from, stretch.to)?;
                    }
                }
                What::Unassigned { pile, from, to, .. } => self.add(*pile, *from, *to)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, pile: PileId, from: Energy, to: Energy) -> Result<(), RegisterGap> {
        let accounted = self.0.get(&pile).copied().unwrap_or(Energy::ZERO);
        if accounted != from || to < from {
            return Err(RegisterGap { pile, accounted, from });
        }
        self.0.insert(pile, to);
        Ok(())
    }

    /// Every pile is accounted for up to its open session, if it has one.
    pub fn check(&self, station: &Station) -> Result<(), RegisterGap> {
        for pile in station.piles() {
            let Some(meter) = &pile.meter else { continue };
            let accounted = self.0.get(&pile.id).copied().unwrap_or(Energy::ZERO);
            let from = pile.charging().and_then(|charging| charging.metered()).map_or(meter.register, |open| open.from);
            if accounted != from || meter.register != from {
                return Err(RegisterGap { pile: pile.id, accounted, from });
            }
        }
        Ok(())
    }
}
