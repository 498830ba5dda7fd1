//! Money: whole fen for what is written down, an exact amount for what is still adding up, and prices per kWh.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

use serde::{Deserialize, Serialize};

use super::energy::{Energy, Exact};

/// Whole fen (分), the hundredth of a yuan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// Ten million yuan: no single amount is larger.
    const LARGEST: i64 = 1_000_000_000;

    /// Yuan: more than zero, at most ten million, at most two decimals.
    pub fn parse_yuan(text: &str) -> Option<Self> {
        let fen = i64::try_from(Exact::decimal(text)?.times(100).as_whole()?).ok();
        fen.filter(|fen| (1..=Self::LARGEST).contains(fen)).map(Self)
    }
}

/// Yuan with two decimals.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Add for Fen {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Fen {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// A price per kWh, in ten-thousandths of a yuan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Price(u32);

impl Price {
    const LARGEST: u32 = 1_000_000;

    pub const fn from_fen(fen: u16) -> Self {
        Self(fen as u32 * 100)
    }

    /// Yuan per kWh: zero or more, at most 100, up to four decimals.
    pub fn parse_yuan(text: &str) -> Option<Self> {
        Self::from_ten_thousandths(Exact::decimal(text)?.times(10_000).as_whole()?)
    }

    pub fn from_ten_thousandths(price: i128) -> Option<Self> {
        u32::try_from(price).ok().filter(|price| *price <= Self::LARGEST).map(Self)
    }

    pub fn ten_thousandths(self) -> u32 {
        self.0
    }
}

/// Yuan per kWh, with as many decimals as it needs, two at least.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (yuan, rest) = (self.0 / 10_000, self.0 % 10_000);
        if rest % 100 == 0 { write!(f, "{yuan}.{:02}", rest / 100) } else { write!(f, "{yuan}.{rest:04}") }
    }
}

/// An amount that is owed, exact: millijoules times ten-thousandths of a yuan per kWh. It is rounded when it is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Owed(Exact);

impl Owed {
    pub const ZERO: Self = Self(Exact::ZERO);
    /// 3.6e9 mJ per kWh times 100 ten-thousandths of a yuan per fen.
    const PER_FEN: u64 = 360_000_000_000;

    pub const fn from_exact(amount: Exact) -> Self {
        Self(amount)
    }

    pub fn for_energy(energy: Energy, price: Price) -> Self {
        Self(energy.millijoules().times(u64::from(price.0)))
    }

    pub fn of_fen(fen: Fen) -> Self {
        Self(Exact::whole(i128::from(fen.0) * i128::from(Self::PER_FEN)))
    }

    pub fn exact(self) -> Exact {
        self.0
    }

    /// Half-up to the fen.
    pub fn rounded(self) -> Fen {
        Fen(i64::try_from(self.0.rounded_over(Self::PER_FEN)).unwrap_or(i64::MAX))
    }
}

impl Add for Owed {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_fen_counts_upwards() {
        let price = Price::from_fen(100);
        let fee = |kwh| Energy::parse_kwh(kwh).map(|energy| Owed::for_energy(energy, price).rounded());
        assert_eq!(fee("0.005"), Some(Fen(1)));
        assert_eq!(fee("0.0049999"), Some(Fen(0)));
        assert_eq!(fee("12.345"), Some(Fen(1235)));
    }

    #[test]
    fn amounts_are_read_to_the_fen() {
        for (text, fen) in [("67.44", 6_744), ("0.01", 1), ("5", 500), ("12.30", 1_230), ("10000000", 1_000_000_000)] {
            assert_eq!(Fen::parse_yuan(text), Some(Fen(fen)), "{text}");
        }
        for odd in ["0", "-1", "0.001", "10000000.01", "1e2", "", "五"] {
            assert_eq!(Fen::parse_yuan(odd), None, "{odd}");
        }
    }

    #[test]
    fn prices_are_read_as_decimals() {
        for (text, shown) in [("0.8", "0.80"), ("1.0", "1.00"), ("0.7852", "0.7852"), ("0", "0.00")] {
            assert_eq!(Price::parse_yuan(text).map(|price| price.to_string()).as_deref(), Some(shown));
        }
        for odd in ["-0.1", "0.78521", "100.01", "free"] {
            assert_eq!(Price::parse_yuan(odd), None, "{odd}");
        }
    }
}
