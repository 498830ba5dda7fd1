//! The one source of time. **Invariant:** code below a handler receives the time as an argument and never reads a
//! clock.

use jiff::Timestamp;
use std::sync::Arc;

/// The time of a request: real time for sessions, codes and limits; station time for queue, charging and bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestTime {
    pub real: Timestamp,
    pub station: Timestamp,
}

/// Gives the time, once per request.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> RequestTime + Send + Sync>);

impl Clock {
    /// Real time for both: the only clock of a function that is built for AWS.
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which time comes in")]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let now = Timestamp::now();
            RequestTime { real: now, station: now }
        })
    }

    /// A clock that the caller controls: for tests, and the station clock of a local stack.
    pub fn from_fn(now: impl Fn() -> RequestTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub fn now(&self) -> RequestTime {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
