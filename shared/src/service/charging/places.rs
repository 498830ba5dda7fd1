//! Places of stations: what operators state of them.

use super::write_station::Charging;
use crate::{
    domain::{
        place::{StationPlace, StationPlaceChange},
        reason::{Failure, Reason},
        station_id::StationId,
    },
    service::actor::{Actor, Identity},
    store::{Action, Attempts, Consistency, PlaceRefusal, WriteOutcome},
};

impl Charging {
    /// The place of a station, empty where nothing is known of it.
    pub async fn place(&self, station: &StationId) -> Result<StationPlace, Failure> {
        let (place, version) = self.store.station_place(station, Consistency::Strong).await?;
        if version.is_none() {
            // Of a station without a place, or of no station at all.
            self.store.head(station).await?;
        }
        Ok(place)
    }

    /// Changes parts of a place. What changes nothing leaves no entry in the trail.
    pub async fn change_place(
        &self,
        station: &StationId,
        change: StationPlaceChange,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<StationPlace, Failure> {
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let (before, version) = self.store.station_place(station, Consistency::Strong).await?;
            let after = before.clone().changed(change.clone());
            if after == before {
                return self.place(station).await;
            }
            let writes = self.store.transaction().save_place(station, (&before, version), &after);
            let entry = actor.station_entry(Action::PlaceChanged, station);
            match writes.audit_change(&entry, &before.difference(&after)).commit().await? {
                WriteOutcome::Committed => return Ok(after),
                WriteOutcome::ConditionFailed(PlaceRefusal::NoSuchStation, _) => {
                    return Err(Reason::NoSuchStation.into());
                }
                WriteOutcome::ConditionFailed(PlaceRefusal::Raced, _) => {}
            }
        }
    }
}
