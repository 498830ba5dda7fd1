use super::limit;
use crate::{reports, stations};
use describe::{Answer, Operation, get, may, need, plain, put};
use serde_json::{Value, json};
use shared::domain::reason::Reason;

pub fn operations() -> Vec<Operation> {
    vec![
        get("/operator/stations", "充电站列表", "Stations by name")
            .zh("分页列出充电站。")
            .note("A page; `next` is the `after` of the next one.")
            .takes([may("after", "上一页最后一个充电站 · The station with which the page before ended", "S0").left_out(), limit()])
            .answers(plain::content::<stations::List<'static>>(json!({
                "stations": [{
                    "station_id": "S1", "number": 1, "fast_piles": 2, "slow_piles": 3, "fast_power_kwh_per_h": "30",
                    "slow_power_kwh_per_h": "7", "waiting_area_N": 6
                }],
                "next": null
            }))),
        put("/operator/stations/{station}", "新建充电站", "Make a station")
            .zh("新建充电站，参数名与充电场景文件相同，未给的取默认值。")
            .note("Settings have the names that scenarios use; what is left out has its default.")
            .in_path("station", "S2")
            .as_json()
            .takes([may("settings", "充电站参数，未给的取默认值 · The settings; what is left out has its default", json!({ "fast_piles": 2, "slow_piles": 3 }))])
            .refuses(&[Reason::StationExists])
            .answers(plain::content::<stations::Made<'static>>(json!({ "station_id": "S2" }))),
        get("/operator/stations/{station}", "查看充电站", "A station as it is now")
            .zh("返回充电站实时状态：各桩队列、已充电量和费用、等候区和故障转移的车辆。")
            .note("Lanes with energy and fee so far, the waiting line in order of arrival, displaced cars.")
            .in_path("station", "S1")
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::content::<stations::Live>(live())),
        get("/operator/stations/{station}/reports", "充电站报表", "What a station has done and taken in")
            .zh("按日、周或月统计充电次数、时长、电量和费用，最多 366 天；`format=csv` 返回表格。")
            .note("A record counts on the day (Asia/Shanghai) on which it was closed, and on the pile on which it charged.")
            .note("Weeks begin on Monday; periods are cut off where the report begins and ends. At most 366 days.")
            .in_path("station", "S1")
            .takes([
                need("from", "第一天 · The first day", "2026-06-01"),
                may("to", "最后一天，默认只一天 · The last day; one day if left out", "2026-06-30"),
                may("period", "周期，默认 day · The period, `day` if left out", "month").one_of(&["day", "week", "month"]),
                may("format", "格式，默认 json · The format, `json` if left out", "json").one_of(&["json", "csv"]),
            ])
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::content::<reports::Report<'static>>(report()))
            .or_answers("`format=csv`: a line for each pile and one for all, which has no pile and the peak", Answer::of_type("text/csv")),
    ]
}

pub fn changes() -> Vec<Operation> {
    vec![
        get("/operator/stations/{station}/settings", "查看充电站参数", "A station's settings")
            .zh("返回充电站参数和尚未生效的电价。")
            .note("Under the names under which they are changed, with the price changes that lie ahead.")
            .in_path("station", "S1")
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::content::<stations::Settings<'static>>(settings())),
        put("/operator/stations/{station}/settings", "修改充电站参数", "Change a station's settings")
            .zh("只修改给出的参数，从下一次调度起生效。")
            .note("Changes what it names, from the next dispatch on. What changes nothing leaves no entry in the trail.")
            .in_path("station", "S1")
            .as_json()
            .takes([need("settings", "要修改的参数 · The settings to change", json!({ "waiting_area_N": 10, "payment_due_hours": 168 }))])
            .refuses(&[Reason::NoSuchStation])
            .may_say(Reason::ChangeNotAllowed, "充电功率更改过于频繁")
            .answers(plain::content::<stations::Settings<'static>>(settings())),
        get("/operator/stations/{station}/prices", "电价历史", "The history of a station's prices")
            .zh("返回电价历史，最后生效的在前。")
            .note("The last to count first; `next` is the `before` of the next page.")
            .in_path("station", "S1")
            .takes([may("before", "上一页的 next · The `next` of the page before", 1_780_000_000_000_u64).left_out(), limit()])
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::content::<stations::History<'static>>(json!({
                "station_id": "S1",
                "prices": [{
                    "valid_from": "2026-06-01T08:30:05+08:00", "zone": "Asia/Shanghai", "service_fee": "0.80",
                    "tariff": [["00:00", "24:00", "0.70"]], "set_at": "2026-06-01T08:30:05+08:00", "set_by": "0f3b…"
                }],
                "next": null
            }))),
        put("/operator/stations/{station}/prices", "修改电价", "Change a station's prices")
            .zh("修改电价，不带日期则立即生效，不能早于现在；已开始的充电按原价。最多预设十次。")
            .note("Without a date from now on, never for the past; what has begun keeps its prices. Ten changes may lie ahead.")
            .in_path("station", "S1")
            .as_json()
            .takes([
                need("prices", "电价：`tariff` 分时电价，`service_fee` 服务费，`zone` 时区 · The prices", json!({ "tariff": [["00:00", "24:00", "0.75"]], "service_fee": "0.80" })),
                may("valid_from", "生效时间，默认立即 · From when on; at once if left out", "2036-06-02T00:00:00+08:00"),
            ])
            .refuses(&[Reason::NoSuchStation])
            .answers(plain::nothing()),
        put("/operator/stations/{station}/piles/{pile}", "切换充电桩", "Switch, fail or recover a pile")
            .zh("启用、停用、设为故障或恢复充电桩；故障桩的车辆按规则转移或等待。")
            .note("By the charging rules: cars of a failed pile are moved or wait for one. What a pile is already is refused.")
            .in_path("station", "S1")
            .in_path("pile", "F1")
            .takes([
                need("state", "on 启用，off 停用，failed 故障，recovered 恢复 · The new state", "off").one_of(&["on", "off", "failed", "recovered"]),
                may("minutes", "分钟数，仅用于 off 和 failed，到时自动恢复，1 至 527040 · Minutes after which it comes back by itself, with off and failed: 1–527040", 30),
            ])
            .refuses(&[Reason::NoSuchStation])
            .may_say(Reason::NotYours, "充电桩不存在")
            .may_say(Reason::ChangeNotAllowed, "充电桩已处于故障状态")
            .may_say(Reason::ChangeNotAllowed, "充电桩已处于正常状态")
            .answers(plain::nothing()),
    ]
}

fn live() -> Value {
    json!({
        "station_id": "S1", "at": "2026-06-01T08:31:40+08:00",
        "piles": [{ "id": 65_537, "name": "F1", "state": "OK", "cars": [{
            "request_id": 1_048_576, "driver_id": 1_733_412_861, "plate": "皖A12345", "number": "F12",
            "applied_at": "2026-06-01T08:30:05+08:00", "waiting_seconds": 0, "requested_kwh": "100.40",
            "delivered_kwh": "0.75", "remaining_kwh": "99.65", "fee": "1.13",
            "charging_since": "2026-06-01T08:30:05+08:00", "expected_start_at": null,
            "expected_finish_at": "2026-06-01T11:50:53+08:00"
        }], "totals": totals() }],
        "waiting": [], "displaced": []
    })
}

fn totals() -> Value {
    json!({
        "sessions": 12, "hours": "9.50", "kwh": "285.000", "charging_fee": "199.50", "service_fee": "228.00",
        "total_fee": "427.50"
    })
}

fn report() -> Value {
    let mut pile = json!({ "id": 65_537, "name": "F1" });
    let mut row = json!({ "from": "2026-06-01", "to": "2026-06-30", "peak_waiting": 4, "piles": [] });
    if let (Some(pile), Some(row), Value::Object(totals)) = (pile.as_object_mut(), row.as_object_mut(), totals()) {
        pile.extend(totals.clone());
        row.extend(totals);
    }
    row["piles"] = json!([pile]);
    json!({ "station_id": "S1", "period": "month", "rows": [row] })
}

fn settings() -> Value {
    json!({
        "station_id": "S1",
        "settings": {
            "fast_piles": 2, "slow_piles": 3, "fast_power_kwh_per_h": "30", "slow_power_kwh_per_h": "7",
            "pile_queue_length_M": 3, "waiting_area_N": 10, "fault_strategy": "priority", "dispatch_target": "vacant",
            "dispatch_mode": "earliest_finish", "modify_in_pile": "reject", "payment_due_hours": 168, "arrears": "reject"
        },
        "prices": { "zone": "Asia/Shanghai", "service_fee": "0.80", "tariff": [["00:00", "24:00", "0.70"]] },
        "coming_prices": [{
            "valid_from": "2026-06-02T00:00:00+08:00", "zone": "Asia/Shanghai", "service_fee": "0.80",
            "tariff": [["00:00", "24:00", "0.75"]]
        }]
    })
}
