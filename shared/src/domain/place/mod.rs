//! Where stations are: coordinates, distances and the cells of the geohash, and what people read of a station's place.

mod cell;
mod coordinates;
mod nearest;
mod pile_links;
mod station_place;

pub use cell::{Cell, GEOHASH_LENGTH};
pub use coordinates::{Coordinates, Metres, MicroDegrees};
pub use nearest::NearestSearch;
pub use pile_links::PileLinks;
pub use station_place::{StationPlace, StationPlaceChange};
