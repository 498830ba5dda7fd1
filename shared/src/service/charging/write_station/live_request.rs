//! Requests about the caller's live charge request, which may change between the session and the station.

use super::{Charging, StationRequest, StationWriteOutcome};
use crate::{
    domain::{
        charging::{Disregard, Fact, Outcome},
        reason::{Failure, Reason},
        session::{Caller, LiveCharge},
    },
    store::{Attempts, StationWriteRefusal, Store},
};
use jiff::Timestamp;

impl Charging {
    /// Carries out `request` about the caller's live charge request, as that stands when the station is written.
    pub(in super::super) async fn write_live_request(
        &self,
        caller: &Caller,
        request: impl Fn(LiveCharge) -> StationRequest,
        now: Timestamp,
    ) -> Result<(LiveCharge, Vec<Fact>), Failure> {
        let mut live = live_charge_of(caller)?.clone();
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            match self.write_station(&live.station, &request(live.clone()), None, now).await? {
                StationWriteOutcome::Refused(Outcome::Ignored(Disregard::NoLiveRequest), _)
                | StationWriteOutcome::ConditionFailed(StationWriteRefusal::Outdated) => {
                    live = changed_since(&self.store, caller, &live).await?;
                }
                outcome => return outcome.into_facts().map(|facts| (live, facts)),
            }
        }
    }
}

/// The caller's live request, as the session says.
pub(in super::super) fn live_charge_of(caller: &Caller) -> Result<&LiveCharge, Failure> {
    caller.standing.charge.as_ref().ok_or_else(|| Reason::NothingQueued.into())
}

/// The caller's live request, if it is another one, or has another number, than the one that was read.
pub(in super::super) async fn changed_since(
    store: &Store,
    caller: &Caller,
    live: &LiveCharge,
) -> Result<LiveCharge, Failure> {
    let record = store.sessions(caller.realm, &caller.account).await?;
    let charge = record.and_then(|record| record.standing.charge);
    charge.filter(|charge| charge != live).ok_or_else(|| Reason::NothingQueued.into())
}
