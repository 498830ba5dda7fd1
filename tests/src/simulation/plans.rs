//! What happens next, by the dice.

use super::{
    operations::{Op, Order},
    reference::Pile,
    world::World,
};
use crate::plaza::Sending;
use jiff::SignedDuration;

impl World {
    pub fn pass_time(&self) {
        let seconds = match self.dice.below(100) {
            0..35 => 0,
            35..60 => self.dice.between(1, 90),
            60..85 => self.dice.between(60, 2400),
            85..95 => 60 * self.dice.between(1, 120),
            _ => 3600 * self.dice.between(2, 9),
        };
        let millis = if self.dice.percent(50) { self.dice.between(0, 999) } else { 0 };
        self.plaza.watch.advance(SignedDuration::from_millis(seconds * 1000 + millis));
        *self.plaza.sending.lock().unwrap() = if self.dice.percent(5) { Sending::Fails } else { Sending::Works };
    }

    pub fn plan(&mut self) -> Vec<Op> {
        if self.dice.percent(self.trouble / 3) {
            return self.power_cut();
        }
        let count = match self.dice.below(100) {
            0..55 => 1,
            55..85 => 2 + self.dice.index(2),
            _ => 4 + self.dice.index(6),
        };
        (0..count).map(|_| self.think()).collect()
    }

    /// All piles of a mode fail at once, or all that have failed are back.
    fn power_cut(&self) -> Vec<Op> {
        let house = usize::from(self.dice.percent(20));
        let down = self.down(house);
        if down.len() > 1 {
            return down.into_iter().map(|(mode, pile)| Op::Recover { house, mode, pile }).collect();
        }
        let piles = self.houses[house].outside.reference.layout.piles;
        let mode = if piles[self.favourite] == 0 { 1 } else { self.favourite };
        (0..piles[mode]).map(|pile| Op::Fail { house, mode, pile, minutes: None }).collect()
    }

    fn think(&mut self) -> Op {
        let dice = self.dice.clone();
        let anybody = dice.index(self.people.drivers.len());
        let here: Vec<usize> = (0..self.live.len()).filter(|driver| self.is_here(*driver)).collect();
        let somebody_here = if here.is_empty() || dice.percent(15) { anybody } else { dice.pick(&here) };
        let gone: Vec<usize> = (0..self.live.len()).filter(|driver| !here.contains(driver)).collect();
        let driver = if gone.is_empty() || dice.percent(15) { anybody } else { dice.pick(&gone) };
        let house = usize::from(dice.percent(20));
        let layout = self.houses[house].outside.reference.layout;
        let mode = if dice.percent(60) { self.favourite } else { dice.index(2) };
        let pile_mode = if layout.piles[mode] == 0 { 1 } else { mode };
        let pile = dice.index(layout.piles[pile_mode]);
        let amount = || {
            let watt_hours = if dice.percent(50) { 1000 * dice.between(1, 40) } else { dice.between(1, 40_000) };
            u32::try_from(watt_hours).unwrap()
        };
        if dice.percent(self.trouble) {
            let minutes = dice.percent(40).then(|| u32::try_from(dice.between(1, 240)).unwrap());
            if dice.percent(50) {
                return Op::Fail { house, mode: pile_mode, pile, minutes };
            }
            let down = self.down(house);
            let (mode, pile) = if down.is_empty() || dice.percent(15) { (pile_mode, pile) } else { dice.pick(&down) };
            return Op::Recover { house, mode, pile };
        }
        let unnoticed: Vec<usize> = here.iter().copied().filter(|driver| self.has_left(*driver)).collect();
        let (driver, house) = if !unnoticed.is_empty() && dice.percent(50) {
            let back = dice.pick(&unnoticed);
            (back, self.live[back].as_ref().map_or(house, |live| live.house))
        } else {
            (driver, house)
        };
        match dice.below(100) {
            0..38 => {
                let earlier: Vec<&Order> = self.doings.iter().filter_map(|it| it.op.keyed()).collect();
                if !earlier.is_empty() && dice.percent(10) {
                    let order = dice.pick(&earlier).clone();
                    let watt_hours = if dice.percent(20) { amount() } else { order.watt_hours };
                    return Op::Apply(Order { watt_hours, ..order });
                }
                let key = dice.percent(30).then(|| format!("k-{}", self.doings.len()));
                let plate = dice.percent(40).then(|| self.some_plate(driver)).flatten();
                Op::Apply(Order { driver, house, mode, watt_hours: amount(), plate, key })
            }
            38..50 => {
                let (mode, amount) = (dice.percent(50).then_some(mode), dice.percent(70).then(amount));
                let amount = if mode.is_none() { amount.or(Some(5_000)) } else { amount };
                Op::Modify { driver: somebody_here, mode, watt_hours: amount }
            }
            50..56 => Op::Cancel { driver: somebody_here },
            56..70 => Op::Info { driver: somebody_here },
            70..72 => Op::Fees { driver: anybody },
            72..91 => Op::Deliver(self.post.batch(self.plaza.watch.now())),
            _ => Op::Sweep,
        }
    }

    /// Mostly one of the driver's own, if there is any.
    fn some_plate(&self, driver: usize) -> Option<String> {
        let whose = if self.dice.percent(8) { self.dice.index(self.people.drivers.len()) } else { driver };
        let plates = &self.people.drivers[whose].plates;
        (!plates.is_empty()).then(|| plates[self.dice.index(plates.len())].clone())
    }

    /// Whether a driver who is still here, as far as the station has heard, has left by now.
    fn has_left(&self, driver: usize) -> bool {
        self.live[driver].as_ref().is_some_and(|live| {
            let outside = &self.houses[live.house].outside;
            let now = outside.at(&outside.reference, self.plaza.watch.now().as_millisecond());
            !now.cars.contains_key(&outside.cars[&live.request])
        })
    }

    /// The piles of a station that have failed.
    fn down(&self, house: usize) -> Vec<(usize, usize)> {
        let piles = self.houses[house].outside.reference.piles.iter().enumerate();
        let of_mode = |(mode, piles): (usize, &Vec<Pile>)| {
            let down: Vec<_> = (0..piles.len()).filter(|pile| piles[*pile].down).map(|pile| (mode, pile)).collect();
            down
        };
        piles.flat_map(of_mode).collect()
    }

    /// Whether a driver's last request was live when the station last heard of anything.
    fn is_here(&self, driver: usize) -> bool {
        self.live[driver].as_ref().is_some_and(|live| {
            let outside = &self.houses[live.house].outside;
            outside.reference.cars.contains_key(&outside.cars[&live.request])
        })
    }
}
