//! The charging queue as drivers use it: apply, change, cancel. Looking is in `look`, the scheduler's part in `step`.

mod layout;
mod look;
mod offer;
mod operate;
mod step;
mod turn;
mod wish;

pub use crate::store::DetailRecordItem;
pub use layout::{ListedStation, PriceEntry};
pub use look::{Delivered, InQueue, Status};
pub use offer::{ModeOffer, Offer};
pub use operate::{LiveView, Switch};
pub use step::Swept;

use crate::{
    domain::{
        charging::{Disregard, DriverId, Fact, Mode, Number, Outcome, Rejection, Standing},
        energy::Energy,
        reason::{Failure, Reason},
        session::{Caller, LiveCharge, Standing as SessionStanding},
        station_id::StationId,
        vehicle::Plate,
    },
    outside::{
        clock::RequestTime,
        queue::{Queue, SmsQueue},
    },
    store::{StationWriteRefusal, Store},
};
use look::Look;
use turn::{Turned, joined};
use wish::{Keyed, Wish};

/// The queues of all stations.
#[derive(Clone, Debug)]
pub struct Charging {
    store: Store,
    queue: Queue,
    default_station: StationId,
    /// Where it is put that cars were called, if their drivers are told by SMS.
    called: Option<SmsQueue>,
}

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
    pub fn new(store: Store, queue: Queue, default_station: StationId) -> Self {
        Self { store, queue, default_station, called: None }
    }

    /// The same; drivers who have bound a phone are told when their cars are called.
    #[must_use]
    pub fn telling(self, called: SmsQueue) -> Self {
        Self { called: Some(called), ..self }
    }

    /// Takes a car into the waiting area and answers its number (排队号). Calling it is the scheduler's part.
    pub async fn apply(&self, caller: &Caller, order: &Order, now: RequestTime) -> Result<Number, Failure> {
        let station = order.station.as_ref().unwrap_or(&self.default_station);
        let keyed = order.keyed(caller, station, now);
        let mut known = caller.standing.clone();
        for _ in 0..turn::TRIES {
            let Some(standing) = self.standing(caller, known, station, now).await? else {
                // Whatever the other rules would say, this one comes first.
                return self.earlier_answer(keyed.as_ref()).await?.ok_or_else(|| Reason::AlreadyQueued.into());
            };
            let turned = match order.wish(caller, &standing, now) {
                Ok(wish) => self.turn(station, &wish, keyed.as_ref(), now.station).await?,
                Err(failure) => return self.earlier_answer(keyed.as_ref()).await?.ok_or(failure),
            };
            if let Turned::Done(facts) = &turned {
                return joined(facts)
                    .ok_or_else(|| Failure::internal("an accepted charge request has no queue number"));
            }
            if let Some(number) = self.earlier_answer(keyed.as_ref()).await? {
                return Ok(number);
            }
            let lives = matches!(turned, Turned::Refused(Outcome::Rejected(Rejection::LiveRequest), _));
            if !lives && !matches!(turned, Turned::Barred(StationWriteRefusal::Driver)) {
                return Err(turned.carried_out().err().unwrap_or_else(|| Reason::Contended.into()));
            }
            // Something about the driver may have changed since the session was read, as when somebody noticed between it
            // and the station that the last request has ended; what, the record says now.
            known = self.record(caller).await?;
            if lives && known.charge == standing.charge {
                return Err(Reason::AlreadyQueued.into());
            }
        }
        Err(Reason::Contended.into())
    }

    /// Another amount or another mode (修改). A new amount keeps the number.
    pub async fn change(
        &self,
        caller: &Caller,
        mode: Option<Mode>,
        energy: Option<Energy>,
        now: RequestTime,
    ) -> Result<Number, Failure> {
        let wish = |live| Wish::Change { live, mode, energy };
        let (live, facts) = self.turn_live(caller, wish, now).await?;
        Ok(joined(&facts).unwrap_or(live.number()))
    }

    /// Takes the car out, wherever it is; what it was delivered is billed.
    pub async fn cancel(&self, caller: &Caller, now: RequestTime) -> Result<(), Failure> {
        self.turn_live(caller, |live| Wish::Cancel { live }, now).await.map(drop)
    }

    /// Carries out a wish about the caller's live request, as it stands when the station is written.
    async fn turn_live(
        &self,
        caller: &Caller,
        wish: impl Fn(LiveCharge) -> Wish,
        now: RequestTime,
    ) -> Result<(LiveCharge, Vec<Fact>), Failure> {
        let mut live = live_of(caller)?.clone();
        for _ in 0..turn::TRIES {
            match self.turn(&live.station, &wish(live.clone()), None, now.station).await? {
                Turned::Refused(Outcome::Ignored(Disregard::NoLiveRequest), _)
                | Turned::Barred(StationWriteRefusal::Outdated) => {
                    live = self.changed_since(caller, &live).await?;
                }
                turned => return turned.carried_out().map(|facts| (live, facts)),
            }
        }
        Err(Reason::Contended.into())
    }

    /// The caller's live request, if it is another one, or another number, than the one that was read.
    async fn changed_since(&self, caller: &Caller, live: &LiveCharge) -> Result<LiveCharge, Failure> {
        let record = self.store.sessions(caller.realm, &caller.account).await?;
        let charge = record.and_then(|record| record.standing.charge);
        charge.filter(|charge| charge != live).ok_or_else(|| Reason::NothingQueued.into())
    }

    /// The newest detail records (详单).
    pub async fn records(&self, caller: &Caller, most: u8) -> Result<Vec<DetailRecordItem>, Failure> {
        self.store.records(&caller.account, usize::from(most)).await
    }

    /// What is known of the caller, who has no live request at another station. One there may have ended without the
    /// scheduler having noticed yet; then it does now. `None`: it has not ended.
    async fn standing(
        &self,
        caller: &Caller,
        known: SessionStanding,
        station: &StationId,
        now: RequestTime,
    ) -> Result<Option<SessionStanding>, Failure> {
        let Some(live) = known.charge.as_ref().filter(|live| live.station != *station) else { return Ok(Some(known)) };
        if let Look::Seen(_) = self.look_at(live, now.station).await? {
            return Ok(None);
        }
        self.settle(&live.station, now.station).await?;
        self.record(caller).await.map(Some)
    }

    /// The caller's record as it is now.
    async fn record(&self, caller: &Caller) -> Result<SessionStanding, Failure> {
        let record = self.store.sessions(caller.realm, &caller.account).await?;
        let record = record.filter(|record| record.enabled).ok_or(Reason::Unauthorized)?;
        Ok(record.standing)
    }

    /// A call that repeats an earlier one gets the answer of that one, whatever stands in its way now.
    async fn earlier_answer(&self, keyed: Option<&Keyed>) -> Result<Option<Number>, Failure> {
        let Some(keyed) = keyed else { return Ok(None) };
        match self.store.first_answer(&keyed.account, &keyed.key, keyed.now).await? {
            Some(first) if first.asked == keyed.asked => Ok(Some(first.number)),
            Some(_) => Err(Reason::KeyReused.into()),
            None => Ok(None),
        }
    }
}

impl Order {
    fn wish(&self, caller: &Caller, standing: &SessionStanding, now: RequestTime) -> Result<Wish, Failure> {
        Ok(Wish::Join {
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

    /// The vehicle that is to be charged. A driver without one may charge, too; somebody else's does not exist.
    fn vehicle<'s>(&'s self, standing: &'s SessionStanding) -> Result<Option<&'s Plate>, Failure> {
        let Some(wanted) = self.plate.as_ref() else {
            return Ok(standing.plates.first());
        };
        let own = standing.plates.iter().find(|plate| *plate == wanted);
        own.map(Some).ok_or_else(|| Failure::from(Reason::NotYours).saying("车牌号未绑定到本账户"))
    }

    fn keyed(&self, caller: &Caller, station: &StationId, now: RequestTime) -> Option<Keyed> {
        let plate = self.plate.as_ref().map(Plate::as_str).unwrap_or_default();
        let energy = self.energy.millijoules().floor();
        let asked = format!("{} {energy} mJ {} {plate}", self.mode, station.as_str()).trim_end().to_owned();
        let key = self.key.clone()?;
        Some(Keyed { account: caller.account.clone(), key, asked, now: now.real })
    }
}

impl Turned {
    fn carried_out(self) -> Result<Vec<Fact>, Failure> {
        match self {
            Self::Done(facts) => Ok(facts),
            Self::Refused(Outcome::Done, _) => Err(Failure::internal("a station update was both refused and applied")),
            Self::Refused(Outcome::Rejected(rejection), text) => {
                let failure = rejected(rejection);
                Err(text.map_or(failure.clone(), |text| failure.saying(text)))
            }
            Self::Refused(Outcome::Ignored(Disregard::NoLiveRequest), _) => Err(Reason::NothingQueued.into()),
            Self::Refused(Outcome::Ignored(Disregard::AlreadyFailed), _) => {
                Err(Failure::from(Reason::ChangeNotAllowed).saying("充电桩已处于故障状态"))
            }
            Self::Refused(Outcome::Ignored(Disregard::AlreadyWorking), _) => {
                Err(Failure::from(Reason::ChangeNotAllowed).saying("充电桩已处于正常状态"))
            }
            Self::Barred(StationWriteRefusal::Driver | StationWriteRefusal::Plate) => Err(Reason::AlreadyQueued.into()),
            Self::Barred(
                StationWriteRefusal::Answered | StationWriteRefusal::Raced | StationWriteRefusal::Outdated,
            ) => Err(Reason::Contended.into()),
        }
    }
}

fn rejected(rejection: Rejection) -> Failure {
    match rejection {
        Rejection::Full => Reason::QueueFull.into(),
        Rejection::LiveRequest => Reason::AlreadyQueued.into(),
        Rejection::NoPiles(Mode::Fast) => Failure::from(Reason::NoPilesOfMode).saying("该充电站没有快充桩，请改选慢充"),
        Rejection::NoPiles(Mode::Slow) => Failure::from(Reason::NoPilesOfMode).saying("该充电站没有慢充桩，请改选快充"),
        Rejection::InArrears => Reason::InArrears.into(),
        Rejection::ChangeNotAllowed => Reason::ChangeNotAllowed.into(),
        Rejection::UnknownPile => Failure::from(Reason::NotYours).saying("充电桩不存在"),
        Rejection::PowerChangedTooOften => Failure::from(Reason::ChangeNotAllowed).saying("充电功率更改过于频繁"),
    }
}

fn live_of(caller: &Caller) -> Result<&LiveCharge, Failure> {
    caller.standing.charge.as_ref().ok_or_else(|| Reason::NothingQueued.into())
}

fn driver_of(caller: &Caller) -> Result<DriverId, Failure> {
    let id = caller.account.as_str().parse().map(DriverId);
    id.map_err(|_| Failure::internal("driver id is not a number"))
}
