//! The one way to write a station: load it, bring it up to now, decide, save all of it under the version that was read,
//! notify. Use cases need nothing else of each other.

mod advance;
mod live_request;
mod load;
mod notify;
mod outcome;
mod request;
mod save;

pub(super) use live_request::{changed_since, live_charge_of};
pub(super) use load::{AHEAD, Found, FoundRequest};
pub(super) use outcome::{StationWriteOutcome, number_given, rejected};
pub use request::Switch;
pub(super) use request::{AuditNote, IdempotentCall, StationRequest};

use super::looks::Looks;
use crate::{
    domain::{
        charging::{Moment, Outcome, Progress, Turn},
        reason::Failure,
        station_id::StationId,
    },
    outside::queue::{Queue, SmsQueue},
    store::{Attempts, StationWriteRefusal, Store},
};
use jiff::Timestamp;
use save::SaveOutcome;

/// So many completions go into one transaction: each touches up to six items, and a hundred is the limit.
const MOST_COMPLETIONS: usize = 12;
/// So many cars are called in one transaction at the most, and two fewer for each completion; each is one item more.
const MOST_CALLS: usize = 40;

/// The queues of all stations.
#[derive(Clone, Debug)]
pub struct Charging {
    pub(super) store: Store,
    pub(super) queue: Queue,
    default_station: StationId,
    /// Where calls are announced, if drivers get an SMS when their cars are called.
    called: Option<SmsQueue>,
    /// How often each driver has looked, as far as this environment knows.
    pub(super) looks: Looks,
}

impl Charging {
    pub fn new(store: Store, queue: Queue, default_station: StationId) -> Self {
        Self { store, queue, default_station, called: None, looks: Looks::default() }
    }

    /// The same; drivers who have bound a phone get an SMS when their cars are called.
    #[must_use]
    pub fn telling(self, called: SmsQueue) -> Self {
        Self { called: Some(called), ..self }
    }

    pub fn default_station(&self) -> &StationId {
        &self.default_station
    }

    /// Carries out one request. After a lost race it is decided again, from what the winner left.
    pub(super) async fn write_station(
        &self,
        station: &StationId,
        request: &StationRequest,
        call: Option<&IdempotentCall>,
        now: Timestamp,
    ) -> Result<StationWriteOutcome, Failure> {
        let mut attempts = Attempts::default();
        attempts.begin()?;
        loop {
            let head = self.store.head(station).await?;
            let command = request.command(&head, instant(now))?;
            let mut turn = Turn::new(head.station.clone(), instant(now), Some(command), MOST_COMPLETIONS)
                .calling_at_most(MOST_CALLS);
            match self.advance_turn(station, &mut turn, MOST_CALLS + 1).await? {
                Some((Progress::Decided(outcome @ (Outcome::Rejected(_) | Outcome::Ignored(_))), _)) => {
                    return Ok(StationWriteOutcome::Refused(outcome, request.why_not(turn.station())));
                }
                // So much was due that it takes writes of its own. That is progress, not a lost race.
                Some((Progress::Stopped, _)) => drop(self.advance_station(station, now).await?),
                Some((_, has_read_line)) => {
                    // A request that had to read the line also calls from it, as the scheduler would, and then needs no
                    // hint: an order makes three calls also when the scheduler has been away for long.
                    let is_settled = has_read_line && turn.advance() == Progress::Done;
                    match self.save(head, turn, Some((request, call)), now).await? {
                        SaveOutcome::Saved(head, facts) => {
                            if !is_settled {
                                self.send_hint(&head).await;
                            }
                            return Ok(StationWriteOutcome::Written(facts));
                        }
                        SaveOutcome::Refused(StationWriteRefusal::Raced) => attempts.begin()?,
                        SaveOutcome::Refused(refused) => return Ok(StationWriteOutcome::ConditionFailed(refused)),
                    }
                }
                None => attempts.begin()?,
            }
        }
    }
}

pub(super) fn instant(at: Timestamp) -> Moment {
    Moment::from_millis(at.as_millisecond())
}
