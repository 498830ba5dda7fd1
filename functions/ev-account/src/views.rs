//! What the charging app reads.

use serde::Serialize;
use serde_json::value::RawValue;
use shared::{
    domain::{account::BatteryCapacity, garage, reason::Failure},
    service::driver::DriverProfile,
    wire::ev_app::{time, user_id},
};

/// #32: every field is always there; what is unset is `""` or `0`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Detail<'a> {
    user_id: &'a str,
    username: &'a str,
    email: &'a str,
    license_plate: &'a str,
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    battery_capacity: Box<RawValue>,
    created_at: String,
    updated_at: String,
}

impl<'a> Detail<'a> {
    pub fn of(profile: &'a DriverProfile) -> Result<Self, Failure> {
        Ok(Self {
            user_id: user_id(&profile.account),
            username: profile.username.as_str(),
            email: profile.email.as_str(),
            license_plate: profile.plate.as_ref().map_or("", |plate| plate.as_str()),
            battery_capacity: number(profile.battery.unwrap_or_default())?,
            created_at: time(profile.created_at),
            updated_at: time(profile.updated_at),
        })
    }
}

/// Our extension: a vehicle; what is unset is `""` or `0`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Vehicle<'a> {
    #[cfg_attr(feature = "openapi", schemars(with = "i64"))]
    id: u64,
    #[serde(rename = "license_plate")]
    plate: &'a str,
    #[serde(rename = "battery_capacity")]
    #[cfg_attr(feature = "openapi", schemars(with = "f64"))]
    battery: Box<RawValue>,
    #[serde(rename = "vehicleType")]
    kind: &'a str,
    vin: &'a str,
}

impl<'a> Vehicle<'a> {
    /// The capacity that was registered is that of the first.
    pub fn all(vehicles: &'a [garage::Vehicle], battery: Option<BatteryCapacity>) -> Result<Vec<Self>, Failure> {
        let batteries =
            std::iter::once(battery.unwrap_or_default()).chain(std::iter::repeat(BatteryCapacity::default()));
        vehicles.iter().zip(batteries).map(|(vehicle, battery)| Self::of(vehicle, battery)).collect()
    }

    fn of(vehicle: &'a garage::Vehicle, battery: BatteryCapacity) -> Result<Self, Failure> {
        Ok(Self {
            id: vehicle.id.into(),
            plate: vehicle.plate.as_str(),
            battery: number(battery)?,
            kind: vehicle.kind.as_str(),
            vin: vehicle.vin.as_ref().map_or("", |vin| vin.as_str()),
        })
    }
}

/// A decimal as a JSON number, digit for digit.
fn number(capacity: BatteryCapacity) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(capacity.to_string())
        .map_err(|error| Failure::internal(format!("battery capacity is not a JSON number: {error}")))
}
