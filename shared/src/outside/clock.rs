//! The one source of time. **Invariant:** code below a handler receives the time as an argument and never reads a
//! clock.

use crate::domain::reason::Failure;
use jiff::{SignedDuration, Timestamp};
use std::{future::Future, sync::Arc};

/// A request is on its way for thirty seconds at the most. What it says of the time is never older by more than this.
const MOST_AHEAD: SignedDuration = SignedDuration::from_secs(60);

/// The time of a request: real time for sessions, codes and limits; station time for queue, charging and bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestTime {
    pub real: Timestamp,
    pub station: Timestamp,
}

/// Gives the time, once per request.
#[derive(Clone)]
pub struct Clock {
    now: Arc<dyn Fn() -> RequestTime + Send + Sync>,
    /// Whether the time stamps of requests are compared with it.
    is_checked: bool,
}

impl Clock {
    /// Real time for both: the only clock of a function that is built for AWS.
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which time comes in")]
    pub fn system() -> Self {
        let clock = Self::from_fn(|| {
            let now = Timestamp::now();
            RequestTime { real: now, station: now }
        });
        clock.checked()
    }

    /// A clock that the caller controls: for tests, and the station clock of a local stack.
    pub fn from_fn(now: impl Fn() -> RequestTime + Send + Sync + 'static) -> Self {
        Self { now: Arc::new(now), is_checked: false }
    }

    /// The same clock, not believed when it is ahead of a request's time stamp.
    #[must_use]
    pub fn checked(self) -> Self {
        Self { is_checked: true, ..self }
    }

    pub fn now(&self) -> RequestTime {
        (self.now)()
    }

    /// Refuses to go on when this clock is more than a minute ahead of a time stamp that AWS has just written. A station
    /// never goes back in time, so one write by such a clock would end charges early and for good.
    pub fn check(&self, now: RequestTime, stamp: Option<Timestamp>) -> Result<(), Failure> {
        let ahead = stamp.filter(|_| self.is_checked).map(|stamp| now.real.duration_since(stamp));
        match ahead.filter(|ahead| *ahead > MOST_AHEAD) {
            Some(ahead) => Err(Failure::internal(format!("our clock is {} s ahead of the request's", ahead.as_secs()))),
            None => Ok(()),
        }
    }
}

tokio::task_local! {
    static DEADLINE: Deadline;
}

/// Until when a request takes up new attempts. What runs [`over`](Deadline::over) it needs no argument for it: the
/// deadline ends retries early and decides nothing else.
#[derive(Clone, Debug)]
pub struct Deadline {
    clock: Clock,
    at: Timestamp,
}

impl Deadline {
    pub fn after(clock: &Clock, patience: SignedDuration) -> Self {
        Self { clock: clock.clone(), at: clock.now().real + patience }
    }

    /// Does the work of a request under this deadline.
    pub async fn over<F: Future>(self, work: F) -> F::Output {
        DEADLINE.scope(self, work).await
    }

    /// Whether the deadline of the request at work has passed. Work outside a request has none.
    pub fn has_passed() -> bool {
        DEADLINE.try_with(|deadline| deadline.clock.now().real >= deadline.at).unwrap_or(false)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
