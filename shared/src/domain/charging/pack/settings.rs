//! Settings and tariffs in few bytes.

use std::sync::Arc;

use super::Unreadable;
use super::bytes::{Reader, Writer};
use crate::domain::charging::metering::Metering;
use crate::domain::charging::settings::{DispatchMode, DispatchTarget, Draft, FaultStrategy, Settings};
use crate::domain::charging::tariff::{Band, Tariff, Zone};
use crate::domain::energy::Power;
use crate::domain::money::Price;

/// All but the prices, current and to come, which stand before and after them.
pub fn pack(settings: &Settings, to: &mut Writer) {
    to.number(settings.fast_piles);
    to.number(settings.slow_piles);
    to.number(settings.fast_power.watts());
    to.number(settings.slow_power.watts());
    to.number(settings.lane_places);
    to.number(settings.waiting_places);
    to.number(settings.payment_due_hours);
    to.flag(settings.fault_strategy == FaultStrategy::TimeOrder);
    to.flag(settings.dispatch_target == DispatchTarget::BestThenWait);
    to.flag(settings.dispatch_mode == DispatchMode::SingleTotal);
    to.flag(settings.finish_at_new_amount);
    to.flag(settings.arrears_may_not_join);
}

pub fn unpack(from: &mut Reader<'_>, tariff: Arc<Tariff>) -> Result<Draft, Unreadable> {
    let power = |from: &mut Reader<'_>| Power::from_watts(from.number()?).ok_or(Unreadable);
    Ok(Draft {
        fast_piles: from.number()?,
        slow_piles: from.number()?,
        fast_power: power(from)?,
        slow_power: power(from)?,
        lane_places: from.number()?,
        waiting_places: from.number()?,
        payment_due_hours: from.number()?,
        fault_strategy: if from.flag()? { FaultStrategy::TimeOrder } else { FaultStrategy::Priority },
        dispatch_target: if from.flag()? { DispatchTarget::BestThenWait } else { DispatchTarget::Vacant },
        dispatch_mode: if from.flag()? { DispatchMode::SingleTotal } else { DispatchMode::EarliestFinish },
        finish_at_new_amount: from.flag()?,
        arrears_may_not_join: from.flag()?,
        tariff,
        metering: Metering::Nominal,
        coming: Vec::new(),
    })
}

/// Bands cover the day without a gap, so each is known by where it ends.
pub fn pack_tariff(tariff: &Tariff, to: &mut Writer) {
    to.text(tariff.zone().name());
    to.number(tariff.service().ten_thousandths());
    to.count(tariff.bands().len());
    for band in tariff.bands() {
        to.number(band.to);
        to.number(band.price.ten_thousandths());
    }
}

pub fn unpack_tariff(from: &mut Reader<'_>) -> Result<Tariff, Unreadable> {
    let zone = Zone::named(from.text()?).ok_or(Unreadable)?;
    let price = |from: &mut Reader<'_>| Price::from_ten_thousandths(from.number::<u32>()?.into()).ok_or(Unreadable);
    let service = price(from)?;
    let mut bands: Vec<Band> = Vec::new();
    for _ in 0..from.count()? {
        let start = bands.last().map_or(0, |band| band.to);
        bands.push(Band { from: start, to: from.number()?, price: price(from)? });
    }
    Tariff::new(zone, &bands, service).map_err(|_| Unreadable)
}
