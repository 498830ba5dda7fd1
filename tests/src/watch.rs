//! The clock that a test turns.

use jiff::{SignedDuration, Timestamp};
use shared::outside::clock::{Clock, RequestTime};
use std::sync::{Arc, Mutex};

tokio::task_local! {
    /// How far the clock of the machine at work is off.
    pub static SKEW: SignedDuration;
}

/// Stands still until it is moved. Clones are the same watch.
#[derive(Clone)]
pub struct Watch(Arc<Mutex<RequestTime>>);

impl Watch {
    /// A Monday morning, five seconds after a minute began: what happens at once also happens in one minute.
    pub fn new() -> Self {
        let start: Timestamp = "2026-06-01T00:30:05Z".parse().unwrap();
        Self(Arc::new(Mutex::new(RequestTime { real: start, station: start })))
    }

    pub fn clock(&self) -> Clock {
        let watch = self.clone();
        Clock::from_fn(move || watch.moment()).checked()
    }

    pub fn now(&self) -> Timestamp {
        self.moment().real
    }

    /// Moves real and station time together.
    pub fn advance(&self, by: SignedDuration) {
        let mut moment = self.0.lock().unwrap();
        moment.real += by;
        moment.station += by;
    }

    /// As the machine at work sees it.
    fn moment(&self) -> RequestTime {
        let RequestTime { real, station } = *self.0.lock().unwrap();
        let skew = SKEW.try_with(|skew| *skew).unwrap_or_default();
        RequestTime { real: real + skew, station: station + skew }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}
