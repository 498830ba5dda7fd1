//! The name of a station, and the numbers that are made from its own number: unique over all stations without a
//! counter that stations share.

use super::{
    charging::{Mode, PileId},
    reason::Failure,
    rule::Rule,
    text::halfwidth,
};
use serde::{Deserialize, Serialize};

/// A station's name in keys, messages and forms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StationId(String);

impl StationId {
    pub const RULE: Rule = Rule::text(1, 32).matching("^[0-9A-Za-z_-]+$");

    pub fn parse(text: &str) -> Result<Self, Failure> {
        let id = halfwidth(text);
        let is_plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !Self::RULE.fits(&id) || !is_plain {
            return Err(Failure::malformed("充电站编号应为 1 至 32 个字母、数字、- 或 _"));
        }
        Ok(Self(id))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A station's number, given once. It fills the upper bits of every integer that the charging app shows, so each
/// station counts for itself and all of them stay below 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StationNumber(u32);

impl StationNumber {
    /// The lower bits, for what a station counts itself: eight billion.
    const COUNT_BITS: u32 = 33;
    const LARGEST: u32 = (1 << (53 - Self::COUNT_BITS)) - 1;
    /// So many numbers are left for the piles of each station.
    const PILES: u32 = 10_000;
    /// The largest that is given now: with it the ids of piles stay below 2^31. Earlier releases gave larger ones, which
    /// go on.
    const LARGEST_DRAWN: u32 = (1 << 31) / Self::PILES - 1;

    /// A number from 1 to about a million.
    pub fn new(number: u32) -> Option<Self> {
        (1..=Self::LARGEST).contains(&number).then_some(Self(number))
    }

    /// One of about two hundred thousand, from chance; that it is free is the store's to check.
    pub fn drawn(random: u64) -> Self {
        Self(1 + u32::try_from(random % u64::from(Self::LARGEST_DRAWN)).unwrap_or(0))
    }

    /// The `count`-th thing of this station.
    pub fn id(self, count: u64) -> u64 {
        (u64::from(self.0) << Self::COUNT_BITS) | (count & ((1 << Self::COUNT_BITS) - 1))
    }

    /// The integer under which the charging app knows a pile (充电桩id).
    pub fn pile_id(self, pile: PileId) -> u64 {
        let mode = match pile.mode {
            Mode::Fast => 0,
            Mode::Slow => 1,
        };
        u64::from(self.0) * u64::from(Self::PILES) + mode * 5_000 + u64::from(pile.n)
    }
}

impl From<StationNumber> for u32 {
    fn from(number: StationNumber) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_integer_stays_below_two_to_the_fifty_third() {
        let last = StationNumber::new(StationNumber::LARGEST).unwrap();
        assert!(last.id(u64::MAX) < 1 << 53);
        assert_eq!(StationNumber::new(StationNumber::LARGEST + 1), None);
        assert_eq!(StationNumber::new(0), None);
    }

    #[test]
    fn piles_of_stations_that_are_made_now_have_ids_of_31_bits() {
        let last = PileId { mode: Mode::Slow, n: 4_999 };
        for random in [0, u64::MAX, u64::from(StationNumber::LARGEST_DRAWN) - 1] {
            let number = StationNumber::drawn(random);
            assert!((1..=StationNumber::LARGEST_DRAWN).contains(&number.0) && number.pile_id(last) < 1 << 31);
        }
    }

    #[test]
    fn things_of_different_stations_never_share_a_number() {
        let (one, two) = (StationNumber::new(1).unwrap(), StationNumber::new(2).unwrap());
        assert!(one.id((1 << 33) - 1) < two.id(0));
        let pile = |number: StationNumber, text| number.pile_id(PileId::parse(text).unwrap());
        assert_eq!([pile(one, "F1"), pile(one, "T1"), pile(two, "F1")], [10_001, 15_001, 20_001]);
    }

    #[test]
    fn a_station_is_named_in_plain_letters() {
        assert!(StationId::parse(" S1 ").is_ok());
        for refused in ["", "S#1", "站", &"s".repeat(33)] {
            assert!(StationId::parse(refused).is_err(), "{refused}");
        }
    }
}
