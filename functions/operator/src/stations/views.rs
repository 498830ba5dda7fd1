//! What operators read of stations' settings and prices.

use serde::Serialize;
use shared::{
    domain::{
        charging::{self, Band, DispatchMode, DispatchTarget, FaultStrategy, Moment, Tariff},
        energy::Power,
        place::StationPlace,
        station_id::StationId,
    },
    service::charging::{ListedStation, PriceEntry, StationPage},
    wire::ev_app::time_of,
};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Made<'a> {
    station_id: &'a str,
}

impl<'a> Made<'a> {
    pub fn of(id: &'a StationId) -> Self {
        Self { station_id: id.as_str() }
    }
}

/// A page of all stations; `next` is what to send as `after` for the next one.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct List {
    stations: Vec<StationLine>,
    next: Option<String>,
}

/// Where a station is; what has not been stated is null.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Place {
    name: Option<String>,
    address: Option<String>,
    hours: Option<String>,
    phone: Option<String>,
    /// GCJ-02, latitude first.
    coordinates: Option<String>,
}

impl Place {
    pub fn of(place: StationPlace) -> Self {
        let StationPlace { name, address, hours, phone, coordinates } = place;
        Self { name, address, hours, phone, coordinates: coordinates.map(|at| at.to_string()) }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct StationLine {
    station_id: String,
    place: Place,
    number: u32,
    fast_piles: u16,
    slow_piles: u16,
    fast_power_kwh_per_h: String,
    slow_power_kwh_per_h: String,
    #[serde(rename = "waiting_area_N")]
    waiting_places: u32,
}

impl List {
    pub fn of(page: &StationPage) -> Self {
        let next = page.next.as_ref().map(|next| next.as_str().to_owned());
        Self { stations: page.stations.iter().map(StationLine::of).collect(), next }
    }
}

impl StationLine {
    fn of(station: &ListedStation) -> Self {
        Self {
            station_id: station.id.as_str().to_owned(),
            place: Place::of(station.place.clone()),
            number: station.number.into(),
            fast_piles: station.fast_piles,
            slow_piles: station.slow_piles,
            fast_power_kwh_per_h: kilowatts(station.fast_power),
            slow_power_kwh_per_h: kilowatts(station.slow_power),
            waiting_places: station.waiting_places,
        }
    }
}

fn kilowatts(watts: u64) -> String {
    u32::try_from(watts).ok().and_then(Power::from_watts).map(|power| power.to_string()).unwrap_or_default()
}

/// All settings, under the names under which they are changed.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Settings<'a> {
    station_id: &'a str,
    #[serde(rename = "settings")]
    names: Names,
    prices: Prices,
    /// Price changes that lie ahead.
    coming_prices: Vec<Coming>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Names {
    fast_piles: u16,
    slow_piles: u16,
    fast_power_kwh_per_h: String,
    slow_power_kwh_per_h: String,
    #[serde(rename = "pile_queue_length_M")]
    lane_places: u16,
    #[serde(rename = "waiting_area_N")]
    waiting_places: u32,
    fault_strategy: &'static str,
    dispatch_target: &'static str,
    dispatch_mode: &'static str,
    modify_in_pile: &'static str,
    payment_due_hours: u32,
    arrears: &'static str,
    /// `nominal` or `metered`; the other three are for metered stations.
    metering: &'static str,
    no_show_minutes: Option<u16>,
    silence_minutes: Option<u16>,
    above_order: Option<&'static str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Prices {
    zone: String,
    service_fee: Option<String>,
    /// As scenarios write them: from, to, yuan per kWh.
    tariff: Vec<[String; 3]>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Coming {
    valid_from: String,
    #[serde(flatten)]
    prices: Prices,
}

impl<'a> Settings<'a> {
    pub fn of(id: &'a StationId, settings: &charging::Settings) -> Self {
        let coming = settings.coming.iter();
        Self {
            station_id: id.as_str(),
            names: Names::of(settings),
            prices: Prices::of(&settings.tariff),
            coming_prices: coming
                .map(|coming| Coming { valid_from: time_of(coming.from), prices: Prices::of(&coming.tariff) })
                .collect(),
        }
    }
}

impl Names {
    fn of(settings: &charging::Settings) -> Self {
        let may = |may: bool| if may { "allow" } else { "reject" };
        let metered = settings.metering.settings();
        Self {
            fast_piles: settings.fast_piles,
            slow_piles: settings.slow_piles,
            fast_power_kwh_per_h: settings.fast_power.to_string(),
            slow_power_kwh_per_h: settings.slow_power.to_string(),
            lane_places: settings.lane_places,
            waiting_places: settings.waiting_places,
            fault_strategy: match settings.fault_strategy {
                FaultStrategy::Priority => "priority",
                FaultStrategy::TimeOrder => "time_order",
            },
            dispatch_target: match settings.dispatch_target {
                DispatchTarget::Vacant => "vacant",
                DispatchTarget::BestThenWait => "best_then_wait",
            },
            dispatch_mode: match settings.dispatch_mode {
                DispatchMode::EarliestFinish => "earliest_finish",
                DispatchMode::SingleTotal => "single_total",
            },
            modify_in_pile: may(settings.finish_at_new_amount),
            payment_due_hours: settings.payment_due_hours,
            arrears: may(!settings.arrears_may_not_join),
            metering: if metered.is_some() { "metered" } else { "nominal" },
            no_show_minutes: metered.map(|metered| metered.no_show),
            silence_minutes: metered.map(|metered| metered.silence),
            above_order: metered.map(|metered| if metered.bill_above_order { "bill" } else { "waive" }),
        }
    }
}

impl Prices {
    fn of(tariff: &Tariff) -> Self {
        let service_fee = Some(tariff.service().to_string());
        Self { zone: tariff.zone().name().to_owned(), service_fee, tariff: bands(tariff.bands()) }
    }
}

fn bands(bands: &[Band]) -> Vec<[String; 3]> {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    bands.iter().map(|band| [clock(band.from), clock(band.to), band.price.to_string()]).collect()
}

/// The history of prices, the last to count first; `next` is what to send as `before` for the next page.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct History<'a> {
    station_id: &'a str,
    prices: Vec<PriceLine<'a>>,
    next: Option<i64>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct PriceLine<'a> {
    valid_from: String,
    #[serde(flatten)]
    prices: Prices,
    set_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_by: Option<&'a str>,
}

impl<'a> History<'a> {
    pub fn of(id: &'a StationId, history: &'a [PriceEntry], most: u8) -> Self {
        let next = history.last().filter(|_| history.len() >= usize::from(most)).map(|last| last.from);
        Self { station_id: id.as_str(), prices: history.iter().map(PriceLine::of).collect(), next }
    }
}

impl<'a> PriceLine<'a> {
    fn of(entry: &'a PriceEntry) -> Self {
        let service_fee = entry.service.map(|price| price.to_string());
        Self {
            valid_from: time_of(Moment::from_millis(entry.from)),
            prices: Prices { zone: entry.zone.clone(), service_fee, tariff: bands(&entry.bands) },
            set_at: time_of(Moment::from_millis(entry.set_at)),
            set_by: entry.set_by.as_deref(),
        }
    }
}
