//! A driver's vehicles and their open bills.

use crate::{
    App, DRIVERS, own,
    profile::{ME, MY_INFO},
    views,
};
use shared::{
    domain::{
        garage::{VehicleId, VehicleType},
        reason::{Failure, Reason},
        session::Caller,
        vehicle::Plate,
        vin::Vin,
    },
    service::customer::NewVehicle,
    wire::{Call, Endpoint, Field, FieldPlace, Fields, SampleSource, answer, before, ev_customer::Success, get, put},
};
use std::sync::Arc;

const BOUND: SampleSource = answer(MY_INFO.way(), "/data/vehicles/0/id");
const CUSTOMER: Field<String> = Field::text("customerId").about("本人的用户 id · The driver's own id").whole(1004);

const VEHICLE_TYPE: Field<VehicleType> = Field::new("vehicleType", VehicleType::parse)
    .about("车辆类型，1 至 16 个字符 · Kind of vehicle: 1–16 characters")
    .example("02")
    .rule(VehicleType::RULE);
const PLATE: Field<Plate> =
    Field::new("carPlate", Plate::parse).about("车牌号 · Plate number").example("皖A12345").rule(Plate::RULE);
const VIN: Field<Vin> = Field::new("vin", Vin::parse)
    .about("车架号，1 至 17 位字母或数字 · VIN: 1–17 letters or digits")
    .example("123456")
    .rule(Vin::RULE);
const VEHICLE: Field<Option<VehicleId>> = Field::new("vehicleId", |text| Ok(VehicleId::named(text)))
    .about("#2 返回的车辆 id · `id` of a vehicle in #2")
    .whole(1001);

pub const BIND: Endpoint = put("/customer/customers/vehicleBinding")
    .number(5)
    .title("绑定车辆接口", "Bind a vehicle")
    .access(DRIVERS)
    .zh(&["绑定车辆。重复绑定自己的车牌也是成功；车牌已被他人绑定时返回 HTTP 200 和 `\"status\":false`。"])
    .notes(&[
        "The document's example has a full-width comma, which is no JSON: 400, with its place. Its `\"02git \"` is taken as it is, trimmed.",
        "Binding one's own plate again is a success, and what is left out then stays. A plate (GA 36-2018) has one holder.",
        "Ten vehicles at the most (`VEHICLES_PER_DRIVER`). Business refusals come with HTTP 200 and `\"status\":false`.",
    ])
    .takes(&[CUSTOMER.optional().from(ME), VEHICLE_TYPE.optional(), PLATE.required(), VIN.optional()])
    .refuses(&[Reason::NotYours, Reason::PlateTaken])
    .may_say(&[(Reason::CapReached, "最多绑定 10 辆车")]);

pub const UNBIND: Endpoint = put("/customer/customers/vehicleUnbinding")
    .number(6)
    .title("解绑车辆接口", "Unbind a vehicle")
    .access(DRIVERS)
    .zh(&["解绑车辆。正在排队、充电或有未结账单时返回 HTTP 200 和 `\"status\":false`。"])
    .notes(&[
        "The pair in the query, as the document shows it, or in a body. Another driver's vehicle answers like none.",
        "One that the driver has unbound already is a success, so the call may be sent again.",
        "Not while this plate is in the queue, charging, or on an open bill: HTTP 200 with `\"status\":false`.",
    ])
    .after(&[before(BIND.way())])
    .takes(&[
        CUSTOMER.optional().from(ME).at(FieldPlace::Query).left_out(),
        VEHICLE.required().from(BOUND).at(FieldPlace::Query),
    ])
    .refuses(&[Reason::NotYours, Reason::VehicleInUse]);

pub const FEE_STATS: Endpoint = get("/customer/customers/getVehicleFeeStats")
    .number(7)
    .title("getVehicleFeeStats接口", "Open bills of each vehicle")
    .access(DRIVERS)
    .zh(&["每辆已绑定车辆一行：`numOfArrears` 待补缴账单数，`numOfCurrentFee` 待支付账单数，没有则为 0。"])
    .notes(&[
        "获取当前客户的待支付和待补缴的订单: `numOfArrears` counts overdue bills (待补缴), `numOfCurrentFee` those that can still be paid in time (待支付).",
        "One row for each bound vehicle in the order in which they were bound, zeros included. The sample's empty `access_token` is none: 401.",
    ]);

pub async fn bind(app: Arc<App>, caller: Caller, mut call: Call) -> Result<&'static str, Failure> {
    let form = call.read(Binding::parse)?;
    own(&caller, form.customer.as_deref())?;
    app.customers.bind(&caller, &form.vehicle, call.now().real).await?;
    Ok("车辆绑定成功")
}

pub async fn unbind(app: Arc<App>, caller: Caller, mut call: Call) -> Result<&'static str, Failure> {
    let form = call.read(Unbinding::parse)?;
    own(&caller, form.customer.as_deref())?;
    let vehicle = form.vehicle.ok_or(Reason::NotYours)?;
    app.customers.unbind(&caller, vehicle, call.now().real).await?;
    Ok("车辆解绑成功")
}

/// #5.
struct Binding {
    customer: Option<String>,
    vehicle: NewVehicle,
}

impl Binding {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let customer = fields.optional(&CUSTOMER)?;
        let (kind, vin) = (fields.optional(&VEHICLE_TYPE)?, fields.optional(&VIN)?);
        let plate = fields.required(&PLATE)?;
        Ok(Self { customer, vehicle: NewVehicle { plate, kind: kind.unwrap_or_default(), vin } })
    }
}

/// #6: in the query, as the document shows it, or in a body.
struct Unbinding {
    customer: Option<String>,
    /// `None`: what was sent cannot be the id of a vehicle.
    vehicle: Option<VehicleId>,
}

impl Unbinding {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        Ok(Self { customer: fields.optional(&CUSTOMER)?, vehicle: fields.required(&VEHICLE)? })
    }
}

pub async fn fee_stats(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let plates = caller.standing.plates.iter().map(Plate::as_str);
    let fees = app.customers.bills.fees(&caller.account, plates, call.now().station).await?;
    Success::data(&views::Fees::all(&fees))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{BIND, FEE_STATS, UNBIND};
    use crate::views;
    use describe::{Answers, Operation, ev_customer};
    use serde_json::json;
    use shared::wire::ev_customer::EvVehicle;

    pub fn operations() -> Vec<Operation> {
        vec![
            BIND.answers(ev_customer::vehicle("车辆绑定成功")).speaking::<EvVehicle>(),
            UNBIND.answers(ev_customer::vehicle("车辆解绑成功")).speaking::<EvVehicle>(),
            FEE_STATS.answers(ev_customer::list::<views::Fees<'static>>(&json!([
                { "carPlate": "皖AYN056", "numOfArrears": 0, "numOfCurrentFee": 0 }
            ]))),
        ]
    }
}
