//! What the reference says of these endpoints.

use crate::{forms, routes, views};
use describe::{Before, Described, Document, Given, Operation, Place, answer, before, ev_app, get, may, need, post};
use serde_json::json;
use shared::domain::reason::Reason;

const MODE: (&str, &str) = ("mode", "充电模式：fast 快充，slow 慢充 · Charging mode");
const QUANTITY: (&str, &str) = (
    "quantity",
    "充电量（kWh），大于 0，不超过 2000，最多三位小数 · The amount in kWh: more than 0, at most 2000, at most three decimals",
);

/// A request has been made.
const APPLIED: &[Before] = &[before("POST /user/charge/apply")];

/// At once a free pile takes the request, so its amount has to be changeable there, too.
const CHANGEABLE: Before = before("PUT /operator/stations/{station}/settings")
    .with(&[("settings", Given::Json(r#"{"modify_in_pile":"allow"}"#))]);

pub fn describe() -> Described {
    let operations = [requests_and_records(), stations_and_bills()].concat();
    Described::new("ev-charging", Document::ChargingApp, &routes(), operations)
}

/// What the document has: a request, from the order to its detail records.
fn requests_and_records() -> Vec<Operation> {
    vec![
        post("/user/charge/apply", "申请充电", "Join the queue")
            .zh("提交充电申请，返回排队号码：快充以 F 开头，慢充以 T 开头。")
            .zh("每个用户、每个车牌同时只能有一个申请。网络中断时用相同的 `Idempotency-Key` 重发，得到同一结果。")
            .number(33)
            .note("Answers at once with the queue number: F… for fast, T… for slow.")
            .note("One request per driver and per plate; a second one is refused.")
            .note("The same `Idempotency-Key` gives the first answer again; with other content it is refused.")
            .note("`station_id` and `license_plate` are ours, for plazas with several stations and drivers with several cars.")
            .as_form()
            .takes([
                need(MODE.0, MODE.1, "fast").one_of(&["fast", "slow"]),
                need(QUANTITY.0, QUANTITY.1, "100.4").ruled(forms::QUANTITY),
                may("station_id", "充电站编号，默认充电站可不填 · The station; the default one if left out", "S1"),
                may("license_plate", "本人已绑定的车牌号，不填则用第一辆 · One of the driver's own plates; the first one if left out", "皖A12345"),
                may("Idempotency-Key", "幂等键，1 至 64 个可见 ASCII 字符 · Makes a repetition harmless: 1–64 visible ASCII characters", "2b1f6c1e-apply-1").left_out().at(Place::Header),
            ])
            .refuses(&[
                Reason::NotYours,
                Reason::NoSuchStation,
                Reason::NoPilesOfMode,
                Reason::QueueFull,
                Reason::AlreadyQueued,
                Reason::InArrears,
                Reason::KeyReused,
            ])
            .answers(ev_app::text("申请成功", "F12")),
        post("/user/charge/cancel", "取消充电", "Leave the queue, or stop charging and be billed")
            .after(APPLIED)
            .zh("排队中则离开队列；充电中则停止充电并生成账单。之后可以立即重新申请。")
            .number(34)
            .note("Right after it the driver can apply again.")
            .refuses(&[Reason::NothingQueued])
            .answers(ev_app::done("取消成功")),
        post("/user/charge/modify", "修改充电请求", "Change the mode or the amount")
            .after(&[CHANGEABLE, before("POST /user/charge/apply")])
            .zh("只改充电量时排队号码不变；改充电模式时到另一队列末尾重新排号。")
            .zh("已被叫号后不能修改，需取消后重新申请。")
            .number(35)
            .note("A changed amount keeps the number; a changed mode gives a new one at the tail. Neither given: refused.")
            .note("Once the car has been called neither can be changed; cancel and apply again.")
            .as_form()
            .takes([may(MODE.0, MODE.1, "fast").one_of(&["fast", "slow"]), may(QUANTITY.0, QUANTITY.1, "80.4").ruled(forms::QUANTITY)])
            .refuses(&[Reason::NothingQueued, Reason::ChangeNotAllowed, Reason::NoPilesOfMode])
            .answers(ev_app::text("修改成功", "F12")),
        get("/user/charge/info", "返回充电状态", "The driver's request as it is now")
            .after(APPLIED)
            .zh("返回当前申请的状态，前端可轮询。没有申请时 `code` 为 -1。")
            .zh("`state` 表示是否已叫号，`time_duration` 为已等待的秒数；其后的字段为扩展。")
            .number(36)
            .note("The documented fields first, then ours: station, pile, cars ahead, expected times, energy and fees so far.")
            .note("`time_duration` is whole seconds since the request; `state` tells whether the car has been called.")
            .refuses(&[Reason::NothingQueued])
            .answers(ev_app::data::<views::Info>(
                "查询成功",
                &json!({
                    "user_id": "1733412861", "charging_type": "fast", "request_power": 100.4, "queue_num": "F12",
                    "time_duration": 95, "created_at": "2026-06-01T08:30:05+08:00", "state": true,
                    "status": "charging", "station_id": "S1", "pile": "F1", "cars_ahead": null,
                    "expected_call_at": null, "expected_start_at": null,
                    "expected_finish_at": "2026-06-01T11:50:53+08:00", "estimate": false, "charged_power": "0.75",
                    "charging_fee": "0.53", "service_fee": "0.60", "total_fee": "1.13"
                }),
            )),
        get("/user/log/get", "获取历史数据", "Detail records, newest first")
            .zh("返回历史充电详单，最新的在前。金额和电量是两位小数的字符串，`total_fee` 等于服务费加充电费。")
            .number(37)
            .note("`num` is brought between 1 and 100. Money and energy are strings with two decimals; the fees add up.")
            .note("`charging_station_id` is the pile (充电桩id): each has an integer of its own over all stations.")
            .takes([may("num", "返回的个数，默认 10，最多 100 · How many records, 10 if left out, at most 100", 10)])
            .answers(ev_app::log::<views::Line>(
                "查询成功",
                &json!([{
                    "record_id": 1_048_577, "request_id": 1_048_576, "charging_station_id": 65_537,
                    "start_time": "2026-06-01T08:30:05+08:00", "end_time": "2026-06-01T10:00:00+08:00",
                    "actual_power": "44.96", "service_fee": "35.97", "charging_fee": "31.47", "total_fee": "67.44"
                }]),
            )),
    ]
}

/// Where to charge, and what it comes to.
fn stations_and_bills() -> Vec<Operation> {
    vec![
        get("/user/stations", "充电站列表", "Stations with prices, free places and expected wait")
            .zh("扩展接口：列出充电站、电价、空位和预计等待秒数。")
            .note("`expected_wait` is in whole seconds, for an order of 30 kWh that came now.")
            .answers(ev_app::list::<views::StationNow>(
                "查询成功",
                &json!([{
                    "station_id": "S1", "prices": [{ "from": "00:00", "to": "24:00", "price": "0.70" }],
                    "service_fee": "0.80", "waiting_places_free": 6,
                    "modes": [{ "mode": "fast", "piles": 2, "places_free": 3, "expected_wait": 0 }]
                }]),
            )),
        get("/user/bills", "账单列表", "Open bills, the first to fall due in front, then the newest paid ones")
            .zh("扩展接口：先列出未结清账单（最早到期的在前），再列出最近已支付的账单。")
            .note(
                "A bill is in arrears after its due time; `num` limits the paid ones and is brought between 1 and 100.",
            )
            .takes([may(
                "num",
                "返回的已支付账单个数，默认 10，最多 100 · How many paid bills, 10 if left out, at most 100",
                10,
            )])
            .answers(ev_app::list::<views::Bill>(
                "查询成功",
                &json!([{
                    "id": 1_048_576, "license_plate": "皖A12345", "station_id": "S1", "amount": "67.44",
                    "issued_at": "2026-06-01T10:00:00+08:00", "due_at": "2026-06-08T10:00:00+08:00", "paid_at": null,
                    "state": "current", "paid_amount": "0.00", "credited_amount": "0.00", "outstanding": "67.44"
                }]),
            )),
        pay(),
    ]
}

fn pay() -> Operation {
    post("/user/bill/pay", "支付账单", "Start the payment of one of the driver's own bills")
        .after(&[before("POST /user/charge/apply").then_wait(10), before("POST /user/charge/cancel")])
        .zh("扩展接口：为本人的一张账单发起支付，返回支付渠道所需的内容。支付结果由支付渠道通知，之后账单状态改变。")
        .note("What is still owed is to be paid; as long as as much is owed, the payment is the same one.")
        .note("That it was paid the provider says (`POST /payments/callback`); then the bill's state changes.")
        .as_form()
        .takes([need("bill_id", "账单 id，见账单列表 · The bill's id, from the list of bills", 1_048_576)
            .from(answer("GET /user/bills", "/data/0/id"))])
        .refuses(&[Reason::NotYours, Reason::WrongState])
        .answers(ev_app::data::<views::ToPay<'static>>(
            "请完成支付",
            &json!({
                "payment_id": "6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e", "bill_id": 1_048_576, "amount": "67.44",
                "provider": "stand-in",
                "checkout": { "payment": "6f1dd9b8c1f04b0e8a6f2f3b1f0c9a7e", "amount": "67.44" }
            }),
        ))
}
