//! Settings and prices of stations: the list of all, changes in operation, and the history of prices.

use super::write_station::{AuditNote, Charging, StationRequest, instant};
use crate::{
    domain::{
        charging::{Band, Draft, PriceChange, Settings, SettingsChange},
        money::Price,
        place::StationPlace,
        reason::Failure,
        station_id::{StationId, StationNumber},
    },
    service::actor::{Actor, Identity},
    store::{Action, Consistency, PricesItem, StationListItem},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

/// So many stations are read at the same time.
const AT_ONCE: usize = 16;

/// A station in the list of all.
#[derive(Clone, Debug)]
pub struct ListedStation {
    pub id: StationId,
    pub number: StationNumber,
    pub fast_piles: u16,
    pub slow_piles: u16,
    /// Watts.
    pub fast_power: u64,
    pub slow_power: u64,
    pub waiting_places: u32,
    pub place: StationPlace,
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct StationPage {
    pub stations: Vec<ListedStation>,
    /// The station behind which the next page begins.
    pub next: Option<StationId>,
}

/// Prices as they were set.
#[derive(Clone, Debug)]
pub struct PriceEntry {
    /// Milliseconds.
    pub from: i64,
    pub set_at: i64,
    pub set_by: Option<String>,
    pub zone: String,
    pub service: Option<Price>,
    pub bands: Vec<Band>,
}

impl Charging {
    /// A page of stations: by id behind `after`, or one page of those whose names begin with `named`.
    pub async fn stations(
        &self,
        named: Option<&str>,
        after: Option<&StationId>,
        most: u8,
    ) -> Result<StationPage, Failure> {
        let limit = i32::from(most);
        let (listed, next) = if let Some(beginning) = named {
            let ids = self.store.stations_named(beginning, limit).await?;
            let reads = ids.into_iter().map(|id| async move { self.store.listed_station(&id).await });
            let found: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
            (found.into_iter().flatten().collect(), None)
        } else {
            let listed = self.store.stations(after, limit).await?;
            let next = listed.last().filter(|_| listed.len() >= usize::from(most));
            let next = next.map(|last| last.station.clone());
            (listed, next)
        };
        let reads = listed.into_iter().map(|listed: StationListItem| async move {
            let (place, _) = self.store.station_place(&listed.station, Consistency::Eventual).await?;
            Ok::<_, Failure>(ListedStation::of(listed, place))
        });
        Ok(StationPage { stations: stream::iter(reads).buffered(AT_ONCE).try_collect().await?, next })
    }

    /// The settings that the next dispatch goes by.
    pub async fn settings(&self, station: &StationId, now: Timestamp) -> Result<Settings, Failure> {
        let head = self.store.head(station).await?;
        let draft = head.station.settings().draft();
        let tariff = draft.tariff_at(instant(now)).clone();
        let coming = draft.coming.iter().filter(|coming| coming.from > instant(now)).cloned().collect();
        let shown = Draft { tariff, coming, ..draft }.check();
        shown.map_err(|error| Failure::internal(format!("stored settings of a station are invalid: {error}")))
    }

    /// Other settings from the next dispatch on. What changes nothing is not written.
    pub async fn change_settings(
        &self,
        station: &StationId,
        change: SettingsChange,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<Settings, Failure> {
        let before = self.settings(station, actor.now.station).await?;
        let after = change.apply(before.draft()).and_then(Draft::check);
        let after = after.map_err(|why| Failure::malformed(format!("impossible settings: {why}")))?;
        if after != before {
            let note = AuditNote {
                entry: actor.station_entry(Action::SettingsChanged, station),
                change: difference(&before, &after),
            };
            let request = StationRequest::ChangeSettings { change, note };
            self.write_station(station, &request, None, actor.now.station).await?.into_facts()?;
        }
        Ok(after)
    }

    /// Other prices for sessions that begin at `change.from` or later. Those that have begun keep theirs.
    pub async fn change_prices(
        &self,
        station: &StationId,
        change: PriceChange,
        actor: &Actor<'_, impl Identity>,
    ) -> Result<(), Failure> {
        let now = instant(actor.now.station);
        if change.from < now {
            return Err(Failure::malformed("valid_from 不能早于现在：价格变更不影响已开始的充电"));
        }
        let before = self.settings(station, actor.now.station).await?;
        let tariff = change.apply(before.tariff_at(change.from));
        let tariff = tariff.map_err(|why| Failure::malformed(format!("impossible tariff: {why}")))?;
        if tariff == **before.tariff_at(change.from) {
            return Ok(());
        }
        let from = Timestamp::from_millisecond(change.from.floor_millis()).unwrap_or(actor.now.station);
        let note =
            AuditNote { entry: actor.station_entry(Action::PricesChanged, station), change: format!("from {from}") };
        let request = StationRequest::ChangePrices { change, note };
        self.write_station(station, &request, None, actor.now.station).await?.into_facts().map(drop)
    }

    /// The history of a station's prices, the last to count first.
    pub async fn price_history(
        &self,
        station: &StationId,
        before: Option<i64>,
        most: u8,
    ) -> Result<Vec<PriceEntry>, Failure> {
        let entries = self.store.prices(station, before, i32::from(most)).await?;
        if entries.is_empty() {
            // Behind the first price, or of no station at all.
            self.store.head(station).await?;
        }
        Ok(entries.into_iter().map(PriceEntry::from).collect())
    }
}

/// What the trail says of a change: each name that changed, with the old value and the new one.
fn difference(before: &Settings, after: &Settings) -> String {
    let pairs = [
        ("fast_piles", before.fast_piles.to_string(), after.fast_piles.to_string()),
        ("slow_piles", before.slow_piles.to_string(), after.slow_piles.to_string()),
        ("fast_power_kwh_per_h", before.fast_power.to_string(), after.fast_power.to_string()),
        ("slow_power_kwh_per_h", before.slow_power.to_string(), after.slow_power.to_string()),
        ("pile_queue_length_M", before.lane_places.to_string(), after.lane_places.to_string()),
        ("waiting_area_N", before.waiting_places.to_string(), after.waiting_places.to_string()),
        ("fault_strategy", format!("{:?}", before.fault_strategy), format!("{:?}", after.fault_strategy)),
        ("dispatch_target", format!("{:?}", before.dispatch_target), format!("{:?}", after.dispatch_target)),
        ("dispatch_mode", format!("{:?}", before.dispatch_mode), format!("{:?}", after.dispatch_mode)),
        ("modify_in_pile", before.finish_at_new_amount.to_string(), after.finish_at_new_amount.to_string()),
        ("payment_due_hours", before.payment_due_hours.to_string(), after.payment_due_hours.to_string()),
        ("metering", format!("{:?}", before.metering), format!("{:?}", after.metering)),
        ("arrears", before.arrears_may_not_join.to_string(), after.arrears_may_not_join.to_string()),
    ];
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(name, before, after)| format!("{name}: {before} to {after}")).collect::<Vec<_>>().join("; ")
}

impl ListedStation {
    fn of(listed: StationListItem, place: StationPlace) -> Self {
        let StationListItem { station, number, fast_piles, slow_piles, fast_power, slow_power, waiting_places } =
            listed;
        Self { id: station, number, fast_piles, slow_piles, fast_power, slow_power, waiting_places, place }
    }
}

impl From<PricesItem> for PriceEntry {
    fn from(item: PricesItem) -> Self {
        let price = |price: u32| Price::from_ten_thousandths(i128::from(price));
        let bands =
            item.bands.iter().filter_map(|(from, to, of)| Some(Band { from: *from, to: *to, price: price(*of)? }));
        Self {
            from: item.from,
            set_at: item.set_at,
            set_by: item.set_by.map(|by| by.as_str().to_owned()),
            zone: item.zone.clone(),
            service: price(item.service),
            bands: bands.collect(),
        }
    }
}
