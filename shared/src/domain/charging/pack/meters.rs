//! Metering in few bytes: its settings, the meters of piles, and open sessions.

use super::Unreadable;
use super::bytes::{Reader, Writer};
use crate::domain::charging::metered::{MeteredSegment, ReadingFlags};
use crate::domain::charging::metering::{MeteredSettings, Metering, PileSessionId, Reading, StopCause};
use crate::domain::charging::station::{PileMeter, StraySession};
use crate::domain::energy::Power;
use crate::domain::money::Price;

const NOMINAL: u8 = 0;
const METERED: u8 = 1;

pub fn pack_metering(metering: Metering, to: &mut Writer) {
    let Metering::Metered(MeteredSettings { no_show, silence, bill_above_order }) = metering else {
        return to.number(NOMINAL);
    };
    to.number(METERED);
    to.number(no_show);
    to.number(silence);
    to.flag(bill_above_order);
}

pub fn unpack_metering(from: &mut Reader<'_>) -> Result<Metering, Unreadable> {
    match from.number::<u8>()? {
        NOMINAL => Ok(Metering::Nominal),
        METERED => Ok(Metering::Metered(MeteredSettings {
            no_show: from.number()?,
            silence: from.number()?,
            bill_above_order: from.flag()?,
        })),
        _ => Err(Unreadable),
    }
}

pub fn pack_meter(meter: Option<&PileMeter>, to: &mut Writer) {
    to.flag(meter.is_some());
    let Some(meter) = meter else { return };
    to.energy(meter.commissioned);
    to.energy(meter.register);
    to.flag(meter.stray.is_some());
    if let Some(StraySession { session, last }) = &meter.stray {
        to.text(session.as_str());
        pack_reading(*last, to);
    }
}

pub fn unpack_meter(from: &mut Reader<'_>) -> Result<Option<PileMeter>, Unreadable> {
    if !from.flag()? {
        return Ok(None);
    }
    let (commissioned, register, has_stray) = (from.energy()?, from.energy()?, from.flag()?);
    let stray = |from: &mut Reader<'_>| Ok(StraySession { session: session(from)?, last: reading(from)? });
    let stray = if has_stray { Some(stray(from)?) } else { None };
    Ok(Some(PileMeter { commissioned, register, stray }))
}

pub fn pack_metered(metered: &MeteredSegment, to: &mut Writer) {
    to.text(metered.session.as_str());
    to.energy(metered.from);
    pack_reading(metered.last, to);
    to.count(metered.split.len());
    for (price, energy) in &metered.split {
        to.number(price.ten_thousandths());
        to.energy(*energy);
    }
    to.number(match metered.stop {
        None => 0_u8,
        Some(StopCause::Reached) => 1,
        Some(StopCause::Cancelled) => 2,
    });
    to.energy(metered.interval);
    to.flag(metered.flags.instant_replaced);
    to.flag(metered.flags.too_fast);
    to.flag(metered.bill_above_order);
}

pub fn unpack_metered(from: &mut Reader<'_>) -> Result<MeteredSegment, Unreadable> {
    let (session, start, last) = (session(from)?, from.energy()?, reading(from)?);
    let split = super::many(from, |from| {
        let price = Price::from_ten_thousandths(from.number::<u32>()?.into()).ok_or(Unreadable)?;
        Ok((price, from.energy()?))
    })?;
    let stop = match from.number::<u8>()? {
        0 => None,
        1 => Some(StopCause::Reached),
        2 => Some(StopCause::Cancelled),
        _ => return Err(Unreadable),
    };
    let interval = from.energy()?;
    let flags = ReadingFlags { instant_replaced: from.flag()?, too_fast: from.flag()? };
    Ok(MeteredSegment { session, from: start, last, split, stop, interval, flags, bill_above_order: from.flag()? })
}

fn pack_reading(reading: Reading, to: &mut Writer) {
    to.number(reading.seq);
    to.moment(reading.at);
    to.energy(reading.register);
    to.number(reading.power.map_or(0, Power::watts));
}

fn reading(from: &mut Reader<'_>) -> Result<Reading, Unreadable> {
    let (seq, at, register) = (from.number()?, from.moment()?, from.energy()?);
    Ok(Reading { seq, at, register, power: Power::from_watts(from.number()?) })
}

fn session(from: &mut Reader<'_>) -> Result<PileSessionId, Unreadable> {
    PileSessionId::parse(from.text()?).ok_or(Unreadable)
}
