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

#[cfg(feature = "local")]
pub use settable::StationClock;

#[cfg(feature = "local")]
mod settable {
    //! Station time as `cargo local` sets it, read from a file because functions are separate processes.

    use super::{Clock, RequestTime};
    use jiff::Timestamp;
    use serde::Deserialize;
    use std::path::PathBuf;

    #[derive(Deserialize)]
    #[serde(tag = "mode", rename_all = "lowercase")]
    pub enum StationClock {
        Real,
        /// Stands still until it is moved.
        Standing {
            at: Timestamp,
        },
        /// Runs from `station`, which was at `real`, `speed` times as fast.
        Running {
            real: Timestamp,
            station: Timestamp,
            speed: i32,
        },
    }

    impl StationClock {
        pub fn at(&self, real: Timestamp) -> Timestamp {
            match self {
                Self::Real => real,
                Self::Standing { at } => *at,
                Self::Running { real: since, station, speed } => {
                    station.saturating_add(real.duration_since(*since) * *speed).unwrap_or(*station)
                }
            }
        }
    }

    impl Clock {
        /// Real time, and the station time that the file gives; real time while there is no file.
        pub fn from_file(path: PathBuf) -> Self {
            let system = Self::system();
            Self::from_fn(move || {
                let real = system.now().real;
                let file = std::fs::read(&path).ok().and_then(|json| serde_json::from_slice(&json).ok());
                RequestTime { real, station: file.unwrap_or(StationClock::Real).at(real) }
            })
        }
    }
}
