//! Instants and lengths of time, exact: milliseconds with a fraction where a completion falls between two of them.

use std::ops::{Add, Sub};

use crate::domain::energy::{Energy, Exact, Power};

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// An instant: milliseconds since 1970-01-01T00:00Z. Commands come at whole ones, completions when they are due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Moment(Exact);

impl Moment {
    /// After everything that can ever be due.
    pub const NEVER: Self = Self::from_millis(i64::MAX / 4);

    pub const fn from_millis(millis: i64) -> Self {
        Self(Exact::whole(millis as i128))
    }

    pub const fn from_exact(millis: Exact) -> Self {
        Self(millis)
    }

    pub fn exact(self) -> Exact {
        self.0
    }

    pub fn floor_millis(self) -> i64 {
        i64::try_from(self.0.floor()).unwrap_or(i64::MAX)
    }

    /// The last whole millisecond that is not after this instant.
    #[must_use]
    pub fn floor(self) -> Self {
        Self(Exact::whole(self.0.floor()))
    }

    /// The first whole millisecond that is not before this instant.
    #[must_use]
    pub fn ceil(self) -> Self {
        Self(Exact::whole(self.0.ceil()))
    }

    /// The nearest second, half up, as it is shown.
    pub fn nearest_second(self) -> i64 {
        i64::try_from(self.0.rounded_over(1000)).unwrap_or(i64::MAX)
    }
}

impl Add<Span> for Moment {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0 + span.0)
    }
}

impl Sub for Moment {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0 - earlier.0)
    }
}

/// A length of time, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span(Exact);

impl Span {
    pub const ZERO: Self = Self(Exact::ZERO);

    pub const fn from_millis(millis: i64) -> Self {
        Self(Exact::whole(millis as i128))
    }

    pub const fn from_exact(millis: Exact) -> Self {
        Self(millis)
    }

    /// How long a pile takes to deliver an amount: a watt delivers a millijoule each millisecond.
    pub fn to_deliver(energy: Energy, power: Power) -> Self {
        Self(energy.millijoules().over(power.watts()))
    }

    /// What flows in this time at constant power.
    pub fn energy_at(self, power: Power) -> Energy {
        Energy::from_millijoules(self.0.times(power.watts()))
    }

    pub fn exact(self) -> Exact {
        self.0
    }

    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::iter::Sum for Span {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}
