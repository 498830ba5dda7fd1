//! A driver's vehicles, as the charging app shows them: our extension.

use crate::{App, DRIVERS, views};
use shared::{
    domain::{reason::Failure, session::Caller},
    wire::{Call, Endpoint, ev_app::Success, get},
};
use std::sync::Arc;

pub const LIST: Endpoint = get("/user/vehicles")
    .title("我的车辆", "The driver's vehicles")
    .access(DRIVERS)
    .zh(&["扩展接口：按绑定先后列出本人的车辆，可用作 `license_plate` 申请充电。没有车辆时为空列表。"])
    .notes(&[
        "In the order in which they were bound; the first is the one that #33 takes by itself.",
        "`battery_capacity` is what was registered (#31) and belongs to the first vehicle, as in #32; `0` when unknown.",
        "`vehicleType` and `vin` come from #5 and are `\"\"` when unset; the `id` serves #6.",
    ]);

pub async fn list(app: Arc<App>, caller: Caller, _: Call) -> Result<Success, Failure> {
    let (vehicles, battery) = app.drivers.vehicles(&caller).await?;
    Success::data("查询成功", &views::Vehicle::all(&vehicles, battery)?)
}

/// What the reference shows of the answer.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::LIST;
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![LIST.answers(ev_app::list::<views::Vehicle<'static>>(
            "查询成功",
            &json!([{
                "id": 1_482_310_977, "license_plate": "皖A12345", "battery_capacity": 60.5, "vehicleType": "02",
                "vin": "123456"
            }]),
        ))]
    }
}
