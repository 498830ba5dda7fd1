//! Time-of-day prices: bands that cover the local day exactly once, and a segment split over them by time.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use super::moment::{DAY, MINUTE, Moment, Span};
use crate::domain::energy::Power;
use crate::domain::money::{Owed, Price};

pub const MINUTES_OF_DAY: u16 = 24 * 60;

/// A band as an operator states it: half-open, in minutes of the local day. One that wraps midnight ends before it begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    pub from: u16,
    pub to: u16,
    pub price: Price,
}

/// The prices of a station (电价): zone, bands and service fee. A value that exists covers the day exactly once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tariff {
    zone: Zone,
    bands: Vec<Band>,
    service: Price,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImpossibleTariff {
    #[error("a band begins and ends at the same time, or outside the day")]
    Band,
    #[error("the bands leave a part of the day without a price")]
    Gap,
    #[error("two bands cover the same part of the day")]
    Overlap,
}

impl Tariff {
    /// Bands cover the day exactly once, or the tariff is refused. A band may wrap midnight.
    pub fn new(zone: Zone, bands: &[Band], service: Price) -> Result<Self, ImpossibleTariff> {
        let mut pieces = Vec::with_capacity(bands.len() + 1);
        for band in bands {
            if band.from == band.to || band.from >= MINUTES_OF_DAY || band.to > MINUTES_OF_DAY {
                return Err(ImpossibleTariff::Band);
            }
            if band.from < band.to {
                pieces.push(*band);
            } else {
                pieces.push(Band { to: MINUTES_OF_DAY, ..*band });
                pieces.push(Band { from: 0, ..*band });
            }
        }
        pieces.retain(|piece| piece.from < piece.to);
        pieces.sort_by_key(|piece| piece.from);
        let mut covered = 0;
        for piece in &pieces {
            match piece.from.cmp(&covered) {
                std::cmp::Ordering::Less => return Err(ImpossibleTariff::Overlap),
                std::cmp::Ordering::Greater => return Err(ImpossibleTariff::Gap),
                std::cmp::Ordering::Equal => covered = piece.to,
            }
        }
        if covered != MINUTES_OF_DAY {
            return Err(ImpossibleTariff::Gap);
        }
        Ok(Self { zone, bands: pieces, service })
    }

    /// Energy flows at constant power, so a segment is split over the bands by time.
    /// Charging fee = Σ energy in band × price of band; service fee = energy × service price. Nothing is rounded here.
    pub fn owed(&self, start: Moment, stop: Moment, power: Power) -> (Owed, Owed) {
        let charging = self
            .split_over_bands(start, stop)
            .map(|(span, price)| Owed::for_energy(span.energy_at(power), price))
            .fold(Owed::ZERO, |sum, part| sum + part);
        (charging, Owed::for_energy((stop - start).energy_at(power), self.service))
    }

    /// The pieces of a segment and their prices: cut where a band ends, and where the zone changes its offset.
    pub fn split_over_bands(&self, start: Moment, stop: Moment) -> impl Iterator<Item = (Span, Price)> {
        let mut from = start;
        std::iter::from_fn(move || {
            if from >= stop {
                return None;
            }
            let (price, band_end) = self.band_at(from.floor_millis());
            let to = stop.min(Moment::from_millis(band_end));
            let piece = (to - from, price);
            from = to;
            Some(piece)
        })
    }

    /// The price at an instant, and the first instant at which it may be another.
    fn band_at(&self, millis: i64) -> (Price, i64) {
        let (offset, offset_ends) = self.zone.offset_at(millis);
        let in_day = (millis + offset).rem_euclid(DAY);
        let minute = u16::try_from(in_day / MINUTE).unwrap_or(0);
        let band = self.bands.iter().rfind(|band| band.from <= minute).unwrap_or(&self.bands[0]);
        let ends_in = i64::from(band.to) * MINUTE - in_day;
        (band.price, offset_ends.min(millis + ends_in))
    }

    /// The price of energy at an instant.
    pub fn price_at(&self, at: Moment) -> Price {
        self.band_at(at.floor_millis()).0
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The bands in the order of the day, none wrapping.
    pub fn bands(&self) -> &[Band] {
        &self.bands
    }

    pub fn service(&self) -> Price {
        self.service
    }
}

/// 10–15 and 18–21 peak 1.00, 7–10, 15–18 and 21–23 flat 0.70, 23–7 valley 0.40; service 0.80; Asia/Shanghai.
impl Default for Tariff {
    fn default() -> Self {
        let hours = [(0, 7, 40), (7, 10, 70), (10, 15, 100), (15, 18, 70), (18, 21, 100), (21, 23, 70), (23, 24, 40)];
        let bands = hours.map(|(from, to, fen)| Band { from: from * 60, to: to * 60, price: Price::from_fen(fen) });
        Self { zone: Zone::default(), bands: bands.into(), service: Price::from_fen(80) }
    }
}

/// A time zone by its name, with the rules that belong to it.
#[derive(Clone, Debug)]
pub struct Zone {
    name: Arc<str>,
    rules: TimeZone,
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl Default for Zone {
    fn default() -> Self {
        let name = "Asia/Shanghai";
        Self::named(name).unwrap_or_else(|| Self { name: name.into(), rules: TimeZone::fixed(jiff::tz::offset(8)) })
    }
}

impl Zone {
    pub fn named(name: &str) -> Option<Self> {
        let rules = TimeZone::get(name).ok()?;
        Some(Self { name: name.into(), rules })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Milliseconds to add to UTC at an instant, and the first instant at which that may change.
    pub fn offset_at(&self, millis: i64) -> (i64, i64) {
        let at = timestamp(millis);
        let offset = i64::from(self.rules.to_offset(at).seconds()) * 1000;
        let until = self.rules.following(at).next().map_or(i64::MAX, |change| change.timestamp().as_millisecond());
        (offset, until)
    }

    /// The instant of a local midnight.
    pub fn midnight(&self, day: jiff::civil::Date) -> Option<Moment> {
        let zoned = day.to_zoned(self.rules.clone()).ok()?;
        Some(Moment::from_millis(zoned.timestamp().as_millisecond()))
    }
}

fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(if millis < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
