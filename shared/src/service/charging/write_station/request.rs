//! What drivers and operators ask of a station, and the command of the rules that it becomes.

use crate::{
    domain::{
        account::AccountId,
        charging::{
            Command, Draft, DriverId, MINUTE, Mode, Moment, PileId, PileReport, Place, PriceChange, RequestId,
            SettingsChange, Span, Standing, Station, Waiting,
        },
        energy::Energy,
        reason::Failure,
        session::LiveCharge,
    },
    store::{AuditEntry, PricesItem, StationHead, StationListItem},
};
use jiff::Timestamp;

/// A request to a station.
#[derive(Clone, Debug)]
pub(in super::super) enum StationRequest {
    Apply { driver: DriverId, plate: Box<str>, mode: Mode, energy: Energy, standing: Standing },
    Change { live: LiveCharge, mode: Option<Mode>, energy: Option<Energy> },
    Cancel { live: LiveCharge },
    Remove { request: RequestId, behind: Option<Waiting>, register: Option<Energy>, note: AuditNote },
    Report { pile: PileId, report: PileReport },
    SwitchPile { pile: PileId, switch: Switch, note: AuditNote },
    ChangeSettings { change: SettingsChange, note: AuditNote },
    ChangePrices { change: PriceChange, note: AuditNote },
}

/// What an operator does to a pile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// It fails or is switched off; with a length of time it recovers by itself.
    Down { lasting: Option<Span> },
    /// It recovers or is switched on.
    Up,
}

impl Switch {
    pub(in super::super) fn note(self, pile: PileId) -> String {
        match self {
            Self::Down { lasting: None } => format!("{pile} down"),
            Self::Down { lasting: Some(span) } => {
                format!("{pile} down for {} min", span.exact().floor() / i128::from(MINUTE))
            }
            Self::Up => format!("{pile} up"),
        }
    }
}

/// The audit entry of an operator's request, and what it says of the change.
#[derive(Clone, Debug)]
pub(in super::super) struct AuditNote {
    pub entry: AuditEntry,
    pub change: String,
}

/// An `Idempotency-Key` and what was asked under it.
#[derive(Clone, Debug)]
pub(in super::super) struct IdempotentCall {
    pub account: AccountId,
    pub key: String,
    pub asked: String,
    pub now: Timestamp,
}

impl StationRequest {
    /// The request as the rules take it: with the next id for a charge request, and with the car's own entry, which
    /// counts when the car stands behind what the station holds in full.
    pub(super) fn command(&self, head: &StationHead, now: Moment) -> Result<Command, Failure> {
        let draft = || head.station.settings().draft();
        Ok(match self.clone() {
            Self::Apply { driver, plate, mode, energy, standing } => {
                Command::Apply { request: head.next_request(), driver, plate, mode, energy, standing }
            }
            Self::Change { live, mode, energy } => {
                Command::Change { request: live.request(), mode, energy, behind: Some(live.car) }
            }
            Self::Cancel { live } => Command::Cancel { request: live.request(), behind: Some(live.car) },
            Self::Remove { request, behind, register, .. } => Command::Remove { request, behind, register },
            Self::Report { pile, report } => Command::Report { pile, report },
            Self::SwitchPile { pile, switch: Switch::Down { lasting }, .. } => Command::Fail { pile, lasting },
            Self::SwitchPile { pile, switch: Switch::Up, .. } => Command::Recover { pile },
            Self::ChangeSettings { change, .. } => {
                Command::Adopt(change.apply(draft()).and_then(Draft::check).map_err(impossible)?)
            }
            Self::ChangePrices { change, .. } => {
                // A change that reaches the station later than it was to count, counts from then on.
                let (from, draft) = (change.from.max(now), draft());
                let tariff = change.apply(draft.tariff_at(from)).map_err(impossible)?;
                Command::Adopt(draft.with_prices(from, tariff).check().map_err(impossible)?)
            }
        })
    }

    /// The charge request that is to be changed, as it was read.
    pub(super) fn live_request(&self) -> Option<&LiveCharge> {
        match self {
            Self::Change { live, .. } => Some(live),
            _ => None,
        }
    }

    /// The sentence for a driver whose charge request cannot be changed as it stands now.
    pub(super) fn why_not(&self, station: &Station) -> Option<&'static str> {
        let Self::Change { live, .. } = self else { return None };
        match station.find(live.request(), None)? {
            Place::Charging(_) if station.settings().finish_at_new_amount => {
                Some("车辆正在充电，只能减少充电量，且不能少于已充电量，其他内容不能修改")
            }
            Place::Charging(_) => Some("车辆正在充电，不能修改充电模式或电量；可以取消后重新申请"),
            Place::Displaced(_) => Some("充电桩故障，车辆正在等待重新分配，不能修改充电模式或电量；可以取消后重新申请"),
            Place::Awaited(_) => Some("车辆已被叫号，请尽快到桩充电，不能修改充电模式或电量；可以取消后重新申请"),
            Place::Queued(_) | Place::Waiting(_) => None,
        }
    }

    pub(super) fn audit_note(&self) -> Option<&AuditNote> {
        match self {
            Self::Apply { .. } | Self::Change { .. } | Self::Cancel { .. } | Self::Report { .. } => None,
            Self::Remove { note, .. }
            | Self::SwitchPile { note, .. }
            | Self::ChangeSettings { note, .. }
            | Self::ChangePrices { note, .. } => Some(note),
        }
    }

    /// The station's item in the list of all, where the request changes it.
    pub(super) fn relisted(&self, head: &StationHead, station: &Station) -> Option<StationListItem> {
        let listed = |station: &Station| StationListItem::new(&head.id, head.number, station.settings());
        matches!(self, Self::ChangeSettings { .. }).then(|| listed(station)).filter(|now| *now != listed(&head.station))
    }

    /// The entry in the history of prices, where the request changes them.
    pub(super) fn new_prices(&self, station: &Station, now: Moment) -> Option<PricesItem> {
        let Self::ChangePrices { change, note } = self else { return None };
        let from = change.from.max(now);
        Some(PricesItem::new(station.settings().tariff_at(from), from, now, note.entry.actor.clone()))
    }
}

fn impossible(why: impl std::fmt::Display) -> Failure {
    Failure::malformed(format!("impossible settings: {why}"))
}
