//! What a driver has charged (history, 日志管理).

use crate::{App, DRIVERS, views};
use shared::{
    domain::{reason::Failure, session::Caller, text::halfwidth},
    wire::{Call, Endpoint, Field, ev_app::Success, get},
};
use std::sync::Arc;

pub const NUM: Field<u8> = Field::new("num", most_records)
    .about("返回的个数，默认 10，最多 100 · How many records, 10 if left out, at most 100")
    .whole(10);

pub const LOG: Endpoint = get("/user/log/get")
    .number(37)
    .title("获取历史数据", "Detail records, newest first")
    .access(DRIVERS)
    .zh(&["返回历史充电详单，最新的在前。金额和电量是两位小数的字符串，`total_fee` 等于服务费加充电费。"])
    .notes(&[
        "`num` is brought between 1 and 100. Money and energy are strings with two decimals; the fees add up.",
        "`charging_station_id` is the pile (充电桩id): each has an integer of its own over all stations.",
    ])
    .takes(&[NUM.optional()]);

pub async fn log(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let most = call.read(|fields| Ok(fields.optional(&NUM)?.unwrap_or(10)))?;
    let records = app.charging.records(&caller, most).await?;
    Success::log("查询成功", &views::Line::all(&records))
}

/// #37: never more than a hundred or less than one; ten where it is missing.
fn most_records(text: &str) -> Result<u8, Failure> {
    let wanted: i64 = halfwidth(text).parse().map_err(|_| Failure::malformed("返回个数应为整数"))?;
    Ok(u8::try_from(wanted.clamp(1, 100)).unwrap_or(100))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::LOG;
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![LOG.answers(ev_app::log::<views::Line>(
            "查询成功",
            &json!([{
                "record_id": 1_048_577, "request_id": 1_048_576, "charging_station_id": 65_537,
                "start_time": "2026-06-01T08:30:05+08:00", "end_time": "2026-06-01T10:00:00+08:00",
                "actual_power": "44.96", "service_fee": "35.97", "charging_fee": "31.47", "total_fee": "67.44"
            }]),
        ))]
    }
}
