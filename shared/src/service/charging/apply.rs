//! 申请: a driver orders a charge and gets a queue number (排队号).

use super::write_station::{
    Charging, Found, IdempotentCall, StationRequest, StationWriteOutcome, instant, number_given,
};
use crate::{
    domain::{
        charging::{DriverId, Mode, Number, Outcome, Rejection, Standing},
        energy::Energy,
        reason::{Failure, Reason},
        session::{AccountStanding, Caller, LiveCharge},
        station_id::StationId,
        vehicle::Plate,
    },
    outside::clock::RequestTime,
    store::{Attempts, Consistency, StationWriteRefusal},
};

/// What a driver asks for.
#[derive(Clone, Debug)]
pub struct Order {
    pub mode: Mode,
    pub energy: Energy,
    pub station: Option<StationId>,
    /// Which of the driver's vehicles; the first when the app names none.
    pub plate: Option<Plate>,
    /// The `Idempotency-Key`, where the app sends one.
    pub key: Option<String>,
}

impl Charging {
    /// Takes a car into the waiting area and answers its number. The scheduler calls it.
    pub async fn apply(&self, caller: &Caller, order: &Order, now: RequestTime) -> Result<Number, Failure> {
        let station = order.station.as_ref().unwrap_or(self.default_station());
        let call = order.idempotent_call(caller, station, now);
        let mut known = caller.standing.clone();
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let Some(standing) = self.standing(caller, known, station, now).await? else {
                // The live request is refused before anything else.
                return self.earlier_answer(call.as_ref()).await?.ok_or_else(|| Reason::AlreadyQueued.into());
            };
            let outcome = match order.request(caller, &standing, now) {
                Ok(request) => self.write_station(station, &request, call.as_ref(), now.station).await?,
                Err(failure) => return self.earlier_answer(call.as_ref()).await?.ok_or(failure),
            };
            if let StationWriteOutcome::Written(facts) = &outcome {
                return number_given(facts)
                    .ok_or_else(|| Failure::internal("an accepted charge request has no queue number"));
            }
            if let Some(number) = self.earlier_answer(call.as_ref()).await? {
                return Ok(number);
            }
            let is_live = matches!(outcome, StationWriteOutcome::Refused(Outcome::Rejected(Rejection::LiveRequest), _));
            if !is_live && !matches!(outcome, StationWriteOutcome::ConditionFailed(StationWriteRefusal::Driver)) {
                return Err(outcome.into_facts().err().unwrap_or_else(|| Reason::Contended.into()));
            }
            // The driver may have changed after the session was read: the last request may have ended meanwhile. The
            // record says what holds now.
            known = self.record(caller).await?;
            if is_live && known.charge == standing.charge {
                return Err(Reason::AlreadyQueued.into());
            }
        }
    }

    /// What is known of the caller, who has no live request at another station. A request there may have ended before
    /// the scheduler noticed; then the station is brought up to now here. `None`: it has not ended.
    async fn standing(
        &self,
        caller: &Caller,
        known: AccountStanding,
        station: &StationId,
        now: RequestTime,
    ) -> Result<Option<AccountStanding>, Failure> {
        let Some(live) = known.charge.as_ref().filter(|live| live.station != *station) else { return Ok(Some(known)) };
        if let Found::Request(_) = self.find(live, instant(now.station), Consistency::Strong).await? {
            return Ok(None);
        }
        self.advance_station(&live.station, now.station).await?;
        self.record(caller).await.map(Some)
    }

    /// The caller's record as it is now.
    async fn record(&self, caller: &Caller) -> Result<AccountStanding, Failure> {
        let record = self.store.sessions(caller.realm, &caller.account).await?;
        let record = record.filter(|record| record.enabled).ok_or(Reason::Unauthorized)?;
        Ok(record.standing)
    }

    /// A call that repeats an earlier one gets the answer of that one, even if it would be refused now.
    async fn earlier_answer(&self, call: Option<&IdempotentCall>) -> Result<Option<Number>, Failure> {
        let Some(call) = call else { return Ok(None) };
        match self.store.first_answer(&call.account, &call.key, call.now).await? {
            Some(first) if first.asked == call.asked => Ok(Some(first.number)),
            Some(_) => Err(Reason::KeyReused.into()),
            None => Ok(None),
        }
    }
}

impl Order {
    fn request(
        &self,
        caller: &Caller,
        standing: &AccountStanding,
        now: RequestTime,
    ) -> Result<StationRequest, Failure> {
        Ok(StationRequest::Apply {
            driver: driver_of(caller)?,
            plate: self.vehicle(standing)?.map(Plate::as_str).unwrap_or_default().into(),
            mode: self.mode,
            energy: self.energy,
            standing: Standing {
                live: standing.charge.iter().map(LiveCharge::request).collect(),
                in_arrears: standing.is_in_arrears(now.station),
            },
        })
    }

    /// The vehicle that is to be charged. A driver without one may charge, too; a vehicle of another driver is unknown.
    fn vehicle<'s>(&'s self, standing: &'s AccountStanding) -> Result<Option<&'s Plate>, Failure> {
        let Some(wanted) = self.plate.as_ref() else {
            return Ok(standing.plates.first());
        };
        let own = standing.plates.iter().find(|plate| *plate == wanted);
        own.map(Some).ok_or_else(|| Failure::from(Reason::NotYours).saying("车牌号未绑定到本账户"))
    }

    fn idempotent_call(&self, caller: &Caller, station: &StationId, now: RequestTime) -> Option<IdempotentCall> {
        let plate = self.plate.as_ref().map(Plate::as_str).unwrap_or_default();
        let energy = self.energy.millijoules().floor();
        let asked = format!("{} {energy} mJ {} {plate}", self.mode, station.as_str()).trim_end().to_owned();
        let key = self.key.clone()?;
        Some(IdempotentCall { account: caller.account.clone(), key, asked, now: now.real })
    }
}

fn driver_of(caller: &Caller) -> Result<DriverId, Failure> {
    let id = caller.account.as_str().parse().map(DriverId);
    id.map_err(|_| Failure::internal("driver id is not a number"))
}
