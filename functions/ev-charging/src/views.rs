//! What the charging app reads.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use shared::{
    domain::{
        charging::{Band, Mode, Moment},
        energy::{Energy, Power},
        money::Fen,
        place::{Metres, StationPlace},
        reason::Failure,
        session::Caller,
    },
    service::{
        bill,
        charging::{ChargeRequestView, DetailRecordItem, ModeOffer, Offer, Status},
        payment::Started,
    },
    wire::{
        ev_app::{time, time_of, user_id},
        place::degrees,
    },
};

/// #36: the documented fields first, then what we add.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Info<'a> {
    user_id: &'a str,
    charging_type: &'static str,
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    request_power: Box<RawValue>,
    queue_num: String,
    /// Whole seconds since the request.
    time_duration: i64,
    created_at: String,
    /// Whether the car has been called.
    state: bool,

    status: &'static str,
    station_id: &'a str,
    /// The pile's name, once the car has been called.
    pile: Option<String>,
    /// Until when the place at a metered pile is kept.
    kept_until: Option<String>,
    /// What the pile measures now, in watts.
    measured_watts: Option<u64>,
    cars_ahead: Option<u32>,
    expected_call_at: Option<String>,
    expected_start_at: Option<String>,
    expected_finish_at: Option<String>,
    /// Set when the expected times are an estimate.
    estimate: bool,
    /// Whole seconds after which looking again is worth it.
    pub next_look_in: u32,
    charged_power: String,
    charging_fee: String,
    service_fee: String,
    total_fee: String,
}

impl<'a> Info<'a> {
    pub fn of(seen: &'a ChargeRequestView, caller: &'a Caller, now: Timestamp) -> Result<Self, Failure> {
        let created = seen.ticket.applied_at;
        let expected = |instant: Option<Moment>| instant.map(time_of);
        Ok(Self {
            user_id: user_id(&caller.account),
            charging_type: match seen.ticket.number.mode {
                Mode::Fast => "fast",
                Mode::Slow => "slow",
            },
            request_power: kwh(seen.asked)?,
            queue_num: seen.ticket.number.to_string(),
            time_duration: (now.as_second() - created.nearest_second()).max(0),
            created_at: time_of(created),
            state: seen.status.is_called(),
            status: match seen.status {
                Status::Waiting => "waiting",
                Status::Called(_) => "called",
                Status::Awaited(..) => "awaited",
                Status::Charging(_) => "charging",
                Status::Stopping(_) => "stopping",
                Status::Displaced => "displaced",
            },
            station_id: seen.station.as_str(),
            pile: seen.status.pile().map(|pile| pile.to_string()),
            kept_until: match seen.status {
                Status::Awaited(_, until) => Some(time_of(until)),
                _ => None,
            },
            measured_watts: seen.power.map(Power::watts),
            cars_ahead: seen.expected.map(|expected| expected.ahead),
            expected_call_at: seen.expected.and_then(|it| expected(it.called)),
            expected_start_at: seen.expected.and_then(|it| expected(it.start)),
            expected_finish_at: seen.expected.and_then(|it| expected(it.finish)),
            estimate: seen.expected.is_some_and(|expected| expected.estimate),
            next_look_in: seen.next_look,
            charged_power: seen.delivered.energy.to_string(),
            charging_fee: seen.delivered.charging.to_string(),
            service_fee: seen.delivered.service.to_string(),
            total_fee: (seen.delivered.charging + seen.delivered.service).to_string(),
        })
    }
}

/// #37: one detail record.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Line {
    /// Below 2^53.
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    record_id: u64,
    /// Below 2^53.
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    request_id: u64,
    charging_station_id: u64,
    start_time: String,
    end_time: String,
    actual_power: String,
    service_fee: String,
    charging_fee: String,
    total_fee: String,
}

impl Line {
    pub fn all(records: &[DetailRecordItem]) -> Vec<Self> {
        records.iter().map(Self::of).collect()
    }

    fn of(record: &DetailRecordItem) -> Self {
        Self {
            record_id: record.record,
            request_id: record.request,
            charging_station_id: record.pile,
            start_time: millis(record.start),
            end_time: millis(record.stop),
            actual_power: format!("{}.{:02}", record.shown_energy / 100, record.shown_energy % 100),
            service_fee: Fen(record.service).to_string(),
            charging_fee: Fen(record.charging).to_string(),
            total_fee: Fen(record.total).to_string(),
        }
    }
}

fn millis(at: i64) -> String {
    time_of(Moment::from_millis(at))
}

/// A requested amount as a JSON number: whole watt-hours, so three decimals say it all.
fn kwh(energy: Energy) -> Result<Box<RawValue>, Failure> {
    let watt_hours = energy.watt_hours();
    let text = format!("{}.{:03}", watt_hours / 1000, watt_hours % 1000);
    let text = text.trim_end_matches('0').trim_end_matches('.').to_owned();
    RawValue::from_string(text).map_err(|error| Failure::internal(format!("amount is not a JSON number: {error}")))
}

/// Our extension: a station as it is now.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct StationNow {
    station_id: String,
    /// The parts of its place are null while the operator has not stated them.
    name: Option<String>,
    address: Option<String>,
    hours: Option<String>,
    phone: Option<String>,
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    lat: Option<Box<RawValue>>,
    #[cfg_attr(feature = "openapi", schemars(with = "Option<f64>"))]
    lng: Option<Box<RawValue>>,
    /// Metres, where a point was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<u32>,
    /// Yuan for each kWh, in bands over the day.
    prices: Vec<BandPrice>,
    /// Yuan for each kWh, on top of the price.
    service_fee: String,
    /// Free places in the waiting area.
    waiting_places_free: u32,
    modes: Vec<StationMode>,
}

/// One band of the day.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct BandPrice {
    from: String,
    to: String,
    price: String,
}

/// One way of charging at a station.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct StationMode {
    mode: &'static str,
    /// Piles that work.
    piles: usize,
    /// Free places in their lanes.
    places_free: usize,
    /// Seconds that an order of 30 kWh would wait; null while the waiting area is full.
    expected_wait: Option<i64>,
}

impl StationNow {
    pub fn all(offers: &[Offer], now: Timestamp) -> Result<Vec<Self>, Failure> {
        offers.iter().map(|offer| Self::of(offer, now)).collect()
    }

    fn of(offer: &Offer, now: Timestamp) -> Result<Self, Failure> {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let band =
            |band: &Band| BandPrice { from: clock(band.from), to: clock(band.to), price: band.price.to_string() };
        let mode = |mode: &ModeOffer| StationMode {
            mode: match mode.mode {
                Mode::Fast => "fast",
                Mode::Slow => "slow",
            },
            piles: mode.piles,
            places_free: mode.places_free,
            expected_wait: mode.start.map(|start| (start.nearest_second() - now.as_second()).max(0)),
        };
        let StationPlace { name, address, hours, phone, coordinates } = offer.place.clone();
        Ok(Self {
            station_id: offer.station.as_str().to_owned(),
            name,
            address,
            hours,
            phone,
            lat: coordinates.map(|at| degrees(at.lat())).transpose()?,
            lng: coordinates.map(|at| degrees(at.lng())).transpose()?,
            distance: offer.distance.map(|Metres(metres)| metres),
            prices: offer.tariff.bands().iter().map(band).collect(),
            service_fee: offer.tariff.service().to_string(),
            waiting_places_free: offer.waiting_free,
            modes: offer.modes.iter().map(mode).collect(),
        })
    }
}

/// Our extension: a bill.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Bill {
    /// The request that was billed.
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    id: u64,
    license_plate: String,
    station_id: String,
    amount: String,
    issued_at: String,
    due_at: String,
    /// Since when nothing is owed.
    paid_at: Option<String>,
    /// `current` (待支付), `arrears` (待补缴) or `paid`.
    state: &'static str,
    paid_amount: String,
    credited_amount: String,
    /// What is still to be paid.
    outstanding: String,
}

impl Bill {
    pub fn all(bills: &[bill::BillStatement]) -> Vec<Self> {
        bills.iter().map(Self::of).collect()
    }

    fn of(bill: &bill::BillStatement) -> Self {
        Self {
            id: bill.id,
            license_plate: bill.plate.clone(),
            station_id: bill.station.clone(),
            amount: bill.balance.total.to_string(),
            issued_at: time(bill.issued),
            due_at: time(bill.due),
            paid_at: bill.closed.map(time),
            state: bill.state.as_str(),
            paid_amount: bill.balance.paid.to_string(),
            credited_amount: bill.balance.credited.to_string(),
            outstanding: bill.balance.owed().to_string(),
        }
    }
}

/// Our extension: a payment that is under way.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ToPay<'a> {
    /// Opaque; the provider's word about it names it.
    payment_id: &'a str,
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    bill_id: u64,
    amount: String,
    provider: &'static str,
    /// What the app needs to go on, in the provider's own words.
    #[cfg_attr(feature = "openapi", schemars(with = "serde_json::Value"))]
    checkout: &'a RawValue,
}

impl<'a> ToPay<'a> {
    pub fn of(started: &'a Started, bill_id: u64) -> Self {
        Self {
            payment_id: started.payment.as_str(),
            bill_id,
            amount: started.amount.to_string(),
            provider: started.checkout.provider,
            checkout: &started.checkout.data,
        }
    }
}
