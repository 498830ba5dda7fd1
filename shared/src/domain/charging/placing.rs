//! Optimal placing: which car goes to which lane, and in what order, so that the sum of completion times is smallest.
//!
//! An assignment problem on uniform machines: the car that is k-th from the end of a lane costs k·energy/power, plus the
//! lane's busy time once. Slots sorted by weight k/power and cars by energy, one dynamic program is exact.

use super::moment::Span;
use super::ties::lowest_piles_first;
use crate::domain::energy::{Energy, Exact, Power, gcd};

/// A lane that can take cars behind what it is busy with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaneOffer {
    pub busy: Span,
    pub power: Power,
    pub places: usize,
}

/// The placing with the smallest sum; with more cars than places, of the largest number of cars that fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placing {
    /// For each lane the indices of its cars, in the order in which they charge.
    pub lanes: Vec<Vec<usize>>,
    pub left_over: Vec<usize>,
    /// The sum of waiting and charging times.
    pub total: Span,
}

/// Places cars, which come in the order of their numbers. Ties: lower number to lower lane.
pub fn place(cars: &[Energy], lanes: &[LaneOffer]) -> Placing {
    let scale = Scale::of(cars, lanes);
    let slots = scale.slots(lanes, cars.len());
    let mut by_energy: Vec<(usize, i128)> = cars.iter().map(|car| scale.energy(*car)).enumerate().collect();
    by_energy.sort_by_key(|(index, energy)| (*energy, *index));
    by_energy.truncate(slots.len());
    by_energy.reverse();
    let chosen = smallest_sum(&by_energy, &slots);
    let cost = |(slot, (_, energy)): (&usize, &(usize, i128))| slots[*slot].cost(*energy);
    let total = chosen.iter().zip(&by_energy).map(cost).sum();
    let lane_of = lowest_piles_first(&by_energy, &slots, &chosen);

    let mut placed: Vec<Vec<usize>> = vec![Vec::new(); lanes.len()];
    let mut fits = vec![false; cars.len()];
    for ((index, _), lane) in by_energy.iter().zip(&lane_of) {
        placed[*lane].push(*index);
        fits[*index] = true;
    }
    for lane in &mut placed {
        lane.sort_by_key(|index| (cars[*index], *index));
    }
    let left_over = (0..cars.len()).filter(|index| !fits[*index]).collect();
    Placing { lanes: placed, left_over, total: scale.span(total) }
}

/// A place of a lane, counted from its end: what it costs is linear in the car's energy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slot {
    pub lane: usize,
    pub weight: i128,
    pub busy: i128,
}

impl Slot {
    pub fn cost(&self, energy: i128) -> i128 {
        self.weight * energy + self.busy
    }
}

/// For cars by falling energy, the slots that they take, by rising weight. After each slot, `best[n]` is the smallest
/// sum for the first n cars; a bit per cell remembers where a slot was taken.
fn smallest_sum(cars: &[(usize, i128)], slots: &[Slot]) -> Vec<usize> {
    const UNREACHED: i128 = i128::MAX / 2;
    let (n, m) = (cars.len(), slots.len());
    let mut best = vec![UNREACHED; n + 1];
    best[0] = 0;
    let mut taken = vec![false; m * n];
    for (s, slot) in slots.iter().enumerate() {
        let least = (n + s + 1).saturating_sub(m).max(1);
        for car in (least..=n.min(s + 1)).rev() {
            let sum = best[car - 1] + slot.cost(cars[car - 1].1);
            if sum < best[car] {
                best[car] = sum;
                taken[s * n + car - 1] = true;
            }
        }
    }
    let mut chosen = Vec::with_capacity(n);
    for s in (0..m).rev() {
        let left = n - chosen.len();
        if left > 0 && taken[s * n + left - 1] {
            chosen.push(s);
        }
    }
    chosen.reverse();
    chosen
}

/// Integers for a placing: `unit` parts of a millisecond, `parts` of a millijoule. They are exact for any powers whose
/// common multiple stays below 2^48 W, which is every one power and any usual mix; beyond, weights err by 2^-48.
struct Scale {
    unit: u64,
    parts: u64,
}

impl Scale {
    const MOST: u128 = 1 << 48;

    fn of(cars: &[Energy], lanes: &[LaneOffer]) -> Self {
        let common = |unit: u128, next: u64| {
            let next = u128::from(next);
            (unit / gcd(unit, next)).checked_mul(next).filter(|unit| *unit <= Self::MOST).unwrap_or(Self::MOST)
        };
        let parts = cars.iter().map(|car| car.millijoules().denominator()).fold(1, common);
        let powers = lanes.iter().map(|lane| lane.power.watts()).fold(parts, common);
        let unit = lanes.iter().map(|lane| lane.busy.exact().denominator()).fold(powers, common);
        let narrow = |value: u128| u64::try_from(value).unwrap_or(1);
        Self { unit: narrow(unit), parts: narrow(parts) }
    }

    fn energy(&self, energy: Energy) -> i128 {
        energy.millijoules().times(self.parts).floor()
    }

    /// By rising weight; equal weights by lane. No lane needs more slots than there are cars.
    fn slots(&self, lanes: &[LaneOffer], cars: usize) -> Vec<Slot> {
        let slot = |lane: usize, offer: &LaneOffer, k: usize| Slot {
            lane,
            weight: k as i128 * i128::from(self.unit / self.parts) / i128::from(offer.power.watts()),
            busy: offer.busy.exact().times(self.unit).floor(),
        };
        let lanes = lanes.iter().enumerate();
        let mut slots: Vec<Slot> =
            lanes.flat_map(|(lane, offer)| (1..=offer.places.min(cars)).map(move |k| slot(lane, offer, k))).collect();
        slots.sort_by_key(|slot| (slot.weight, slot.lane));
        slots
    }

    fn span(&self, total: i128) -> Span {
        Span::from_exact(Exact::mixed(0, total.unsigned_abs(), u128::from(self.unit)))
    }
}
