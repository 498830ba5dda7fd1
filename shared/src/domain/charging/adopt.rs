//! Changing a station under way: new settings count from the next dispatch.

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
        if Mode::BOTH.into_iter().any(|mode| !self.station.side(mode).can_take_power(settings.power(mode))) {
            return Outcome::Rejected(Rejection::PowerChangedTooOften);
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
    /// changed while cars charge multiplies that unit, until lanes have drained; this keeps the product in 60 bits.
    fn can_take_power(&self, power: Power) -> bool {
        const MOST: u128 = 1 << 60;
        let segments = self.piles.iter().filter_map(Pile::charging);
        let starts = segments.clone().map(|charging| u128::from(charging.since.exact().denominator()));
        let powers = segments.map(|charging| u128::from(charging.power.watts()));
        let amounts = self.called().map(|car| u128::from(car.closed.energy.millijoules().denominator()));
        let common =
            |unit: Option<u128>, next: u128| Some(unit? / gcd(unit?, next) * next).filter(|unit| *unit <= MOST);
        let own = starts.chain(amounts).fold(Some(1), common);
        let earlier = powers
            .filter(|earlier| *earlier != u128::from(power.watts()))
            .fold(own, |unit, earlier| unit?.checked_mul(earlier).filter(|unit| *unit <= MOST));
        earlier.and_then(|unit| unit.checked_mul(u128::from(power.watts()))).is_some_and(|unit| unit <= MOST)
    }
}
