//! `cargo local plan FILE|-`: reads piles and cars and prints the placing with the shortest total time, as
//! charging-rules.md defines it.

use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::process::ExitCode;

use crate::replay::{print, read};
use shared::domain::charging::{LaneOffer, Span, place};
use shared::domain::energy::{Energy, Exact, Power};
use shared::parameters::Scalar;

const HOUR: u64 = 3_600_000;
const MOST_PLACES: usize = 100_000;
/// The largest product of cars and places in a plan.
const MOST_CELLS: usize = 50_000_000;

/// Why a plan is invalid, with the pile or car.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("not a plan: {0}")]
    NotAPlan(String),
    #[error("{what} {row}: expected {expected}, got {got}")]
    Row { what: &'static str, row: usize, expected: &'static str, got: String },
    #[error("cars times places must not exceed {MOST_CELLS}")]
    TooLarge,
}

#[derive(Deserialize)]
struct File {
    piles: Vec<PileOfFile>,
    cars: Vec<CarOfFile>,
}

#[derive(Deserialize)]
struct PileOfFile {
    id: String,
    power_kwh_per_h: Scalar,
    places: Scalar,
    busy_hours: Option<Scalar>,
}

#[derive(Deserialize)]
struct CarOfFile {
    car: String,
    kwh: Scalar,
}

/// Piles and cars, checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanRequest {
    piles: Vec<(String, LaneOffer)>,
    cars: Vec<(String, Energy)>,
}

/// The best placing, in the format in which it is printed.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Plan {
    pub sum_completion_hours: String,
    #[serde(serialize_with = "in_this_order")]
    pub lanes: Vec<(String, Vec<String>)>,
    pub left_over: Vec<String>,
}

pub fn run(args: &[String]) -> ExitCode {
    match args {
        [file] => print(solve(file)),
        _ => print(Err("usage: cargo local plan FILE|-".to_owned())),
    }
}

fn solve(file: &str) -> Result<String, String> {
    let request = PlanRequest::read(&read(file)?).map_err(|refusal| refusal.to_string())?;
    let plan = serde_json::to_string(&request.solve()).map_err(|why| why.to_string())?;
    Ok(plan + "\n")
}

impl PlanRequest {
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let File { piles, cars } = serde_json::from_str(text).map_err(|why| Refusal::NotAPlan(why.to_string()))?;
        let piles = piles.into_iter().enumerate().map(|(row, pile)| read_pile(row + 1, pile));
        let cars = cars.into_iter().enumerate().map(|(row, car)| read_car(row + 1, car));
        let request = Self { piles: piles.collect::<Result<_, _>>()?, cars: cars.collect::<Result<_, _>>()? };
        let places: usize = request.piles.iter().map(|(_, offer)| offer.places.min(request.cars.len())).sum();
        if places.saturating_mul(request.cars.len()) > MOST_CELLS { Err(Refusal::TooLarge) } else { Ok(request) }
    }

    pub fn solve(&self) -> Plan {
        let asked: Vec<Energy> = self.cars.iter().map(|(_, energy)| *energy).collect();
        let offers: Vec<LaneOffer> = self.piles.iter().map(|(_, offer)| *offer).collect();
        let placing = place(&asked, &offers);
        let names = |indices: &[usize]| indices.iter().map(|index| self.cars[*index].0.clone()).collect();
        let lanes = self.piles.iter().zip(&placing.lanes).map(|((id, _), lane)| (id.clone(), names(lane)));
        Plan {
            sum_completion_hours: hours(placing.total),
            lanes: lanes.collect(),
            left_over: names(&placing.left_over),
        }
    }
}

/// Six decimals, half-up.
fn hours(total: Span) -> String {
    let millionths = total.exact().times(1_000_000).rounded_over(HOUR);
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

fn read_pile(row: usize, pile: PileOfFile) -> Result<(String, LaneOffer), Refusal> {
    let wrong = |expected, got: &Scalar| Refusal::Row { what: "pile", row, expected, got: got.to_string() };
    let power = Power::parse_kw(&pile.power_kwh_per_h.0)
        .ok_or_else(|| wrong("power_kwh_per_h above zero, at most 1000, down to the watt", &pile.power_kwh_per_h))?;
    let places = pile.places.0.parse().ok().filter(|places| *places <= MOST_PLACES);
    let places = places.ok_or_else(|| wrong("places as a whole number", &pile.places))?;
    let busy = match &pile.busy_hours {
        None => Exact::ZERO,
        Some(hours) => Exact::decimal(&hours.0)
            .map(|hours| hours.times(HOUR))
            .filter(|busy| (Exact::ZERO..=Exact::whole(1 << 50)).contains(busy))
            .ok_or_else(|| wrong("busy_hours as a decimal, not below zero", hours))?,
    };
    Ok((pile.id, LaneOffer { busy: Span::from_exact(busy), power, places }))
}

fn read_car(row: usize, car: CarOfFile) -> Result<(String, Energy), Refusal> {
    let expected = "kwh above zero, as a plain decimal";
    let wrong = || Refusal::Row { what: "car", row, expected, got: car.kwh.to_string() };
    let energy = Energy::parse_kwh(&car.kwh.0).ok_or_else(wrong)?;
    Ok((car.car, energy))
}

fn in_this_order<S: Serializer, T: Serialize>(pairs: &[(String, T)], to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
