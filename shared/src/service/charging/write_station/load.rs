//! Reading ahead: a turn gets the waiting cars that the station's own item does not hold.

use super::Charging;
use crate::{
    domain::{
        charging::{Expectation, Mode, Moment, Number, Place, Progress, Station, Turn, WINDOW, Wanted},
        reason::Failure,
        session::LiveCharge,
        station_id::StationId,
    },
    store::{Consistency, NumberRanges},
};

/// So many cars of each mode are read ahead at once: more than one transaction of completions calls.
pub(in super::super) const AHEAD: usize = 16;

/// Where a driver's live request was found.
pub(in super::super) enum Found {
    Request(Box<FoundRequest>),
    /// The line was written between the two reads.
    Raced,
    /// The request is over, or has another number.
    Gone,
}

pub(in super::super) struct FoundRequest {
    /// The station as of now.
    pub station: Station,
    pub place: Place,
    pub expected: Option<Expectation>,
}

impl Charging {
    /// Looks a live request up in its station as of `now`. Nothing is written.
    pub(in super::super) async fn find(
        &self,
        live: &LiveCharge,
        now: Moment,
        consistency: Consistency,
    ) -> Result<Found, Failure> {
        let head = self.store.head_at(&live.station, consistency).await?;
        let Number { mode, n } = live.number();
        let mut turn = Turn::new(head.station.only(mode), now, None, usize::MAX);
        let waits = turn.station().side(mode).line.waits(n);
        if waits && !self.read_lines(&live.station, &mut turn, WINDOW, consistency).await? {
            return Ok(Found::Raced);
        }
        if self.advance_turn_at(&live.station, &mut turn, WINDOW, consistency).await?.is_none() {
            return Ok(Found::Raced);
        }
        let (station, _) = turn.into_parts();
        let behind = Some(live.car.clone());
        let Some(place) = station.find(live.request(), behind.clone()) else { return Ok(Found::Gone) };
        let expected = station.forecast().of(live.request(), behind);
        Ok(Found::Request(Box::new(FoundRequest { station, place, expected })))
    }

    /// Advances a turn as far as it goes and reads `ahead` cars of the lines when it asks for more; the flag says whether
    /// it did. `None`: the station was written between the reads and must be loaded again.
    pub(in super::super) async fn advance_turn(
        &self,
        station: &StationId,
        turn: &mut Turn,
        ahead: usize,
    ) -> Result<Option<(Progress, bool)>, Failure> {
        self.advance_turn_at(station, turn, ahead, Consistency::Strong).await
    }

    /// The same with the lines read at a consistency.
    pub(in super::super) async fn advance_turn_at(
        &self,
        station: &StationId,
        turn: &mut Turn,
        ahead: usize,
        consistency: Consistency,
    ) -> Result<Option<(Progress, bool)>, Failure> {
        let mut last_read: Option<Wanted> = None;
        loop {
            match turn.advance() {
                Progress::NeedsLine(wanted) if last_read == Some(wanted) => return Ok(None),
                Progress::NeedsLine(wanted) => {
                    if !self.read_lines(station, turn, wanted.at_least.max(ahead), consistency).await? {
                        return Ok(None);
                    }
                    last_read = Some(wanted);
                }
                progress => return Ok(Some((progress, last_read.is_some()))),
            }
        }
    }

    /// Reads so many cars of both lines that stand behind what the station holds in full, in one query. `false`: the
    /// lines no longer agree with the station.
    pub(super) async fn read_lines(
        &self,
        station: &StationId,
        turn: &mut Turn,
        at_least: usize,
        consistency: Consistency,
    ) -> Result<bool, Failure> {
        let stretch = |mode| turn.station().side(mode).line.stretch(at_least);
        let ranges = NumberRanges { fast: stretch(Mode::Fast), slow: stretch(Mode::Slow) };
        let cars = self.store.lines(station, &ranges, consistency).await?;
        for mode in Mode::BOTH {
            let of_mode = cars.iter().filter(|car| car.ticket.number.mode == mode).cloned();
            if turn.refill(Wanted { mode, after: 0, at_least }, of_mode).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
