//! What operators send about stations.

use jiff::Timestamp;
use shared::{
    domain::{
        charging::{MINUTE, Moment, PileId, PriceChange, Settings, SettingsChange, Span},
        reason::{Failure, Reason},
        station_id::StationId,
        text::halfwidth,
    },
    parameters::{self, NamedValues},
    service::charging::Switch,
    wire::{Fields, missing},
};

/// How a scenario writes faults, and when it starts. A station has neither, but takes the parameters of a scenario as they are.
const OF_SCENARIOS_ONLY: [&str; 2] = ["B_value", "start"];

/// The settings of a station, under the names that scenarios use: what was tried in one is what a station is made with.
pub fn settings(fields: &mut Fields) -> Result<Settings, Failure> {
    let Some(raw) = fields.nested("settings")? else { return Ok(Settings::default()) };
    let mut values = NamedValues::read(&raw).map_err(Failure::malformed)?;
    let settings = values.new_settings().map_err(Failure::malformed)?;
    match values.names().find(|name| !OF_SCENARIOS_ONLY.contains(name)) {
        Some(name) => Err(Failure::malformed(format!("settings: unknown name {name}"))),
        None => Ok(settings),
    }
}

/// The settings that are to change; the others stay as they are.
pub fn settings_change(fields: &mut Fields) -> Result<SettingsChange, Failure> {
    let raw = fields.nested("settings")?.ok_or_else(|| missing("settings"))?;
    parameters::settings_change(&raw).map_err(Failure::malformed)
}

/// `{"prices":{"tariff","service_fee","zone"},"valid_from":"2026-06-02T00:00:00+08:00"}`; without a date, from now on.
pub fn price_change(fields: &mut Fields, now: Timestamp) -> Result<PriceChange, Failure> {
    let raw = fields.nested("prices")?.ok_or_else(|| missing("prices"))?;
    let from = match fields.optional("valid_from")? {
        None => now,
        Some(text) => {
            let from = text.trim().parse::<Timestamp>();
            from.map_err(|_| Failure::malformed("valid_from 应为带时区的时间，例如 2026-06-02T00:00:00+08:00"))?
        }
    };
    parameters::price_change(&raw, Moment::from_millis(from.as_millisecond())).map_err(Failure::malformed)
}

/// A page of the list of stations.
pub struct Page {
    pub after: Option<StationId>,
    pub most: u8,
}

impl Page {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let after = fields.optional("after")?.map(|after| StationId::parse(&after)).transpose()?;
        Ok(Self { after, most: crate::most(fields)? })
    }
}

/// A page of the history of prices.
pub struct HistoryPage {
    pub before: Option<i64>,
    pub most: u8,
}

impl HistoryPage {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let before = fields.optional("before")?.map(|text| halfwidth(&text).parse::<i64>()).transpose();
        let before = before.ok().filter(|before| before.is_none_or(|millis| millis >= 0));
        let before = before.ok_or_else(|| Failure::malformed("before 应为毫秒数"))?;
        Ok(Self { before, most: crate::most(fields)? })
    }
}

/// A pile of a station, such as F1.
pub fn pile(text: &str) -> Result<PileId, Failure> {
    PileId::parse(text).ok_or_else(|| Failure::from(Reason::NotYours).saying("充电桩不存在"))
}

/// `{"state":"off"}`, `{"state":"failed","minutes":30}`, `{"state":"on"}`, `{"state":"recovered"}`.
pub fn switch(fields: &mut Fields) -> Result<Switch, Failure> {
    const LONGEST: i64 = 366 * 24 * 60;
    let state = fields.required("state")?;
    let minutes = fields.optional("minutes")?.map(|text| halfwidth(&text).parse::<i64>());
    let lasting = match minutes {
        None => None,
        Some(Ok(minutes @ 1..=LONGEST)) => Some(Span::from_millis(minutes * MINUTE)),
        Some(_) => return Err(Failure::malformed("minutes 应为 1 至 527040 的整数")),
    };
    match (halfwidth(&state).as_str(), lasting) {
        ("off" | "failed", lasting) => Ok(Switch::Down { lasting }),
        ("on" | "recovered", None) => Ok(Switch::Up),
        ("on" | "recovered", Some(_)) => Err(Failure::malformed("minutes 只用于 off 和 failed")),
        _ => Err(Failure::malformed("state 应为 on、off、failed 或 recovered")),
    }
}
