//! Coordinates in whole micro-degrees, and the distance between two of them without a float.

use crate::domain::{reason::Failure, rule::Rule, text::halfwidth};
use serde::{Deserialize, Serialize};

/// A latitude or a longitude in millionths of a degree: 11 cm on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MicroDegrees(pub i32);

/// A distance on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metres(pub u32);

/// A point in GCJ-02 (火星坐标), the coordinates of every map in mainland China. They are defined for China alone, so a
/// point elsewhere is refused; latitude and longitude in the wrong order are always elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coordinates {
    lat: MicroDegrees,
    lng: MicroDegrees,
}

const DEGREE: i32 = 1_000_000;
/// Fixed point of the cosine: a billion is 1.
const ONE: i64 = 1_000_000_000;

impl MicroDegrees {
    /// At most three digits before the point. Phones write up to fifteen digits behind it; those after the sixth are cut off.
    fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').map_or((text, "0"), |(whole, fraction)| (whole, fraction));
        let is_number = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole, 3) || !is_number(fraction, 18) {
            return None;
        }
        let millionths = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
        let millionths = millionths.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
        let whole: i32 = whole.parse().ok()?;
        Some(Self(whole * DEGREE + millionths))
    }
}

/// Decimal degrees with six places.
impl std::fmt::Display for MicroDegrees {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:06}", self.0 / DEGREE, self.0 % DEGREE)
    }
}

/// Latitude first, as it is read.
impl std::fmt::Display for Coordinates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{}", self.lat, self.lng)
    }
}

impl Coordinates {
    const LATITUDES: std::ops::Range<i32> = 3 * DEGREE..54 * DEGREE;
    const LONGITUDES: std::ops::Range<i32> = 73 * DEGREE..136 * DEGREE;

    /// `31.230416,121.473701`, latitude first.
    pub const RULE: Rule = Rule::text(4, 49).matching(concat!(
        r"^(?:[3-9]|[1-4][0-9]|5[0-3])(?:\.[0-9]{1,18})?,",
        r"(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])(?:\.[0-9]{1,18})?$"
    ));

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let text = halfwidth(text);
        let both = text
            .split_once(',')
            .and_then(|(lat, lng)| Some((MicroDegrees::read(lat.trim_end())?, MicroDegrees::read(lng.trim_start())?)));
        let (lat, lng) = both.ok_or_else(|| Failure::typed("坐标应为“纬度,经度”，例如 31.230416,121.473701"))?;
        if Self::LATITUDES.contains(&lat.0) && Self::LONGITUDES.contains(&lng.0) {
            Ok(Self { lat, lng })
        } else {
            Err(Failure::typed("坐标（GCJ-02）应在中国范围内：纬度 3 至 54，经度 73 至 136，纬度在前"))
        }
    }

    pub fn lat(self) -> MicroDegrees {
        self.lat
    }

    pub fn lng(self) -> MicroDegrees {
        self.lng
    }

    /// The distance over a plane that touches the earth (mean radius 6,371,008.8 m) half-way between the two points.
    ///
    /// The haversine formula needs sines and roots of fractions. Within China the plane is off by less than 0.01 % up to
    /// 100 km and 0.25 % up to 1,000 km, which the test below compares.
    pub fn distance(self, other: Self) -> Metres {
        let middle = i64::midpoint(self.lat.0.into(), other.lat.0.into());
        // In thousandths of a micro-degree, so that the cosine does not cost a metre.
        let north = (i64::from(self.lat.0) - i64::from(other.lat.0)) * 1000;
        let east = (i64::from(self.lng.0) - i64::from(other.lng.0)) * cosine(middle) / (ONE / 1000);
        let square = |length: i64| u128::from(length.unsigned_abs()) * u128::from(length.unsigned_abs());
        let length = (square(north) + square(east)).isqrt();
        // A micro-degree of a great circle is 0.111195080 m.
        let metres = (length * 111_195_080 + 500_000_000_000) / 1_000_000_000_000;
        Metres(u32::try_from(metres).unwrap_or(u32::MAX))
    }

    /// The nearest point of a rectangle, south, west, north and east in micro-degrees.
    pub(super) fn clamped(self, [south, west, north, east]: [i32; 4]) -> Self {
        let into = |at: MicroDegrees, least: i32, most: i32| MicroDegrees(at.0.clamp(least, most));
        Self { lat: into(self.lat, south, north), lng: into(self.lng, west, east) }
    }

    /// A rectangle in micro-degrees that holds everything within `range`.
    pub(super) fn surroundings(self, range: Metres) -> [i32; 4] {
        let north = i64::from(range.0) * ONE / 111_195_080 + 1;
        // The parallel is shortest at the edge that is farther from the equator.
        let edge = i64::from(self.lat.0) + north;
        let east = north * ONE / cosine(edge).max(1) + 1;
        let at = |middle: MicroDegrees, by: i64| i32::try_from(i64::from(middle.0) + by).unwrap_or(middle.0);
        [at(self.lat, -north), at(self.lng, -east), at(self.lat, north), at(self.lng, east)]
    }

    pub(super) fn at(lat: i32, lng: i32) -> Self {
        Self { lat: MicroDegrees(lat), lng: MicroDegrees(lng) }
    }
}

/// The cosine of an angle in micro-degrees, in billionths: its series, which is exact to nine places up to 60 degrees.
fn cosine(angle: i64) -> i64 {
    // A micro-degree is 17.453292520 billionths of a radian.
    let radians = angle * 17_453_292_520 / ONE;
    let square = radians * radians / ONE;
    let divisors = [2, 12, 30, 56, 90, 132];
    let (sum, _) = divisors.into_iter().fold((ONE, ONE), |(sum, term), divisor| {
        let term = -term * square / ONE / divisor;
        (sum + term, term)
    });
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(text: &str) -> Coordinates {
        Coordinates::parse(text).unwrap()
    }

    #[test]
    fn coordinates_are_read_as_decimals_and_written_with_six_places() {
        let read = |text: &str| Coordinates::parse(text).map(|read| read.to_string());
        for (text, written) in [
            ("31.230416,121.473701", "31.230416,121.473701"),
            ("３１．２，１２１．４７", "31.200000,121.470000"),
            ("31.2304161234567, 121.4737019", "31.230416,121.473701"),
            ("31,121", "31.000000,121.000000"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(written), "{text}");
        }
        for refused in [".5,121", "31e0,121", "NaN,121", "31.,121", "-31,121", "+31,121", "31.2 121.4"] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn latitude_and_longitude_in_the_wrong_order_are_refused() {
        assert!(Coordinates::parse("121.473701,31.230416").is_err());
        for refused in ["", "31.2", "31.2,", "31.2,121.4,1", "0,0", "54,100", "30,136"] {
            assert!(Coordinates::parse(refused).is_err(), "{refused}");
        }
        assert_eq!(point(" 31.230416， 121.473701"), point("31.230416,121.473701"));
    }

    #[test]
    fn known_distances() {
        let square = point("31.230416,121.473701");
        assert_eq!(square.distance(square), Metres(0));
        assert_eq!(square.distance(point("31.230425,121.473701")), Metres(1));
        assert_eq!(square.distance(point("31.239703,121.499718")), Metres(2681), "the tower across the river");
    }

    fn haversine(a: Coordinates, b: Coordinates) -> f64 {
        let radians = |at: MicroDegrees| f64::from(at.0) / 1e6 * std::f64::consts::PI / 180.0;
        let half = |x: f64, y: f64| ((x - y) / 2.0).sin().powi(2);
        let (lat_a, lat_b) = (radians(a.lat), radians(b.lat));
        let h = half(lat_a, lat_b) + lat_a.cos() * lat_b.cos() * half(radians(a.lng), radians(b.lng));
        2.0 * 6_371_008.8 * h.sqrt().asin()
    }

    proptest! {
        #[test]
        fn the_plane_agrees_with_the_sphere(
            (lat, lng) in (3_000_000..54_000_000_i32, 73_000_000..136_000_000_i32),
            (north, east) in (-9_000_000..9_000_000_i32, -11_000_000..11_000_000_i32),
            shrink in 0..7_u32,
        ) {
            let scale = 10_i32.pow(shrink);
            let a = Coordinates::at(lat, lng);
            let b = Coordinates::at(
                (lat + north / scale).clamp(3_000_000, 54_000_000),
                (lng + east / scale).clamp(73_000_000, 136_000_000),
            );
            let (plane, sphere) = (f64::from(a.distance(b).0), haversine(a, b));
            let tolerance = if sphere < 100_000.0 { 0.0001 } else if sphere < 1_000_000.0 { 0.0025 } else { 0.005 };
            prop_assert!((plane - sphere).abs() <= 1.0 + sphere * tolerance, "{a:?} {b:?}: {plane} for {sphere}");
        }
    }
}
