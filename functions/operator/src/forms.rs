//! What operators send.

use shared::{
    domain::{
        charging::{MINUTE, PileId, Settings, Span, scenario::Parameters},
        reason::{Failure, Reason},
        text::halfwidth,
    },
    service::charging::Switch,
    wire::Fields,
};

/// The settings of a station, under the names that scenarios use: what was tried in one is what a station is made with.
pub fn settings(fields: &mut Fields) -> Result<Settings, Failure> {
    let Some(raw) = fields.nested("settings")? else { return Ok(Settings::default()) };
    let parameters = Parameters::read(&raw).map_err(Failure::malformed)?;
    match parameters.unknown.first() {
        Some(name) => Err(Failure::malformed(format!("settings: unknown name {name}"))),
        None => Ok(parameters.settings),
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
