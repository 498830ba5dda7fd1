//! A second simulator, written apart from the engine and as naively as can be: whole lines, integer ticks, no window.

use std::collections::BTreeMap;

/// Everything is counted in ticks: so many to a millisecond that both powers divide it.
pub type Ticks = i128;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Layout {
    pub piles: [usize; 2],
    /// Watts.
    pub power: [i128; 2],
    pub places: usize,
    pub waiting: usize,
    pub time_order: bool,
    pub best_then_wait: bool,
    pub may_lower: bool,
    pub single_total: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Apply { car: usize, mode: usize, millijoules: i128 },
    Change { car: usize, mode: Option<usize>, millijoules: Option<i128> },
    Cancel { car: usize },
    Fail { mode: usize, pile: usize, millis: Option<i128> },
    Recover { mode: usize, pile: usize },
    Adopt(Layout),
}

/// A detail record: car, mode, pile, start, stop.
pub type Segment = (usize, usize, usize, Ticks, Ticks);

#[derive(Clone, Debug)]
pub struct Car {
    pub mode: usize,
    pub number: usize,
    pub arrival: usize,
    /// Watt-ticks.
    pub asked: i128,
    pub got: i128,
}

#[derive(Clone, Debug, Default)]
pub struct Pile {
    pub down: bool,
    pub until: Option<Ticks>,
    pub lane: Vec<usize>,
    pub since: Ticks,
}

#[derive(Clone, Debug)]
pub struct Reference {
    pub layout: Layout,
    per_milli: i128,
    pub now: Ticks,
    pub cars: BTreeMap<usize, Car>,
    numbers: [usize; 2],
    arrivals: usize,
    pub waiting: [Vec<usize>; 2],
    pub displaced: [Vec<usize>; 2],
    pub piles: [Vec<Pile>; 2],
    pub segments: Vec<Segment>,
    /// Cars that left, and when.
    pub left: Vec<(usize, Ticks)>,
}

impl Reference {
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            per_milli: layout.power[0] * layout.power[1],
            now: 0,
            cars: BTreeMap::new(),
            numbers: [0, 0],
            arrivals: 0,
            waiting: [vec![], vec![]],
            displaced: [vec![], vec![]],
            piles: layout.piles.map(|count| vec![Pile::default(); count]),
            segments: vec![],
            left: vec![],
        }
    }

    pub fn per_milli(&self) -> i128 {
        self.per_milli
    }

    /// All that is due up to `millis`, then the order, then dispatch.
    pub fn play(&mut self, millis: i128, order: Option<Order>) -> &'static str {
        let target = millis * self.per_milli;
        while let Some((at, kind, mode, pile)) = self.next_due().filter(|due| due.0 <= target) {
            self.now = at;
            if kind == 0 {
                let car = self.stop_head(mode, pile);
                self.leave(car);
                self.start(mode, pile);
            } else {
                self.come_back(mode, pile);
            }
            self.dispatch(mode);
        }
        self.now = target;
        let answer = order.map_or("ok", |order| self.obey(order));
        self.dispatch(0);
        self.dispatch(1);
        answer
    }

    fn next_due(&self) -> Option<(Ticks, u8, usize, usize)> {
        let mut due = vec![];
        for mode in 0..2 {
            for (index, pile) in self.piles[mode].iter().enumerate() {
                if let Some(head) = pile.lane.first() {
                    due.push((pile.since + self.time_for(*head), 0, mode, index));
                }
                if let Some(until) = pile.until {
                    due.push((until, 1, mode, index));
                }
            }
        }
        due.into_iter().min()
    }

    fn time_for(&self, car: usize) -> Ticks {
        let car = &self.cars[&car];
        (car.asked - car.got) / self.layout.power[car.mode]
    }

    fn obey(&mut self, order: Order) -> &'static str {
        match order {
            Order::Apply { car, mode, millijoules } => {
                if self.cars.contains_key(&car) {
                    return "rejected:live_request";
                }
                if self.layout.piles[mode] == 0 {
                    return "rejected:no_piles";
                }
                if self.waiting[0].len() + self.waiting[1].len() >= self.layout.waiting {
                    return "rejected:full";
                }
                self.take_number(car, mode, millijoules * self.per_milli);
                "ok"
            }
            Order::Change { car, mode, millijoules } => self.change(car, mode, millijoules.map(|e| e * self.per_milli)),
            Order::Cancel { car } => self.cancel(car),
            Order::Fail { mode, pile, millis } => {
                if self.piles[mode][pile].down {
                    return "ignored:already_failed";
                }
                if !self.piles[mode][pile].lane.is_empty() {
                    let head = self.stop_head(mode, pile);
                    self.displaced[mode].push(head);
                    let rest = std::mem::take(&mut self.piles[mode][pile].lane);
                    self.displaced[mode].extend(rest);
                }
                self.piles[mode][pile].down = true;
                self.piles[mode][pile].until = millis.map(|millis| self.now + millis * self.per_milli);
                if self.layout.time_order {
                    self.regroup(mode);
                }
                "ok"
            }
            Order::Recover { mode, pile } => {
                if !self.piles[mode][pile].down {
                    return "ignored:already_working";
                }
                self.come_back(mode, pile);
                "ok"
            }
            Order::Adopt(layout) => {
                self.layout = layout;
                "ok"
            }
        }
    }

    fn take_number(&mut self, car: usize, mode: usize, asked: i128) {
        self.numbers[mode] += 1;
        self.arrivals += 1;
        self.cars.insert(car, Car { mode, number: self.numbers[mode], arrival: self.arrivals, asked, got: 0 });
        self.waiting[mode].push(car);
    }

    fn change(&mut self, car: usize, mode: Option<usize>, asked: Option<i128>) -> &'static str {
        let Some(old) = self.cars.get(&car).cloned() else { return "ignored:no_live_request" };
        if self.waiting[old.mode].contains(&car) {
            match mode {
                Some(mode) if mode != old.mode && self.layout.piles[mode] == 0 => {
                    return "rejected:no_piles";
                }
                Some(mode) if mode != old.mode => {
                    self.waiting[old.mode].retain(|other| *other != car);
                    self.take_number(car, mode, asked.unwrap_or(old.asked));
                }
                _ => self.cars.get_mut(&car).unwrap().asked = asked.unwrap_or(old.asked),
            }
            return "ok";
        }
        let charging = self.piles[old.mode].iter().position(|pile| pile.lane.first() == Some(&car));
        let (Some(pile), Some(asked), true) = (charging, asked, self.layout.may_lower) else {
            return "rejected:change_not_allowed";
        };
        let got = old.got + (self.now - self.piles[old.mode][pile].since) * self.layout.power[old.mode];
        if mode.is_some_and(|mode| mode != old.mode) || asked >= old.asked || asked < got {
            return "rejected:change_not_allowed";
        }
        self.cars.get_mut(&car).unwrap().asked = asked;
        if asked == got {
            self.stop_head(old.mode, pile);
            self.leave(car);
            self.start(old.mode, pile);
        }
        "ok"
    }

    fn cancel(&mut self, car: usize) -> &'static str {
        let Some(mode) = self.cars.get(&car).map(|car| car.mode) else { return "ignored:no_live_request" };
        self.waiting[mode].retain(|other| *other != car);
        self.displaced[mode].retain(|other| *other != car);
        for pile in 0..self.piles[mode].len() {
            if self.piles[mode][pile].lane.first() == Some(&car) {
                self.stop_head(mode, pile);
                self.start(mode, pile);
            } else {
                self.piles[mode][pile].lane.retain(|other| *other != car);
            }
        }
        self.leave(car);
        "ok"
    }

    fn leave(&mut self, car: usize) {
        self.cars.remove(&car);
        self.left.push((car, self.now));
    }

    /// The head leaves the lane; what it got is noted.
    fn stop_head(&mut self, mode: usize, pile: usize) -> usize {
        let since = self.piles[mode][pile].since;
        let car = self.piles[mode][pile].lane.remove(0);
        if self.now > since {
            self.cars.get_mut(&car).unwrap().got += (self.now - since) * self.layout.power[mode];
            self.segments.push((car, mode, pile, since, self.now));
        }
        car
    }

    fn start(&mut self, mode: usize, pile: usize) {
        self.piles[mode][pile].since = self.now;
    }

    fn come_back(&mut self, mode: usize, pile: usize) {
        self.piles[mode][pile].down = false;
        self.piles[mode][pile].until = None;
        if !self.displaced[mode].is_empty() || self.piles[mode].iter().any(|pile| pile.lane.len() > 1) {
            self.regroup(mode);
        }
    }

    fn regroup(&mut self, mode: usize) {
        for pile in &mut self.piles[mode] {
            while pile.lane.len() > 1 {
                self.displaced[mode].push(pile.lane.pop().unwrap());
            }
        }
        let cars = &self.cars;
        self.displaced[mode].sort_by_key(|car| cars[car].number);
    }

    fn dispatch(&mut self, mode: usize) {
        while let Some(car) = self.displaced[mode].first().copied() {
            let Some(pile) = self.best(mode) else { return };
            self.displaced[mode].remove(0);
            self.enter(mode, pile, car);
        }
        if self.layout.single_total {
            self.call_together(mode);
        }
        while let Some(car) = self.waiting[mode].first().copied() {
            let Some(pile) = self.best(mode) else { return };
            self.waiting[mode].remove(0);
            self.enter(mode, pile, car);
        }
    }

    /// As many cars as there are places, if several lanes have some: of all placings the one with the smallest sum.
    fn call_together(&mut self, mode: usize) {
        let room = |pile: &Pile| if pile.down { 0 } else { self.layout.places.saturating_sub(pile.lane.len()) };
        let room: Vec<usize> = self.piles[mode].iter().map(room).collect();
        if room.iter().filter(|room| **room > 0).count() < 2 {
            return;
        }
        let count = room.iter().sum::<usize>().min(self.waiting[mode].len());
        let cars: Vec<usize> = self.waiting[mode].drain(..count).collect();
        let needs: Vec<Ticks> = cars.iter().map(|car| self.time_for(*car)).collect();
        let busy: Vec<Ticks> = self.piles[mode].iter().map(|pile| self.busy(pile)).collect();
        let mut trial = Trial { needs: &needs, busy: &busy, room, lane_of: vec![], best: None };
        trial.place_next();
        let Some((_, lane_of)) = trial.best else { return };
        for pile in 0..busy.len() {
            let mut lane: Vec<usize> = (0..count).filter(|n| lane_of[*n] == pile).collect();
            lane.sort_by_key(|n| (needs[*n], *n));
            for n in lane {
                self.enter(mode, pile, cars[n]);
            }
        }
    }

    fn busy(&self, pile: &Pile) -> Ticks {
        let all: Ticks = pile.lane.iter().map(|car| self.time_for(*car)).sum();
        if pile.lane.is_empty() { 0 } else { all - (self.now - pile.since) }
    }

    /// All cars of a mode need their own time wherever they go, so the best lane is the one that is free first.
    fn best(&self, mode: usize) -> Option<usize> {
        let mut best: Option<(Ticks, usize)> = None;
        for (index, pile) in self.piles[mode].iter().enumerate().filter(|(_, pile)| !pile.down) {
            let full = pile.lane.len() >= self.layout.places;
            if full && !self.layout.best_then_wait {
                continue;
            }
            let busy = self.busy(pile);
            if best.is_none_or(|(least, _)| busy < least) {
                best = Some((busy, index));
            }
        }
        best.map(|(_, index)| index).filter(|index| self.piles[mode][*index].lane.len() < self.layout.places)
    }

    fn enter(&mut self, mode: usize, pile: usize, car: usize) {
        if self.piles[mode][pile].lane.is_empty() {
            self.start(mode, pile);
        }
        self.piles[mode][pile].lane.push(car);
    }

    /// The station in words: lanes, displaced, waiting in order of arrival, numbers.
    pub fn words(&self) -> String {
        let mut text = String::new();
        for mode in 0..2 {
            for pile in &self.piles[mode] {
                let state = if pile.down { "down" } else { "up" };
                text += &format!("{state}{:?} ", pile.lane);
            }
            text += &format!("displaced{:?} ", self.displaced[mode]);
        }
        let mut waiting: Vec<_> = self.waiting.iter().flatten().copied().collect();
        waiting.sort_by_key(|car| self.cars[car].arrival);
        let numbers: Vec<_> = self.cars.iter().map(|(car, state)| (*car, state.mode, state.number)).collect();
        text + &format!("waiting{waiting:?} numbers{numbers:?}")
    }

    /// What a car has been delivered, in watt-ticks.
    pub fn got(&self, car: usize) -> i128 {
        let running = (0..2).flat_map(|mode| self.piles[mode].iter().map(move |pile| (mode, pile)));
        let head = running.filter(|(_, pile)| pile.lane.first() == Some(&car));
        let open: i128 = head.map(|(mode, pile)| (self.now - pile.since) * self.layout.power[mode]).sum();
        self.cars[&car].got + open
    }
}

/// Every placing, the lower number on the lower pile first; the first of the best ones is kept.
struct Trial<'a> {
    needs: &'a [Ticks],
    busy: &'a [Ticks],
    room: Vec<usize>,
    lane_of: Vec<usize>,
    best: Option<(Ticks, Vec<usize>)>,
}

impl Trial<'_> {
    fn place_next(&mut self) {
        let sum = self.sum();
        // One more car never makes the sum smaller.
        if self.best.as_ref().is_some_and(|(best, _)| *best <= sum) {
            return;
        }
        if self.lane_of.len() == self.needs.len() {
            self.best = Some((sum, self.lane_of.clone()));
            return;
        }
        for pile in 0..self.room.len() {
            if self.room[pile] > 0 {
                self.room[pile] -= 1;
                self.lane_of.push(pile);
                self.place_next();
                self.lane_of.pop();
                self.room[pile] += 1;
            }
        }
    }

    /// When the cars placed so far would leave, shortest first in each lane, all added up.
    fn sum(&self) -> Ticks {
        let lane = |pile: usize| {
            let mut needs: Vec<_> = (0..self.lane_of.len()).filter(|n| self.lane_of[*n] == pile).collect();
            needs.sort_by_key(|n| self.needs[*n]);
            let leave = needs.iter().scan(self.busy[pile], |at, n| {
                *at += self.needs[*n];
                Some(*at)
            });
            leave.sum::<Ticks>()
        };
        (0..self.busy.len()).map(lane).sum()
    }
}
