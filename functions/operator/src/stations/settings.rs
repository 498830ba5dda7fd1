//! What of a station can be changed: its settings and its prices.

use crate::{ADMINS, App, READERS, actor, stations::views};
use jiff::Timestamp;
use shared::{
    domain::{
        charging::{Moment, PriceChange, SettingsChange},
        reason::{Failure, Reason},
        session::Caller,
        station_id::StationId,
        text::halfwidth,
    },
    parameters::{self},
    wire::{
        Call, Endpoint, Example, Field, Fields, get, missing,
        page::{LIMIT, most},
        plain::Success,
        put,
    },
};
use std::sync::Arc;

const CHANGED_SETTINGS: Field<String> = Field::text("settings")
    .about("要修改的参数 · The settings to change")
    .shown(Example::Nested(r#"{ "waiting_area_N": 10, "payment_due_hours": 168 }"#));
const BEFORE: Field<i64> =
    Field::new("before", millis).about("上一页的 next · The `next` of the page before").whole(1_780_000_000_000);
const PRICES_TO_COME: Field<String> = Field::text("prices")
    .about("电价：`tariff` 分时电价，`service_fee` 服务费，`zone` 时区 · The prices")
    .shown(Example::Nested(r#"{ "tariff": [["00:00", "24:00", "0.75"]], "service_fee": "0.80" }"#));
const VALID_FROM: Field<Timestamp> = Field::new("valid_from", time)
    .about("生效时间，默认立即 · From when on; at once if left out")
    .example("2036-06-02T00:00:00+08:00");

pub const SETTINGS: Endpoint = get("/operator/stations/{station}/settings")
    .title("查看充电站参数", "A station's settings")
    .access(READERS)
    .zh(&["返回充电站参数和尚未生效的电价。"])
    .notes(&["Under the names under which they are changed, with the price changes that lie ahead."])
    .in_path(&[("station", "S1")])
    .refuses(&[Reason::NoSuchStation]);

pub const CHANGE_SETTINGS: Endpoint = put("/operator/stations/{station}/settings")
    .title("修改充电站参数", "Change a station's settings")
    .access(ADMINS)
    .as_json()
    .zh(&["只修改给出的参数，从下一次调度起生效。"])
    .notes(&["Changes what it names, from the next dispatch on. What changes nothing leaves no entry in the trail."])
    .in_path(&[("station", "S1")])
    .takes(&[CHANGED_SETTINGS.required()])
    .refuses(&[Reason::NoSuchStation])
    .may_say(&[(Reason::ChangeNotAllowed, "充电功率更改过于频繁")]);

pub const PRICES: Endpoint = get("/operator/stations/{station}/prices")
    .title("电价历史", "The history of a station's prices")
    .access(READERS)
    .zh(&["返回电价历史，最后生效的在前。"])
    .notes(&["The last to count first; `next` is the `before` of the next page."])
    .in_path(&[("station", "S1")])
    .takes(&[BEFORE.optional().left_out(), LIMIT.optional()])
    .refuses(&[Reason::NoSuchStation]);

pub const CHANGE_PRICES: Endpoint = put("/operator/stations/{station}/prices")
    .title("修改电价", "Change a station's prices")
    .access(ADMINS)
    .as_json()
    .zh(&["修改电价，不带日期则立即生效，不能早于现在；已开始的充电按原价。最多预设十次。"])
    .notes(&[
        "Without a date from now on, never for the past; what has begun keeps its prices. Ten changes may lie ahead.",
    ])
    .in_path(&[("station", "S1")])
    .takes(&[PRICES_TO_COME.required(), VALID_FROM.optional()])
    .refuses(&[Reason::NoSuchStation]);

pub async fn settings(app: Arc<App>, _: Caller, call: Call) -> Result<Success, Failure> {
    let id = StationId::parse(call.path("station"))?;
    let settings = app.charging.settings(&id, call.now().station).await?;
    Success::content(&views::Settings::of(&id, &settings))
}

pub async fn change_settings(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, change) = (StationId::parse(call.path("station"))?, call.read(settings_change)?);
    let settings = app.charging.change_settings(&id, change, &actor(&app, &caller, &call)).await?;
    Success::content(&views::Settings::of(&id, &settings))
}

/// The settings that are to change; the others stay as they are.
fn settings_change(fields: &mut Fields) -> Result<SettingsChange, Failure> {
    let raw = fields.nested(&CHANGED_SETTINGS)?.ok_or_else(|| missing(CHANGED_SETTINGS.name()))?;
    parameters::settings_change(&raw).map_err(Failure::malformed)
}

pub async fn prices(app: Arc<App>, _: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, (before, most)) = (StationId::parse(call.path("station"))?, call.read(history_page)?);
    let history = app.charging.price_history(&id, before, most).await?;
    Success::content(&views::History::of(&id, &history, most))
}

pub async fn change_prices(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (id, now) = (StationId::parse(call.path("station"))?, call.now().station);
    let change = call.read(|fields| price_change(fields, now))?;
    app.charging.change_prices(&id, change, &actor(&app, &caller, &call)).await?;
    Ok(Success::Nothing)
}

/// `{"prices":{"tariff","service_fee","zone"},"valid_from":"2026-06-02T00:00:00+08:00"}`; without a date, from now on.
fn price_change(fields: &mut Fields, now: Timestamp) -> Result<PriceChange, Failure> {
    let raw = fields.nested(&PRICES_TO_COME)?.ok_or_else(|| missing(PRICES_TO_COME.name()))?;
    let from = fields.optional(&VALID_FROM)?.unwrap_or(now);
    parameters::price_change(&raw, Moment::from_millis(from.as_millisecond())).map_err(Failure::malformed)
}

fn time(text: &str) -> Result<Timestamp, Failure> {
    let time = text.trim().parse();
    time.map_err(|_| Failure::malformed("valid_from 应为带时区的时间，例如 2026-06-02T00:00:00+08:00"))
}

/// `?before=1780000000000&limit=50`
fn history_page(fields: &mut Fields) -> Result<(Option<i64>, u8), Failure> {
    Ok((fields.optional(&BEFORE)?, most(fields)?))
}

fn millis(text: &str) -> Result<i64, Failure> {
    let millis = halfwidth(text).parse().ok().filter(|millis| *millis >= 0);
    millis.ok_or_else(|| Failure::malformed("before 应为毫秒数"))
}

/// What the reference shows of the answers.
#[cfg(feature = "openapi")]
pub mod reference {
    use super::{CHANGE_PRICES, CHANGE_SETTINGS, PRICES, SETTINGS};
    use crate::stations::views::{History, Settings};
    use describe::{Answers, Operation, plain};
    use serde_json::{Value, json};

    pub fn operations() -> Vec<Operation> {
        vec![
            SETTINGS.answers(plain::content::<Settings<'static>>(settings())),
            CHANGE_SETTINGS.answers(plain::content::<Settings<'static>>(settings())),
            PRICES.answers(plain::content::<History<'static>>(json!({
                "station_id": "S1",
                "prices": [{
                    "valid_from": "2026-06-01T08:30:05+08:00", "zone": "Asia/Shanghai", "service_fee": "0.80",
                    "tariff": [["00:00", "24:00", "0.70"]], "set_at": "2026-06-01T08:30:05+08:00", "set_by": "0f3b…"
                }],
                "next": null
            }))),
            CHANGE_PRICES.answers(plain::nothing()),
        ]
    }

    fn settings() -> Value {
        json!({
            "station_id": "S1",
            "settings": {
                "fast_piles": 2, "slow_piles": 3, "fast_power_kwh_per_h": "30", "slow_power_kwh_per_h": "7",
                "pile_queue_length_M": 3, "waiting_area_N": 10, "fault_strategy": "priority", "dispatch_target": "vacant",
                "dispatch_mode": "earliest_finish", "modify_in_pile": "reject", "payment_due_hours": 168, "arrears": "reject",
                "metering": "nominal", "no_show_minutes": null, "silence_minutes": null, "above_order": null
            },
            "prices": { "zone": "Asia/Shanghai", "service_fee": "0.80", "tariff": [["00:00", "24:00", "0.70"]] },
            "coming_prices": [{
                "valid_from": "2026-06-02T00:00:00+08:00", "zone": "Asia/Shanghai", "service_fee": "0.80",
                "tariff": [["00:00", "24:00", "0.75"]]
            }]
        })
    }
}
