//! A driver's request, from the order to its end (charging, 充电管理).

use crate::{App, DRIVERS, views};
use shared::{
    domain::{
        charging::Mode,
        energy::Energy,
        reason::{Failure, Reason},
        rule::Rule,
        session::Caller,
        station_id::StationId,
        text::halfwidth,
        vehicle::Plate,
    },
    service::charging::Order,
    wire::{Before, Call, Endpoint, Field, Fields, Given, Way, before, ev_app::Success, get, post},
};
use std::sync::Arc;

/// A request has been made.
const APPLIED: &[Before] = &[before(APPLY.way())];

/// At once a free pile takes the request, so its amount has to be changeable there, too.
const CHANGEABLE: Before = before(Way::to("PUT /operator/stations/{station}/settings"))
    .with(&[("settings", Given::Json(r#"{"modify_in_pile":"allow"}"#))]);
const MODE: Field<Mode> = Field::new("mode", mode)
    .about("充电模式：fast 快充，slow 慢充 · Charging mode")
    .example("fast")
    .one_of(&["fast", "slow"]);
const QUANTITY: Field<Energy> = Field::new("quantity", quantity)
    .about("充电量（kWh），大于 0，不超过 2000，最多三位小数 · The amount in kWh: more than 0, at most 2000, at most three decimals")
    .example("100.4")
    .rule(QUANTITY_RULE);
const STATION: Field<StationId> = Field::new("station_id", StationId::parse)
    .about("充电站编号，默认充电站可不填 · The station; the default one if left out")
    .example("S1")
    .rule(StationId::RULE);
const PLATE: Field<Plate> = Field::new("license_plate", Plate::parse)
    .about("本人已绑定的车牌号，不填则用第一辆 · One of the driver's own plates; the first one if left out")
    .example("皖A12345")
    .rule(Plate::RULE);
const IDEMPOTENCY_KEY: Field<String> = Field::text("Idempotency-Key")
    .about("幂等键，1 至 64 个可见 ASCII 字符 · Makes a repetition harmless: 1–64 visible ASCII characters")
    .example("2b1f6c1e-apply-1");

pub const APPLY: Endpoint = post("/user/charge/apply")
    .number(33)
    .title("申请充电", "Join the queue")
    .access(DRIVERS)
    .as_form()
    .zh(&[
        "提交充电申请，返回排队号码：快充以 F 开头，慢充以 T 开头。",
        "每个用户、每个车牌同时只能有一个申请。网络中断时用相同的 `Idempotency-Key` 重发，得到同一结果。",
    ])
    .notes(&[
        "Answers at once with the queue number: F… for fast, T… for slow.",
        "One request per driver and per plate; a second one is refused.",
        "The same `Idempotency-Key` gives the first answer again; with other content it is refused.",
        "`station_id` and `license_plate` are ours, for plazas with several stations and drivers with several cars.",
    ])
    .takes(&[MODE.required(), QUANTITY.required(), STATION.optional(), PLATE.optional(), IDEMPOTENCY_KEY.header()])
    .refuses(&[
        Reason::NotYours,
        Reason::NoSuchStation,
        Reason::NoPilesOfMode,
        Reason::QueueFull,
        Reason::AlreadyQueued,
        Reason::InArrears,
        Reason::KeyReused,
    ]);

pub const CANCEL: Endpoint = post("/user/charge/cancel")
    .number(34)
    .title("取消充电", "Leave the queue, or stop charging and be billed")
    .access(DRIVERS)
    .zh(&["排队中则离开队列；充电中则停止充电并生成账单。之后可以立即重新申请。"])
    .notes(&["Right after it the driver can apply again."])
    .after(APPLIED)
    .refuses(&[Reason::NothingQueued]);

pub const MODIFY: Endpoint = post("/user/charge/modify")
    .number(35)
    .title("修改充电请求", "Change the mode or the amount")
    .access(DRIVERS)
    .as_form()
    .zh(&["只改充电量时排队号码不变；改充电模式时到另一队列末尾重新排号。", "已被叫号后不能修改，需取消后重新申请。"])
    .notes(&[
        "A changed amount keeps the number; a changed mode gives a new one at the tail. Neither given: refused.",
        "Once the car has been called neither can be changed; cancel and apply again.",
    ])
    .after(&[CHANGEABLE, before(APPLY.way())])
    .takes(&[MODE.optional(), QUANTITY.example("80.4").optional()])
    .refuses(&[Reason::NothingQueued, Reason::ChangeNotAllowed, Reason::NoPilesOfMode]);

pub const INFO: Endpoint = get("/user/charge/info")
    .number(36)
    .title("返回充电状态", "The driver's request as it is now")
    .access(DRIVERS)
    .zh(&[
        "返回当前申请的状态，前端可轮询。没有申请时 `code` 为 -1。",
        "`next_look_in` 是建议的下次查询间隔（秒），与 `Retry-After` 相同：临近叫号、开始或结束时短，其他时候长。每分钟 120 次以内不会被限流。",
        "`state` 表示是否已叫号，`time_duration` 为已等待的秒数；其后的字段为扩展。",
    ])
    .notes(&[
        "The documented fields first, then ours: station, pile, cars ahead, expected times, energy and fees so far.",
        "`time_duration` is whole seconds since the request; `state` tells whether the car has been called.",
        "Look again after `next_look_in` seconds, also in `Retry-After`: few before something is expected to happen, else many. An app that looks more often than 120 times a minute is refused with 429.",
    ])
    .after(APPLIED)
    .refuses(&[Reason::NothingQueued]);

pub async fn apply(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let order = Order { key: call.idempotency_key()?, ..call.read(order)? };
    let number = app.charging.apply(&caller, &order, call.now()).await?;
    Success::data("申请成功", &number.to_string())
}

/// #33: `mode` and `quantity` are needed; `station_id` and `license_plate` are ours, for plazas with
/// several stations and drivers with several cars.
fn order(fields: &mut Fields) -> Result<Order, Failure> {
    Ok(Order {
        mode: fields.required(&MODE)?,
        energy: fields.required(&QUANTITY)?,
        station: fields.optional(&STATION)?,
        plate: fields.optional(&PLATE)?,
        key: None,
    })
}

pub async fn cancel(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    app.charging.cancel(&caller, call.now()).await?;
    Ok(Success::done("取消成功"))
}

pub async fn modify(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(Modify::parse)?;
    let number = app.charging.change(&caller, form.mode, form.energy, call.now()).await?;
    Success::data("修改成功", &number.to_string())
}

/// #35: one of the two, or both.
struct Modify {
    mode: Option<Mode>,
    energy: Option<Energy>,
}

impl Modify {
    fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let (mode, energy) = (fields.optional(&MODE)?, fields.optional(&QUANTITY)?);
        if mode.is_none() && energy.is_none() {
            return Err(Failure::from(Reason::ChangeNotAllowed).saying("请提供要修改的充电模式或充电量"));
        }
        Ok(Self { mode, energy })
    }
}

pub async fn info(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let seen = app.charging.info(&caller, call.now()).await?;
    let shown = views::Info::of(&seen, &caller, call.now().station)?;
    Ok(Success::data("查询成功", &shown)?.again_after(shown.next_look_in))
}

fn mode(text: &str) -> Result<Mode, Failure> {
    match halfwidth(text).to_ascii_lowercase().as_str() {
        "fast" => Ok(Mode::Fast),
        "slow" => Ok(Mode::Slow),
        _ => Err(Failure::malformed("充电模式应为 fast（快充）或 slow（慢充）")),
    }
}

/// 充电量 in kWh: more than zero, at most 2000, at most three decimals.
const QUANTITY_RULE: Rule = Rule::text(1, 8).matching(concat!(
    r"^(?:(?:[1-9]|[1-9][0-9]{1,2}|1[0-9]{3})(?:\.[0-9]{1,3})?|2000(?:\.0{1,3})?",
    r"|0\.(?:[1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$"
));

fn quantity(text: &str) -> Result<Energy, Failure> {
    let refused = || Failure::typed("充电量应为大于 0、不超过 2000、最多三位小数的数字（kWh）");
    let text = halfwidth(text);
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
    let energy = Energy::parse_kwh(&text).filter(|energy| *energy <= Energy::from_watt_hours(2_000_000));
    energy.filter(|_| decimals <= 3).ok_or_else(refused)
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{APPLY, CANCEL, INFO, MODIFY};
    use crate::views;
    use describe::{Answers, Operation, ev_app};
    use serde_json::json;

    pub fn operations() -> Vec<Operation> {
        vec![
            APPLY.answers(ev_app::text("申请成功", "F12")),
            CANCEL.answers(ev_app::done("取消成功")),
            MODIFY.answers(ev_app::text("修改成功", "F12")),
            INFO.answers(ev_app::data::<views::Info>(
                "查询成功",
                &json!({
                    "user_id": "1733412861", "charging_type": "fast", "request_power": 100.4, "queue_num": "F12",
                    "time_duration": 95, "created_at": "2026-06-01T08:30:05+08:00", "state": true,
                    "status": "charging", "station_id": "S1", "pile": "F1", "kept_until": null,
                    "measured_watts": null, "cars_ahead": null,
                    "expected_call_at": null, "expected_start_at": null,
                    "expected_finish_at": "2026-06-01T11:50:53+08:00", "estimate": false, "next_look_in": 60,
                    "charged_power": "0.75",
                    "charging_fee": "0.53", "service_fee": "0.60", "total_fee": "1.13"
                }),
            )),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_decimals_within_their_bounds() {
        for accepted in ["100.4", "0.001", "2000", "２０．５", "1.5000"] {
            assert!(quantity(accepted).is_ok(), "{accepted}");
        }
        for refused in ["0", "-1", "2000.001", "1.0001", "1e2", "NaN", "", "二十"] {
            assert!(quantity(refused).is_err(), "{refused}");
        }
    }
}
