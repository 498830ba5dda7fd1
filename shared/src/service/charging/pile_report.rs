//! Reports of metered piles. A reading is written to the pile's own item; what moves the queue goes through the
//! station.

use super::write_station::{Charging, StationRequest, StationWriteOutcome, instant};
use crate::{
    domain::{
        charging::{
            Disregard, Fact, Moment, Outcome, PileId, PileReport, PileSessionId, Reading, ReadingOutcome, Rejection,
            StraySession, UnassignedOrigin, What,
        },
        reason::{Failure, Reason},
        station_id::StationId,
    },
    store::{Attempts, OpenSession, StationWriteRefusal, StoredPile},
};
use jiff::Timestamp;

/// What a pile is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportAnswer {
    /// The pile shall stop this session.
    pub stop: bool,
    /// The session is of a car that was called; what it delivers is billed.
    pub is_called: bool,
}

/// How a reading ended.
enum PileReadingOutcome {
    Taken(ReportAnswer),
    /// The car has what it ordered, and the pile was not asked to stop yet.
    Reached,
    Raced,
}

impl Charging {
    /// Takes a report of a pile. Safe to repeat: a report that came before is answered as it was. The caller has made
    /// sure that the pile sends it.
    pub async fn report(
        &self,
        station: &StationId,
        pile: PileId,
        report: &PileReport,
        now: Timestamp,
    ) -> Result<ReportAnswer, Failure> {
        let PileReport::Reading { session, reading } = report else {
            return self.report_to_station(station, pile, report, now).await;
        };
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            match self.take_reading((station, pile), session, *reading, instant(now)).await? {
                PileReadingOutcome::Taken(answer) => return Ok(answer),
                PileReadingOutcome::Reached => return self.report_to_station(station, pile, report, now).await,
                PileReadingOutcome::Raced => {}
            }
        }
    }

    async fn take_reading(
        &self,
        (station, pile): (&StationId, PileId),
        session: &PileSessionId,
        reading: Reading,
        now: Moment,
    ) -> Result<PileReadingOutcome, Failure> {
        let stored = self.store.pile(station, pile).await?.unwrap_or_default();
        let open = stored.open.clone().filter(|open| open.session() == Some(session));
        let (open, taken) = match open {
            None => return self.answer_closed(station, pile, session).await.map(PileReadingOutcome::Taken),
            Some(OpenSession::Stray(stray)) => {
                let (stray, taken) = taken_by_stray(stray, reading);
                (OpenSession::Stray(stray), taken)
            }
            Some(OpenSession::Called(mut charging)) => match charging.read(reading, now) {
                Ok(taken) => (OpenSession::Called(charging), taken),
                Err(violation) => {
                    return Err(self.refused(station, pile, Rejection::Impossible(violation), now).await?);
                }
            },
        };
        if let ReadingOutcome::New(flags) = taken {
            let counts = stored.counts.and(flags);
            let open = Some(open.clone());
            let after = StoredPile { revision: stored.revision + 1, open, heard: Some(now), counts };
            if !self.store.save_reading(station, pile, &after).await? {
                return Ok(PileReadingOutcome::Raced);
            }
        }
        let OpenSession::Called(charging) = open else { return Ok(PileReadingOutcome::Taken(ReportAnswer::default())) };
        let is_asked = charging.metered().is_some_and(|metered| metered.stop.is_some());
        if charging.has_reached() && !is_asked {
            return Ok(PileReadingOutcome::Reached);
        }
        Ok(PileReadingOutcome::Taken(ReportAnswer { stop: is_asked, is_called: true }))
    }

    /// What moves the queue: a session begins or stops, the order is reached, the pile fails or works again.
    async fn report_to_station(
        &self,
        station: &StationId,
        pile: PileId,
        report: &PileReport,
        now: Timestamp,
    ) -> Result<ReportAnswer, Failure> {
        let request = StationRequest::Report { pile, report: report.clone() };
        match self.write_station(station, &request, None, now).await? {
            StationWriteOutcome::Written(facts) => {
                warn_of_excess(station, &facts);
                self.answer_open(station, pile, report).await
            }
            StationWriteOutcome::Refused(Outcome::Ignored(Disregard::KnownReport), _) => {
                self.answer_open(station, pile, report).await
            }
            StationWriteOutcome::Refused(Outcome::Ignored(Disregard::AlreadyFailed | Disregard::AlreadyWorking), _) => {
                Ok(ReportAnswer::default())
            }
            StationWriteOutcome::ConditionFailed(StationWriteRefusal::SessionUsed)
            | StationWriteOutcome::Refused(Outcome::Ignored(Disregard::NoSuchSession), _) => match report.session() {
                Some(session) => self.answer_closed(station, pile, session).await,
                None => Ok(ReportAnswer::default()),
            },
            StationWriteOutcome::Refused(Outcome::Rejected(rejection @ Rejection::Impossible(_)), _) => {
                Err(self.refused(station, pile, rejection, instant(now)).await?)
            }
            outcome => outcome.into_facts().map(|_| ReportAnswer::default()),
        }
    }

    /// Counts a report that cannot be, and says why it is refused.
    async fn refused(
        &self,
        station: &StationId,
        pile: PileId,
        why: Rejection,
        now: Moment,
    ) -> Result<Failure, Failure> {
        self.store.count_refused(station, pile, now).await?;
        tracing::warn!(station = station.as_str(), pile = %pile, %why, "report of a pile was refused");
        Ok(super::write_station::rejected(why))
    }

    async fn answer_open(
        &self,
        station: &StationId,
        pile: PileId,
        report: &PileReport,
    ) -> Result<ReportAnswer, Failure> {
        if !matches!(report, PileReport::Began { .. } | PileReport::Reading { .. }) {
            return Ok(ReportAnswer::default());
        }
        let stored = self.store.pile(station, pile).await?.unwrap_or_default();
        let open = stored.open.filter(|open| open.session() == report.session());
        Ok(match open {
            Some(OpenSession::Called(charging)) => {
                ReportAnswer { stop: charging.metered().is_some_and(|metered| metered.stop.is_some()), is_called: true }
            }
            Some(OpenSession::Stray(_)) => ReportAnswer::default(),
            None => ReportAnswer { stop: true, is_called: false },
        })
    }

    /// A session that is over shall stop, if it has not. One that the pile never began is unknown.
    async fn answer_closed(
        &self,
        station: &StationId,
        pile: PileId,
        session: &PileSessionId,
    ) -> Result<ReportAnswer, Failure> {
        let number = self.store.head(station).await?.number;
        if self.store.knows_session(number.pile_id(pile), session).await? {
            return Ok(ReportAnswer { stop: true, is_called: false });
        }
        Err(Failure::from(Reason::NotYours).saying("该充电桩没有这个会话"))
    }
}

/// More than one interval above the order means that a pile did not stop when it was asked to.
fn warn_of_excess(station: &StationId, facts: &[Fact]) {
    for fact in facts {
        if let What::Unassigned { pile, from, to, origin: UnassignedOrigin::AboveOrder { request, alarming: true } } =
            &fact.what
        {
            let watt_hours = i64::try_from((*to - *from).watt_hours()).unwrap_or(i64::MAX);
            tracing::error!(
                station = station.as_str(),
                pile = %pile,
                request = request.0,
                watt_hours,
                "a pile delivered more than one interval above the order"
            );
        }
    }
}

/// Of a session of no car only the last reading is kept.
fn taken_by_stray(stray: StraySession, reading: Reading) -> (StraySession, ReadingOutcome) {
    let is_new = reading.seq > stray.last.seq && reading.register >= stray.last.register;
    if is_new {
        (StraySession { last: reading, ..stray }, ReadingOutcome::New(crate::domain::charging::ReadingFlags::default()))
    } else {
        (stray, ReadingOutcome::Late)
    }
}
