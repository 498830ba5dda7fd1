//! An operator takes a live request out of a station.

use super::write_station::{AuditNote, Charging, StationRequest};
use crate::{
    domain::{
        charging::{Mode, RequestId, Waiting},
        energy::Energy,
        reason::Failure,
        station_id::StationId,
    },
    service::actor::{Actor, Identity},
    store::{Action, Consistency, NumberRanges},
};

impl Charging {
    /// Ends a request wherever it is, with a bill for what it was delivered. `register` is what the meter of a metered session
    /// is said to show; without it the last reading counts.
    pub async fn remove_request(
        &self,
        station: &StationId,
        request: RequestId,
        register: Option<Energy>,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<(), Failure> {
        let behind = self.entry_of(station, request).await?;
        let change = match register {
            None => format!("request {}", request.0),
            Some(register) => format!("request {} at {} Wh", request.0, register.watt_hours()),
        };
        let note = AuditNote { entry: actor.station_entry(Action::RequestRemoved, station), change };
        let removal = StationRequest::Remove { request, behind, register, note };
        self.write_station(station, &removal, None, actor.now.station).await?.into_facts().map(drop)
    }

    /// The own entry of a car that waits. For people, so all of the line may be read.
    async fn entry_of(&self, station: &StationId, request: RequestId) -> Result<Option<Waiting>, Failure> {
        let head = self.store.head(station).await?;
        let whole = |mode| head.station.side(mode).line.stretch(usize::MAX);
        let ranges = NumberRanges { fast: whole(Mode::Fast), slow: whole(Mode::Slow) };
        let waiting = self.store.lines(station, &ranges, Consistency::Strong).await?;
        Ok(waiting.into_iter().find(|entry| entry.ticket.request == request))
    }
}
