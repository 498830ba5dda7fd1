//! What is wanted of a station, and how the rules want it said.

use super::Switch;
use crate::{
    domain::{
        account::AccountId,
        charging::{Command, DriverId, Mode, PileId, Standing},
        energy::Energy,
        session::LiveCharge,
    },
    store::Head,
};
use jiff::Timestamp;

/// What a driver wants of a station.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    Join { driver: DriverId, plate: Box<str>, mode: Mode, energy: Energy, standing: Standing },
    Change { live: LiveCharge, mode: Option<Mode>, energy: Option<Energy> },
    Cancel { live: LiveCharge },
    Pile { pile: PileId, switch: Switch },
}

/// An `Idempotency-Key` and what was asked under it.
#[derive(Clone, Debug)]
pub(super) struct Keyed {
    pub account: AccountId,
    pub key: String,
    pub asked: String,
    pub now: Timestamp,
}

impl Wish {
    /// The request that is to be changed, as it was read.
    pub(super) fn changes(&self) -> Option<&LiveCharge> {
        match self {
            Self::Change { live, .. } => Some(live),
            Self::Join { .. } | Self::Cancel { .. } | Self::Pile { .. } => None,
        }
    }
}

/// The wish as the rules want it: with the next number for a request, and with the car's own entry, which counts when the
/// car stands behind what the station holds in full.
pub(super) fn command(head: &Head, wish: &Wish) -> Command {
    match wish.clone() {
        Wish::Join { driver, plate, mode, energy, standing } => {
            Command::Apply { request: head.next_request(), driver, plate, mode, energy, standing }
        }
        Wish::Change { live, mode, energy } => {
            Command::Change { request: live.request(), mode, energy, behind: Some(live.car) }
        }
        Wish::Pile { pile, switch: Switch::Down { lasting } } => Command::Fail { pile, lasting },
        Wish::Pile { pile, switch: Switch::Up } => Command::Recover { pile },
        Wish::Cancel { live } => Command::Cancel { request: live.request(), behind: Some(live.car) },
    }
}
