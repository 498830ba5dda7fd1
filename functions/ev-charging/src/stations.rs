//! Where to charge, and what it costs there: our extension.

use crate::{App, DRIVERS, views};
use shared::{
    domain::{reason::Failure, session::Caller, station_id::StationId},
    service::charging::StationSearch,
    wire::{
        Call, Endpoint, Field, Fields,
        ev_app::Success,
        get,
        page::{LIMIT, most},
        place::{NAMED, NEAR},
    },
};
use std::sync::Arc;

const AFTER: Field<StationId> = Field::new("after", StationId::parse)
    .about("上一页的 next · The `next` of the page before")
    .example("S0")
    .rule(StationId::RULE);

pub const STATIONS: Endpoint = get("/user/stations")
    .title("充电站列表", "Stations with place, prices, free places and expected wait")
    .access(DRIVERS)
    .zh(&[
        "扩展接口：列出充电站的名称、地址、营业时间、电话、坐标、电价、空位和预计等待秒数。",
        "不带参数时按编号分页，`next` 是下一页的 `after`，最后一页没有 `next`。",
        "带 `near`（纬度,经度）时列出 100 km 内最近的充电站，由近到远，`distance` 为直线距离（米）；带 `name` 时列出名称以此开头的充电站。",
        "坐标均为 GCJ-02（火星坐标，高德、腾讯地图所用）。手机定位得到的 WGS-84 坐标应先转换，否则偏差可达数百米。",
    ])
    .notes(&[
        "`expected_wait` is in whole seconds, for an order of 30 kWh that came now; `prices` are those of a session that begins now.",
        "By id, page by page: `next` beside `data` is the `after` of the next page, and the last page has none.",
        "With `near`, the nearest stations within 100 km, with `distance` in metres as the crow flies; with `name`, those whose names begin so. Both give one page. `near` counts before `name`, and `name` before `after`.",
        "All coordinates are GCJ-02. A position in WGS-84, as a phone measures it, has to be converted first.",
        "A station that cannot be read at the moment is left out.",
    ])
    .takes(&[
        NEAR.optional().left_out(),
        NAMED.optional().left_out(),
        AFTER.optional().left_out(),
        LIMIT.optional().left_out(),
    ]);

pub async fn stations(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let ((search, most), now) = (call.read(search)?, call.now().station);
    let page = app.charging.offers(search, most, now).await?;
    let shown = Success::data("查询成功", &views::StationNow::all(&page.offers, now)?)?;
    Ok(shown.before(page.next.map(|next| next.as_str().to_owned())))
}

/// `?near=31.230416,121.473701&limit=20`, `?name=人民`, `?after=S0`
fn search(fields: &mut Fields) -> Result<(StationSearch, u8), Failure> {
    let (near, named, after) = (fields.optional(&NEAR)?, fields.optional(&NAMED)?, fields.optional(&AFTER)?);
    let by_name = || named.map_or(StationSearch::After(after), StationSearch::Named);
    let search = near.map_or_else(by_name, StationSearch::Near);
    Ok((search, most(fields)?))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::STATIONS;
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        let stations = json!([{
            "station_id": "S1", "name": "人民广场充电站", "address": "上海市黄浦区人民大道200号",
            "hours": "00:00-24:00", "phone": "021-63580000", "lat": 31.230_416, "lng": 121.473_701, "distance": 350,
            "prices": [{ "from": "00:00", "to": "24:00", "price": "0.70" }],
            "service_fee": "0.80", "waiting_places_free": 6,
            "modes": [{ "mode": "fast", "piles": 2, "places_free": 3, "expected_wait": 0 }]
        }]);
        vec![STATIONS.answers(ev_app::page::<views::StationNow>("查询成功", &stations, "S1"))]
    }
}
