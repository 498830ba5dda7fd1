//! The history of a station's prices. A change is written once, with the station that it changes.

use super::{END, Key, KeyRange, Store, Transaction, keys::PRICES, read};
use crate::domain::{
    account::AccountId,
    charging::{Moment, Tariff},
    reason::Failure,
    station_id::StationId,
};
use serde::{Deserialize, Serialize};

/// The prices that a change sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PricesItem {
    /// Milliseconds: the prices apply to sessions that begin then or later.
    pub from: i64,
    pub set_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<AccountId>,
    pub zone: String,
    /// Ten-thousandths of a yuan per kWh.
    pub service: u32,
    /// From minute, to minute, price.
    pub bands: Vec<(u16, u16, u32)>,
}

impl PricesItem {
    pub(crate) fn new(tariff: &Tariff, from: Moment, set_at: Moment, set_by: Option<AccountId>) -> Self {
        Self {
            from: from.floor_millis(),
            set_at: set_at.floor_millis(),
            set_by,
            zone: tariff.zone().name().to_owned(),
            service: tariff.service().ten_thousandths(),
            bands: tariff.bands().iter().map(|band| (band.from, band.to, band.price.ten_thousandths())).collect(),
        }
    }
}

impl Store {
    /// AP-56: price changes from before `before` on, the newest first.
    pub(crate) async fn prices(
        &self,
        station: &StationId,
        before: Option<i64>,
        limit: i32,
    ) -> Result<Vec<PricesItem>, Failure> {
        let last = before.map_or_else(|| format!("{PRICES}{END}"), |before| format!("{PRICES}{before:015}"));
        let pk = Key::station_pk(station);
        let page = KeyRange { pk: &pk, first: PRICES, last: &last, limit: Some(limit), newest_first: true };
        self.between(page).await?.0.into_iter().map(read).collect()
    }
}

impl<R: Copy> Transaction<'_, R> {
    /// Adds a change to the history. `version` is the station version with these prices.
    pub(crate) fn note_prices(self, station: &StationId, version: u64, prices: &PricesItem) -> Self {
        self.put_over(&Key::prices(station, prices.from, version), prices)
    }
}
