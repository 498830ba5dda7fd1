//! What the customer pages read.

use serde::Serialize;
use serde_json::value::RawValue;
use shared::{
    auth::tokens::IssuedToken,
    domain::{account::AccountId, garage::Vehicle, reason::Failure},
    service::{bill, customer},
};

/// #2: every field is always there; what is unset is `""` or `0`.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyInfo<'a> {
    #[cfg_attr(feature = "openapi", schemars(with = "u64"))]
    id: Box<RawValue>,
    real_name: &'a str,
    nickname: &'a str,
    phone_num: &'a str,
    email: &'a str,
    gender: u8,
    vehicles: Vec<BoundVehicle<'a>>,
}

/// The document does not show one; #6 needs its id.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct BoundVehicle<'a> {
    id: u64,
    vehicle_type: &'a str,
    car_plate: &'a str,
    vin: &'a str,
}

impl<'a> MyInfo<'a> {
    pub fn of(info: &'a customer::MyInfo) -> Result<Self, Failure> {
        Ok(Self {
            id: number(&info.account)?,
            real_name: info.real_name.as_str(),
            nickname: info.nickname.as_str(),
            phone_num: info.phone.as_ref().map_or("", |phone| phone.digits()),
            email: info.email.as_str(),
            gender: info.gender.into(),
            vehicles: info.vehicles.iter().map(BoundVehicle::of).collect(),
        })
    }
}

impl<'a> BoundVehicle<'a> {
    fn of(vehicle: &'a Vehicle) -> Self {
        Self {
            id: vehicle.id.into(),
            vehicle_type: vehicle.kind.as_str(),
            car_plate: vehicle.plate.as_str(),
            vin: vehicle.vin.as_ref().map_or("", |vin| vin.as_str()),
        }
    }
}

/// #7: one line for each bound vehicle.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Fees<'a> {
    car_plate: &'a str,
    num_of_arrears: u32,
    num_of_current_fee: u32,
}

impl<'a> Fees<'a> {
    pub fn all(fees: &[(&'a str, bill::Fees)]) -> Vec<Self> {
        let line = |(plate, fees): &(&'a str, bill::Fees)| Self {
            car_plate: plate,
            num_of_arrears: fees.arrears,
            num_of_current_fee: fees.current,
        };
        fees.iter().map(line).collect()
    }
}

/// An account's id is a JSON integer in this document.
fn number(account: &AccountId) -> Result<Box<RawValue>, Failure> {
    let id = account.as_str();
    id.parse::<u64>()
        .ok()
        .and_then(|_| RawValue::from_string(id.to_owned()).ok())
        .ok_or_else(|| Failure::internal("driver id is not a number"))
}

/// A new session, whose token is in the header.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Renewed {
    /// Seconds until it ends.
    expires_in: i64,
}

impl Renewed {
    pub fn of(issued: &IssuedToken) -> Self {
        Self { expires_in: issued.expires_in.as_secs() }
    }
}
