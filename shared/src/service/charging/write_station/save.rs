//! Saving a station with everything that its facts leave behind, all or nothing.

use super::{Charging, IdempotentCall, StationRequest, instant, number_given};
use crate::{
    domain::{
        charging::{Fact, Turn},
        reason::Failure,
    },
    store::{Attempts, EarlierDueBills, FirstAnswer, StationHead, StationWriteRefusal},
};
use jiff::{SignedDuration, Timestamp};

/// How long a first answer to an `Idempotency-Key` counts.
const ANSWER_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// So many waiting cars of each mode stay in the station's own item. Few, so that the item is as small with a thousand
/// cars waiting as with ten; enough that an order rarely has to read more when it calls what is overdue.
const KEPT: usize = 3;

/// How a save ended when nothing broke.
pub(super) enum SaveOutcome {
    Saved(Box<StationHead>, Vec<Fact>),
    Refused(StationWriteRefusal),
}

impl Charging {
    /// Writes the station under the version that was read, and what the facts leave behind.
    pub(super) async fn save(
        &self,
        head: StationHead,
        turn: Turn,
        request: Option<(&StationRequest, Option<&IdempotentCall>)>,
        now: Timestamp,
    ) -> Result<SaveOutcome, Failure> {
        let (mut station, facts) = turn.into_parts();
        let (crowd, over) = head.crowd.after(head.station.waiting(), &facts, station.settled_at());
        let relisted = request.and_then(|(request, _)| request.relisted(&head, &station));
        let new_prices = request.and_then(|(request, _)| request.new_prices(&station, instant(now)));
        let (call, before) = request.map_or((None, None), |(request, call)| (call, request.live_request()));
        station.keep_windows(KEPT);
        let mut head = StationHead { station, crowd, ..head };
        let (records, mut sooner) = (head.records, EarlierDueBills::default());
        let mut attempts = Attempts::default();
        while attempts.begin().is_ok() {
            head.records = records;
            let mut writes = self.store.transaction();
            // First, so that of two refusals the answer of the first call is the one that counts.
            if let (Some(call), Some(number)) = (call, number_given(&facts)) {
                let life = call.now.as_second() + ANSWER_LIFE.as_secs();
                let answer = FirstAnswer { asked: call.asked.clone(), number, ttl: life };
                writes = writes.store_first_answer(&call.account, &call.key, &answer, call.now);
            }
            let mut writes = writes.write_facts(&mut head, &facts, before, (&over, &sooner), now);
            if let Some(listed) = &relisted {
                writes = writes.list_station(listed);
            }
            if let Some(prices) = &new_prices {
                writes = writes.note_prices(&head.id, head.version + 1, prices);
            }
            if let Some(note) = request.and_then(|(request, _)| request.audit_note()) {
                writes = writes.audit_change(&note.entry, &note.change);
            }
            let refused = writes.save_station(&head, StationWriteRefusal::Raced).commit_with_every_failure().await?;
            match decisive(&refused) {
                None => {
                    self.announce_calls(&head, &facts).await;
                    return Ok(SaveOutcome::Saved(Box::new(StationHead { version: head.version + 1, ..head }), facts));
                }
                // The write learned of a bill that falls due earlier: it is attempted again with that.
                Some(_) if sooner.learn(&facts, &refused) => {}
                Some(refused) => return Ok(SaveOutcome::Refused(refused)),
            }
        }
        Ok(SaveOutcome::Refused(StationWriteRefusal::Raced))
    }
}

/// Of several refusals the one that the caller acts on: the first, except that a taken plate decides only by itself. When
/// the driver or the station has changed as well, the request that holds the plate may be the driver's own, and over by
/// now; reading again tells.
fn decisive<T>(refused: &[(StationWriteRefusal, T)]) -> Option<StationWriteRefusal> {
    let mut all = refused.iter().map(|(refused, _)| *refused);
    all.find(|refused| *refused != StationWriteRefusal::Plate).or_else(|| refused.first().map(|(refused, _)| *refused))
}
