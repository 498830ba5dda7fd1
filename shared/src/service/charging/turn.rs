//! The one way to write a station: read it, bring it up to now, decide, write everything under the version that was read.

use super::{
    Charging,
    wish::{Keyed, Wish, command},
};
use crate::{
    domain::{
        charging::{Fact, Mode, Moment, Number, Outcome, Progress, Turn, Wanted, What},
        reason::{Failure, Reason},
        sms::Called,
        station_id::StationId,
    },
    outside::queue::{CalledCar, StationHint},
    store::{EarlierDueBills, FirstAnswer, NumberRanges, StationHead, StationWriteRefusal, Store},
};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// How long a first answer to an `Idempotency-Key` counts.
const ANSWER_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// How long an answer waits for the hint to be taken.
const HINT_PATIENCE: Duration = Duration::from_millis(500);

/// So many completions go into one transaction: each touches up to six items, and a hundred is the limit.
pub(super) const MOST_COMPLETIONS: usize = 12;
/// So many cars are called in one transaction at the most, and two fewer for each completion; each is one item more.
pub(super) const MOST_CALLS: usize = 40;
/// So many cars of each mode are read ahead at once: more than one transaction of completions calls.
pub(super) const AHEAD: usize = 16;
/// So many waiting cars of each mode stay in the station's own item. Few, so that the item is as small with a thousand
/// cars waiting as with ten; enough that an order rarely has to read more when it calls what is overdue.
const KEPT: usize = 3;
/// Lost races before a caller is told to come back.
pub(super) const TRIES: u32 = 5;

/// What a turn came to.
#[derive(Debug)]
pub(super) enum Turned {
    /// The wish was carried out and written.
    Done(Vec<Fact>),
    /// The rules refuse, with a sentence where there is more to say than the outcome; nothing was written.
    Refused(Outcome, Option<&'static str>),
    /// A condition beside the station refused; nothing was written.
    Barred(StationWriteRefusal),
}

impl Charging {
    /// Carries out one wish. When others write the same station it is decided again, from what they left.
    pub(super) async fn turn(
        &self,
        station: &StationId,
        wish: &Wish,
        keyed: Option<&Keyed>,
        now: Timestamp,
    ) -> Result<Turned, Failure> {
        let mut lost = 0;
        while lost < TRIES {
            let head = self.store.head(station).await?;
            let command = command(&head, wish, instant(now))?;
            let mut turn = Turn::new(head.station.clone(), instant(now), Some(command), MOST_COMPLETIONS)
                .calling_at_most(MOST_CALLS);
            match advance(&self.store, station, &mut turn, MOST_CALLS + 1).await? {
                Some((Progress::Decided(outcome @ (Outcome::Rejected(_) | Outcome::Ignored(_))), _)) => {
                    return Ok(Turned::Refused(outcome, wish.why_not(turn.station())));
                }
                // So much was due that it takes writes of its own; that is progress, not a lost race.
                Some((Progress::Stopped, _)) => drop(self.settle(station, now).await?),
                Some((_, read)) => {
                    // Whoever had to read the line calls from it at once, as the scheduler would, and needs no hint: an
                    // order makes three calls also when nobody has called for long.
                    let settled = read && turn.advance() == Progress::Done;
                    match self.write(head, turn, Some((wish, keyed)), now).await? {
                        Written::Done(head, facts) => {
                            if !settled {
                                self.hint(&head).await;
                            }
                            return Ok(Turned::Done(facts));
                        }
                        Written::Refused(StationWriteRefusal::Raced) => lost += 1,
                        Written::Refused(refused) => return Ok(Turned::Barred(refused)),
                    }
                }
                None => lost += 1,
            }
        }
        Err(Reason::Contended.into())
    }

    /// Writes the station and what the facts leave behind, all or nothing.
    pub(super) async fn write(
        &self,
        head: StationHead,
        turn: Turn,
        wish: Option<(&Wish, Option<&Keyed>)>,
        now: Timestamp,
    ) -> Result<Written, Failure> {
        let (mut station, facts) = turn.into_parts();
        let (crowd, over) = head.crowd.after(head.station.waiting(), &facts, station.settled_at());
        let relisted = wish.and_then(|(wish, _)| wish.relisted(&head, &station));
        let new_prices = wish.and_then(|(wish, _)| wish.new_prices(&station, instant(now)));
        station.keep_windows(KEPT);
        let mut head = StationHead { station, crowd, ..head };
        let (records, mut sooner) = (head.records, EarlierDueBills::default());
        for _ in 0..TRIES {
            head.records = records;
            let mut writes = self.store.transaction();
            let (keyed, before) = wish.map_or((None, None), |(wish, keyed)| (keyed, wish.changes()));
            // First, so that of two refusals the answer of the first call is the one that is heard.
            if let (Some(keyed), Some(number)) = (keyed, joined(&facts)) {
                let life = keyed.now.as_second() + ANSWER_LIFE.as_secs();
                let answer = FirstAnswer { asked: keyed.asked.clone(), number, ttl: life };
                writes = writes.store_first_answer(&keyed.account, &keyed.key, &answer, keyed.now);
            }
            let mut writes = writes.write_facts(&mut head, &facts, before, (&over, &sooner), now);
            if let Some(listed) = &relisted {
                writes = writes.list_station(listed);
            }
            if let Some(prices) = &new_prices {
                writes = writes.note_prices(&head.id, head.version + 1, prices);
            }
            if let Some((entry, change)) = wish.and_then(|(wish, _)| wish.entry()) {
                writes = writes.audit_change(entry, change);
            }
            let refused = writes.save_station(&head, StationWriteRefusal::Raced).commit_with_every_failure().await?;
            match decisive(&refused) {
                None => {
                    self.tell_called(&head, &facts).await;
                    return Ok(Written::Done(Box::new(StationHead { version: head.version + 1, ..head }), facts));
                }
                Some(_) if sooner.learn(&facts, &refused) => {}
                Some(refused) => return Ok(Written::Refused(refused)),
            }
        }
        Ok(Written::Refused(StationWriteRefusal::Raced))
    }

    /// One message for all cars of a step, whose phones the sender looks up: a step pays one call to the queue, and only
    /// where drivers are told at all. Best effort: the app shows the call in any case.
    async fn tell_called(&self, head: &StationHead, facts: &[Fact]) {
        let Some(queue) = &self.called else { return };
        let cars: Vec<_> = facts.iter().filter_map(|fact| called(head, &fact.what)).collect();
        if cars.is_empty() {
            return;
        }
        match tokio::time::timeout(HINT_PATIENCE, queue.send_called(cars)).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                tracing::warn!(
                    station = head.id.as_str(),
                    detail = failure.detail(),
                    "drivers were not told of a call"
                );
            }
            Err(_) => tracing::warn!(station = head.id.as_str(), "SMS queue timed out; called drivers get no SMS"),
        }
    }

    /// The queue makes it prompt; that it arrives is not needed, because the sweep finds what was missed. So nobody waits
    /// for it long, and nobody's request fails with it.
    async fn hint(&self, head: &StationHead) {
        let (station, version) = (head.id.clone(), head.version);
        let sent = self.queue.send(StationHint { station, version });
        match tokio::time::timeout(HINT_PATIENCE, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                tracing::warn!(
                    station = head.id.as_str(),
                    detail = failure.detail(),
                    "station hint was not sent; the sweep will find the station"
                );
            }
            Err(_) => {
                tracing::warn!(station = head.id.as_str(), "station queue timed out; the sweep will find the station")
            }
        }
    }
}

/// Of several refusals the one that the caller acts on: the first, except that a taken plate decides only by itself. When
/// the driver or the station has changed as well, the request that holds the plate may be the driver's own, and over by
/// now; reading again tells.
fn decisive<T>(refused: &[(StationWriteRefusal, T)]) -> Option<StationWriteRefusal> {
    let mut all = refused.iter().map(|(refused, _)| *refused);
    all.find(|refused| *refused != StationWriteRefusal::Plate).or_else(|| refused.first().map(|(refused, _)| *refused))
}

/// Advances a turn as far as it goes, bringing `ahead` cars of the lines when it asks for more; and whether it did. `None`:
/// a line changed under our hands, so the station has been written by somebody else and must be read again.
pub(super) async fn advance(
    store: &Store,
    station: &StationId,
    turn: &mut Turn,
    ahead: usize,
) -> Result<Option<(Progress, bool)>, Failure> {
    let mut brought: Option<Wanted> = None;
    loop {
        match turn.advance() {
            Progress::NeedsLine(wanted) if brought == Some(wanted) => return Ok(None),
            Progress::NeedsLine(wanted) => {
                if !bring(store, station, turn, wanted.at_least.max(ahead)).await? {
                    return Ok(None);
                }
                brought = Some(wanted);
            }
            progress => return Ok(Some((progress, brought.is_some()))),
        }
    }
}

/// Brings so many cars of both lines that stand behind what the station holds in full, in one read. `false`: the lines
/// are no longer what the station says.
pub(super) async fn bring(
    store: &Store,
    station: &StationId,
    turn: &mut Turn,
    at_least: usize,
) -> Result<bool, Failure> {
    let stretch = |mode| turn.station().side(mode).line.stretch(at_least);
    let cars = store.lines(station, &NumberRanges { fast: stretch(Mode::Fast), slow: stretch(Mode::Slow) }).await?;
    for mode in Mode::BOTH {
        let of_mode = cars.iter().filter(|car| car.ticket.number.mode == mode).cloned();
        if turn.refill(Wanted { mode, after: 0, at_least }, of_mode).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How a write ended when nothing broke.
pub(super) enum Written {
    Done(Box<StationHead>, Vec<Fact>),
    Refused(StationWriteRefusal),
}

fn called(head: &StationHead, what: &What) -> Option<CalledCar> {
    let What::Called { ticket, pile, .. } = what else { return None };
    let called =
        Called { number: ticket.number.to_string(), station: head.id.as_str().to_owned(), pile: pile.to_string() };
    Some(CalledCar { driver: ticket.driver.0, request: ticket.request.0, called })
}

/// The number that a turn gave to a request that joined or changed its mode.
pub(super) fn joined(facts: &[Fact]) -> Option<Number> {
    facts.iter().find_map(|fact| match &fact.what {
        What::Joined(joined) | What::ModeChanged { joined, .. } => Some(joined.ticket.number),
        _ => None,
    })
}

pub(super) fn instant(at: Timestamp) -> Moment {
    Moment::from_millis(at.as_millisecond())
}
