//! What stations offer a driver who might come: place, prices, free places, and how long another order would wait.

use super::write_station::{AHEAD, Charging, instant};
use crate::{
    domain::{
        charging::{Command, DriverId, Mode, Moment, PileState, Progress, Standing, Station, Tariff, Turn, What},
        energy::Energy,
        place::{Coordinates, Metres, StationPlace},
        reason::{Failure, Reason},
        station_id::StationId,
    },
    store::Consistency,
};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use std::sync::Arc;

/// The order whose wait is told: 30 kWh, half a large battery.
const USUAL: u32 = 30_000;
/// So many stations are read at the same time.
const AT_ONCE: usize = 8;

/// Which stations are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StationSearch {
    /// By id, from behind this one.
    After(Option<StationId>),
    /// Those whose names begin like this, by name.
    Named(String),
    /// The nearest first.
    Near(Coordinates),
}

/// A page of stations.
#[derive(Clone, Debug)]
pub struct OfferPage {
    pub offers: Vec<Offer>,
    /// The station behind which the next page begins.
    pub next: Option<StationId>,
}

/// One station as of now.
#[derive(Clone, Debug)]
pub struct Offer {
    pub station: StationId,
    pub place: StationPlace,
    /// From the point that was asked about.
    pub distance: Option<Metres>,
    /// The prices of a session that begins now.
    pub tariff: Arc<Tariff>,
    /// Places in the waiting area.
    pub waiting_free: u32,
    pub modes: Vec<ModeOffer>,
}

/// One mode of charging at a station that has piles for it.
#[derive(Clone, Debug)]
pub struct ModeOffer {
    pub mode: Mode,
    /// Piles that work.
    pub piles: usize,
    /// Places in their lanes.
    pub places_free: usize,
    /// When an order of 30 kWh that came now would start; `None` while the waiting area is full.
    pub start: Option<Moment>,
}

impl Charging {
    /// A page of stations. A station that cannot be read is left out, so that it does not hide the others.
    pub async fn offers(&self, search: StationSearch, most: u8, now: Timestamp) -> Result<OfferPage, Failure> {
        let limit = i32::from(most);
        let mut next = None;
        let wanted: Vec<(Option<Metres>, StationId)> = match search {
            StationSearch::After(after) => {
                let listed = self.store.stations(after.as_ref(), limit).await?;
                let is_full = listed.len() >= usize::from(most);
                next = listed.last().filter(|_| is_full).map(|last| last.station.clone());
                listed.into_iter().map(|listed| (None, listed.station)).collect()
            }
            StationSearch::Named(beginning) => {
                self.store.stations_named(&beginning, limit).await?.into_iter().map(|id| (None, id)).collect()
            }
            StationSearch::Near(from) => {
                let nearest = self.nearest(from, most.into()).await?;
                nearest.into_iter().map(|(distance, id)| (Some(distance), id)).collect()
            }
        };
        let reads = wanted.into_iter().map(|(distance, id)| self.offer_or_log(id, distance, now));
        let offers = stream::iter(reads).buffered(AT_ONCE).filter_map(std::future::ready).collect().await;
        Ok(OfferPage { offers, next })
    }

    async fn offer_or_log(&self, id: StationId, distance: Option<Metres>, now: Timestamp) -> Option<Offer> {
        match self.offer(&id, now).await {
            Ok(offer) => Some(Offer { distance, ..offer }),
            Err(failure) => {
                let why = failure.detail().unwrap_or_else(|| failure.text());
                tracing::error!(station = id.as_str(), why, "station is left out of a list");
                None
            }
        }
    }

    /// A list may be a moment old, so the reads are eventually consistent. Station and waiting line are read one after the
    /// other; where they do not belong together both are read again, strongly consistent.
    async fn offer(&self, id: &StationId, now: Timestamp) -> Result<Offer, Failure> {
        for consistency in [Consistency::Eventual, Consistency::Strong] {
            if let Some(offer) = self.read_offer(id, consistency, now).await? {
                return Ok(offer);
            }
        }
        Err(Reason::Contended.into())
    }

    async fn read_offer(
        &self,
        id: &StationId,
        consistency: Consistency,
        now: Timestamp,
    ) -> Result<Option<Offer>, Failure> {
        let (head, described) = self.store.head_and_place(id, consistency).await?;
        let (request, settings) = (head.next_request(), head.station.settings().clone());
        let mut modes = Vec::new();
        let mut waiting_free = settings.waiting_places.saturating_sub(head.station.waiting());
        for mode in Mode::BOTH.into_iter().filter(|mode| settings.piles(*mode) > 0) {
            // The order is played on a copy and never written.
            let (plate, standing) = ("".into(), Standing { live: Vec::new(), in_arrears: false });
            let energy = Energy::from_watt_hours(USUAL);
            let command = Command::Apply { request, driver: DriverId(0), plate, mode, energy, standing };
            let mut turn = Turn::new(head.station.clone(), instant(now), Some(command), usize::MAX);
            let Some((progress, _)) = self.advance_turn_at(id, &mut turn, AHEAD, consistency).await? else {
                return Ok(None);
            };
            let (station, facts) = turn.into_parts();
            let joined = facts.iter().find_map(|fact| match &fact.what {
                What::Joined(waiting) => Some(waiting.clone()),
                _ => None,
            });
            let is_taken = joined.is_some() && matches!(progress, Progress::Decided(_) | Progress::Done);
            let expected = joined.filter(|_| is_taken).and_then(|car| station.forecast().of(request, Some(car)));
            waiting_free = settings.waiting_places.saturating_sub(station.waiting() - u32::from(is_taken));
            let (piles, places_free) = lanes(&station, mode, settings.lane_places);
            modes.push(ModeOffer { mode, piles, places_free, start: expected.and_then(|expected| expected.start) });
        }
        let tariff = settings.tariff_at(instant(now)).clone();
        Ok(Some(Offer { station: id.clone(), place: described, distance: None, tariff, waiting_free, modes }))
    }
}

/// Piles that work, and the free places in their lanes.
fn lanes(station: &Station, mode: Mode, places: u16) -> (usize, usize) {
    let working = station.side(mode).piles.iter().filter_map(|pile| match &pile.state {
        PileState::Working(lane) => Some(usize::from(places).saturating_sub(lane.len())),
        PileState::Failed { .. } => None,
    });
    working.fold((0, 0), |(piles, free), places| (piles + 1, free + places))
}
