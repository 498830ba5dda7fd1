//! What a screen on the wall needs of a station.

use super::write_station::{AHEAD, Charging, instant};
use crate::domain::{
    charging::{Station, Turn},
    reason::{Failure, Reason},
    station_id::StationId,
};
use jiff::Timestamp;

impl Charging {
    /// The station as of now, with the heads of its lines alone: the cost does not grow with the lines.
    pub async fn board(&self, id: &StationId, now: Timestamp) -> Result<Station, Failure> {
        let head = self.store.head(id).await?;
        let mut turn = Turn::new(head.station, instant(now), None, usize::MAX);
        self.advance_turn(id, &mut turn, AHEAD).await?.ok_or(Reason::Contended)?;
        Ok(turn.into_parts().0)
    }
}
