//! Ideal piles: each begins at once, reads its meter where a price band ends and whenever the station is looked at, and
//! stops at the instant at which nominal power has delivered the order. With them a metered station and a nominal one
//! come to the same records.

use std::collections::BTreeMap;

use super::station_in_memory::StationInMemory;
use crate::domain::charging::{
    Charging, Fact, MeteredSegment, Moment, Pile, PileId, PileReport, PileSessionId, PileState, Reading, StopReason,
};
use crate::domain::energy::Energy;

#[derive(Clone, Debug, Default)]
pub struct IdealPiles {
    registers: BTreeMap<PileId, Energy>,
    sessions: u64,
    sent: Vec<SentReport>,
}

/// What a pile reported, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentReport {
    pub at: Moment,
    pub pile: PileId,
    pub report: PileReport,
}

/// What a pile does next by itself.
struct Act {
    at: Moment,
    pile: PileId,
    stops: bool,
}

impl IdealPiles {
    /// What was reported since the last time that it was taken.
    pub fn take_sent(&mut self) -> Vec<SentReport> {
        std::mem::take(&mut self.sent)
    }

    /// Lets piles and station act up to an instant, each at its own time, and reads all meters at the end.
    pub fn advance(&mut self, station: &mut StationInMemory, until: Moment) -> Vec<Fact> {
        let mut facts = self.begin_all(station);
        loop {
            let act = next_act(station).filter(|act| act.at <= until);
            let due = station.station().due().filter(|due| *due <= until);
            match (act, due) {
                (Some(act), due) if due.is_none_or(|due| act.at <= due) => facts.extend(self.act(station, &act)),
                (_, Some(due)) => facts.extend(station.settle_at(due)),
                (_, None) => break,
            }
            facts.extend(self.begin_all(station));
        }
        if until < Moment::NEVER {
            facts.extend(station.settle_at(until));
            facts.extend(self.begin_all(station));
            facts.extend(self.read_all(station, until));
        }
        facts
    }

    /// What the piles do at once after a command: stop when they are asked to, or because they have failed.
    pub fn react(&mut self, station: &mut StationInMemory, at: Moment) -> Vec<Fact> {
        let asked = |metered: &MeteredSegment| metered.stop.is_some();
        let stops = station.station().piles().filter_map(|pile| {
            let (is_asked, failed) = (asked(pile.charging()?.metered()?), pile.running().is_some());
            (is_asked || failed).then_some((pile.id, if is_asked { StopReason::Asked } else { StopReason::Fault }))
        });
        let stops: Vec<_> = stops.collect();
        let mut facts = Vec::new();
        for (pile, reason) in stops {
            facts.extend(self.report(station, at, pile, |session, reading| PileReport::Stopped {
                session,
                reading,
                reason,
            }));
        }
        facts.extend(self.advance(station, at));
        facts
    }

    fn act(&mut self, station: &mut StationInMemory, act: &Act) -> Vec<Fact> {
        self.report(station, act.at, act.pile, |session, reading| {
            if act.stops {
                PileReport::Stopped { session, reading, reason: StopReason::Full }
            } else {
                PileReport::Reading { session, reading }
            }
        })
    }

    fn begin_all(&mut self, station: &mut StationInMemory) -> Vec<Fact> {
        let awaited = station.station().piles().filter_map(|pile| Some((pile.id, pile.awaited()?.since)));
        let awaited: Vec<_> = awaited.collect();
        let mut facts = Vec::new();
        for (pile, at) in awaited {
            self.sessions += 1;
            let session = PileSessionId::parse(&format!("session-{}", self.sessions));
            let register = *self.registers.entry(pile).or_insert_with(|| Energy::from_watt_hours(1_000_000));
            let reading = Reading { seq: 0, at, register, power: None };
            let report = session.map(|session| PileReport::Began { session, request: None, reading });
            facts.extend(report.into_iter().flat_map(|report| self.send(station, at, pile, report)));
        }
        facts
    }

    fn read_all(&mut self, station: &mut StationInMemory, at: Moment) -> Vec<Fact> {
        let charging = station.station().piles().filter(|pile| pile.charging().is_some()).map(|pile| pile.id);
        let charging: Vec<_> = charging.collect();
        let read = |pile| self.report(station, at, pile, |session, reading| PileReport::Reading { session, reading });
        charging.into_iter().flat_map(read).collect()
    }

    /// Reports what the meter shows at an instant.
    fn report(
        &mut self,
        station: &mut StationInMemory,
        at: Moment,
        id: PileId,
        report: impl FnOnce(PileSessionId, Reading) -> PileReport,
    ) -> Vec<Fact> {
        let pile = station.station().piles().find(|pile| pile.id == id);
        let Some(charging) = pile.and_then(Pile::charging) else { return Vec::new() };
        let Some(metered) = charging.metered() else { return Vec::new() };
        let register = metered.last.register + (at - metered.last.at).energy_at(charging.power);
        let reading = Reading { seq: metered.last.seq + 1, at, register, power: Some(charging.power) };
        self.registers.insert(id, register);
        let report = report(metered.session.clone(), reading);
        self.send(station, at, id, report)
    }

    fn send(&mut self, station: &mut StationInMemory, at: Moment, pile: PileId, report: PileReport) -> Vec<Fact> {
        self.sent.push(SentReport { at, pile, report: report.clone() });
        station.report(at, pile, report).1
    }
}

fn next_act(station: &StationInMemory) -> Option<Act> {
    let acts = station.station().piles().filter_map(|pile| {
        let working = matches!(pile.state, PileState::Working(_));
        let (charging, metered) = (pile.charging().filter(|_| working)?, pile.charging()?.metered()?);
        let (end, band) = (charging.due(), band_end(charging, metered));
        Some(Act { at: end.min(band), pile: pile.id, stops: end <= band })
    });
    acts.min_by_key(|act| (act.at, act.pile))
}

/// When the price band of the last reading ends.
fn band_end(charging: &Charging, metered: &MeteredSegment) -> Moment {
    let mut pieces = charging.prices.split_over_bands(metered.last.at, Moment::NEVER);
    pieces.next().map_or(Moment::NEVER, |(span, _)| metered.last.at + span)
}
