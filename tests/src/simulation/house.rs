//! A station of a history: its settings, in our words and in the reference's, and what is known of it outside.

use super::{
    dice::Dice,
    meter::{Outside, energy},
    reference::{Layout, Reference},
};
use serde_json::Value;
use shared::domain::{
    charging::{DispatchMode, DispatchTarget, FaultStrategy, LEAST_BILLED, Moment, Settings},
    energy::Power,
};
use std::collections::{BTreeMap, BTreeSet};

pub struct House {
    pub name: &'static str,
    pub settings: Settings,
    pub outside: Outside,
    /// Whose each of its cars is.
    pub driver_of: Vec<usize>,
    /// The reference as it was at each commit of the step under way, its beginning included, and how far the station
    /// had come.
    pub moments: Vec<(Reference, i64)>,
    /// The last instant of the station that was written last.
    pub settled: Moment,
    pub version: u64,
    /// How many numbers were given in each mode.
    pub given: [u32; 2],
    /// What was written under each version, because an answer may be given twice.
    pub written: BTreeMap<u64, Vec<Value>>,
    /// Whether a pile has ever failed.
    pub faults: bool,
}

impl House {
    pub fn draw(name: &'static str, dice: &Dice, start: Moment) -> Self {
        // Each seldom decides anything beside the other.
        let best_then_wait = dice.percent(40);
        let layout = Layout {
            piles: [dice.index(4), 1 + dice.index(3)],
            power: [dice.pick(&[30_000, 11_000, 40_000]), dice.pick(&[7_000, 10_000, 7_500])],
            places: if best_then_wait { dice.pick(&[2, 2, 3]) } else { dice.pick(&[1, 2, 3, 3]) },
            waiting: dice.pick(&[2, 4, 6, 9, 14]),
            time_order: dice.percent(50),
            best_then_wait,
            may_lower: dice.percent(50),
            single_total: dice.percent(if best_then_wait { 20 } else { 60 }),
        };
        let mut draft = Settings::default().draft();
        let narrow = |count: usize| u16::try_from(count).unwrap();
        let power = |watts: i128| Power::from_watts(u32::try_from(watts).unwrap()).unwrap();
        (draft.fast_piles, draft.slow_piles) = (narrow(layout.piles[0]), narrow(layout.piles[1]));
        (draft.fast_power, draft.slow_power) = (power(layout.power[0]), power(layout.power[1]));
        (draft.lane_places, draft.waiting_places) = (narrow(layout.places), u32::from(narrow(layout.waiting)));
        draft.fault_strategy = if layout.time_order { FaultStrategy::TimeOrder } else { FaultStrategy::Priority };
        draft.dispatch_target =
            if layout.best_then_wait { DispatchTarget::BestThenWait } else { DispatchTarget::Vacant };
        draft.finish_at_new_amount = layout.may_lower;
        draft.dispatch_mode =
            if layout.single_total { DispatchMode::SingleTotal } else { DispatchMode::EarliestFinish };
        draft.arrears_may_not_join = dice.percent(60);
        draft.payment_due_hours = dice.pick(&[168, 24, 2, 1, 1]);
        let outside = Outside::new(layout, start.floor_millis());
        Self {
            name,
            settings: draft.check().unwrap(),
            moments: Vec::new(),
            outside,
            driver_of: Vec::new(),
            settled: start,
            version: 1,
            given: [0, 0],
            written: BTreeMap::new(),
            faults: false,
        }
    }

    /// Requests that ended before they were delivered enough to be billed.
    pub fn unbilled(&self, then: &Reference) -> BTreeSet<u64> {
        let is_unbilled = |car: &usize| {
            let segments = then.segments.iter().filter(|segment| segment.0 == *car);
            let got: i128 = segments.map(|(_, mode, _, start, stop)| (stop - start) * then.layout.power[*mode]).sum();
            !then.cars.contains_key(car) && energy(then, got) < LEAST_BILLED
        };
        self.outside.cars.iter().filter(|(_, car)| is_unbilled(car)).map(|(request, _)| *request).collect()
    }

    /// As it is known now, for those who look.
    pub fn note(&mut self) {
        self.moments.push((self.outside.reference.clone(), self.settled.ceil().floor_millis()));
    }
}
