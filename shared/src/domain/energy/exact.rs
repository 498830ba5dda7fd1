//! Exact numbers: a whole part and a reduced fraction, so that sums, products and comparisons never round.

use std::cmp::Ordering;
use std::ops::{Add, Neg, Sub};

/// `whole + num/den` with `0 <= num < den`, reduced; equal numbers are equal values.
///
/// Whole milliseconds and millijoules need no fraction at all; a completion at 7 kW has sevenths. The denominator
/// stays small because it divides the powers in use, and `Station` refuses a power that would let it outgrow 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Exact {
    whole: i128,
    num: u64,
    den: u64,
}

impl Exact {
    pub const ZERO: Self = Self::whole(0);

    pub const fn whole(whole: i128) -> Self {
        Self { whole, num: 0, den: 1 }
    }

    /// `whole + num/den`, for any `num`; `den` must not be zero.
    pub fn mixed(whole: i128, num: u128, den: u128) -> Self {
        let common = gcd(num, den);
        let (num, den) = (num / common, den / common);
        Self { whole: whole + (num / den).cast_signed(), num: narrow(num % den), den: narrow(den) }
    }

    /// Reads a plain decimal such as `100.4`, up to 18 digits after the point. No exponent, no float on the way.
    pub fn decimal(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || whole.len() > 18 || fraction.len() > 18 {
            return None;
        }
        let den = 10_u128.pow(u32::try_from(fraction.len()).ok()?);
        let value = Self::mixed(whole.parse().ok()?, fraction.parse().ok()?, den);
        Some(if negative { -value } else { value })
    }

    #[must_use]
    pub fn times(self, k: u64) -> Self {
        let k = u128::from(k);
        if self.num == 0 {
            return Self::whole(self.whole * k.cast_signed());
        }
        Self::mixed(self.whole * k.cast_signed(), u128::from(self.num) * k, u128::from(self.den))
    }

    #[must_use]
    pub fn over(self, k: u64) -> Self {
        let (k, den) = (u128::from(k), u128::from(self.den));
        let rest = self.whole.rem_euclid(k.cast_signed()).unsigned_abs();
        Self::mixed(self.whole.div_euclid(k.cast_signed()), rest * den + u128::from(self.num), den * k)
    }

    /// `self / k`, half-up to a whole number.
    pub fn rounded_over(self, k: u64) -> i128 {
        let k = i128::from(k);
        (self.times(2).whole + k).div_euclid(2 * k)
    }

    pub fn floor(self) -> i128 {
        self.whole
    }

    pub fn ceil(self) -> i128 {
        self.whole + i128::from(self.num > 0)
    }

    /// The number as a whole one, if it has no fraction.
    pub fn as_whole(self) -> Option<i128> {
        (self.num == 0).then_some(self.whole)
    }

    pub fn numerator(self) -> u64 {
        self.num
    }

    pub fn denominator(self) -> u64 {
        self.den
    }
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let whole = self.whole + other.whole;
        if self.num == 0 || other.num == 0 {
            let Self { num, den, .. } = if self.num == 0 { other } else { self };
            return Self { whole, num, den };
        }
        let (a, b) = (u128::from(self.den), u128::from(other.den));
        let common = gcd(a, b);
        let num = u128::from(self.num) * (b / common) + u128::from(other.num) * (a / common);
        Self::mixed(whole, num, a / common * b)
    }
}

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        if self.num == 0 {
            return Self::whole(-self.whole);
        }
        Self { whole: -self.whole - 1, num: self.den - self.num, den: self.den }
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |a: &Self, b: &Self| u128::from(a.num) * u128::from(b.den);
        self.whole.cmp(&other.whole).then_with(|| cross(self, other).cmp(&cross(other, self)))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

pub fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[expect(
    clippy::expect_used,
    reason = "denominators divide the powers in use, and a power that would let them outgrow 64 bits is refused"
)]
fn narrow(part: u128) -> u64 {
    u64::try_from(part).expect("the fraction of an exact number fits in 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_products_and_quotients_are_exact() {
        let third = Exact::whole(1).over(3);
        assert_eq!(third + third + third, Exact::whole(1));
        assert_eq!(third.times(6), Exact::whole(2));
        assert_eq!(Exact::whole(-1).over(3), -third);
        assert_eq!(third - third, Exact::ZERO);
        assert!(third < Exact::whole(1).over(2));
    }

    #[test]
    fn a_half_counts_upwards() {
        assert_eq!(Exact::whole(5).rounded_over(10), 1);
        assert_eq!(Exact::mixed(4, 9, 10).rounded_over(10), 0);
        assert_eq!(Exact::whole(15).rounded_over(10), 2);
    }

    #[test]
    fn plain_decimals_are_read_exactly_and_nothing_else_is() {
        assert_eq!(Exact::decimal("100.4"), Some(Exact::mixed(100, 2, 5)));
        assert_eq!(Exact::decimal("-0.5"), Some(-Exact::mixed(0, 1, 2)));
        for odd in ["", "-", ".5", "5.", "1e2", "+1", "1,5", "0x1", " 1", "1.0000000000000000001"] {
            assert_eq!(Exact::decimal(odd), None, "{odd}");
        }
    }
}
