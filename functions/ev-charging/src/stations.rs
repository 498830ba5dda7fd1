//! Where to charge, and what it costs there: our extension.

use crate::{App, DRIVERS, views};
use shared::{
    domain::{reason::Failure, session::Caller},
    wire::{Call, Endpoint, ev_app::Success, get},
};
use std::sync::Arc;

pub const STATIONS: Endpoint = get("/user/stations")
    .title("充电站列表", "Stations with prices, free places and expected wait")
    .access(DRIVERS)
    .zh(&["扩展接口：列出充电站、电价、空位和预计等待秒数。"])
    .notes(&["`expected_wait` is in whole seconds, for an order of 30 kWh that came now."]);

pub async fn stations(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let now = call.now().station;
    let offers = app.charging.offers(now).await?;
    Success::data("查询成功", &views::StationNow::all(&offers, now))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::STATIONS;
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![STATIONS.answers(ev_app::list::<views::StationNow>(
            "查询成功",
            &json!([{
                "station_id": "S1", "prices": [{ "from": "00:00", "to": "24:00", "price": "0.70" }],
                "service_fee": "0.80", "waiting_places_free": 6,
                "modes": [{ "mode": "fast", "piles": 2, "places_free": 3, "expected_wait": 0 }]
            }]),
        ))]
    }
}
