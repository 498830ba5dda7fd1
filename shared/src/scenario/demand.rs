//! A day of cars that come by chance: so many an hour, most of them asking for about so much. The same seed makes the same
//! day.

use super::clock::ScenarioClock;
use super::event::ScenarioEvent;
use super::read::ScenarioRow;
use crate::domain::charging::{DAY, Mode, Moment, Span};
use crate::domain::energy::Energy;

/// What is known of a day's cars.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demand {
    /// Cars that come in each hour, from midnight on.
    pub arrivals: [u16; 24],
    /// Of a hundred cars so many want a fast pile.
    pub fast_percent: u8,
    pub fast: Amounts,
    pub slow: Amounts,
    pub seed: u64,
}

/// Amounts in watt-hours, a triangle: few ask for the least or the most, many for what is usual.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amounts {
    pub least: u32,
    pub usual: u32,
    pub most: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImpossibleDemand {
    #[error("the least amount must be above zero, the usual one not below it and the most not below that")]
    Amounts,
    #[error("fast_percent must be 0 to 100")]
    Percent,
}

const HOUR: i64 = DAY / 24;

impl Demand {
    pub fn cars(&self) -> usize {
        self.arrivals.iter().map(|cars| usize::from(*cars)).sum()
    }

    /// The day's cars in the order in which they come.
    pub fn rows(&self, clock: &ScenarioClock) -> Result<Vec<ScenarioRow>, ImpossibleDemand> {
        let possible = |it: &Amounts| it.least > 0 && it.least <= it.usual && it.usual <= it.most;
        if ![self.fast, self.slow].iter().all(possible) {
            return Err(ImpossibleDemand::Amounts);
        }
        if self.fast_percent > 100 {
            return Err(ImpossibleDemand::Percent);
        }
        let (midnight, mut dice) = (clock.parse("00:00").unwrap_or(Moment::from_millis(0)), Dice::new(self.seed));
        let mut rows = Vec::with_capacity(self.cars());
        for (hour, cars) in (0..).zip(self.arrivals) {
            let mut seconds: Vec<_> = (0..cars).map(|_| dice.below(3600)).collect();
            seconds.sort_unstable();
            for second in seconds {
                let at = midnight + Span::from_millis(hour * HOUR + i64::from(second) * 1000);
                rows.push(self.row(rows.len() + 1, at, &mut dice, clock));
            }
        }
        Ok(rows)
    }

    fn row(&self, n: usize, at: Moment, dice: &mut Dice, clock: &ScenarioClock) -> ScenarioRow {
        let is_fast = dice.below(100) < u32::from(self.fast_percent);
        let (mode, amounts) = if is_fast { (Mode::Fast, self.fast) } else { (Mode::Slow, self.slow) };
        let energy = Energy::from_watt_hours(amounts.drawn(dice));
        let event = ScenarioEvent::Apply { car: format!("c{n}"), mode, energy };
        ScenarioRow { time: clock.show(at), text: None, at, event: Some(event) }
    }
}

impl Amounts {
    /// The inverse of the triangle's distribution, in whole watt-hours.
    fn drawn(self, dice: &mut Dice) -> u32 {
        const ONE: u64 = 1 << 20;
        let chance = u64::from(dice.below(1 << 20));
        let [least, usual, most] = [self.least, self.usual, self.most].map(u64::from);
        let (width, rise, fall) = (most - least, usual - least, most - usual);
        let drawn = if chance * width < rise * ONE {
            least + (chance * width * rise / ONE).isqrt()
        } else {
            most - ((ONE - chance) * width * fall / ONE).isqrt()
        };
        u32::try_from(drawn).unwrap_or(self.most)
    }
}

/// Chance that can be repeated (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let high = (mixed ^ (mixed >> 31)) >> 32;
        u32::try_from((high * u64::from(most)) >> 32).unwrap_or(0)
    }
}
