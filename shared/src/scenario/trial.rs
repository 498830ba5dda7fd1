//! A day on trial: the same cars on one layout, and how they fared.

use super::play::{Cars, play_row};
use super::read::ScenarioRow;
use super::station_in_memory::StationInMemory;
use crate::domain::charging::{
    DetailRecord, Draft, End, Fact, Metering, Moment, Outcome, RequestId, Settings, Station, What,
};
use crate::domain::energy::Energy;
use crate::domain::money::Fen;
use std::collections::BTreeMap;

/// How many rows a trial may have.
pub const MOST_CARS: usize = 2_000;
/// More happens in no day of so many cars, unless piles fail all the time.
const MOST_FACTS: usize = 60_000;
/// A larger station makes every step dearer.
const MOST_PLACES: usize = 2_000;
const HOUR: i64 = 3_600_000;

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the trial is too large: at most {MOST_CARS} rows, {MOST_PLACES} lane places and {MOST_FACTS} steps")]
pub struct TooMuchWork;

/// How the cars fared.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trial {
    pub cars: usize,
    pub refused: usize,
    /// Got all that they had asked for.
    pub completed: usize,
    pub waits: Waits,
    pub watt_hours: i128,
    pub charging: Fen,
    pub service: Fen,
    /// Of the time from the first car to the last, how many of a hundred parts the piles charged.
    pub busy_percent: u8,
    /// The most cars that waited at once, for each hour from the start on.
    pub peak_waiting: Vec<u32>,
    pub done_at: Option<Moment>,
}

/// Seconds from asking to the beginning of the charge, of every car that began.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Waits(Vec<i64>);

impl Waits {
    /// The least wait that so many of a hundred cars do not exceed.
    pub fn percentile(&self, percent: usize) -> Option<i64> {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.max(1) - 1).copied()
    }
}

impl Trial {
    /// **Invariant:** work is bounded by the three limits, for any rows.
    pub fn run(settings: &Settings, start: Moment, rows: &[ScenarioRow]) -> Result<Self, TooMuchWork> {
        let piles = usize::from(settings.fast_piles) + usize::from(settings.slow_piles);
        if rows.len() > MOST_CARS || piles * usize::from(settings.lane_places) > MOST_PLACES {
            return Err(TooMuchWork);
        }
        let mut station = StationInMemory::new(Station::new(nominal(settings), start));
        let (mut cars, mut tally) = (Cars::default(), TrialTally::default());
        for row in rows {
            let (outcome, facts) = play_row(&mut station, &mut cars, row);
            tally.note(&facts)?;
            tally.trial.cars += usize::from(matches!(row.event, Some(super::ScenarioEvent::Apply { .. })));
            tally.trial.refused += usize::from(matches!(outcome, Outcome::Rejected(_)));
            tally.note_waiting(row.at, start, station.station().waiting());
        }
        tally.note(&station.settle(Moment::NEVER))?;
        Ok(tally.finish(piles))
    }
}

/// A trial has no meters: energy follows from power and time.
fn nominal(settings: &Settings) -> Settings {
    let draft = Draft { metering: Metering::Nominal, ..settings.draft() };
    draft.check().unwrap_or_else(|_| settings.clone())
}

#[derive(Default)]
struct TrialTally {
    trial: Trial,
    facts: usize,
    energies: Vec<Energy>,
    started: BTreeMap<RequestId, i64>,
    charged: i64,
    span: Option<(Moment, Moment)>,
}

impl TrialTally {
    fn note(&mut self, facts: &[Fact]) -> Result<(), TooMuchWork> {
        self.facts += facts.len();
        for fact in facts {
            match &fact.what {
                What::Started { ticket, .. } => {
                    let waited = (fact.at.nearest_second() - ticket.applied_at.nearest_second()).max(0);
                    self.started.entry(ticket.request).or_insert(waited);
                }
                What::SegmentClosed(record) => self.note_record(record),
                What::Ended { end, .. } => {
                    self.trial.completed += usize::from(*end == End::Finished);
                    self.trial.done_at = Some(fact.at);
                }
                _ => {}
            }
        }
        if self.facts > MOST_FACTS { Err(TooMuchWork) } else { Ok(()) }
    }

    fn note_record(&mut self, record: &DetailRecord) {
        self.energies.push(record.energy);
        self.trial.charging += record.charging;
        self.trial.service += record.service;
        self.charged += record.stop.floor_millis() - record.start.floor_millis();
        let (first, last) = self.span.unwrap_or((record.start, record.stop));
        self.span = Some((first.min(record.start), last.max(record.stop)));
    }

    /// A day and a half at most; a queue that is longer than that shows in the waits.
    fn note_waiting(&mut self, at: Moment, start: Moment, waiting: u32) {
        let hours = (at.floor_millis() - start.floor_millis()).div_euclid(HOUR);
        let hour = usize::try_from(hours).unwrap_or(0).min(35);
        let peaks = &mut self.trial.peak_waiting;
        if peaks.len() <= hour {
            peaks.resize(hour + 1, 0);
        }
        if let Some(peak) = peaks.get_mut(hour) {
            *peak = waiting.max(*peak);
        }
    }

    fn finish(self, piles: usize) -> Trial {
        let mut waits: Vec<_> = self.started.into_values().collect();
        waits.sort_unstable();
        let whole = self.span.map_or(0, |(first, last)| last.floor_millis() - first.floor_millis());
        let whole = whole.saturating_mul(i64::try_from(piles).unwrap_or(i64::MAX)).max(1);
        let busy_percent = u8::try_from(self.charged.saturating_mul(100) / whole).unwrap_or(100);
        let watt_hours = self.energies.into_iter().sum::<Energy>().watt_hours();
        Trial { waits: Waits(waits), busy_percent, watt_hours, ..self.trial }
    }
}
