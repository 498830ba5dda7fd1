//! A metered segment: from the register at its start to that of the last reading, split over prices as readings come in.

use super::metering::{PileSessionId, Reading, StopCause, Violation};
use super::moment::{MINUTE, Moment, Span};
use super::tariff::Tariff;
use crate::domain::energy::{Energy, Exact, Power};
use crate::domain::money::{Owed, Price};

/// Energy at prices, in order of time; neighbours have different prices.
pub type Split = Vec<(Price, Energy)>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MeteredSegment {
    pub session: PileSessionId,
    /// The register when the segment began.
    pub from: Energy,
    pub last: Reading,
    /// **Invariant:** its sum is `last.register - from`.
    pub split: Split,
    /// Set once the pile was asked to stop.
    pub stop: Option<StopCause>,
    /// What flowed between the last two readings.
    pub interval: Energy,
    /// What was odd so far.
    pub flags: ReadingFlags,
    /// Whether energy above the order is billed; the session keeps the setting that it began with.
    pub bill_above_order: bool,
}

/// What became of a reading that was not refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadingOutcome {
    New(ReadingFlags),
    /// It had come before.
    Repeated,
    /// A later one had come before; it says nothing new.
    Late,
}

/// What was odd about a reading that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadingFlags {
    /// Its instant was impossible and was replaced.
    pub instant_replaced: bool,
    /// More flowed than the pile's power allows.
    pub too_fast: bool,
}

/// The stretch of a pile's register that a detail record bills.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MeterStretch {
    pub session: PileSessionId,
    pub from: Energy,
    pub to: Energy,
    /// **Invariant:** its sum is `to - from`.
    pub split: Split,
}

/// How far a pile's clock may be ahead of ours.
const MOST_AHEAD: Span = Span::from_millis(MINUTE);

/// The instant of a report as it counts: one that is more than a minute ahead of ours, or before `earliest`, is
/// replaced by ours.
pub fn believed(at: Moment, earliest: Moment, now: Moment) -> (Moment, bool) {
    if at < earliest || at > now + MOST_AHEAD { (now.max(earliest), true) } else { (at, false) }
}

impl MeteredSegment {
    pub fn begun(session: PileSessionId, reading: Reading, bill_above_order: bool) -> Self {
        let (from, interval, flags) = (reading.register, Energy::ZERO, ReadingFlags::default());
        Self { session, from, last: reading, split: Vec::new(), stop: None, interval, flags, bill_above_order }
    }

    /// Takes a reading that came at `now`. Repeated and late ones change nothing. One that the register contradicts is
    /// refused.
    pub fn read(
        &mut self,
        reading: Reading,
        prices: &Tariff,
        power: Power,
        now: Moment,
    ) -> Result<ReadingOutcome, Violation> {
        let last = self.last;
        if reading.seq == last.seq {
            return if reading.register == last.register {
                Ok(ReadingOutcome::Repeated)
            } else {
                Err(Violation::SequenceReused)
            };
        }
        if reading.seq < last.seq {
            return if reading.register <= last.register {
                Ok(ReadingOutcome::Late)
            } else {
                Err(Violation::RegisterFell)
            };
        }
        if reading.register < last.register {
            return Err(Violation::RegisterFell);
        }
        let (at, instant_replaced) =
            if reading.at < last.at { (last.at, true) } else { believed(reading.at, last.at, now) };
        let reading = Reading { at, ..reading };
        let too_fast = reading.register - last.register > (at - last.at).energy_at(power);
        self.interval = reading.register - last.register;
        self.flow_to(reading, prices);
        self.flags.instant_replaced |= instant_replaced;
        self.flags.too_fast |= too_fast;
        Ok(ReadingOutcome::New(ReadingFlags { instant_replaced, too_fast }))
    }

    /// Energy flows evenly between two readings. Where a price band cuts the interval, what has flowed up to the cut is
    /// floored, so that the pieces add up to the register's difference.
    fn flow_to(&mut self, reading: Reading, prices: &Tariff) {
        let total = reading.register - self.last.register;
        let whole = reading.at - self.last.at;
        let pieces: Vec<(Span, Price)> = prices.split_over_bands(self.last.at, reading.at).collect();
        let (mut passed, mut given) = (Span::ZERO, Energy::ZERO);
        for (n, (span, price)) in pieces.iter().enumerate() {
            passed = passed + *span;
            let so_far = if n + 1 == pieces.len() { total } else { share(total, passed, whole) };
            self.add(*price, so_far - given);
            given = so_far;
        }
        if pieces.is_empty() {
            self.add(prices.price_at(reading.at), total);
        }
        self.last = reading;
    }

    fn add(&mut self, price: Price, energy: Energy) {
        match self.split.last_mut() {
            Some((last, sum)) if *last == price => *sum = *sum + energy,
            _ if energy > Energy::ZERO => self.split.push((price, energy)),
            _ => {}
        }
    }

    /// What this segment has delivered.
    pub fn flowed(&self) -> Energy {
        self.last.register - self.from
    }

    /// What of it is billed of an order of which so much was left.
    pub fn billed(&self, remaining: Energy) -> Energy {
        if self.bill_above_order { self.flowed() } else { self.flowed().min(remaining) }
    }

    /// The first so much energy, at its prices.
    pub fn split_of(&self, most: Energy) -> Split {
        let mut left = most;
        let mut split = Split::new();
        for (price, energy) in &self.split {
            let part = left.min(*energy);
            if part > Energy::ZERO {
                split.push((*price, part));
            }
            left = left - part;
        }
        split
    }
}

/// The charging fee of a split.
pub fn owed_for(split: &Split) -> Owed {
    split.iter().fold(Owed::ZERO, |sum, (price, energy)| sum + Owed::for_energy(*energy, *price))
}

fn share(total: Energy, passed: Span, whole: Span) -> Energy {
    let (passed, whole) = (passed.exact().floor(), whole.exact().floor().max(1));
    let part = total.millijoules().floor() * passed / whole;
    Energy::from_millijoules(Exact::whole(part)).min(total)
}
