//! What the piles of a metered station report: sessions begin, go on and stop.

use super::command::{Disregard, Outcome, Rejection};
use super::fact::{End, UnassignedOrigin, What};
use super::faults::FaultSource;
use super::metered::{MeteredSegment, ReadingFlags, ReadingOutcome, believed};
use super::metering::{
    MeteredSettings, PileReport, PileSessionId, PileStatus, Reading, StopCause, StopReason, Violation,
};
use super::moment::Moment;
use super::number::{PileId, RequestId};
use super::station::{Charging, EnergySource, Pile, PileMeter, PileState, Station, StraySession};
use super::turn::Turn;
use crate::domain::energy::Energy;

impl Turn {
    pub(super) fn report(&mut self, id: PileId, report: PileReport) -> Outcome {
        if self.pile(id).is_none() {
            return Outcome::Rejected(Rejection::UnknownPile);
        }
        let Some(settings) = self.station.settings.metering.settings() else {
            // A pile that says that it is broken is broken, with or without a meter.
            return match report {
                PileReport::Status(status) => self.status(id, status),
                _ => Outcome::Rejected(Rejection::NotMetered),
            };
        };
        match report {
            PileReport::Began { session, request, reading } => self.began(id, session, request, reading, settings),
            PileReport::Reading { session, reading } => self.reading(id, &session, reading),
            PileReport::Stopped { session, reading, reason } => self.stopped(id, &session, reading, reason),
            PileReport::Status(status) => self.status(id, status),
        }
    }

    /// The awaited car begins to charge. A session of any other car is stray: its energy is billed to no driver.
    fn began(
        &mut self,
        id: PileId,
        session: PileSessionId,
        request: Option<RequestId>,
        reading: Reading,
        settings: MeteredSettings,
    ) -> Outcome {
        if self.has_open(id, &session) {
            return Outcome::Ignored(Disregard::KnownReport);
        }
        if self.open_session(id).is_some() {
            return Outcome::Rejected(Rejection::Impossible(Violation::SessionOpen));
        }
        if let Err(violation) = self.account_to(id, reading.register) {
            return Outcome::Rejected(Rejection::Impossible(violation));
        }
        let awaited = self.pile(id).and_then(Pile::awaited);
        let is_called = awaited.is_some_and(|awaited| request.is_none_or(|named| named == awaited.car.ticket.request));
        if is_called {
            self.begin(id, session, reading, settings);
        } else {
            self.begin_stray(id, session, reading);
        }
        Outcome::Done
    }

    fn begin(&mut self, id: PileId, session: PileSessionId, reading: Reading, settings: MeteredSettings) {
        let (now, power) = (self.at(), self.station.settings.power(id.mode));
        let Some(awaited) = self.station.lane_mut(id).and_then(|lane| lane.awaited.take()) else { return };
        let (since, instant_replaced) = believed(reading.at, awaited.since, now);
        let current = self.station.settings.tariff_at(since).clone();
        let (car, reading) = (awaited.car, Reading { at: since, ..reading });
        let (ticket, prices) = (car.ticket.clone(), car.prices.clone().unwrap_or(current));
        let metered = MeteredSegment::begun(session.clone(), reading, settings.bill_above_order);
        let charging = Charging { car, since, power, prices, source: EnergySource::Metered(metered) };
        if let Some(lane) = self.station.lane_mut(id) {
            lane.charging = Some(charging);
        }
        let flags = ReadingFlags { instant_replaced, too_fast: false };
        self.tell(What::Began { ticket, pile: id, session, start: since, flags });
    }

    fn begin_stray(&mut self, id: PileId, session: PileSessionId, reading: Reading) {
        if let Some(meter) = self.pile_mut(id).and_then(|pile| pile.meter.as_mut()) {
            meter.stray = Some(StraySession { session: session.clone(), last: reading });
        }
        self.tell(What::StrayBegan { pile: id, session });
    }

    /// What flowed since the register was last accounted for is unassigned; the first register commissions the meter.
    fn account_to(&mut self, id: PileId, register: Energy) -> Result<(), Violation> {
        let Some(pile) = self.pile_mut(id) else { return Ok(()) };
        let Some(meter) = &mut pile.meter else {
            pile.meter = Some(PileMeter { commissioned: register, register, stray: None });
            self.tell(What::Commissioned { pile: id, register });
            return Ok(());
        };
        if register < meter.register || meter.stray.as_ref().is_some_and(|stray| register < stray.last.register) {
            return Err(Violation::RegisterFell);
        }
        let from = std::mem::replace(&mut meter.register, register);
        let stray = meter.stray.take();
        let origin = if stray.is_some() { UnassignedOrigin::Stray } else { UnassignedOrigin::BetweenSessions };
        if register > from {
            self.tell(What::Unassigned { pile: id, from, to: register, origin });
        }
        if let Some(StraySession { session, .. }) = stray {
            self.tell(What::SessionClosed { pile: id, session, flags: ReadingFlags::default() });
        }
        Ok(())
    }

    fn reading(&mut self, id: PileId, session: &PileSessionId, reading: Reading) -> Outcome {
        if let Some(stray) = self.stray_mut(id, session) {
            if reading.seq > stray.last.seq && reading.register >= stray.last.register {
                stray.last = reading;
            }
            return Outcome::Done;
        }
        if self.open_session(id).is_none_or(|metered| metered.session != *session) {
            return Outcome::Ignored(Disregard::NoSuchSession);
        }
        match self.take_reading(id, reading) {
            Err(outcome) => outcome,
            Ok(taken) => {
                // The pile's item may have had the reading before the station hears of it.
                if self.charging(id).is_some_and(Charging::has_reached) && self.want_stop(id, StopCause::Reached) {
                    return Outcome::Done;
                }
                if matches!(taken, ReadingOutcome::New(_)) {
                    Outcome::Done
                } else {
                    Outcome::Ignored(Disregard::KnownReport)
                }
            }
        }
    }

    /// The session is over. A fault displaces the car with what it has still to be delivered.
    fn stopped(&mut self, id: PileId, session: &PileSessionId, reading: Reading, reason: StopReason) -> Outcome {
        if self.stray_mut(id, session).is_some() {
            return match self.account_to(id, reading.register) {
                Ok(()) => Outcome::Done,
                Err(violation) => Outcome::Rejected(Rejection::Impossible(violation)),
            };
        }
        if self.open_session(id).is_none_or(|metered| metered.session != *session) {
            return Outcome::Ignored(Disregard::NoSuchSession);
        }
        if let Err(outcome) = self.take_reading(id, reading) {
            return outcome;
        }
        let charging = self.charging(id);
        let is_cancelled = self.open_session(id).and_then(|metered| metered.stop) == Some(StopCause::Cancelled);
        let is_complete = charging.is_some_and(Charging::has_reached);
        if reason == StopReason::Fault && !is_cancelled && !is_complete {
            self.stop_for_fault(id);
        } else {
            self.end_session(id, if is_cancelled { End::Cancelled } else { End::Finished });
        }
        Outcome::Done
    }

    /// A pile that stops for a fault has failed, whether or not it has said so.
    fn stop_for_fault(&mut self, id: PileId) {
        let followers = self.pile(id).and_then(Pile::running).map(|running| running.followers.clone());
        if followers.is_none() {
            self.tell(What::PileFailed { pile: id, until: None });
        }
        let Some(car) = self.close_session(id) else { return };
        if let Some(followers) = followers {
            self.displace_stopped(id, car, &followers);
            self.remove_drained_piles(id.mode);
            return;
        }
        let queued = self.station.lane_mut(id).map(|lane| std::mem::take(&mut lane.queued)).unwrap_or_default();
        if let Some(pile) = self.pile_mut(id) {
            pile.state = PileState::Failed { until: None, by_pile: true, running: None };
        }
        self.displace(id, std::iter::once(car).chain(queued).collect());
        self.remove_drained_piles(id.mode);
    }

    /// A pile that failed by its own word works again by its own word.
    fn status(&mut self, id: PileId, status: PileStatus) -> Outcome {
        match status {
            PileStatus::Faulted | PileStatus::Unavailable => self.fail(id, None, FaultSource::Pile),
            PileStatus::Available | PileStatus::Occupied => match self.pile(id).map(|pile| &pile.state) {
                Some(PileState::Failed { by_pile: true, .. }) => self.recover(id),
                _ => Outcome::Ignored(Disregard::KnownReport),
            },
        }
    }

    /// The last reading counts; the request ends and the next head is awaited.
    pub(super) fn end_session(&mut self, id: PileId, end: End) {
        if let Some(car) = self.close_session(id) {
            self.end(&car, end);
        }
        self.free_place(id);
    }

    /// Accounts for the register up to the last reading: a detail record, and what is above the order.
    fn close_session(&mut self, id: PileId) -> Option<super::station::Car> {
        let at = self.at();
        let charging = self.charging(id)?;
        let (request, metered) = (charging.car.ticket.request, charging.metered()?.clone());
        let (register, billed) = (metered.last.register, metered.from + charging.billed(at));
        // One interval of readings is what the pile could not know to be too much.
        let alarming = register - billed > metered.interval;
        let car = self.close_segment(id);
        if let Some(meter) = self.pile_mut(id).and_then(|pile| pile.meter.as_mut()) {
            meter.register = register;
        }
        if register > billed {
            let origin = UnassignedOrigin::AboveOrder { request, alarming };
            self.tell(What::Unassigned { pile: id, from: billed, to: register, origin });
        }
        self.tell(What::SessionClosed { pile: id, session: metered.session, flags: metered.flags });
        car
    }

    /// Asks the pile to stop; the answer says whether that is new.
    pub(super) fn want_stop(&mut self, id: PileId, cause: StopCause) -> bool {
        let Some(charging) = self.pile_mut(id).and_then(Pile::charging_mut) else { return false };
        let ticket = charging.car.ticket.clone();
        let Some(metered) = charging.metered_mut() else { return false };
        if metered.stop.is_some_and(|asked| asked == cause || asked == StopCause::Cancelled) {
            return false;
        }
        metered.stop = Some(cause);
        let session = metered.session.clone();
        self.tell(What::StopWanted { ticket, pile: id, session, cause });
        true
    }

    pub(super) fn take_reading(&mut self, id: PileId, reading: Reading) -> Result<ReadingOutcome, Outcome> {
        let now = self.at();
        let Some(charging) = self.pile_mut(id).and_then(Pile::charging_mut) else {
            return Err(Outcome::Ignored(Disregard::NoSuchSession));
        };
        charging.read(reading, now).map_err(|violation| Outcome::Rejected(Rejection::Impossible(violation)))
    }

    pub(super) fn is_metered(&self, id: PileId) -> bool {
        self.open_session(id).is_some()
    }

    pub(super) fn open_session(&self, id: PileId) -> Option<&MeteredSegment> {
        self.charging(id)?.metered()
    }

    fn has_open(&self, id: PileId, session: &PileSessionId) -> bool {
        let stray = self.pile(id).and_then(|pile| pile.meter.as_ref()?.stray.as_ref());
        let open = self.open_session(id).map(|metered| &metered.session);
        open == Some(session) || stray.is_some_and(|stray| stray.session == *session)
    }

    fn stray_mut(&mut self, id: PileId, session: &PileSessionId) -> Option<&mut StraySession> {
        let stray = self.pile_mut(id)?.meter.as_mut()?.stray.as_mut()?;
        (stray.session == *session).then_some(stray)
    }

    fn charging(&self, id: PileId) -> Option<&Charging> {
        self.pile(id)?.charging()
    }

    fn pile(&self, id: PileId) -> Option<&Pile> {
        self.station.side(id.mode).piles.iter().find(|pile| pile.id == id)
    }

    fn pile_mut(&mut self, id: PileId) -> Option<&mut Pile> {
        self.station.side_mut(id.mode).pile_mut(id)
    }
}

impl Station {
    /// Takes over what a pile's own item knows of its open session.
    pub fn catch_up(&mut self, id: PileId, newer: &Charging) {
        let open = self.side_mut(id.mode).pile_mut(id).and_then(Pile::charging_mut).and_then(Charging::metered_mut);
        let Some((metered, newer)) = open.zip(newer.metered()) else { return };
        if metered.session == newer.session && metered.last.seq <= newer.last.seq {
            *metered = MeteredSegment { stop: metered.stop, ..newer.clone() };
        }
    }

    /// The same for a session of no car that was called.
    pub fn catch_up_stray(&mut self, id: PileId, newer: &StraySession) {
        let pile = self.side_mut(id.mode).pile_mut(id);
        let stray = pile.and_then(|pile| pile.meter.as_mut()?.stray.as_mut());
        if let Some(stray) = stray.filter(|stray| stray.session == newer.session && stray.last.seq <= newer.last.seq) {
            *stray = newer.clone();
        }
    }
}

impl Charging {
    /// Takes a reading that came at `now`; see [`MeteredSegment::read`].
    pub fn read(&mut self, reading: Reading, now: Moment) -> Result<ReadingOutcome, Violation> {
        let (prices, power) = (self.prices.clone(), self.power);
        match self.metered_mut() {
            Some(metered) => metered.read(reading, &prices, power, now),
            None => Ok(ReadingOutcome::Late),
        }
    }

    /// Whether the car has all that it asked for.
    pub fn has_reached(&self) -> bool {
        self.metered().is_some_and(|metered| metered.flowed() >= self.car.remaining())
    }
}
