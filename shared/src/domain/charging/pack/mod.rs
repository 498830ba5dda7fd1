//! A station in few bytes, for a store that keeps it in one item: about 35 bytes a waiting car, 125 per 1,000 live numbers.

mod bytes;
mod meters;
mod settings;

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::Arc;

use bytes::{Reader, Writer};

use super::line::{Line, Waiting};
use super::live::Live;
use super::metering::Metering;
use super::moment::Moment;
use super::number::{DriverId, Mode, Number, PileId, RequestId, Ticket};
use super::settings::{ComingPrices, Draft};
use super::station::{
    AwaitedCar, Car, Charging, Closed, EnergySource, Lane, Pile, PileState, RunningSession, Side, Station,
};
use super::tariff::Tariff;
use crate::domain::energy::Power;
use crate::domain::money::{Fen, Owed};

/// Bytes that no version of this software has written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a packed station, or one of a later version")]
pub struct Unreadable;

/// The first byte of a packed station. A new layout takes a new version. **Invariant:** a release reads a version before
/// the next one writes it, so that functions of two releases can serve one station.
///
/// 1 had no prices to come. 3 says after the prices to come where the energy of the station's segments comes from, and has
/// the meters of piles. It is written only where it is needed, so that earlier releases serve all other stations.
const READ: RangeInclusive<u8> = 1..=3;
const WITH_COMING_PRICES: u8 = 2;
const WITH_METERING: u8 = 3;

/// The first byte of a packed waiting car. Its layout has never changed.
const WAITING_WRITTEN: u8 = 2;
const WAITING_READ: RangeInclusive<u8> = 1..=3;

impl Station {
    pub fn pack(&self) -> Vec<u8> {
        self.pack_as(if self.has_meters() { WITH_METERING } else { WITH_COMING_PRICES })
    }

    /// Whether it has what version 2 cannot say.
    fn has_meters(&self) -> bool {
        let of_pile = |pile: &Pile| {
            pile.meter.is_some()
                || match &pile.state {
                    PileState::Failed { by_pile, running, .. } => *by_pile || running.is_some(),
                    PileState::Working(lane) => {
                        lane.awaited.is_some() || lane.charging.as_ref().is_some_and(|it| it.metered().is_some())
                    }
                }
        };
        self.settings.metering != Metering::Nominal
            || Mode::BOTH.into_iter().any(|mode| self.side(mode).piles.iter().any(of_pile))
    }

    fn pack_as(&self, version: u8) -> Vec<u8> {
        let base = self.settled_at.floor_millis();
        let mut to = Writer { bytes: vec![version], base };
        to.signed(i128::from(base));
        to.moment(self.settled_at);
        let tariffs = self.tariffs();
        to.count(tariffs.len());
        for tariff in &tariffs {
            settings::pack_tariff(tariff, &mut to);
        }
        settings::pack(&self.settings, &mut to);
        to.count(self.settings.coming.len());
        for coming in &self.settings.coming {
            to.moment(coming.from);
            pack_prices(Some(&coming.tariff), &mut to, &tariffs);
        }
        if version >= WITH_METERING {
            meters::pack_metering(self.settings.metering, &mut to);
        }
        self.fast.pack(&mut to, &tariffs, version);
        self.slow.pack(&mut to, &tariffs, version);
        to.bytes
    }

    pub fn unpack(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (version, mut from) = opened(bytes, &READ)?;
        let settled_at = from.moment()?;
        let tariffs = many(&mut from, |from| settings::unpack_tariff(from).map(Arc::new))?;
        let current = tariffs.first().ok_or(Unreadable)?.clone();
        let draft = settings::unpack(&mut from, current)?;
        let has_coming = version >= WITH_COMING_PRICES;
        let coming = if has_coming { many(&mut from, |from| unpack_coming(from, &tariffs))? } else { Vec::new() };
        let has_metering = version >= WITH_METERING;
        let metering = if has_metering { meters::unpack_metering(&mut from)? } else { Metering::Nominal };
        let settings = Draft { metering, coming, ..draft }.check().map_err(|_| Unreadable)?;
        let side = |from: &mut Reader<'_>, mode| Side::unpack(from, mode, &tariffs, has_metering);
        let (fast, slow) = (side(&mut from, Mode::Fast)?, side(&mut from, Mode::Slow)?);
        closed(&from, Self { settings, settled_at, fast, slow })
    }

    /// The current prices first, then those to come, then those that sessions began with.
    fn tariffs(&self) -> Vec<Arc<Tariff>> {
        let mut all = vec![self.settings.tariff.clone()];
        all.extend(self.settings.coming.iter().map(|coming| coming.tariff.clone()));
        let sessions = Mode::BOTH.into_iter().flat_map(|mode| {
            let side = self.side(mode);
            let running = side.piles.iter().filter_map(Pile::charging).map(|charging| &charging.prices);
            running.chain(side.called().filter_map(|car| car.prices.as_ref()))
        });
        for prices in sessions {
            if !all.contains(prices) {
                all.push(prices.clone());
            }
        }
        all
    }
}

impl Charging {
    /// An open segment on its own, for the item of its pile.
    pub fn pack(&self) -> Vec<u8> {
        let base = self.since.floor_millis();
        let mut to = Writer { bytes: vec![WITH_METERING], base };
        to.signed(i128::from(base));
        to.flag(self.car.ticket.number.mode == Mode::Slow);
        let mut tariffs = vec![self.prices.clone()];
        tariffs.extend(self.car.prices.iter().filter(|prices| **prices != self.prices).cloned());
        to.count(tariffs.len());
        for tariff in &tariffs {
            settings::pack_tariff(tariff, &mut to);
        }
        to.flag(self.metered().is_some());
        pack_charging(self, &mut to, &tariffs);
        to.bytes
    }

    pub fn unpack(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (_, mut from) = opened(bytes, &READ)?;
        let mode = if from.flag()? { Mode::Slow } else { Mode::Fast };
        let tariffs = many(&mut from, |from| settings::unpack_tariff(from).map(Arc::new))?;
        let is_metered = from.flag()?;
        let charging = unpack_charging(&mut from, mode, &tariffs, is_metered)?;
        closed(&from, charging)
    }
}

impl Waiting {
    /// An entry of the line on its own.
    pub fn pack(&self) -> Vec<u8> {
        let base = self.ticket.applied_at.floor_millis();
        let mut to = Writer { bytes: vec![WAITING_WRITTEN], base };
        to.signed(i128::from(base));
        to.flag(self.ticket.number.mode == Mode::Slow);
        pack_waiting(self, &mut to);
        to.bytes
    }

    pub fn unpack(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (_, mut from) = opened(bytes, &WAITING_READ)?;
        let mode = if from.flag()? { Mode::Slow } else { Mode::Fast };
        let waiting = unpack_waiting(&mut from, mode)?;
        closed(&from, waiting)
    }
}

fn opened<'a>(bytes: &'a [u8], readable: &RangeInclusive<u8>) -> Result<(u8, Reader<'a>), Unreadable> {
    let mut from = Reader { bytes, base: 0 };
    let version = from.byte()?;
    if !readable.contains(&version) {
        return Err(Unreadable);
    }
    from.base = i64::try_from(from.signed()?).map_err(|_| Unreadable)?;
    Ok((version, from))
}

fn unpack_coming(from: &mut Reader<'_>, tariffs: &[Arc<Tariff>]) -> Result<ComingPrices, Unreadable> {
    Ok(ComingPrices { from: from.moment()?, tariff: unpack_prices(from, tariffs)?.ok_or(Unreadable)? })
}

fn closed<T>(from: &Reader<'_>, value: T) -> Result<T, Unreadable> {
    if from.bytes.is_empty() { Ok(value) } else { Err(Unreadable) }
}

fn many<T>(
    from: &mut Reader<'_>,
    one: impl Fn(&mut Reader<'_>) -> Result<T, Unreadable>,
) -> Result<Vec<T>, Unreadable> {
    let count = from.count()?;
    (0..count).map(|_| one(from)).collect()
}

impl Side {
    fn pack(&self, to: &mut Writer, tariffs: &[Arc<Tariff>], version: u8) {
        to.flag(self.owes_dispatch);
        pack_line(&self.line, to);
        to.count(self.displaced.len());
        for car in &self.displaced {
            pack_car(car, to, tariffs);
        }
        to.count(self.piles.len());
        for pile in &self.piles {
            pack_pile(pile, to, tariffs);
            if version >= WITH_METERING {
                meters::pack_meter(pile.meter.as_ref(), to);
            }
        }
    }

    fn unpack(
        from: &mut Reader<'_>,
        mode: Mode,
        tariffs: &[Arc<Tariff>],
        has_meters: bool,
    ) -> Result<Self, Unreadable> {
        Ok(Self {
            owes_dispatch: from.flag()?,
            line: unpack_line(from, mode)?,
            displaced: many(from, |from| unpack_car(from, mode, tariffs))?,
            piles: many(from, |from| {
                let pile = unpack_pile(from, mode, tariffs)?;
                let meter = if has_meters { meters::unpack_meter(from)? } else { None };
                Ok(Pile { meter, ..pile })
            })?,
        })
    }
}

fn pack_line(line: &Line, to: &mut Writer) {
    to.number(line.last_number);
    let (first, words) = line.live.parts();
    to.number(first);
    to.count(words.len());
    words.for_each(|word| to.bytes.extend_from_slice(&word.to_le_bytes()));
    to.count(line.window.len());
    line.window.iter().for_each(|waiting| pack_waiting(waiting, to));
}

fn unpack_line(from: &mut Reader<'_>, mode: Mode) -> Result<Line, Unreadable> {
    let (last_number, first) = (from.number()?, from.number()?);
    let length = from.count()?;
    let (words, rest) = from.bytes.split_at_checked(length * 8).ok_or(Unreadable)?;
    from.bytes = rest;
    let words = words.chunks_exact(8).map(|word| word.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    let live = Live::from_parts(first, words.collect());
    let window = many(from, |from| unpack_waiting(from, mode))?.into();
    Ok(Line { mode, last_number, live, window })
}

fn pack_waiting(waiting: &Waiting, to: &mut Writer) {
    pack_ticket(&waiting.ticket, to);
    to.energy(waiting.asked);
    to.number(u64::from(waiting.arrival) << 1 | u64::from(waiting.own_entry));
}

fn unpack_waiting(from: &mut Reader<'_>, mode: Mode) -> Result<Waiting, Unreadable> {
    let (ticket, asked, last) = (unpack_ticket(from, mode)?, from.energy()?, from.number::<u64>()?);
    Ok(Waiting { ticket, asked, arrival: u32::try_from(last >> 1).map_err(|_| Unreadable)?, own_entry: last & 1 == 1 })
}

fn pack_ticket(ticket: &Ticket, to: &mut Writer) {
    to.number(ticket.request.0);
    to.number(ticket.driver.0);
    to.text(&ticket.plate);
    to.number(ticket.number.n);
    to.moment(ticket.applied_at);
}

fn unpack_ticket(from: &mut Reader<'_>, mode: Mode) -> Result<Ticket, Unreadable> {
    Ok(Ticket {
        request: RequestId(from.number()?),
        driver: DriverId(from.number()?),
        plate: from.text()?.into(),
        number: Number { mode, n: from.number()? },
        applied_at: from.moment()?,
    })
}

fn pack_car(car: &Car, to: &mut Writer, tariffs: &[Arc<Tariff>]) {
    pack_ticket(&car.ticket, to);
    to.energy(car.asked);
    pack_prices(car.prices.as_ref(), to, tariffs);
    let closed = &car.closed;
    to.number(closed.records);
    if closed.records > 0 {
        to.energy(closed.energy);
        to.exact(closed.owed.exact());
        to.signed(i128::from(closed.charging.0));
        to.signed(i128::from(closed.service.0));
    }
}

fn unpack_car(from: &mut Reader<'_>, mode: Mode, tariffs: &[Arc<Tariff>]) -> Result<Car, Unreadable> {
    let (ticket, asked, prices) = (unpack_ticket(from, mode)?, from.energy()?, unpack_prices(from, tariffs)?);
    let records = from.number()?;
    let fen = |from: &mut Reader<'_>| i64::try_from(from.signed()?).map(Fen).map_err(|_| Unreadable);
    let closed = if records == 0 {
        Closed::NOTHING
    } else {
        let (energy, owed) = (from.energy()?, Owed::from_exact(from.exact()?));
        Closed { records, energy, owed, charging: fen(from)?, service: fen(from)? }
    };
    Ok(Car { ticket, asked, closed, prices })
}

/// None is 0; the others count from 1 in the station's list.
fn pack_prices(prices: Option<&Arc<Tariff>>, to: &mut Writer, tariffs: &[Arc<Tariff>]) {
    let position = prices.and_then(|prices| tariffs.iter().position(|known| known == prices));
    to.count(position.map_or(0, |position| position + 1));
}

fn unpack_prices(from: &mut Reader<'_>, tariffs: &[Arc<Tariff>]) -> Result<Option<Arc<Tariff>>, Unreadable> {
    match from.number::<usize>()? {
        0 => Ok(None),
        position => tariffs.get(position - 1).cloned().map(Some).ok_or(Unreadable),
    }
}

/// What stands on a pile, by its first number.
const FAILED: u8 = 0;
const FAILED_UNTIL: u8 = 1;
const IDLE: u8 = 2;
const CHARGING: u8 = 3;
const FAILED_BY_ITSELF: u8 = 4;
const FAILED_WHILE_RUNNING: u8 = 5;
const AWAITED: u8 = 6;
const METERED: u8 = 7;

fn pack_pile(pile: &Pile, to: &mut Writer, tariffs: &[Arc<Tariff>]) {
    to.number(pile.id.n);
    match &pile.state {
        PileState::Failed { until: None, by_pile: false, running: None } => to.number(FAILED),
        PileState::Failed { until: Some(until), by_pile: false, running: None } => {
            to.number(FAILED_UNTIL);
            to.moment(*until);
        }
        PileState::Failed { until: None, by_pile: true, running: None } => to.number(FAILED_BY_ITSELF),
        PileState::Failed { until, by_pile, running } => {
            to.number(FAILED_WHILE_RUNNING);
            to.flag(*by_pile);
            to.flag(until.is_some());
            if let Some(until) = until {
                to.moment(*until);
            }
            to.flag(running.is_some());
            if let Some(running) = running {
                pack_charging(&running.charging, to, tariffs);
                to.count(running.followers.len());
                for request in &running.followers {
                    to.number(request.0);
                }
            }
        }
        PileState::Working(Lane { awaited: Some(awaited), queued, .. }) => {
            to.number(AWAITED);
            to.moment(awaited.since);
            to.moment(awaited.until);
            pack_car(&awaited.car, to, tariffs);
            pack_queued(queued, to, tariffs);
        }
        PileState::Working(Lane { charging: None, .. }) => to.number(IDLE),
        PileState::Working(Lane { charging: Some(charging), queued, .. }) => {
            to.number(if charging.metered().is_some() { METERED } else { CHARGING });
            pack_charging(charging, to, tariffs);
            pack_queued(queued, to, tariffs);
        }
    }
}

fn pack_charging(charging: &Charging, to: &mut Writer, tariffs: &[Arc<Tariff>]) {
    to.moment(charging.since);
    to.number(charging.power.watts());
    pack_prices(Some(&charging.prices), to, tariffs);
    pack_car(&charging.car, to, tariffs);
    if let EnergySource::Metered(metered) = &charging.source {
        meters::pack_metered(metered, to);
    }
}

fn pack_queued<'a>(
    queued: impl IntoIterator<Item = &'a Car, IntoIter: ExactSizeIterator>,
    to: &mut Writer,
    tariffs: &[Arc<Tariff>],
) {
    let queued = queued.into_iter();
    to.count(queued.len());
    queued.for_each(|car| pack_car(car, to, tariffs));
}

fn unpack_pile(from: &mut Reader<'_>, mode: Mode, tariffs: &[Arc<Tariff>]) -> Result<Pile, Unreadable> {
    let id = PileId { mode, n: from.number()? };
    let state = match from.number::<u8>()? {
        FAILED => PileState::Failed { until: None, by_pile: false, running: None },
        FAILED_UNTIL => PileState::Failed { until: Some(from.moment()?), by_pile: false, running: None },
        FAILED_BY_ITSELF => PileState::Failed { until: None, by_pile: true, running: None },
        FAILED_WHILE_RUNNING => unpack_failed(from, mode, tariffs)?,
        IDLE => PileState::Working(Lane::default()),
        AWAITED => {
            let (since, until) = (from.moment()?, from.moment()?);
            let awaited = Some(AwaitedCar { since, until, car: unpack_car(from, mode, tariffs)? });
            PileState::Working(Lane { awaited, charging: None, queued: unpack_queued(from, mode, tariffs)? })
        }
        kind @ (CHARGING | METERED) => {
            let charging = Some(unpack_charging(from, mode, tariffs, kind == METERED)?);
            PileState::Working(Lane { awaited: None, charging, queued: unpack_queued(from, mode, tariffs)? })
        }
        _ => return Err(Unreadable),
    };
    Ok(Pile { id, state, meter: None })
}

fn unpack_failed(from: &mut Reader<'_>, mode: Mode, tariffs: &[Arc<Tariff>]) -> Result<PileState, Unreadable> {
    let (by_pile, has_end) = (from.flag()?, from.flag()?);
    let until = if has_end { Some(from.moment()?) } else { None };
    let running = if from.flag()? {
        let charging = unpack_charging(from, mode, tariffs, true)?;
        Some(Box::new(RunningSession { charging, followers: many(from, |from| from.number().map(RequestId))? }))
    } else {
        None
    };
    Ok(PileState::Failed { until, by_pile, running })
}

fn unpack_charging(
    from: &mut Reader<'_>,
    mode: Mode,
    tariffs: &[Arc<Tariff>],
    is_metered: bool,
) -> Result<Charging, Unreadable> {
    let since: Moment = from.moment()?;
    let power = Power::from_watts(from.number()?).ok_or(Unreadable)?;
    let prices = unpack_prices(from, tariffs)?.ok_or(Unreadable)?;
    let car = unpack_car(from, mode, tariffs)?;
    let source = if is_metered { EnergySource::Metered(meters::unpack_metered(from)?) } else { EnergySource::Nominal };
    Ok(Charging { car, since, power, prices, source })
}

fn unpack_queued(from: &mut Reader<'_>, mode: Mode, tariffs: &[Arc<Tariff>]) -> Result<VecDeque<Car>, Unreadable> {
    Ok(many(from, |from| unpack_car(from, mode, tariffs))?.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::charging::settings::Settings;

    #[test]
    fn a_station_without_meters_is_written_so_that_the_release_before_reads_it() {
        let station = Station::new(Settings::default(), Moment::from_millis(1_780_264_800_000));
        let packed = station.pack();
        assert_eq!((packed[0], Station::unpack(&packed)), (WITH_COMING_PRICES, Ok(station.clone())));
        assert_eq!(Station::unpack(&station.pack_as(WITH_METERING)), Ok(station));
    }
}
