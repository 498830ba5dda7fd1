//! What each station offers a driver who might come: prices, free places, and how long another order would wait.

use super::write_station::{AHEAD, Charging, instant};
use crate::domain::{
    charging::{Command, DriverId, Mode, Moment, PileState, Progress, Standing, Station, Tariff, Turn, What},
    energy::Energy,
    reason::Failure,
    station_id::StationId,
};
use jiff::Timestamp;
use std::sync::Arc;

/// The order whose wait is told: 30 kWh, half a large battery.
const USUAL: u32 = 30_000;

/// So many stations are shown, in the order of their names.
const MOST: i32 = 50;

/// One station as of now.
#[derive(Clone, Debug)]
pub struct Offer {
    pub station: StationId,
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
    /// All stations. The list costs one query, and each station what looking at it costs.
    pub async fn offers(&self, now: Timestamp) -> Result<Vec<Offer>, Failure> {
        let mut offers = Vec::new();
        for listed in self.store.stations(None, MOST).await? {
            offers.push(self.offer(listed.station, now).await?);
        }
        Ok(offers)
    }

    async fn offer(&self, id: StationId, now: Timestamp) -> Result<Offer, Failure> {
        let head = self.store.head(&id).await?;
        let (request, settings) = (head.next_request(), head.station.settings().clone());
        let mut modes = Vec::new();
        let mut waiting_free = settings.waiting_places.saturating_sub(head.station.waiting());
        for mode in Mode::BOTH.into_iter().filter(|mode| settings.piles(*mode) > 0) {
            // The order is played on a copy and never written.
            let (plate, standing) = ("".into(), Standing { live: Vec::new(), in_arrears: false });
            let energy = Energy::from_watt_hours(USUAL);
            let command = Command::Apply { request, driver: DriverId(0), plate, mode, energy, standing };
            let mut turn = Turn::new(head.station.clone(), instant(now), Some(command), usize::MAX);
            let progress = self.advance_turn(&id, &mut turn, AHEAD).await?.map(|(progress, _)| progress);
            let (station, facts) = turn.into_parts();
            let joined = facts.iter().find_map(|fact| match &fact.what {
                What::Joined(waiting) => Some(waiting.clone()),
                _ => None,
            });
            let is_taken = joined.is_some() && matches!(progress, Some(Progress::Decided(_) | Progress::Done));
            let expected = joined.filter(|_| is_taken).and_then(|car| station.forecast().of(request, Some(car)));
            waiting_free = settings.waiting_places.saturating_sub(station.waiting() - u32::from(is_taken));
            let (piles, places_free) = lanes(&station, mode, settings.lane_places);
            modes.push(ModeOffer { mode, piles, places_free, start: expected.and_then(|expected| expected.start) });
        }
        Ok(Offer { station: id, tariff: settings.tariff.clone(), waiting_free, modes })
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
