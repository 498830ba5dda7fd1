//! The stations nearest to a point, through the geohash index.

use super::write_station::Charging;
use crate::{
    domain::{
        place::{Coordinates, Metres, NearestSearch},
        reason::Failure,
        station_id::StationId,
    },
    store::PARTITION_CELL,
};
use futures_util::future::try_join_all;

impl Charging {
    /// The nearest stations in range, so many at the most, with their distances.
    pub(super) async fn nearest(&self, from: Coordinates, most: usize) -> Result<Vec<(Metres, StationId)>, Failure> {
        let mut search = NearestSearch::new(from, most, PARTITION_CELL);
        loop {
            let cells = search.next_cells();
            if cells.is_empty() {
                return Ok(search.into_found());
            }
            let pages = cells.iter().map(|cell| self.store.stations_in(*cell, NearestSearch::<StationId>::PAGE));
            for (cell, (page, is_cut)) in cells.iter().zip(try_join_all(pages).await?) {
                search.note(*cell, page, is_cut);
            }
        }
    }
}
