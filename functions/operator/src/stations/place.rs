//! Where a station is: name, address, hours, phone, coordinates.

use crate::{ADMINS, App, READERS, actor, stations::views};
use shared::{
    domain::{
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
    },
    wire::{
        Call, Endpoint, get,
        place::{PLACE, place_change},
        plain::Success,
        put,
    },
};
use std::sync::Arc;

pub const SHOW_PLACE: Endpoint = get("/operator/stations/{station}/place")
    .title("查看充电站位置", "Where a station is")
    .access(READERS)
    .zh(&["返回充电站的名称、地址、营业时间、电话和坐标（GCJ-02）。"])
    .notes(&["What has not been stated is null."])
    .in_path(&[("station", "S1")])
    .refuses(&[Reason::NoSuchStation]);

pub const CHANGE_PLACE: Endpoint = put("/operator/stations/{station}/place")
    .title("修改充电站位置", "Change where a station is")
    .access(ADMINS)
    .zh(&["只修改给出的字段，空文本清除。坐标为 GCJ-02（高德、腾讯地图所用坐标），纬度在前。"])
    .notes(&[
        "Changes what it names; an empty text clears. Drivers see it with the next call. What changes nothing leaves no entry in the trail.",
        "Coordinates are GCJ-02, as they are read off a Chinese map, latitude first.",
    ])
    .in_path(&[("station", "S1")])
    .takes(&PLACE)
    .refuses(&[Reason::NoSuchStation]);

pub async fn show_place(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = StationId::parse(call.path("station"))?;
    let place = app.charging.place(&id).await?;
    Success::content(&views::Place::of(place))
}

pub async fn change_place(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, change) = (StationId::parse(call.path("station"))?, call.read(place_change)?);
    let place = app.charging.change_place(&id, change, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Place::of(place))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE_PLACE, SHOW_PLACE};
    use crate::stations::views::Place;
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            SHOW_PLACE.answers(plain::content::<Place>(place())),
            CHANGE_PLACE.answers(plain::content::<Place>(place())),
        ]
    }

    pub fn place() -> Value {
        json!({
            "name": "人民广场充电站", "address": "上海市黄浦区人民大道200号", "hours": "00:00-24:00",
            "phone": "021-63580000", "coordinates": "31.230416,121.473701"
        })
    }
}
