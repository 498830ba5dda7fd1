//! The operator's live view and the drivers' logs, in the format of scenarios.

use super::millis;
use crate::{
    Problem, Result,
    scenario::{
        CarAnswer, Clock, DisplacedAnswer, FaultQueueAnswer, PileAnswer, RecordAnswer, StateAnswer, WaitingAnswer,
    },
};
use jiff::Timestamp;
use serde_json::Value;
use shared::domain::charging::{Moment, Span};
use std::collections::BTreeMap;

/// The car of each driver.
type Cars = BTreeMap<u64, String>;

pub(super) fn state(view: &Value, cars: &Cars) -> Result<StateAnswer> {
    let mut piles = Vec::new();
    for pile in list(&view["piles"]) {
        let in_lane = |car: &Value| {
            Ok(CarAnswer { car: car_of(car, cars)?, kwh: text(car, "delivered_kwh"), fee: text(car, "fee") })
        };
        let cars = list(&pile["cars"]).iter().map(in_lane).collect::<Result<_>>()?;
        piles
            .push((text(pile, "name"), PileAnswer { state: if pile["state"] == "OK" { "OK" } else { "FAULT" }, cars }));
    }
    let waiting = list(&view["waiting"]).iter().map(|car| {
        let mode = text(car, "number").chars().take(1).collect();
        Ok(WaitingAnswer { car: car_of(car, cars)?, mode, kwh: text(car, "requested_kwh") })
    });
    let displaced = |mode: char| {
        let of_mode = list(&view["displaced"]).iter().filter(move |car| text(car, "number").starts_with(mode));
        of_mode
            .map(|car| Ok(DisplacedAnswer { car: car_of(car, cars)?, remaining_kwh: text(car, "remaining_kwh") }))
            .collect::<Result<_>>()
    };
    Ok(StateAnswer {
        piles,
        waiting: waiting.collect::<Result<_>>()?,
        fault_queue: FaultQueueAnswer { fast: displaced('F')?, slow: displaced('T')? },
    })
}

/// Whether all cars have left.
pub(super) fn is_empty(view: &Value) -> bool {
    everybody(view).next().is_none()
}

/// The next instant at which a car is expected to leave.
pub(super) fn next(view: &Value) -> Option<Timestamp> {
    let instants = everybody(view).filter_map(|car| car["expected_finish_at"].as_str()?.parse().ok());
    instants.min()
}

fn everybody(view: &Value) -> impl Iterator<Item = &Value> {
    let in_lanes = list(&view["piles"]).iter().flat_map(|pile| list(&pile["cars"]));
    in_lanes.chain(list(&view["displaced"])).chain(list(&view["waiting"]))
}

/// The names of the piles by the integers that the charging app shows.
pub(super) fn piles(view: &Value) -> BTreeMap<u64, String> {
    let named = |pile: &Value| Some((pile["id"].as_u64()?, text(pile, "name")));
    list(&view["piles"]).iter().filter_map(named).collect()
}

/// A driver's detail records at these piles, each with its number and its closing time.
pub(super) fn records(
    log: &Value,
    car: &str,
    piles: &BTreeMap<u64, String>,
    clock: &Clock,
    shift: Span,
) -> Result<Vec<(u64, Moment, RecordAnswer)>> {
    let mut records = Vec::new();
    for line in list(&log["log"]) {
        let Some(pile) = line["charging_station_id"].as_u64().and_then(|id| piles.get(&id)) else { continue };
        let instant = |field: &str| {
            let at: Option<Timestamp> = line[field].as_str().and_then(|text| text.parse().ok());
            let at = at.ok_or_else(|| Problem(format!("a detail record has no {field}: {line}")))?;
            Ok(Moment::from_millis(at.as_millisecond() - millis(shift)))
        };
        let (start, stop) = (instant("start_time")?, instant("end_time")?);
        let record = RecordAnswer {
            car: car.to_owned(),
            pile: pile.clone(),
            start: clock.show(start),
            stop: clock.show(stop),
            kwh: text(line, "actual_power"),
            charge_fee: text(line, "charging_fee"),
            service_fee: text(line, "service_fee"),
            total_fee: text(line, "total_fee"),
        };
        records.push((line["record_id"].as_u64().unwrap_or_default(), stop, record));
    }
    Ok(records)
}

fn car_of(car: &Value, cars: &Cars) -> Result<String> {
    let name = car["driver_id"].as_u64().and_then(|driver| cars.get(&driver));
    name.cloned().ok_or_else(|| Problem(format!("unknown driver in this scenario: {car}")))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}
