//! A driver's vehicles: what each is, how many there may be, and which one charges when an order names none.

use super::{
    reason::{Failure, Reason},
    rule::{ONE_LINE, Rule},
    text::{halfwidth, is_invisible},
    vehicle::Plate,
    vin::Vin,
};
use serde::{Deserialize, Serialize};

/// The integer under which the documents know a vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VehicleId(u64);

impl VehicleId {
    /// Drawn from what clients keep in 32 bits; unique among one driver's vehicles, which the caller looks after. Earlier
    /// releases drew up to 2^53; those ids go on.
    pub fn drawn(random: u64) -> Self {
        const LOWEST: u64 = 1_000_000_000;
        Self(LOWEST + random % ((1 << 31) - LOWEST))
    }

    /// Reads an id that a caller names. Text that is not a number names no vehicle.
    pub fn named(text: &str) -> Option<Self> {
        halfwidth(text).parse().ok().map(Self)
    }
}

impl From<VehicleId> for u64 {
    fn from(id: VehicleId) -> Self {
        id.0
    }
}

/// What kind of vehicle it is, by the list that the app uses (`02` is a small car by GA/T 16.7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VehicleType(String);

impl VehicleType {
    pub const RULE: Rule = Rule::text(1, 16).matching(ONE_LINE);

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let kind = halfwidth(text);
        if Self::RULE.fits(&kind) && !kind.chars().any(is_invisible) {
            return Ok(Self(kind));
        }
        Err(Failure::typed("车辆类型应为 1 至 16 个字符"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One vehicle, bound by its plate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    pub id: VehicleId,
    pub plate: Plate,
    #[serde(default, rename = "type")]
    pub kind: VehicleType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vin: Option<Vin>,
}

impl Vehicle {
    /// A vehicle of which only the plate is known, as at registration.
    pub fn of_plate(id: VehicleId, plate: Plate) -> Self {
        Self { id, plate, kind: VehicleType::default(), vin: None }
    }
}

/// A driver's vehicles in the order in which they were bound. The first is the one that charges when an order names none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Garage(Vec<Vehicle>);

/// What binding a vehicle comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// It stands there exactly so.
    Already,
    /// The plate is bound; kind or VIN are new.
    Changed(Garage),
    /// The plate is new.
    Added(Garage),
}

impl Garage {
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.0
    }

    pub fn plates(&self) -> Vec<Plate> {
        self.0.iter().map(|vehicle| vehicle.plate.clone()).collect()
    }

    pub fn find(&self, id: VehicleId) -> Option<&Vehicle> {
        self.0.iter().find(|vehicle| vehicle.id == id)
    }

    /// Binds a vehicle. One whose plate is bound keeps its id and what the new one leaves open.
    pub fn with(&self, vehicle: Vehicle, most: usize) -> Result<Bound, Failure> {
        let mut vehicles = self.0.clone();
        if let Some(known) = vehicles.iter_mut().find(|known| known.plate == vehicle.plate) {
            let kind = Some(vehicle.kind).filter(|kind| *kind != VehicleType::default());
            let kind = kind.unwrap_or_else(|| known.kind.clone());
            let changed = Vehicle { kind, vin: vehicle.vin.or(known.vin.clone()), ..known.clone() };
            if *known == changed {
                return Ok(Bound::Already);
            }
            *known = changed;
            return Ok(Bound::Changed(Self(vehicles)));
        }
        if vehicles.len() >= most {
            return Err(Failure::from(Reason::CapReached).saying(format!("最多绑定 {most} 辆车")));
        }
        vehicles.push(vehicle);
        Ok(Bound::Added(Self(vehicles)))
    }

    #[must_use]
    pub fn without(&self, id: VehicleId) -> Self {
        Self(self.0.iter().filter(|vehicle| vehicle.id != id).cloned().collect())
    }
}

impl FromIterator<Vehicle> for Garage {
    fn from_iter<I: IntoIterator<Item = Vehicle>>(vehicles: I) -> Self {
        Self(vehicles.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vehicle(n: u64, kind: &str, vin: Option<&str>) -> Vehicle {
        let plate = Plate::parse(&format!("皖A1234{n}")).unwrap();
        let kind = if kind.is_empty() { VehicleType::default() } else { VehicleType::parse(kind).unwrap() };
        Vehicle { id: VehicleId(n), plate, kind, vin: vin.map(|vin| Vin::parse(vin).unwrap()) }
    }

    #[test]
    fn kinds_are_short_texts_without_outer_space() {
        assert_eq!(VehicleType::parse("02git ").unwrap().as_str(), "02git", "the document's own");
        for refused in ["", " ", &"x".repeat(17), "a\u{7}b"] {
            assert!(VehicleType::parse(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn binding_a_plate_again_keeps_its_id_and_what_is_not_said() {
        let garage = Garage(vec![vehicle(1, "02", Some("123456"))]);
        assert_eq!(garage.with(vehicle(1, "02", Some("123456")), 1), Ok(Bound::Already));
        let again = Vehicle { id: VehicleId(9), ..vehicle(1, "52", None) };
        let changed = Garage(vec![vehicle(1, "52", Some("123456"))]);
        assert_eq!(garage.with(again, 1), Ok(Bound::Changed(changed)), "the cap counts plates");
    }

    #[test]
    fn the_cap_is_the_last_that_may_be_bound() {
        let garage = Garage(vec![vehicle(1, "", None)]);
        let Ok(Bound::Added(two)) = garage.with(vehicle(2, "", None), 2) else { panic!("there is room") };
        assert_eq!(two.plates().len(), 2);
        let refused = two.with(vehicle(3, "", None), 2).map_err(|failure| failure.reason());
        assert_eq!(refused, Err(Reason::CapReached));
        assert_eq!(two.without(VehicleId(1)), Garage(vec![vehicle(2, "", None)]));
    }

    #[test]
    fn ids_are_integers_of_32_bits() {
        for random in [0, u64::MAX, 1 << 53] {
            assert!(u64::from(VehicleId::drawn(random)) < 1 << 31);
        }
        assert_eq!(VehicleId::named("１００１"), Some(VehicleId(1001)));
        assert_eq!(VehicleId::named("abc"), None);
    }
}
