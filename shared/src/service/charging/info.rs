//! What drivers see of their charge requests, computed as of now whether or not the scheduler has written the station.

use super::write_station::{Charging, Found, FoundRequest, changed_since, instant, live_charge_of};
use crate::{
    domain::{
        charging::{Car, Expectation, Mode, Moment, PileId, Place, RequestId, Station, Ticket, next_look},
        energy::{Energy, Power},
        money::Fen,
        reason::Failure,
        session::Caller,
        station_id::StationId,
    },
    outside::clock::RequestTime,
    store::{Attempts, Consistency, DetailRecordItem},
};

/// A live charge request as its driver sees it.
#[derive(Clone, Debug)]
pub struct ChargeRequestView {
    pub ticket: Ticket,
    pub station: StationId,
    pub asked: Energy,
    pub status: Status,
    pub expected: Option<Expectation>,
    pub delivered: Delivered,
    /// What flows now, where the pile measures it.
    pub power: Option<Power>,
    /// Seconds after which an app should look again.
    pub next_look: u32,
}

/// Where the car is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// In the waiting area (等候区).
    Waiting,
    /// Called, in a lane behind another car.
    Called(PileId),
    /// Called to a metered pile, where its place is kept until then.
    Awaited(PileId, Moment),
    Charging(PileId),
    /// Its pile was asked to stop.
    Stopping(PileId),
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
            Self::Called(pile) | Self::Awaited(pile, _) | Self::Charging(pile) | Self::Stopping(pile) => Some(pile),
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
    ///
    /// The reads are eventually consistent, at half the price. That is safe because the session was read strongly
    /// consistent and names the request with its amount: a station that does not have this request as the session has it
    /// is read again, strongly consistent. What may be shown a moment late is what others did, and another amount of a car
    /// that charges.
    pub async fn info(&self, caller: &Caller, now: RequestTime) -> Result<ChargeRequestView, Failure> {
        self.looks.admit(&caller.account, now.real)?;
        let mut live = live_charge_of(caller)?.clone();
        let (mut attempts, mut consistency) = (Attempts::default(), Consistency::Eventual);
        loop {
            attempts.begin()?;
            let view = match self.find(&live, instant(now.station), consistency).await? {
                Found::Request(found) => view(&found, &live.station, live.request()),
                Found::Gone => None,
                Found::Raced => {
                    consistency = Consistency::Strong;
                    continue;
                }
            };
            // The session follows the amount until the car is called.
            let is_known = |view: &ChargeRequestView| {
                view.ticket == live.car.ticket && (view.status.is_called() || view.asked == live.car.asked)
            };
            match (view, consistency) {
                (Some(view), Consistency::Strong) => return Ok(view),
                (Some(view), Consistency::Eventual) if is_known(&view) => return Ok(view),
                (_, Consistency::Eventual) => consistency = Consistency::Strong,
                (None, Consistency::Strong) => live = changed_since(&self.store, caller, &live).await?,
            }
        }
    }

    /// The newest detail records (详单).
    pub async fn records(&self, caller: &Caller, most: u8) -> Result<Vec<DetailRecordItem>, Failure> {
        self.store.records(&caller.account, usize::from(most)).await
    }
}

fn view(found: &FoundRequest, id: &StationId, request: RequestId) -> Option<ChargeRequestView> {
    let FoundRequest { station, place, expected } = found;
    let nothing = Delivered { energy: Energy::ZERO, charging: Fen(0), service: Fen(0) };
    let mut power = None;
    let (ticket, asked, status, delivered) = match place {
        Place::Waiting(waiting) => (waiting.ticket.clone(), waiting.asked, Status::Waiting, nothing),
        Place::Queued(pile) => {
            let car = called(station, request)?;
            (car.ticket.clone(), car.asked, Status::Called(*pile), closed(car))
        }
        Place::Awaited(pile) => {
            let awaited = station.piles().find(|other| other.id == *pile)?.awaited()?;
            let status = Status::Awaited(*pile, awaited.until);
            (awaited.car.ticket.clone(), awaited.car.asked, status, closed(&awaited.car))
        }
        Place::Displaced(_) => {
            let car = called(station, request)?;
            (car.ticket.clone(), car.asked, Status::Displaced, closed(car))
        }
        Place::Charging(pile) => {
            let charging = station.piles().find(|other| other.id == *pile)?.charging()?;
            let (at, car) = (station.settled_at(), &charging.car);
            let (fee, service) = charging.shown_so_far(at);
            let delivered = Delivered { energy: charging.delivered(at), charging: fee, service };
            let metered = charging.metered();
            power = metered.and_then(|metered| metered.last.power);
            let is_stopping = metered.is_some_and(|metered| metered.stop.is_some());
            let status = if is_stopping { Status::Stopping(*pile) } else { Status::Charging(*pile) };
            (car.ticket.clone(), car.asked, status, delivered)
        }
    };
    let next_look = next_look(expected.as_ref(), station.settled_at());
    let (station, expected) = (id.clone(), *expected);
    Some(ChargeRequestView { ticket, station, asked, status, expected, delivered, power, next_look })
}

fn called(station: &Station, request: RequestId) -> Option<&Car> {
    Mode::BOTH.into_iter().find_map(|mode| station.side(mode).called().find(|car| car.ticket.request == request))
}

fn closed(car: &Car) -> Delivered {
    Delivered { energy: car.closed.energy, charging: car.closed.charging, service: car.closed.service }
}
