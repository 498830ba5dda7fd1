//! What operators read.

use serde::Serialize;
use shared::{
    domain::{
        charging::{CarView, Forecast, PileView, Ticket, Waiting},
        station_id::StationId,
    },
    service::charging::LiveView,
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

/// A station as it is now.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Live {
    station_id: String,
    at: String,
    piles: Vec<Pile>,
    /// The waiting area, in order of arrival.
    waiting: Vec<InLine>,
    displaced: Vec<Called>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Pile {
    /// The integer by which the charging app knows it.
    id: u64,
    name: String,
    state: &'static str,
    /// The head of the lane first.
    cars: Vec<Called>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Called {
    #[serde(flatten)]
    who: Who,
    delivered_kwh: String,
    remaining_kwh: String,
    fee: String,
    expected_finish_at: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct InLine {
    #[serde(flatten)]
    who: Who,
    requested_kwh: String,
    expected_call_at: Option<String>,
    estimate: bool,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Who {
    request_id: u64,
    driver_id: u64,
    plate: String,
    number: String,
    applied_at: String,
}

impl Live {
    pub fn of(live: &LiveView) -> Self {
        let (view, forecast) = (live.station.view(&live.behind), live.station.forecast());
        Self {
            station_id: live.id.as_str().to_owned(),
            at: time_of(live.station.settled_at()),
            piles: view.piles.iter().map(|pile| Pile::of(pile, live, &forecast)).collect(),
            waiting: view.waiting.iter().map(|car| InLine::of(car, &forecast)).collect(),
            displaced: view.displaced.iter().map(|car| Called::of(car, &forecast)).collect(),
        }
    }
}

impl Pile {
    fn of(pile: &PileView, live: &LiveView, forecast: &Forecast<'_>) -> Self {
        Self {
            id: live.number.pile_id(pile.id),
            name: pile.id.to_string(),
            state: if pile.failed { "FAULT" } else { "OK" },
            cars: pile.cars.iter().map(|car| Called::of(car, forecast)).collect(),
        }
    }
}

impl Called {
    fn of(car: &CarView, forecast: &Forecast<'_>) -> Self {
        let finish = forecast.of(car.ticket.request, None).and_then(|expected| expected.finish);
        Self {
            who: Who::of(&car.ticket),
            delivered_kwh: car.delivered.to_string(),
            remaining_kwh: car.remaining.to_string(),
            fee: car.fee.to_string(),
            expected_finish_at: finish.map(time_of),
        }
    }
}

impl InLine {
    fn of(car: &Waiting, forecast: &Forecast<'_>) -> Self {
        let expected = forecast.of(car.ticket.request, Some(car.clone()));
        Self {
            who: Who::of(&car.ticket),
            requested_kwh: car.asked.to_string(),
            expected_call_at: expected.and_then(|expected| expected.called).map(time_of),
            estimate: expected.is_some_and(|expected| expected.estimate),
        }
    }
}

impl Who {
    fn of(ticket: &Ticket) -> Self {
        Self {
            request_id: ticket.request.0,
            driver_id: ticket.driver.0,
            plate: ticket.plate.clone().into(),
            number: ticket.number.to_string(),
            applied_at: time_of(ticket.applied_at),
        }
    }
}
