//! The id of a customer's record: it names the shop, so that a record is found without asking in which shop it is.

use super::ShopId;
use crate::domain::reason::{Failure, Reason};
use jiff::Timestamp;

/// `<shop>.<serial>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShopRecordId {
    pub shop: ShopId,
    pub serial: Serial,
}

/// Rises with the time of making, so that the newest records are sorted last; drawn at random within a millisecond.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(String);

impl Serial {
    const LENGTH: usize = 27;

    pub fn new(made_at: Timestamp, random: u64) -> Self {
        Self(format!("{:011x}{random:016x}", made_at.as_millisecond().max(0)))
    }

    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |c: u8| matches!(c, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == Self::LENGTH && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ShopRecordId {
    /// Text that is not an id is answered like the id of another shop's record.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let parsed = text
            .split_once('.')
            .and_then(|(shop, serial)| Some(Self { shop: ShopId::parse(shop).ok()?, serial: Serial::parse(serial)? }));
        parsed.ok_or_else(|| Reason::NotYours.into())
    }
}

impl std::fmt::Display for ShopRecordId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.shop.as_str(), self.serial.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written_and_later_ones_are_larger() {
        let made = |ms| Serial::new(Timestamp::from_millisecond(ms).unwrap(), u64::MAX);
        let id = ShopRecordId { shop: ShopId::parse("S1").unwrap(), serial: made(1_780_273_805_000) };
        assert_eq!(id.to_string(), "S1.19e809676c8ffffffffffffffff");
        assert_eq!(ShopRecordId::parse(&id.to_string()), Ok(id.clone()));
        assert!(made(1_780_273_805_001) > id.serial);
    }

    #[test]
    fn what_is_no_id_is_nobodys() {
        for odd in ["", "1", "S1", "S1.", "S1.1", ".19e809676c8ffffffffffffffff", "S1#.19e809676c8ffffffffffffffff"] {
            assert_eq!(ShopRecordId::parse(odd).map_err(|failure| failure.reason()), Err(Reason::NotYours), "{odd}");
        }
    }
}
