//! What the charging app sends.

use shared::{
    domain::{
        charging::Mode,
        energy::Energy,
        reason::{Failure, Reason},
        rule::Rule,
        station_id::StationId,
        text::halfwidth,
        vehicle::Plate,
    },
    service::charging::Order,
    wire::Fields,
};

/// #33: `mode` and `quantity` are needed; `station_id` and `license_plate` are ours, for plazas with
/// several stations and drivers with several cars.
pub fn order(fields: &mut Fields) -> Result<Order, Failure> {
    Ok(Order {
        mode: mode(&fields.required("mode")?)?,
        energy: quantity(&fields.required("quantity")?)?,
        station: fields.optional("station_id")?.as_deref().map(StationId::parse).transpose()?,
        plate: fields.optional("license_plate")?.as_deref().map(Plate::parse).transpose()?,
        key: None,
    })
}

/// #35: one of the two, or both.
#[derive(Debug)]
pub struct Modify {
    pub mode: Option<Mode>,
    pub energy: Option<Energy>,
}

impl Modify {
    pub fn parse(fields: &mut Fields) -> Result<Self, Failure> {
        let mode = fields.optional("mode")?.as_deref().map(mode).transpose()?;
        let energy = fields.optional("quantity")?.as_deref().map(quantity).transpose()?;
        if mode.is_none() && energy.is_none() {
            return Err(Failure::from(Reason::ChangeNotAllowed).saying("请提供要修改的充电模式或充电量"));
        }
        Ok(Self { mode, energy })
    }
}

/// #37: ten unless asked otherwise, and never more than a hundred or less than one.
pub fn most_records(fields: &mut Fields) -> Result<u8, Failure> {
    let Some(text) = fields.optional("num")? else { return Ok(10) };
    let wanted: i64 = halfwidth(&text).parse().map_err(|_| Failure::malformed("返回个数应为整数"))?;
    Ok(u8::try_from(wanted.clamp(1, 100)).unwrap_or(100))
}

/// The bill that is to be paid. What cannot be an id is nobody's.
pub fn bill(fields: &mut Fields) -> Result<u64, Failure> {
    let id = halfwidth(&fields.required("bill_id")?).parse().ok();
    id.filter(|id| *id < 1 << 53).ok_or_else(|| Reason::NotYours.into())
}

fn mode(text: &str) -> Result<Mode, Failure> {
    match halfwidth(text).to_ascii_lowercase().as_str() {
        "fast" => Ok(Mode::Fast),
        "slow" => Ok(Mode::Slow),
        _ => Err(Failure::malformed("充电模式应为 fast（快充）或 slow（慢充）")),
    }
}

/// 充电量 in kWh: more than zero, at most 2000, at most three decimals.
pub const QUANTITY: Rule = Rule::text(1, 8).matching(concat!(
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
