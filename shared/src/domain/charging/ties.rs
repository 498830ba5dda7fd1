//! Ties of an optimal placing: among all placings with the smallest sum, the one that gives the lowest number the lowest
//! lane it can have, then the next number, and so on.
//!
//! From one optimal placing follow prices of the slots (the dual of the assignment problem). Every optimal placing, and
//! no other, uses only pairs that are tight under these prices and leaves only free slots empty; so cars may move
//! along tight pairs.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::placing::Slot;

/// The lane of each car; `chosen[j]` is the slot that the optimum found gives to car j. Cars by falling energy with
/// their numbers, slots by rising weight.
pub(super) fn lowest_piles_first(cars: &[(usize, i128)], slots: &[Slot], chosen: &[usize]) -> Vec<usize> {
    let mut seating = Seating::new(cars, slots, chosen);
    let mut by_number: Vec<usize> = (0..cars.len()).collect();
    by_number.sort_by_key(|car| cars[*car].0);
    let mut by_lane: Vec<usize> = (0..slots.len()).collect();
    by_lane.sort_by_key(|slot| slots[*slot].lane);
    for car in by_number {
        let lane = seating.lane_of(car);
        let better = by_lane.iter().take_while(|slot| slots[**slot].lane != lane);
        if let Some(way) = better.copied().find_map(|slot| seating.way_to(car, slot)) {
            seating.rotate(car, &way);
        }
        seating.fixed[car] = true;
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
    classes: Vec<Vec<usize>>,
    /// Cars of equal energy are of one kind, ghosts of the last one; for each kind, the classes that are tight for it.
    kind_of: Vec<usize>,
    fits: Vec<Vec<usize>>,
    lanes: Vec<Vec<usize>>,
    slot_of: Vec<usize>,
    sits: Vec<usize>,
    /// A car whose lane is settled may still change its place within that lane.
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
        let mut lanes = vec![Vec::new(); slots.iter().map(|slot| slot.lane + 1).max().unwrap_or(0)];
        for (slot, place) in slots.iter().enumerate() {
            lanes[place.lane].push(slot);
        }
        let mut classes: BTreeMap<(i128, i128, bool), Vec<usize>> = BTreeMap::new();
        for (slot, place) in slots.iter().enumerate() {
            classes.entry((place.weight, offset[slot], offset[slot] == place.busy)).or_default().push(slot);
        }
        let (classes, fixed) = (classes.into_values().collect(), vec![false; slots.len()]);
        let (kind_of, fits) = (Vec::new(), Vec::new());
        let seating = Self { cars, slots, offset, pays, classes, kind_of, fits, lanes, slot_of, sits, fixed };
        seating.with_kinds()
    }

    fn with_kinds(mut self) -> Self {
        for car in 0..self.slots.len() {
            let energy = |car: usize| self.cars.get(car).map(|(_, energy)| energy);
            if car == 0 || energy(car) != energy(car - 1) {
                let fits = |class: &usize| self.is_tight(car, self.classes[*class][0]);
                self.fits.push((0..self.classes.len()).filter(fits).collect());
            }
            self.kind_of.push(self.fits.len() - 1);
        }
        self
    }

    fn lane_of(&self, car: usize) -> usize {
        self.slots[self.slot_of[car]].lane
    }

    /// Whether some optimal placing may give this slot to this car; an empty slot must be free.
    fn is_tight(&self, car: usize, slot: usize) -> bool {
        match self.cars.get(car) {
            Some((_, energy)) => self.slots[slot].weight * energy + self.offset[slot] == self.pays[car],
            None => self.offset[slot] == self.slots[slot].busy,
        }
    }

    /// Slots, from the wished one on, whose cars can each move on to the next, the last of them into the slot that
    /// `car` leaves. Breadth first; a class of slots is entered once, because a car that fits one of them fits all.
    fn way_to(&self, car: usize, wished: usize) -> Option<Vec<usize>> {
        let hole = self.slot_of[car];
        if !self.is_tight(car, wished) || self.is_stuck(self.sits[wished], hole) {
            return None;
        }
        let mut came_from: Vec<Option<usize>> = vec![None; self.slots.len()];
        came_from[hole] = Some(hole);
        came_from[wished] = Some(wished);
        let mut entered = vec![false; self.classes.len()];
        let mut next = VecDeque::from([wished]);
        while let Some(slot) = next.pop_front() {
            let mover = self.sits[slot];
            if self.may_move(mover, hole) {
                return Some(trace(slot, &came_from));
            }
            let mut reach = |other: usize| {
                if came_from[other].is_none() {
                    came_from[other] = Some(slot);
                    next.push_back(other);
                }
            };
            if self.fixed[mover] {
                let own = self.lanes[self.lane_of(mover)].iter();
                own.copied().filter(|other| self.is_tight(mover, *other)).for_each(reach);
                continue;
            }
            for class in &self.fits[self.kind_of[mover]] {
                if !entered[*class] {
                    entered[*class] = true;
                    self.classes[*class].iter().copied().for_each(&mut reach);
                }
            }
        }
        None
    }

    /// Most wishes end here, at a car whose lane is settled and which has no other place in it.
    fn is_stuck(&self, car: usize, hole: usize) -> bool {
        let elsewhere = |slot: &usize| *slot != self.slot_of[car] && self.is_tight(car, *slot);
        self.fixed[car] && !self.may_move(car, hole) && !self.lanes[self.lane_of(car)].iter().any(elsewhere)
    }

    fn may_move(&self, car: usize, to: usize) -> bool {
        self.is_tight(car, to) && (!self.fixed[car] || self.slots[to].lane == self.lane_of(car))
    }

    fn rotate(&mut self, car: usize, way: &[usize]) {
        let mut free = self.slot_of[car];
        for slot in way.iter().rev() {
            self.seat(self.sits[*slot], free);
            free = *slot;
        }
        self.seat(car, free);
    }

    fn seat(&mut self, car: usize, slot: usize) {
        self.slot_of[car] = slot;
        self.sits[slot] = car;
    }
}

/// From the wished slot to the last.
fn trace(last: usize, came_from: &[Option<usize>]) -> Vec<usize> {
    let mut way = vec![last];
    let mut slot = last;
    while let Some(before) = came_from[slot].filter(|before| *before != slot) {
        way.push(before);
        slot = before;
    }
    way.reverse();
    way
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
