//! What the QR code on a pile says.

use crate::domain::{charging::PileId, station_id::StationId};

/// Links that an app opens as «order here». Station and pile stand in the query, so that one address serves all piles,
/// as a page for phones without the app as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PileLinks(String);

impl PileLinks {
    /// `None`: this is no address that piles can be added to.
    pub fn at(address: &str) -> Option<Self> {
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        let is_plain = host.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'"' | b'<' | b'>'));
        (!host.is_empty() && is_plain).then(|| Self(address.to_owned()))
    }

    /// Ids of stations and piles need no escaping.
    pub fn of(&self, station: &StationId, pile: PileId) -> String {
        format!("{}?station={}&pile={pile}", self.0, station.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_station_and_pile() {
        let links = PileLinks::at("https://plaza.example/order").unwrap();
        let (station, pile) = (StationId::parse("north-2").unwrap(), PileId::parse("F1").unwrap());
        assert_eq!(links.of(&station, pile), "https://plaza.example/order?station=north-2&pile=F1");
        for refused in
            ["", "plaza.example", "https://", "ftp://plaza.example", "https://plaza.example/?a=1", "https://a b"]
        {
            assert_eq!(PileLinks::at(refused), None, "{refused}");
        }
    }
}
