//! Changing a station under way: new settings count from the next dispatch.

use std::collections::BTreeSet;

use super::command::{Outcome, Rejection};
use super::fact::What;
use super::number::{Mode, PileId};
use super::settings::Settings;
use super::station::{Pile, Side};
use super::turn::Turn;
use crate::domain::energy::{Power, gcd};

impl Turn {
    /// A lane or waiting area that is over its new size drains by itself; a pile is removed when it is empty; a session
    /// keeps the prices it began with, and a segment its power.
    pub(super) fn adopt(&mut self, settings: Settings) -> Outcome {
        for mode in Mode::BOTH {
            let (old, new) = (self.station.settings.power(mode), settings.power(mode));
            if new != old && !self.station.side(mode).can_take_power(new) {
                return Outcome::Rejected(Rejection::PowerChangedTooOften);
            }
        }
        if settings.metering != self.station.settings.metering && self.station.piles().any(Pile::is_in_use) {
            return Outcome::Rejected(Rejection::SessionRuns);
        }
        self.station.settings = settings;
        self.tell(What::SettingsChanged);
        for mode in Mode::BOTH {
            self.add_piles(mode);
            self.remove_drained_piles(mode);
            self.station.side_mut(mode).owes_dispatch = true;
        }
        Outcome::Done
    }

    fn add_piles(&mut self, mode: Mode) {
        for n in 1..=self.station.settings.piles(mode) {
            let pile = PileId { mode, n };
            let piles = &mut self.station.side_mut(mode).piles;
            if let Err(position) = piles.binary_search_by_key(&pile, |pile| pile.id) {
                piles.insert(position, Pile::new(pile));
                self.tell(What::PileAdded { pile });
            }
        }
    }
}

impl Side {
    /// With one power per mode, instants have its inverse as their unit and energies are whole. Each power that is
    /// changed while cars charge multiplies that unit, until lanes have drained; this keeps it within 60 bits.
    fn can_take_power(&self, power: Power) -> bool {
        const MOST: u128 = 1 << 60;
        let segments = || self.piles.iter().filter_map(Pile::charging);
        let starts = segments().map(|charging| charging.since.exact().denominator());
        let amounts = self.called().map(|car| car.closed.energy.millijoules().denominator());
        let powers: BTreeSet<Power> = segments().map(|charging| charging.power).chain([power]).collect();
        let within = |unit: u128| (unit <= MOST).then_some(unit);
        let unit =
            starts.chain(amounts).map(u128::from).try_fold(1, |unit, next| within(unit / gcd(unit, next) * next));
        let mut factors = powers.iter().map(|power| u128::from(power.watts()));
        unit.and_then(|unit| factors.try_fold(unit, |unit, factor| within(unit * factor))).is_some()
    }
}
