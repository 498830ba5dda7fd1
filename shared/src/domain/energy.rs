//! Energy and power, exact: energy in millijoules (watt-milliseconds), power in watts.

mod exact;

pub use exact::{Exact, gcd};

use std::fmt;
use std::ops::{Add, Sub};

const MILLIJOULES_PER_KWH: u64 = 3_600_000_000;

/// An amount of energy. One kWh is 3.6 billion millijoules, so every decimal of a kWh up to the eighth is whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Energy(Exact);

impl Default for Energy {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Energy {
    pub const ZERO: Self = Self(Exact::ZERO);
    /// More than any battery; it keeps every product inside its integer.
    pub const LARGEST: Self = Self(Exact::whole(100_000 * MILLIJOULES_PER_KWH as i128));

    pub const fn from_millijoules(millijoules: Exact) -> Self {
        Self(millijoules)
    }

    pub fn from_watt_hours(watt_hours: u32) -> Self {
        Self(Exact::whole(i128::from(watt_hours) * 3_600_000))
    }

    /// A requested amount: a positive decimal number of kWh.
    pub fn parse_kwh(text: &str) -> Option<Self> {
        let energy = Self(Exact::decimal(text)?.times(MILLIJOULES_PER_KWH));
        (energy.0.as_whole().is_some() && energy > Self::ZERO && energy <= Self::LARGEST).then_some(energy)
    }

    pub fn millijoules(self) -> Exact {
        self.0
    }

    /// Hundredths of a kWh, half-up: what people are shown.
    pub fn hundredths_of_kwh(self) -> i128 {
        self.0.rounded_over(MILLIJOULES_PER_KWH / 100)
    }

    /// Thousandths of a kWh (watt-hours), half-up.
    pub fn watt_hours(self) -> i128 {
        self.0.rounded_over(MILLIJOULES_PER_KWH / 1000)
    }
}

/// kWh with two decimals, half-up.
impl fmt::Display for Energy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.hundredths_of_kwh();
        write!(f, "{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

impl Add for Energy {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Energy {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for Energy {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

/// The power of a pile, in whole watts; never zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Power(u32);

impl Power {
    pub const LARGEST: Self = Self(1_000_000);

    pub const fn from_watts(watts: u32) -> Option<Self> {
        if watts == 0 || watts > Self::LARGEST.0 { None } else { Some(Self(watts)) }
    }

    /// A positive decimal number of kW, such as `7` or `7.5`, down to the watt.
    pub fn parse_kw(text: &str) -> Option<Self> {
        let watts = Exact::decimal(text)?.times(1000).as_whole()?;
        Self::from_watts(u32::try_from(watts).ok()?)
    }

    pub fn watts(self) -> u64 {
        u64::from(self.0)
    }
}

impl fmt::Display for Power {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kilowatts, watts) = (self.0 / 1000, self.0 % 1000);
        if watts == 0 {
            return write!(f, "{kilowatts}");
        }
        write!(f, "{}", format!("{kilowatts}.{watts:03}").trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_shown_with_two_decimals_half_up() {
        let shown = |kwh| Energy::parse_kwh(kwh).map(|energy| energy.to_string());
        assert_eq!(shown("100.4").as_deref(), Some("100.40"));
        assert_eq!(shown("0.005").as_deref(), Some("0.01"));
        assert_eq!(shown("0.0049").as_deref(), Some("0.00"));
    }

    #[test]
    fn an_amount_is_a_positive_plain_decimal() {
        for odd in ["0", "-1", "0.000000001", "1e2", "100001", "kWh"] {
            assert_eq!(Energy::parse_kwh(odd), None, "{odd}");
        }
    }

    #[test]
    fn power_is_read_to_the_watt_and_printed_as_it_was_read() {
        for text in ["7", "7.5", "30", "0.001", "1000"] {
            assert_eq!(Power::parse_kw(text).map(|power| power.to_string()).as_deref(), Some(text));
        }
        for odd in ["0", "-7", "7.0005", "1000.001"] {
            assert_eq!(Power::parse_kw(odd), None, "{odd}");
        }
    }
}
