//! Ties of an optimal placing: among all placings with the smallest sum, the one that gives the lowest number the lowest
//! lane it can have, then the next number, and so on.
//!
//! From one optimal placing follow prices of the slots (the dual of the assignment problem). Every optimal placing, and
//! no other, uses only pairs that are tight under these prices and leaves only free slots empty; so cars may move
//! along tight pairs.

use std::collections::{HashSet, VecDeque};

use super::placing::Slot;
use super::planted::{Bug, planted};

/// The lane of each car; `chosen[j]` is the slot that the optimum found gives to car j. Cars by falling energy with
/// their numbers, slots by rising weight.
pub(super) fn lowest_piles_first(cars: &[(usize, i128)], slots: &[Slot], chosen: &[usize]) -> Vec<usize> {
    let mut seating = Seating::new(cars, slots, chosen);
    let mut by_number: Vec<usize> = (0..cars.len()).collect();
    by_number.sort_by_key(|car| cars[*car].0);
    let mut by_lane: Vec<usize> = (0..slots.len()).collect();
    by_lane.sort_by_key(|slot| slots[*slot].lane);
    if planted(Bug::PlacingTiesToHighestPile) {
        by_lane.reverse();
    }
    for car in by_number {
        let better = by_lane.iter().take_while(|slot| slots[**slot].lane != slots[seating.slot_of[car]].lane);
        let wish = better.copied().find_map(|slot| Some((slot, seating.way_to(car, slot)?)));
        if let Some((slot, way)) = wish {
            seating.rotate(car, slot, &way);
        }
        seating.fixed[seating.slot_of[car]] = true;
    }
    seating.slot_of[..cars.len()].iter().map(|slot| slots[*slot].lane).collect()
}

/// Who sits where. Empty slots are taken by ghosts, numbered after the cars, so that moves are always rotations.
struct Seating<'a> {
    cars: &'a [(usize, i128)],
    slots: &'a [Slot],
    /// The cost of a slot besides weight × energy: its busy time plus its price.
    offset: Vec<i128>,
    /// What a car pays: the least that any slot would cost it.
    pays: Vec<i128>,
    /// Slots of equal weight and offset are tight for the same cars.
    class_of: Vec<usize>,
    classes: Vec<Vec<usize>>,
    slot_of: Vec<usize>,
    sits: Vec<usize>,
    fixed: Vec<bool>,
}

impl<'a> Seating<'a> {
    fn new(cars: &'a [(usize, i128)], slots: &'a [Slot], chosen: &[usize]) -> Self {
        let offset = offsets(cars, slots, chosen);
        let pays = chosen.iter().zip(cars).map(|(slot, car)| slots[*slot].weight * car.1 + offset[*slot]).collect();
        let mut slot_of = chosen.to_vec();
        let mut sits = vec![usize::MAX; slots.len()];
        for (car, slot) in chosen.iter().enumerate() {
            sits[*slot] = car;
        }
        for (slot, sitting) in sits.iter_mut().enumerate().filter(|(_, sitting)| **sitting == usize::MAX) {
            *sitting = slot_of.len();
            slot_of.push(slot);
        }
        let mut class_of = vec![0; slots.len()];
        let mut classes: Vec<Vec<usize>> = Vec::new();
        let mut sorted: Vec<usize> = (0..slots.len()).collect();
        sorted.sort_by_key(|slot| (slots[*slot].weight, offset[*slot], offset[*slot] > slots[*slot].busy));
        for (position, slot) in sorted.iter().enumerate() {
            let key = |slot: usize| (slots[slot].weight, offset[slot], offset[slot] > slots[slot].busy);
            if position == 0 || key(sorted[position - 1]) != key(*slot) {
                classes.push(Vec::new());
            }
            class_of[*slot] = classes.len() - 1;
            classes[class_of[*slot]].push(*slot);
        }
        let fixed = vec![false; slots.len()];
        Self { cars, slots, offset, pays, class_of, classes, slot_of, sits, fixed }
    }

    /// Whether some optimal placing may give this slot to this car; an empty slot must be free.
    fn is_tight(&self, car: usize, slot: usize) -> bool {
        match self.cars.get(car) {
            Some((_, energy)) => self.slots[slot].weight * energy + self.offset[slot] == self.pays[car],
            None => self.offset[slot] == self.slots[slot].busy,
        }
    }

    /// Cars that can move on one after the other so that `car` can take a slot, the last of them into the slot that it
    /// leaves. Breadth first over classes, because within a class any car can take any slot.
    fn way_to(&self, car: usize, slot: usize) -> Option<Vec<usize>> {
        if self.fixed[slot] || !self.is_tight(car, slot) {
            return None;
        }
        let hole = self.slot_of[car];
        let first = self.class_of[slot];
        let mut came_by: Vec<Option<usize>> = vec![None; self.classes.len()];
        let mut seen = vec![false; self.classes.len()];
        seen[first] = true;
        let mut next = VecDeque::from([first]);
        while let Some(class) = next.pop_front() {
            let movable = self.classes[class].iter().filter(|slot| !self.fixed[**slot]).map(|slot| self.sits[*slot]);
            for mover in movable.filter(|mover| *mover != car) {
                if self.is_tight(mover, hole) {
                    return Some(self.trace(mover, &came_by));
                }
                for (other, members) in self.classes.iter().enumerate() {
                    if !seen[other] && self.is_tight(mover, members[0]) {
                        seen[other] = true;
                        came_by[other] = Some(mover);
                        next.push_back(other);
                    }
                }
            }
        }
        None
    }

    /// From the car that fills the hole back to the first that moves.
    fn trace(&self, last: usize, came_by: &[Option<usize>]) -> Vec<usize> {
        let mut way = vec![last];
        while let Some(before) = way.last().and_then(|mover| came_by[self.class_of[self.slot_of[*mover]]]) {
            way.push(before);
        }
        way
    }

    /// The last mover fills the hole, each one before it takes the slot that came free, and whoever sat in the wished
    /// slot, if it is not the first mover, takes the first mover's slot of the same class.
    fn rotate(&mut self, car: usize, slot: usize, way: &[usize]) {
        let mut free = self.slot_of[car];
        let sitting = self.sits[slot];
        for mover in way {
            let left = self.slot_of[*mover];
            self.seat(*mover, free);
            free = left;
        }
        if free != slot {
            self.seat(sitting, free);
        }
        self.seat(car, slot);
    }

    fn seat(&mut self, car: usize, slot: usize) {
        self.slot_of[car] = slot;
        self.sits[slot] = car;
    }
}

/// Busy time plus price for each slot. Used slots, by weight, form a chain of lines whose lower envelope each car
/// touches at its own energy; the highest such chain below all empty slots is found by one pass each way.
fn offsets(cars: &[(usize, i128)], slots: &[Slot], chosen: &[usize]) -> Vec<i128> {
    let mut offset: Vec<i128> = slots.iter().map(|slot| slot.busy).collect();
    let used: HashSet<usize> = chosen.iter().copied().collect();
    let empty: Vec<&Slot> = (0..slots.len()).filter(|slot| !used.contains(slot)).map(|slot| &slots[slot]).collect();
    let mut chain: Vec<i128> = chosen
        .iter()
        .zip(cars)
        .map(|(slot, (_, energy))| {
            let cheapest = empty.iter().map(|slot| slot.cost(*energy)).min().unwrap_or(i128::MAX / 4);
            cheapest - slots[*slot].weight * energy
        })
        .collect();
    let step = |j: usize| slots[chosen[j + 1]].weight - slots[chosen[j]].weight;
    for j in 0..chain.len().saturating_sub(1) {
        chain[j + 1] = chain[j + 1].min(chain[j] - step(j) * cars[j + 1].1);
    }
    for j in (0..chain.len().saturating_sub(1)).rev() {
        chain[j] = chain[j].min(chain[j + 1] + step(j) * cars[j].1);
    }
    for (slot, value) in chosen.iter().zip(chain) {
        offset[*slot] = value;
    }
    offset
}
