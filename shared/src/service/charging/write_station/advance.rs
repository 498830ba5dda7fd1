//! The step of the scheduler: a station is brought up to now without a request.

use super::{Charging, MOST_CALLS, MOST_COMPLETIONS, instant, load::AHEAD, save::SaveOutcome};
use crate::{
    domain::{
        charging::{Mode, Progress, Station, Turn, books::Meter},
        energy::Energy,
        reason::{Failure, Reason},
        station_id::StationId,
    },
    outside::clock::Deadline,
    store::{Attempts, Consistency, StationHead, StationWriteRefusal},
};
use jiff::Timestamp;

impl Charging {
    /// Brings a station up to now. Twice, late or out of order, it comes out the same: the station and the clock decide,
    /// not the message. Long absences take several transactions, each a correct station at an earlier instant.
    ///
    /// The answer is what a meter beside the station finds not billed as it should be.
    pub async fn advance_station(&self, station: &StationId, now: Timestamp) -> Result<Energy, Failure> {
        let mut unbilled = Energy::ZERO;
        let mut attempts = Attempts::default();
        loop {
            attempts.begin()?;
            let head = self.store.head(station).await?;
            if head.station.due().is_none_or(|due| due > instant(now)) {
                return Ok(unbilled);
            }
            let mut meter = Meter::from(&head.station);
            let mut turn =
                Turn::new(head.station.clone(), instant(now), None, MOST_COMPLETIONS).calling_at_most(MOST_CALLS);
            // A step always leaves the front of the lines in the station's own item, so that orders need not read it.
            if is_short(&head.station) && !self.read_lines(station, &mut turn, AHEAD, Consistency::Strong).await? {
                continue;
            }
            let Some((progress, _)) = self.advance_turn(station, &mut turn, AHEAD).await? else { continue };
            match self.save(head, turn, None, now).await? {
                SaveOutcome::Saved(head, facts) => {
                    meter.see(&facts);
                    unbilled = unbilled + not_billed(&head, meter);
                    if progress != Progress::Stopped {
                        return Ok(unbilled);
                    }
                    if Deadline::has_passed() {
                        return Err(Reason::Contended.into());
                    }
                    // The next write is another one: only races in a row are too many.
                    attempts = Attempts::default();
                }
                SaveOutcome::Refused(StationWriteRefusal::Raced) => {}
                SaveOutcome::Refused(refused) => {
                    return Err(Failure::internal(format!(
                        "station {} cannot be written: {refused:?}",
                        station.as_str()
                    )));
                }
            }
        }
    }
}

/// The money invariants of every car that was in a lane meanwhile. It reads nothing, so it is computed at every step.
fn not_billed(head: &StationHead, meter: Meter) -> Energy {
    let accounts = meter.accounts(&head.station).into_iter();
    let wrong =
        accounts.filter_map(|(request, account)| Some((request, account.wrong(Energy::ZERO)?, account.amiss())));
    wrong
        .map(|(request, wrong, amiss)| {
            tracing::error!(
                station = head.id.as_str(),
                request = request.0,
                ?wrong,
                "bill of a charge request does not match the meter"
            );
            amiss
        })
        .sum()
}

/// Whether cars wait that the station does not hold in full.
fn is_short(station: &Station) -> bool {
    Mode::BOTH.into_iter().any(|mode| station.side(mode).line.behind() > 0)
}
