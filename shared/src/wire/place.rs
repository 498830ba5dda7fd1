//! The fields of a station's place, as operators send them and drivers search by them.

use super::{Field, Fields, Parameter};
use crate::domain::{
    place::{Coordinates, MicroDegrees, StationPlace, StationPlaceChange},
    reason::Failure,
};

const NAME: Field<String> = Field::new("name", StationPlace::name)
    .about("充电站名称 · The station's name")
    .example("人民广场充电站")
    .rule(StationPlace::NAME);
const ADDRESS: Field<String> = Field::new("address", StationPlace::address)
    .about("地址 · Address")
    .example("上海市黄浦区人民大道200号")
    .rule(StationPlace::ADDRESS);
const HOURS: Field<String> = Field::new("hours", StationPlace::hours)
    .about("营业时间 · Opening hours, as people write them")
    .example("00:00-24:00")
    .rule(StationPlace::HOURS);
const PHONE: Field<String> = Field::new("phone", StationPlace::phone)
    .about("电话 · Telephone")
    .example("021-63580000")
    .rule(StationPlace::PHONE);
const COORDINATES: Field<Coordinates> = Field::new("coordinates", Coordinates::parse)
    .about("“纬度,经度”，GCJ-02（高德、腾讯地图所用坐标） · `lat,lng` in GCJ-02, as Chinese maps have it")
    .example("31.230416,121.473701")
    .rule(Coordinates::RULE);

/// A point to search around.
pub const NEAR: Field<Coordinates> = Field::new("near", Coordinates::parse)
    .about("“纬度,经度”，GCJ-02；按距离从近到远列出 100 km 内的充电站 · `lat,lng` in GCJ-02: stations within 100 km, the nearest first")
    .example("31.230416,121.473701")
    .rule(Coordinates::RULE);
/// The beginning of a name.
pub const NAMED: Field<String> = NAME.about("名称开头；按名称列出 · The beginning of the name: stations by name");

/// What a place consists of. Each may be missing, and an empty one clears.
pub const PLACE: [Parameter; 5] =
    [NAME.optional(), ADDRESS.optional(), HOURS.optional(), PHONE.optional(), COORDINATES.optional()];

/// A change of a place: what is absent stays.
pub fn place_change(fields: &mut Fields) -> Result<StationPlaceChange, Failure> {
    Ok(StationPlaceChange {
        name: fields.patched(&NAME)?,
        address: fields.patched(&ADDRESS)?,
        hours: fields.patched(&HOURS)?,
        phone: fields.patched(&PHONE)?,
        coordinates: fields.patched(&COORDINATES)?,
    })
}

/// The number that JSON shows of a latitude or longitude.
pub fn degrees(at: MicroDegrees) -> Result<Box<serde_json::value::RawValue>, Failure> {
    let number = serde_json::value::RawValue::from_string(at.to_string());
    number.map_err(|error| Failure::internal(format!("coordinate is not a JSON number: {error}")))
}
