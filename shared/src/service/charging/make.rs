//! Making a station.

use super::{Charging, turn::instant};
use crate::{
    domain::{
        charging::{Settings, Station},
        reason::{Failure, Reason},
        station_id::{StationId, StationNumber},
    },
    outside::random::Random,
    store::{Head, Outcome},
};
use jiff::Timestamp;

/// Numbers are drawn from about a million, so with a thousand stations a second draw is one in a thousand.
const DRAWS: u32 = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Id,
    Number,
}

impl Charging {
    /// Makes a station. `false`: one of this name exists, and stays as it is.
    pub async fn make_station(
        &self,
        id: &StationId,
        settings: &Settings,
        random: &Random,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        for _ in 0..DRAWS {
            let number = StationNumber::drawn(random.u64());
            let station = Station::new(settings.clone(), instant(now));
            let head = Head { id: id.clone(), number, station, version: 1, records: 0 };
            match self.store.transaction().create_station(&head, Taken::Id, Taken::Number).commit().await? {
                Outcome::Done => return Ok(true),
                Outcome::Refused(Taken::Id, _) => return Ok(false),
                Outcome::Refused(Taken::Number, _) => {}
            }
        }
        Err(Reason::Contended.into())
    }

    pub fn default_station(&self) -> &StationId {
        &self.default_station
    }
}
