//! Places of stations: the item that holds one, and the keys under which stations are found by name and by geohash.

use super::{
    Consistency, END, Item, Key, KeyRange, Store, Transaction,
    keys::{PK, SK, STATIONS},
    read,
    transaction::Change,
};
use crate::domain::{
    place::{Cell, Coordinates, StationPlace},
    reason::Failure,
    station_id::StationId,
};
use serde::{Deserialize, Serialize};

/// A place as it was read: `None` until one has been saved.
pub(crate) type PlaceVersion = Option<u64>;

#[derive(Serialize, Deserialize)]
struct StationPlaceItem {
    version: u64,
    #[serde(flatten)]
    place: StationPlace,
}

/// An item whose key says everything.
#[derive(Serialize)]
struct KeyOnly {}

/// Why a place was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceRefusal {
    NoSuchStation,
    Raced,
}

pub(super) fn place(item: Item) -> Result<(StationPlace, u64), Failure> {
    read(item).map(|StationPlaceItem { version, place }| (place, version))
}

impl Store {
    /// AP-152: the place of a station, empty if it has none.
    pub(crate) async fn station_place(
        &self,
        id: &StationId,
        consistency: Consistency,
    ) -> Result<(StationPlace, PlaceVersion), Failure> {
        let item: Option<StationPlaceItem> = self.get(&Key::station_place(id), consistency).await?;
        Ok(item.map_or_else(Default::default, |StationPlaceItem { version, place }| (place, Some(version))))
    }

    /// AP-153: stations whose names begin like this, by name.
    pub(crate) async fn stations_named(&self, beginning: &str, limit: i32) -> Result<Vec<StationId>, Failure> {
        let first = Key::name_prefix(beginning);
        let last = format!("{first}{END}");
        let page = KeyRange { pk: STATIONS, first: &first, last: &last, limit: Some(limit), newest_first: false };
        let keys = self.between(page).await?.0;
        keys.iter().filter_map(|item| Key::station_at_end(sort_key(item)?)).map(StationId::parse).collect()
    }

    /// AP-154: stations in a cell, and whether there are more than `limit`.
    pub(crate) async fn stations_in(
        &self,
        cell: Cell,
        limit: usize,
    ) -> Result<(Vec<(Coordinates, StationId)>, bool), Failure> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let first = cell.hash();
        let (pk, last) = (Key::locations(&first), format!("{first}{END}"));
        let page = KeyRange { pk: &pk, first: &first, last: &last, limit: Some(limit), newest_first: false };
        let (keys, is_cut) = self.between(page).await?;
        let keys = keys.iter().filter_map(|item| {
            let key = sort_key(item)?;
            Some((Key::location_of(key)?, Key::station_at_end(key)?))
        });
        let stations = keys.map(|(at, id)| StationId::parse(id).map(|id| (at, id)));
        Ok((stations.collect::<Result<_, _>>()?, is_cut))
    }
}

fn sort_key(item: &Item) -> Option<&str> {
    item.get(SK)?.as_s().ok().map(String::as_str)
}

impl Transaction<'_, PlaceRefusal> {
    /// AP-155: saves the place of an existing station, if it is still as it was read.
    pub(crate) fn save_place(
        self,
        id: &StationId,
        (before, version): (&StationPlace, PlaceVersion),
        after: &StationPlace,
    ) -> Self {
        let exists = Change {
            condition: Some("attribute_exists(#pk)".into()),
            names: vec![("#pk", PK.into())],
            ..Change::default()
        };
        let (key, next) = (Key::station_place(id), version.map_or(1, |version| version + 1));
        let item = StationPlaceItem { version: next, place: after.clone() };
        let writes = self.check(&Key::listed(id), exists, PlaceRefusal::NoSuchStation);
        let writes = match version {
            None => writes.put_new(&key, &item, PlaceRefusal::Raced),
            Some(version) => writes.put_version(&key, &item, version, PlaceRefusal::Raced),
        };
        writes.move_place_keys(id, before, after)
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Saves the place that a station is created with.
    pub(crate) fn create_place(self, id: &StationId, place: &StationPlace) -> Self {
        if *place == StationPlace::default() {
            return self;
        }
        let writes = self.put_over(&Key::station_place(id), &StationPlaceItem { version: 1, place: place.clone() });
        writes.move_place_keys(id, &StationPlace::default(), place)
    }

    /// The keys under which the station is found: the old ones go where the new ones differ.
    fn move_place_keys(self, id: &StationId, before: &StationPlace, after: &StationPlace) -> Self {
        let keys = |place: &StationPlace| {
            let name = place.name.as_ref().map(|name| Key::named_station(name, id));
            [name, place.coordinates.map(|at| Key::located_station(at, id))]
        };
        keys(before).into_iter().zip(keys(after)).filter(|(old, new)| old != new).fold(self, |writes, (old, new)| {
            let writes = if let Some(old) = old { writes.delete(&old) } else { writes };
            if let Some(new) = new { writes.put_over(&new, &KeyOnly {}) } else { writes }
        })
    }
}
