//! What is wanted of a station, and how the rules want it said.

use super::Switch;
use crate::{
    domain::{
        account::AccountId,
        charging::{
            Command, Draft, DriverId, Mode, Moment, PileId, Place, PriceChange, SettingsChange, Standing, Station,
        },
        energy::Energy,
        reason::Failure,
        session::LiveCharge,
    },
    store::{AuditEntry, PricesItem, StationHead, StationListItem},
};
use jiff::Timestamp;

/// What a driver or an operator wants of a station.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    Join { driver: DriverId, plate: Box<str>, mode: Mode, energy: Energy, standing: Standing },
    Change { live: LiveCharge, mode: Option<Mode>, energy: Option<Energy> },
    Cancel { live: LiveCharge },
    Pile { pile: PileId, switch: Switch, told: Told },
    Settings { change: SettingsChange, told: Told },
    Prices { change: PriceChange, told: Told },
}

/// What the audit trail is told of an operator's wish.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub entry: AuditEntry,
    pub change: String,
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
            _ => None,
        }
    }

    /// What a driver is told whose request cannot be changed as it stands now.
    pub(super) fn why_not(&self, station: &Station) -> Option<&'static str> {
        let Self::Change { live, .. } = self else { return None };
        match station.find(live.request(), None)? {
            Place::Charging(_) if station.settings().finish_at_new_amount => {
                Some("车辆正在充电，只能减少充电量，且不能少于已充电量，其他内容不能修改")
            }
            Place::Charging(_) => Some("车辆正在充电，不能修改充电模式或电量；可以取消后重新申请"),
            Place::Displaced(_) => Some("充电桩故障，车辆正在等待重新分配，不能修改充电模式或电量；可以取消后重新申请"),
            Place::Queued(_) | Place::Waiting(_) => None,
        }
    }

    pub(super) fn entry(&self) -> Option<(&AuditEntry, &str)> {
        match self {
            Self::Join { .. } | Self::Change { .. } | Self::Cancel { .. } => None,
            Self::Pile { told, .. } | Self::Settings { told, .. } | Self::Prices { told, .. } => {
                Some((&told.entry, &told.change))
            }
        }
    }

    /// The station's line in the list of all, where the wish changes it.
    pub(super) fn relisted(&self, head: &StationHead, station: &Station) -> Option<StationListItem> {
        let listed = |station: &Station| StationListItem::new(&head.id, head.number, station.settings());
        matches!(self, Self::Settings { .. }).then(|| listed(station)).filter(|now| *now != listed(&head.station))
    }

    /// The entry in the history of prices, where the wish changes them.
    pub(super) fn new_prices(&self, station: &Station, now: Moment) -> Option<PricesItem> {
        let Self::Prices { change, told } = self else { return None };
        let from = change.from.max(now);
        Some(PricesItem::new(station.settings().tariff_at(from), from, now, told.entry.actor.clone()))
    }
}

/// The wish as the rules want it: with the next number for a request, and with the car's own entry, which counts when the
/// car stands behind what the station holds in full.
pub(super) fn command(head: &StationHead, wish: &Wish, now: Moment) -> Result<Command, Failure> {
    let draft = || head.station.settings().draft();
    Ok(match wish.clone() {
        Wish::Join { driver, plate, mode, energy, standing } => {
            Command::Apply { request: head.next_request(), driver, plate, mode, energy, standing }
        }
        Wish::Change { live, mode, energy } => {
            Command::Change { request: live.request(), mode, energy, behind: Some(live.car) }
        }
        Wish::Cancel { live } => Command::Cancel { request: live.request(), behind: Some(live.car) },
        Wish::Pile { pile, switch: Switch::Down { lasting }, .. } => Command::Fail { pile, lasting },
        Wish::Pile { pile, switch: Switch::Up, .. } => Command::Recover { pile },
        Wish::Settings { change, .. } => {
            Command::Adopt(change.apply(draft()).and_then(Draft::check).map_err(impossible)?)
        }
        Wish::Prices { change, .. } => {
            // Whatever reaches the station later than it was to count, counts from then on.
            let (from, draft) = (change.from.max(now), draft());
            let tariff = change.apply(draft.tariff_at(from)).map_err(impossible)?;
            Command::Adopt(draft.with_prices(from, tariff).check().map_err(impossible)?)
        }
    })
}

fn impossible(why: impl std::fmt::Display) -> Failure {
    Failure::malformed(format!("impossible settings: {why}"))
}
