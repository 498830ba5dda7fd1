//! Stations: made, listed, looked at, their piles switched.

use crate::{ADMINS, App, READERS, actor};
use shared::{
    domain::{
        charging::{MINUTE, PileId, Settings, Span},
        place::StationPlace,
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
        text::halfwidth,
    },
    parameters::NamedValues,
    service::charging::Switch,
    wire::{
        Call, Endpoint, Example, Field, Fields, get,
        page::{LIMIT, most},
        place::{NAMED, PLACE, place_change},
        plain::Success,
        put,
    },
};
use std::sync::Arc;

mod live;
pub mod piles;
pub mod place;
pub mod settings;
mod views;

pub use live::Totals;

const AFTER: Field<StationId> = Field::new("after", StationId::parse)
    .about("上一页最后一个充电站 · The station with which the page before ended")
    .example("S0");
const SETTINGS: Field<String> = Field::text("settings")
    .about("充电站参数，未给的取默认值 · The settings; what is left out has its default")
    .shown(Example::Nested(r#"{ "fast_piles": 2, "slow_piles": 3 }"#));
const STATE: Field<String> = Field::text("state")
    .about("on 启用，off 停用，failed 故障，recovered 恢复 · The new state")
    .example("off")
    .one_of(&["on", "off", "failed", "recovered"]);
const MINUTES: Field<Span> = Field::new("minutes", minutes)
    .about("分钟数，仅用于 off 和 failed，到时自动恢复，1 至 527040 · Minutes after which it comes back by itself, with off and failed: 1–527040")
    .whole(30);

pub const LIST: Endpoint = get("/operator/stations")
    .title("充电站列表", "Stations by id")
    .access(READERS)
    .zh(&["分页列出充电站；带 `name` 时列出名称以此开头的充电站。"])
    .notes(&["A page; `next` is the `after` of the next one. With `name`, one page of those whose names begin so."])
    .takes(&[NAMED.optional().left_out(), AFTER.optional().left_out(), LIMIT.optional()]);

pub const MAKE: Endpoint = put("/operator/stations/{station}")
    .title("新建充电站", "Make a station")
    .access(ADMINS)
    .as_json()
    .zh(&[
        "新建充电站，参数名与充电场景文件相同，未给的取默认值；可同时给出名称、地址、营业时间、电话和坐标（GCJ-02）。",
    ])
    .notes(&[
        "Settings have the names that scenarios use; what is left out has its default.",
        "It may come with its place, which `PUT …/place` changes later.",
    ])
    .in_path(&[("station", "S2")])
    .takes(&[SETTINGS.optional()])
    .takes(&PLACE)
    .refuses(&[Reason::StationExists]);

pub const LIVE: Endpoint = get("/operator/stations/{station}")
    .title("查看充电站", "A station as it is now")
    .access(ADMINS)
    .zh(&["返回充电站实时状态：各桩队列、已充电量和费用、等候区和故障转移的车辆。"])
    .notes(&["Lanes with energy and fee so far, the waiting line in order of arrival, displaced cars."])
    .in_path(&[("station", "S1")])
    .refuses(&[Reason::NoSuchStation]);

pub const SWITCH_PILE: Endpoint = put("/operator/stations/{station}/piles/{pile}")
    .title("切换充电桩", "Switch, fail or recover a pile")
    .access(ADMINS)
    .zh(&["启用、停用、设为故障或恢复充电桩；故障桩的车辆按规则转移或等待。"])
    .notes(&[
        "By the charging rules: cars of a failed pile are moved or wait for one. What a pile is already is refused.",
    ])
    .in_path(&[("station", "S1"), ("pile", "F1")])
    .takes(&[STATE.required(), MINUTES.optional()])
    .refuses(&[Reason::NoSuchStation])
    .may_say(&[
        (Reason::NotYours, "充电桩不存在"),
        (Reason::ChangeNotAllowed, "充电桩已处于故障状态"),
        (Reason::ChangeNotAllowed, "充电桩已处于正常状态"),
    ]);

pub async fn list(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, after, most) = call.read(page)?;
    let page = app.charging.stations(named.as_deref(), after.as_ref(), most).await?;
    Success::content(&views::List::of(&page))
}

/// `?after=S0&limit=50`, `?name=人民`
fn page(fields: &mut Fields) -> Result<(Option<String>, Option<StationId>, u8), Failure> {
    Ok((fields.optional(&NAMED)?, fields.optional(&AFTER)?, most(fields)?))
}

pub async fn make(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, (settings, place)) = (StationId::parse(call.path("station"))?, call.read(new_station)?);
    let made = app.charging.create_station(&id, &settings, &place, &actor(&app, &caller, &call)).await?;
    if made { Success::content(&views::Made::of(&id)) } else { Err(Reason::StationExists.into()) }
}

/// How a scenario writes faults, and when it starts. A station has neither, but takes the parameters of a scenario as they are.
const OF_SCENARIOS_ONLY: [&str; 2] = ["B_value", "start"];

fn new_station(fields: &mut Fields) -> Result<(Settings, StationPlace), Failure> {
    Ok((new_settings(fields)?, StationPlace::default().changed(place_change(fields)?)))
}

/// The settings of a station, under the names that scenarios use: what was tried in one is what a station is made with.
fn new_settings(fields: &mut Fields) -> Result<Settings, Failure> {
    let Some(raw) = fields.nested(&SETTINGS)? else { return Ok(Settings::default()) };
    let mut values = NamedValues::read(&raw).map_err(Failure::malformed)?;
    let settings = values.new_settings().map_err(Failure::malformed)?;
    match values.names().find(|name| !OF_SCENARIOS_ONLY.contains(name)) {
        Some(name) => Err(Failure::malformed(format!("settings: unknown name {name}"))),
        None => Ok(settings),
    }
}

pub async fn live(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = StationId::parse(call.path("station"))?;
    let view = app.charging.live_view(&id, call.now().station).await?;
    Success::content(&live::Live::of(&view, &app.pile_links))
}

pub async fn switch_pile(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, pile) = (StationId::parse(call.path("station"))?, pile(call.path("pile"))?);
    let switch = call.read(switch)?;
    app.charging.switch_pile(&id, pile, switch, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// A pile of a station, such as F1.
pub(super) fn pile(text: &str) -> Result<PileId, Failure> {
    PileId::parse(text).ok_or_else(|| Failure::from(Reason::NotYours).saying("充电桩不存在"))
}

/// `{"state":"off"}`, `{"state":"failed","minutes":30}`, `{"state":"on"}`, `{"state":"recovered"}`.
fn switch(fields: &mut Fields) -> Result<Switch, Failure> {
    let (state, lasting) = (fields.required(&STATE)?, fields.optional(&MINUTES)?);
    match (halfwidth(&state).as_str(), lasting) {
        ("off" | "failed", lasting) => Ok(Switch::Down { lasting }),
        ("on" | "recovered", None) => Ok(Switch::Up),
        ("on" | "recovered", Some(_)) => Err(Failure::malformed("minutes 只用于 off 和 failed")),
        _ => Err(Failure::malformed("state 应为 on、off、failed 或 recovered")),
    }
}

fn minutes(text: &str) -> Result<Span, Failure> {
    const LONGEST: i64 = 366 * 24 * 60;
    let minutes = halfwidth(text).parse().ok().filter(|minutes| (1..=LONGEST).contains(minutes));
    let minutes = minutes.ok_or_else(|| Failure::malformed("minutes 应为 1 至 527040 的整数"))?;
    Ok(Span::from_millis(minutes * MINUTE))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{LIST, LIVE, MAKE, SWITCH_PILE, place::reference::place};
    use super::{
        live::Live,
        views::{List, Made},
    };
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            LIST.answers(plain::content::<List>(json!({
                "stations": [{
                    "station_id": "S1", "place": place(), "number": 1, "fast_piles": 2, "slow_piles": 3, "fast_power_kwh_per_h": "30",
                    "slow_power_kwh_per_h": "7", "waiting_area_N": 6
                }],
                "next": null
            }))),
            MAKE.answers(plain::content::<Made<'static>>(json!({ "station_id": "S2" }))),
            LIVE.answers(plain::content::<Live>(live())),
            SWITCH_PILE.answers(plain::nothing()),
        ]
    }

    fn live() -> Value {
        json!({
            "station_id": "S1", "place": place(), "at": "2026-06-01T08:31:40+08:00",
            "piles": [{ "id": 65_537, "name": "F1", "qr_link": "https://plaza.example/order?station=S1&pile=F1",
                "state": "OK", "recovers_at": null, "meter": null, "cars": [{
                "request_id": 1_048_576, "driver_id": 1_733_412_861, "plate": "皖A12345", "number": "F12",
                "applied_at": "2026-06-01T08:30:05+08:00", "waiting_seconds": 0, "requested_kwh": "100.40",
                "delivered_kwh": "0.75", "remaining_kwh": "99.65", "fee": "1.13",
                "charging_since": "2026-06-01T08:30:05+08:00", "expected_start_at": null,
                "expected_finish_at": "2026-06-01T11:50:53+08:00"
            }], "totals": totals() }],
            "waiting": [], "displaced": []
        })
    }

    pub fn totals() -> Value {
        json!({
            "sessions": 12, "hours": "9.50", "kwh": "285.000", "charging_fee": "199.50", "service_fee": "228.00",
            "total_fee": "427.50"
        })
    }
}
