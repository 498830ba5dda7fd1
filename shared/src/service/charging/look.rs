//! What a driver sees of the queue: the truth as of now, computed on reading, whether or not the scheduler has been here.

use super::{
    Charging, live_of,
    turn::{TRIES, advance, bring, instant},
};
use crate::domain::{
    charging::{Car, Expectation, Mode, Number, PileId, Place, RequestId, Station, Ticket, Turn, WINDOW},
    energy::Energy,
    money::Fen,
    reason::{Failure, Reason},
    session::{Caller, LiveCharge},
    station_id::StationId,
};
use jiff::Timestamp;

/// A live request as its driver sees it.
#[derive(Clone, Debug)]
pub struct InQueue {
    pub ticket: Ticket,
    pub station: StationId,
    pub asked: Energy,
    pub status: Status,
    pub expected: Option<Expectation>,
    pub delivered: Delivered,
}

/// Where the car is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In the waiting area (等候区).
    Waiting,
    /// Called, in a lane behind another car.
    Called(PileId),
    Charging(PileId),
    /// Its pile failed; it will be placed again.
    Displaced,
}

impl Status {
    /// Whether the car has been called (是否已经被叫号).
    pub fn is_called(self) -> bool {
        self != Self::Waiting
    }

    pub fn pile(self) -> Option<PileId> {
        match self {
            Self::Called(pile) | Self::Charging(pile) => Some(pile),
            Self::Waiting | Self::Displaced => None,
        }
    }
}

/// Energy and fees so far: closed records as written, the open segment rounded like one.
#[derive(Clone, Copy, Debug)]
pub struct Delivered {
    pub energy: Energy,
    pub charging: Fen,
    pub service: Fen,
}

impl Charging {
    /// The caller's live request: the station's item and the front of the car's line, two reads while the scheduler is
    /// less than 32 calls behind.
    pub async fn look(&self, caller: &Caller, now: Timestamp) -> Result<InQueue, Failure> {
        let mut live = live_of(caller)?.clone();
        for _ in 0..TRIES {
            match self.look_at(&live, now).await? {
                Look::Seen(seen) => return Ok(*seen),
                Look::Raced => {}
                Look::Gone => live = self.changed_since(caller, &live).await?,
            }
        }
        Err(Reason::Contended.into())
    }

    pub(super) async fn look_at(&self, live: &LiveCharge, now: Timestamp) -> Result<Look, Failure> {
        let head = self.store.head(&live.station).await?;
        let Number { mode, n } = live.number();
        let mut turn = Turn::new(head.station.only(mode), instant(now), None, usize::MAX);
        let waits = turn.station().side(mode).line.waits(n);
        if waits && !bring(&self.store, &live.station, &mut turn, WINDOW).await? {
            return Ok(Look::Raced);
        }
        if advance(&self.store, &live.station, &mut turn, WINDOW).await?.is_none() {
            return Ok(Look::Raced);
        }
        let (station, behind) = (turn.station(), Some(live.car.clone()));
        let Some(place) = station.find(live.request(), behind.clone()) else { return Ok(Look::Gone) };
        let expected = station.forecast().of(live.request(), behind);
        let seen = seen(station, &live.station, live.request(), place, expected);
        Ok(seen.map_or(Look::Gone, |seen| Look::Seen(Box::new(seen))))
    }
}

/// What one look at a station came to.
pub(super) enum Look {
    Seen(Box<InQueue>),
    /// The line was written between the two reads.
    Raced,
    /// The request is not there, or no longer under this number.
    Gone,
}

fn seen(
    station: &Station,
    id: &StationId,
    request: RequestId,
    place: Place,
    expected: Option<Expectation>,
) -> Option<InQueue> {
    let nothing = Delivered { energy: Energy::ZERO, charging: Fen(0), service: Fen(0) };
    let (ticket, asked, status, delivered) = match place {
        Place::Waiting(waiting) => (waiting.ticket, waiting.asked, Status::Waiting, nothing),
        Place::Queued(pile) => {
            let car = called(station, request)?;
            (car.ticket.clone(), car.asked, Status::Called(pile), closed(car))
        }
        Place::Displaced(_) => {
            let car = called(station, request)?;
            (car.ticket.clone(), car.asked, Status::Displaced, closed(car))
        }
        Place::Charging(pile) => {
            let charging = station.piles().find(|other| other.id == pile)?.charging()?;
            let (at, car) = (station.settled_at(), &charging.car);
            let (fee, service) = charging.shown_so_far(at);
            let delivered = Delivered { energy: charging.delivered(at), charging: fee, service };
            (car.ticket.clone(), car.asked, Status::Charging(pile), delivered)
        }
    };
    Some(InQueue { ticket, station: id.clone(), asked, status, expected, delivered })
}

fn called(station: &Station, request: RequestId) -> Option<&Car> {
    Mode::BOTH.into_iter().find_map(|mode| station.side(mode).called().find(|car| car.ticket.request == request))
}

fn closed(car: &Car) -> Delivered {
    Delivered { energy: car.closed.energy, charging: car.closed.charging, service: car.closed.service }
}
