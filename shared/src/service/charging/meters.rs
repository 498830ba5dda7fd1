//! What operators see of the meters of a station's piles.

use crate::{
    domain::{
        charging::{MINUTE, Moment, Pile, PileId, Span, Station},
        energy::{Energy, Power},
    },
    store::{PileCounts, StationHead},
};

/// A metered pile as it is now.
#[derive(Clone, Debug)]
pub struct MeterView {
    /// As the last report has it.
    pub register: Energy,
    pub state: SessionState,
    pub session: Option<String>,
    /// The pile's own instant.
    pub last_reading: Option<Moment>,
    pub power: Option<Power>,
    /// When the last report came, by our clock.
    pub heard: Option<Moment>,
    /// It has a session and has said nothing for longer than the station allows.
    pub is_silent: bool,
    pub counts: PileCounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    Idle,
    /// A called car, whose place is kept until then.
    Awaiting(Moment),
    Charging,
    Stopping,
    /// A session of no car that was called.
    Stray,
}

/// The meters of all piles that have reported, or are awaited.
pub(super) fn meters(head: &StationHead, station: &Station) -> Vec<(PileId, MeterView)> {
    let Some(settings) = station.settings().metering.settings() else { return Vec::new() };
    let silence = Span::from_millis(i64::from(settings.silence) * MINUTE);
    station.piles().map(|pile| (pile.id, meter(head, station, pile, silence))).collect()
}

fn meter(head: &StationHead, station: &Station, pile: &Pile, silence: Span) -> MeterView {
    let stored = head.piles.get(&pile.id);
    let metered = pile.charging().and_then(|charging| charging.metered());
    let stray = pile.meter.as_ref().and_then(|meter| meter.stray.as_ref());
    let last = metered.map(|metered| metered.last).or(stray.map(|stray| stray.last));
    let accounted = pile.meter.as_ref().map_or(Energy::ZERO, |meter| meter.register);
    let state = match (metered, pile.awaited(), stray) {
        (Some(metered), ..) if metered.stop.is_some() => SessionState::Stopping,
        (Some(_), ..) => SessionState::Charging,
        (None, _, Some(_)) => SessionState::Stray,
        (None, Some(awaited), None) => SessionState::Awaiting(awaited.until),
        (None, None, None) => SessionState::Idle,
    };
    let last_report = stored.and_then(|stored| stored.heard);
    let session = metered.map(|metered| &metered.session).or(stray.map(|stray| &stray.session));
    MeterView {
        register: last.map_or(accounted, |last| last.register),
        state,
        session: session.map(ToString::to_string),
        last_reading: last.map(|last| last.at),
        power: last.and_then(|last| last.power),
        heard: last_report,
        is_silent: session.is_some() && last_report.is_none_or(|heard| heard + silence < station.settled_at()),
        counts: stored.map(|stored| stored.counts).unwrap_or_default(),
    }
}
