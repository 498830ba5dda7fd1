//! The list of all stations. One partition is enough: stations are created by hand and read page by page.

use super::{
    Consistency, END, Key, KeyRange, Store, Transaction,
    keys::{LISTED, STATIONS},
    read,
};
use crate::domain::{
    charging::Settings,
    reason::Failure,
    station_id::{StationId, StationNumber},
};
use serde::{Deserialize, Serialize};

/// A station as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StationListItem {
    pub station: StationId,
    pub number: StationNumber,
    pub fast_piles: u16,
    pub slow_piles: u16,
    /// Watts.
    pub fast_power: u64,
    pub slow_power: u64,
    pub waiting_places: u32,
}

impl StationListItem {
    pub(crate) fn new(station: &StationId, number: StationNumber, settings: &Settings) -> Self {
        Self {
            station: station.clone(),
            number,
            fast_piles: settings.fast_piles,
            slow_piles: settings.slow_piles,
            fast_power: settings.fast_power.watts(),
            slow_power: settings.slow_power.watts(),
            waiting_places: settings.waiting_places,
        }
    }
}

impl Store {
    /// AP-55: a page of stations by id, after `after`.
    pub(crate) async fn stations(
        &self,
        after: Option<&StationId>,
        limit: i32,
    ) -> Result<Vec<StationListItem>, Failure> {
        // A space sorts before every character of an id, so the key with a space is the next possible key.
        let first = after.map_or_else(|| LISTED.to_owned(), |after| format!("{} ", Key::listed(after).sk));
        let last = format!("{LISTED}{END}");
        let page = KeyRange { pk: STATIONS, first: &first, last: &last, limit: Some(limit), newest_first: false };
        self.between(page).await?.0.into_iter().map(read).collect()
    }
}

impl Store {
    /// AP-156: a station of the list.
    pub(crate) async fn listed_station(&self, id: &StationId) -> Result<Option<StationListItem>, Failure> {
        self.get(&Key::listed(id), Consistency::Eventual).await
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Saves the list entry of a station.
    pub(crate) fn list_station(self, listed: &StationListItem) -> Self {
        self.put_over(&Key::listed(&listed.station), listed)
    }
}
