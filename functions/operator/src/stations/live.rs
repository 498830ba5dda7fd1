//! A station as it is now, for those who watch over it.

use super::views::Place;
use serde::Serialize;
use shared::{
    domain::{
        charging::{CarView, Forecast, Moment, Pile as StationPile, PileView, Ticket, Waiting},
        energy::Power,
        place::PileLinks,
        takings::Takings,
    },
    service::charging::{LiveView, MeterView, SessionState},
    wire::ev_app::time_of,
};

/// A station as it is now.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Live {
    station_id: String,
    place: Place,
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
    /// What the QR code on the pile says: an app opens it as «order here».
    qr_link: String,
    state: &'static str,
    /// Of a metered pile that has reported.
    meter: Option<Meter>,
    /// When a failed pile recovers by itself, if it does.
    recovers_at: Option<String>,
    /// The head of the lane first.
    cars: Vec<Called>,
    /// Since the station was made.
    totals: Totals,
}

/// What a metered pile says.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Meter {
    register_kwh: String,
    /// `awaiting` a called car until `kept_until`, `charging`, `stopping`, `stray` for a session of no car that was called, or
    /// `idle`.
    session_state: &'static str,
    session: Option<String>,
    kept_until: Option<String>,
    last_reading_at: Option<String>,
    watts: Option<u64>,
    /// By our clock.
    last_report_at: Option<String>,
    /// While it charges: whether it has said nothing for longer than `silence_minutes`.
    silent: bool,
    /// Reports that were refused, because the register fell, a number was used twice, or another session was open.
    refused_reports: u64,
    /// Impossible instants, replaced by ours.
    replaced_instants: u64,
    /// Registers that rose faster than the pile's power.
    too_fast: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct Called {
    #[serde(flatten)]
    who: Who,
    requested_kwh: String,
    delivered_kwh: String,
    remaining_kwh: String,
    fee: String,
    /// Of the car that charges: since when it does on this pile.
    charging_since: Option<String>,
    expected_start_at: Option<String>,
    expected_finish_at: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct InLine {
    #[serde(flatten)]
    who: Who,
    requested_kwh: String,
    expected_call_at: Option<String>,
    expected_start_at: Option<String>,
    expected_finish_at: Option<String>,
    /// Set when the expected times are an estimate.
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
    /// Until now, or until this car began to charge on the pile where it is.
    waiting_seconds: i64,
}

impl Live {
    pub fn of(live: &LiveView, links: &PileLinks) -> Self {
        let place = Place::of(live.place.clone());
        let (view, forecast) = (live.station.view(&live.behind), live.station.forecast());
        Self {
            station_id: live.id.as_str().to_owned(),
            place,
            at: time_of(live.station.settled_at()),
            piles: view.piles.iter().map(|pile| Pile::of(pile, live, &forecast, links)).collect(),
            waiting: view.waiting.iter().map(|car| InLine::of(car, live, &forecast)).collect(),
            displaced: view.displaced.iter().map(|car| Called::of(car, live, &forecast)).collect(),
        }
    }
}

impl Pile {
    fn of(pile: &PileView, live: &LiveView, forecast: &Forecast<'_>, links: &PileLinks) -> Self {
        Self {
            id: live.number.pile_id(pile.id),
            name: pile.id.to_string(),
            qr_link: links.of(&live.id, pile.id),
            state: if pile.failed { "FAULT" } else { "OK" },
            meter: live.meters.iter().find(|(id, _)| *id == pile.id).map(|(_, meter)| Meter::of(meter)),
            recovers_at: live
                .station
                .piles()
                .find(|it| it.id == pile.id)
                .and_then(StationPile::recovers_at)
                .map(time_of),
            cars: pile.cars.iter().map(|car| Called::of(car, live, forecast)).collect(),
            totals: Totals::of(live.total.piles.get(&pile.id).copied().unwrap_or_default()),
        }
    }
}

impl Meter {
    fn of(meter: &MeterView) -> Self {
        let (session_state, kept_until) = match meter.state {
            SessionState::Idle => ("idle", None),
            SessionState::Awaiting(until) => ("awaiting", Some(time_of(until))),
            SessionState::Charging => ("charging", None),
            SessionState::Stopping => ("stopping", None),
            SessionState::Stray => ("stray", None),
        };
        let watt_hours = meter.register.watt_hours();
        Self {
            register_kwh: format!("{}.{:03}", watt_hours / 1000, watt_hours % 1000),
            session_state,
            session: meter.session.clone(),
            kept_until,
            last_reading_at: meter.last_reading.map(time_of),
            watts: meter.power.map(Power::watts),
            last_report_at: meter.heard.map(time_of),
            silent: meter.is_silent,
            refused_reports: meter.counts.refused,
            replaced_instants: meter.counts.replaced,
            too_fast: meter.counts.too_fast,
        }
    }
}

impl Called {
    fn of(car: &CarView, live: &LiveView, forecast: &Forecast<'_>) -> Self {
        let expected = forecast.of(car.ticket.request, None);
        let mut segments = live.station.piles().filter_map(|pile| pile.charging());
        let since = segments.find(|charging| charging.car.ticket.request == car.ticket.request).map(|it| it.since);
        Self {
            who: Who::of(&car.ticket, since.unwrap_or(live.station.settled_at())),
            requested_kwh: (car.delivered + car.remaining).to_string(),
            delivered_kwh: car.delivered.to_string(),
            remaining_kwh: car.remaining.to_string(),
            fee: car.fee.to_string(),
            charging_since: since.map(time_of),
            expected_start_at: expected.and_then(|expected| expected.start).map(time_of),
            expected_finish_at: expected.and_then(|expected| expected.finish).map(time_of),
        }
    }
}

impl InLine {
    fn of(car: &Waiting, live: &LiveView, forecast: &Forecast<'_>) -> Self {
        let expected = forecast.of(car.ticket.request, Some(car.clone()));
        Self {
            who: Who::of(&car.ticket, live.station.settled_at()),
            requested_kwh: car.asked.to_string(),
            expected_call_at: expected.and_then(|expected| expected.called).map(time_of),
            expected_start_at: expected.and_then(|expected| expected.start).map(time_of),
            expected_finish_at: expected.and_then(|expected| expected.finish).map(time_of),
            estimate: expected.is_some_and(|expected| expected.estimate),
        }
    }
}

impl Who {
    fn of(ticket: &Ticket, until: Moment) -> Self {
        Self {
            request_id: ticket.request.0,
            driver_id: ticket.driver.0,
            plate: ticket.plate.clone().into(),
            number: ticket.number.to_string(),
            applied_at: time_of(ticket.applied_at),
            waiting_seconds: (until.nearest_second() - ticket.applied_at.nearest_second()).max(0),
        }
    }
}

/// What piles have done and taken in, as the live view and the reports show it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Totals {
    pub sessions: i64,
    pub hours: String,
    pub kwh: String,
    pub charging_fee: String,
    pub service_fee: String,
    pub total_fee: String,
}

impl Totals {
    pub fn of(takings: Takings) -> Self {
        // Hundredths of an hour, half up.
        let hours = (takings.millis + 18_000) / 36_000;
        Self {
            sessions: takings.sessions,
            hours: format!("{}.{:02}", hours / 100, hours % 100),
            kwh: format!("{}.{:03}", takings.watt_hours / 1000, takings.watt_hours % 1000),
            charging_fee: takings.charging.to_string(),
            service_fee: takings.service.to_string(),
            total_fee: takings.total().to_string(),
        }
    }
}
