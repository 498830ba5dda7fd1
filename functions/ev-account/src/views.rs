//! What the charging app reads.

use serde::Serialize;
use serde_json::value::RawValue;
use shared::{
    domain::{account::BatteryCapacity, reason::Failure},
    service::driver::Profile,
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
    pub fn of(profile: &'a Profile) -> Result<Self, Failure> {
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

/// A decimal as a JSON number, digit for digit.
fn number(capacity: BatteryCapacity) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(capacity.to_string())
        .map_err(|error| Failure::internal(format!("battery capacity is not a JSON number: {error}")))
}
